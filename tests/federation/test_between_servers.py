"""The whole path between an organisation and servers elsewhere, both ways."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from server.domain.errors import Conflict, ForumClosed, Invalid
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import forums, ideas, ideas_read, marking, moderation, moves, people
from server.services.forum_changes import Changes, change_forum
from server.services.house import House
from tests.federation.conftest import MakeElsewhere, MakeOrganisation
from tests.federation.elsewhere import PUBLIC, Elsewhere
from tests.federation.gate.test_gate_admit import join
from tests.federation.organisation import Organisation


@pytest.fixture
async def peer(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere()


async def follow(peer: Elsewhere, acme: Organisation, forum_uri: str, name: str = "ann") -> str:
    """Have somebody elsewhere follow a forum; return their URI."""
    ann = peer.person(name)
    assert (await peer.post(f"{forum_uri}/inbox", peer.activity("Follow", ann, forum_uri))).status == 202
    await acme.idle()
    return ann


async def test_a_stranger_finds_follows_reads_answers_and_takes_back(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum("open")
    await acme.idle()
    found = await peer.find(f"@open@{acme.host}")
    assert found == forum.uri
    ann = await follow(peer, acme, found)
    assert peer.shapes() == ["Accept Follow"]
    assert peer.arrived[0].activity["object"]["actor"] == ann

    idea = await acme.idea(forum, "Fewer **lifts**.", title="Lifts")
    await acme.idle()
    acme.wait(4)
    await acme.idle()
    assert peer.shapes()[1:] == ["Announce Create Article", "Announce uri"]
    assert all(one.valid for one in peer.arrived)
    article = peer.arrived[1].activity["object"]["object"]
    assert (article["id"], article["name"]) == (idea.uri, "Lifts")
    assert "<strong>lifts</strong>" in article["content"]
    for by in ("", ann):
        fetched = await peer.get(idea.uri, by=by)
        assert fetched.status == 200
        assert {key: value for key, value in fetched.json.items() if key != "@context"} == article

    note = peer.note(ann, "Stairs are healthy.", idea.uri, forum.uri)
    assert (await peer.post(acme.inbox, peer.create(note))).status == 202
    await acme.idle()
    reply = await acme.know(note["id"])
    assert reply is not None
    assert (reply.text, reply.author_host, reply.thread_id) == ("Stairs are healthy.", peer.host, idea.id)

    await peer.post(acme.inbox, peer.activity("Update", ann, {**note, "content": "<p>Stairs are free.</p>"}))
    like = peer.activity("Like", ann, idea.uri)
    await peer.post(acme.inbox, like)
    await acme.idle()
    assert (await acme.fresh(reply)).text == "Stairs are free."
    assert (await acme.fresh(idea)).support == 1

    await peer.post(acme.inbox, peer.activity("Undo", ann, like))
    await peer.post(acme.inbox, peer.activity("Delete", ann, {"type": "Tombstone", "id": note["id"]}))
    await acme.idle()
    assert (await acme.fresh(idea)).support == 0
    assert (await acme.fresh(reply)).deleted
    assert [state for _, state, _ in await acme.received()] == ["admitted"] * 6


async def test_nothing_of_the_inside_reaches_a_stranger(acme: Organisation, peer: Elsewhere):
    public = await acme.forum("open")
    secret, closed = await acme.forum("secret", "inside"), await acme.forum("friends", "partners")
    await acme.idle()
    ann = await follow(peer, acme, public.uri)
    for forum in (secret, closed):
        assert (await peer.post(f"{forum.uri}/inbox", peer.activity("Follow", ann, forum.uri))).status == 202
    hidden = [
        await acme.idea(secret, "CANARY-1"),
        await acme.idea(closed, "CANARY-2"),
        await acme.idea(public, "CANARY-3", label="AMBER"),
        await acme.idea(public, "CANARY-4, write to bob@example.org"),
    ]
    shown = await acme.idea(public, "Seen")
    hidden.append(await acme.reply(shown, "CANARY-5", label="RED"))
    await acme.idle()
    acme.wait(4)
    await acme.idle()
    assert len(peer.arrived) == 3
    assert not any(b"CANARY" in one.body for one in peer.arrived)
    nothing = await peer.get(f"{acme.url}/objects/{'0' * 32}", by=ann)
    for uri in [secret.uri, closed.uri, *(one.uri for one in hidden)]:
        for suffix in ("", "/outbox", "/context", "/replies", "/followers", "/feed"):
            for by in ("", ann):
                answer = await peer.get(uri + suffix, by=by)
                assert (answer.status, answer.body) == (404, nothing.body)
    assert await peer.find(f"@secret@{acme.host}") == "" == await peer.find(f"@friends@{acme.host}", by=ann)


async def test_two_organisations_share_a_closed_forum_both_ways(organise: MakeOrganisation):
    acme, globex = await organise("Acme"), await organise("Globex")
    closed = await acme.forum("friends", "partners")
    await acme.partner(globex.host)
    await acme.idle()
    await forums.ask_to_join(globex.house, globex.admin, f"@friends@{acme.host}")
    await settle(globex, acme)
    mirror = await forums.forum_by_uri(globex.house, closed.uri)
    assert mirror is not None
    assert mirror.joined

    idea = await acme.idea(closed, "Secret sauce.")
    await settle(acme, globex)
    seen = await globex.know(idea.uri)
    assert seen is not None
    bob = await globex.member("bob")
    reply = await globex.reply(seen, "More salt.", bob)
    await marking.mark(globex.house, bob, seen, "support")
    own = await globex.idea(mirror, "Less sugar.", bob, title="Sugar")
    await settle(globex, acme)
    heard = await acme.know(reply.uri)
    assert heard is not None
    assert (heard.text, heard.author_host) == ("More salt.", globex.host)
    assert (await acme.fresh(idea)).support == 1
    assert await acme.know(own.uri)

    await marking.unmark(globex.house, bob, seen, "support")
    await ideas.edit(globex.house, bob, reply, "Much more salt.")
    await ideas.edit(acme.house, acme.admin, idea, "Secret sauce, shaken.")
    answer = await acme.reply(heard, "How much?")
    await settle(acme, globex)
    assert (await acme.fresh(idea)).support == 0
    assert (await acme.fresh(heard)).text == "Much more salt."
    assert (await globex.fresh(seen)).text == "Secret sauce, shaken."
    assert await globex.know(answer.uri)

    await ideas.delete(globex.house, bob, reply)
    await ideas.delete(acme.house, acme.admin, idea)
    await settle(acme, globex)
    assert (await acme.fresh(heard)).deleted
    assert (await globex.fresh(seen)).deleted
    assert await words_kept(globex, "Secret sauce") == [] == await words_kept(acme, "more salt")
    for one in (acme, globex):
        assert not one.faults
        assert all(state == "sent" for _, state in await one.deliveries())
        assert {state for _, state, _ in await one.received()} <= {"admitted", "ignored"}


async def words_kept(organisation: Organisation, words: str) -> list[str]:
    """Return the received activities that still say something."""
    rows = await organisation.outside.store.fetch("SELECT activity_uri, body FROM received")
    return [row["activity_uri"] for row in rows if words in bytes(row["body"]).decode()]


async def settle(*organisations: Organisation) -> None:
    """Let organisations work until all of them rest."""
    for _ in range(4):
        for one in organisations:
            await one.idle()


async def test_an_idea_of_a_third_server_is_relayed_whole_and_listed(acme: Organisation, elsewhere: MakeElsewhere):
    forum = await acme.forum("open")
    await acme.idle()
    lemmy, mastodon = await elsewhere("lemmy"), await elsewhere("mastodon")
    bea = await follow(lemmy, acme, forum.uri, "bea")
    await follow(mastodon, acme, forum.uri, "mia")
    article = lemmy.note(bea, "Share the van.", to=forum.uri, name="Vans", cc=[PUBLIC])
    create = lemmy.create(article)
    await lemmy.post(acme.inbox, create)
    await acme.idle()
    assert lemmy.shapes() == ["Accept Follow"], "its author's own server has it already"
    assert mastodon.shapes() == ["Accept Follow", "Announce uri"]
    assert mastodon.arrived[1].activity["object"] == article["id"]
    outbox = await mastodon.get(f"{forum.uri}/outbox?page=first")
    assert article["id"] in json_uris(outbox.json["orderedItems"])
    assert (await mastodon.get(f"{article['id']}".replace(lemmy.url, acme.url))).status == 404


def json_uris(value: object) -> set[str]:
    if isinstance(value, dict):
        return {uri for inner in value.values() for uri in json_uris(inner)}
    if isinstance(value, list):
        return {uri for inner in value for uri in json_uris(inner)}
    return {value} if isinstance(value, str) else set()


@pytest.mark.parametrize(
    ("software", "forms", "comment"),
    [
        ("marmalade", ["Announce Create Article"], ["Announce Create Note"]),
        ("lemmy", ["Announce Create Article"], ["Announce Create Note"]),
        ("mastodon", ["Announce uri"], []),
        ("handmade", ["Announce Create Article", "Announce uri"], ["Announce Create Note"]),
        (None, ["Announce Create Article", "Announce uri"], ["Announce Create Note"]),
    ],
)
async def test_each_kind_of_server_gets_the_forms_it_reads(
    acme: Organisation, elsewhere: MakeElsewhere, software: str | None, forms: list[str], comment: list[str]
):
    peer = await elsewhere(software)
    forum = await acme.forum("open")
    await acme.idle()
    await follow(peer, acme, forum.uri)
    idea = await acme.idea(forum)
    await acme.idle()
    acme.wait(4)
    await acme.idle()
    assert peer.shapes()[1:] == forms
    peer.arrived.clear()
    await acme.reply(idea, "A comment.")
    await acme.idle()
    assert peer.shapes() == comment
    peer.arrived.clear()
    await ideas.edit(acme.house, acme.admin, idea, "Other words.")
    await acme.idle()
    assert peer.shapes() == {
        "mastodon": ["Update Article"],
        "marmalade": ["Announce Update Article"],
        "lemmy": ["Announce Update Article"],
    }.get(software or "", ["Announce Update Article", "Update Article"])
    peer.arrived.clear()
    await ideas.delete(acme.house, acme.admin, idea)
    await acme.idle()
    assert all(one.valid for one in peer.arrived)
    assert set(peer.shapes()) == {
        "mastodon": {"Delete Tombstone"},
        "marmalade": {"Announce Delete Tombstone"},
        "lemmy": {"Announce Delete Tombstone"},
    }.get(software or "", {"Announce Delete Tombstone", "Delete Tombstone"})


async def test_nodebb_gets_edits_as_their_authors_own_for_it_looks_announced_ones_up_in_what_it_had(
    acme: Organisation, elsewhere: MakeElsewhere
):
    nodebb, other = await elsewhere("nodebb"), await elsewhere("lemmy")
    forum = await acme.forum("open")
    await acme.idle()
    await follow(nodebb, acme, forum.uri)
    bea = await follow(other, acme, forum.uri, "bea")
    idea = await acme.idea(forum)
    theirs = other.lay_out(other.note(bea, "Theirs.", to=forum.uri, name="Theirs"))
    await other.post(acme.inbox, other.create(theirs))
    await acme.idle()
    nodebb.arrived.clear()
    await ideas.edit(acme.house, acme.admin, idea, "Other words.")
    await other.post(acme.inbox, other.activity("Update", bea, theirs | {"content": "<p>Theirs anew.</p>"}))
    await acme.idle()
    assert sorted(nodebb.shapes()) == ["Announce Update Article", "Update Article"]
    own = next(one for one in nodebb.arrived if one.shape == "Update Article")
    assert own.valid
    assert own.activity["object"]["id"] == idea.uri


async def test_an_answer_to_somebody_on_a_microblog_goes_to_them_alone(acme: Organisation, elsewhere: MakeElsewhere):
    forum = await acme.forum("open")
    await acme.idle()
    mastodon, other = await elsewhere("mastodon"), await elsewhere("gotosocial")
    mia = await follow(mastodon, acme, forum.uri, "mia")
    await follow(other, acme, forum.uri, "olaf")
    idea = await acme.idea(forum)
    await acme.idle()
    note = mastodon.note(mia, "Why?", idea.uri, forum.uri)
    await mastodon.post(acme.inbox, mastodon.create(note))
    await acme.idle()
    question = await acme.know(note["id"])
    assert question is not None
    mastodon.arrived.clear()
    other.arrived.clear()
    await acme.reply(question, "Because.")
    await acme.idle()
    assert mastodon.shapes() == ["Create Note"]
    assert {"type": "Mention", "href": mia, "name": f"@mia@{mastodon.host}"} in mastodon.arrived[0].activity["object"][
        "tag"
    ]
    assert other.shapes() == []


async def test_a_follow_that_is_undone_gets_nothing_more(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum("open")
    await acme.idle()
    ann = peer.person("ann")
    wish = peer.activity("Follow", ann, forum.uri)
    await peer.post(acme.inbox, wish)
    await acme.idle()
    assert (await peer.get(f"{forum.uri}/followers", by=ann)).json["totalItems"] == 1
    assert (await peer.get(f"{forum.uri}/followers")).json["totalItems"] == 0
    await peer.post(acme.inbox, peer.activity("Undo", ann, wish))
    await acme.idle()
    peer.arrived.clear()
    await acme.idea(forum)
    await acme.idle()
    assert peer.arrived == []


async def test_we_join_a_forum_elsewhere_and_leave_when_it_rejects_us(acme: Organisation, elsewhere: MakeElsewhere):
    lemmy = await elsewhere("lemmy")
    group = lemmy.person("garden", "Group")
    lemmy.documents["/.well-known/webfinger"] = (
        200,
        {
            "subject": f"acct:garden@{lemmy.host}",
            "links": [{"rel": "self", "type": "application/activity+json", "href": group}],
        },
    )
    await forums.ask_to_join(acme.house, acme.admin, f"@garden@{lemmy.host}")
    await acme.idle()
    assert lemmy.shapes() == ["Follow"]
    assert lemmy.arrived[0].valid
    reader = (await lemmy.get(lemmy.arrived[0].activity["actor"])).json
    assert reader["type"] == "Service", "Lemmy and PieFed take no Follow by an Application"
    assert reader["preferredUsername"].startswith("reader-")
    handle = f"acct:{reader['preferredUsername']}@{acme.host}"
    found = (await lemmy.get(f"{acme.url}/.well-known/webfinger?resource={handle}")).json
    assert found["links"][0]["href"] == reader["id"]
    forum = await forums.forum_by_uri(acme.house, group)
    assert forum is not None
    assert not forum.joined
    wish = lemmy.arrived[0].activity
    await lemmy.post(acme.inbox, lemmy.activity("Accept", group, wish))
    await acme.idle()
    forum = await forums.forum_by_uri(acme.house, group)
    assert forum is not None
    assert forum.joined

    gil = lemmy.person("gil")
    article = lemmy.note(gil, "Roses.", to=group, name="Roses")
    await lemmy.post(acme.inbox, lemmy.activity("Announce", group, lemmy.create(article)))
    await acme.idle()
    mirrored = await acme.know(article["id"])
    assert mirrored is not None
    assert mirrored.title == "Roses"
    lemmy.arrived.clear()
    reply = await acme.reply(mirrored, "Red ones.")
    await acme.idle()
    assert lemmy.shapes() == ["Create Note"]
    assert lemmy.arrived[0].activity["object"]["inReplyTo"] == article["id"]
    await ideas.edit(acme.house, acme.admin, reply, "White ones.")
    await acme.idle()
    assert lemmy.shapes()[1:] == ["Update Note"]
    like = lemmy.activity("Like", lemmy.person("vic"), reply.uri, audience=group)
    await lemmy.post(acme.inbox, lemmy.activity("Announce", group, like))
    await acme.idle()
    assert (await acme.fresh(reply)).support == 1
    await lemmy.post(acme.inbox, lemmy.activity("Announce", group, lemmy.activity("Undo", like["actor"], like)))
    await acme.idle()
    assert (await acme.fresh(reply)).support == 0
    await lemmy.post(
        acme.inbox, lemmy.activity("Announce", group, lemmy.activity("Update", gil, {**article, "name": "Thorns"}))
    )
    await acme.idle()
    assert (await acme.fresh(mirrored)).title == "Thorns"
    await lemmy.post(acme.inbox, lemmy.activity("Announce", group, lemmy.activity("Delete", gil, article["id"])))
    await lemmy.post(acme.inbox, lemmy.activity("Reject", group, wish))
    await acme.idle()
    assert (await acme.fresh(mirrored)).deleted
    forum = await forums.forum_by_uri(acme.house, group)
    assert forum is not None
    assert not forum.joined


async def test_a_forum_elsewhere_votes_for_nobody_but_its_own_people_and_on_nothing_but_its_own(
    acme: Organisation, elsewhere: MakeElsewhere
):
    lemmy, third = await elsewhere("lemmy"), await elsewhere("lemmy")
    own = await acme.forum("open")
    await acme.idle()
    group, vic = await join(acme, lemmy), lemmy.person("vic")
    forum = await forums.forum_by_uri(acme.house, group)
    assert forum is not None
    idea, other = await acme.idea(forum, "Roses."), await acme.idea(own, "Ours.")
    await acme.idle()
    mine = lemmy.activity("Like", vic, idea.uri)
    foreign = third.activity("Like", third.person("olaf"), idea.uri)
    for vote in (foreign, {**mine, "actor": foreign["actor"]}, {**mine, "id": foreign["id"]}):
        await lemmy.post(acme.inbox, lemmy.activity("Announce", group, vote))
        await acme.idle()
        assert await acme.last_received() == ("Announce", "ignored")
    beyond = lemmy.activity("Like", vic, other.uri)
    for vote in (beyond, lemmy.activity("Undo", vic, beyond), lemmy.activity("Undo", vic, {"type": "Follow"})):
        await lemmy.post(acme.inbox, lemmy.activity("Announce", group, vote))
        await acme.idle()
        assert (await acme.last_received())[1] in ("refused", "ignored")
    assert ((await acme.fresh(idea)).support, (await acme.fresh(other)).support) == (0, 0)
    await lemmy.post(acme.inbox, lemmy.activity("Announce", group, mine))
    await acme.idle()
    assert (await acme.fresh(idea)).support == 1


async def test_an_organisation_that_joins_late_is_told_what_stands_there_already(organise: MakeOrganisation):
    acme, globex = await organise("Acme"), await organise("Globex")
    forum = await acme.forum("open")
    idea = await acme.idea(forum, "Said early.", title="Early")
    reply = await acme.reply(idea, "Answered early.")
    gone = await acme.idea(forum, "Taken back early.")
    inner = await acme.idea(await acme.forum("inner", "inside"), "Stays inside.")
    await acme.idle()
    await ideas.edit(acme.house, acme.admin, idea, "Said early, put better.")
    await ideas.delete(acme.house, acme.admin, gone)
    await acme.idle()
    await forums.ask_to_join(globex.house, globex.admin, f"@open@{acme.host}")
    for _ in range(4):
        await globex.idle()
        await acme.idle()
    for _ in range(4):
        globex.wait(2)
        await globex.idle()
    known = await globex.know(idea.uri)
    assert known is not None
    assert known.text == "Said early, put better."
    assert [one.text for one in await ideas_read.replies_of(globex.house, known.id)] == ["Answered early."]
    assert await globex.know(reply.uri) is not None
    assert await globex.know(gone.uri) is None
    assert await globex.know(inner.uri) is None


async def test_whoever_follows_while_ideas_are_on_their_way_out_misses_none(
    organise: MakeOrganisation, elsewhere: MakeElsewhere
):
    acme, peer = await organise("Acme"), await elsewhere("marmalade")
    forum = await acme.forum("open")
    await acme.idle()
    written = [await acme.idea(forum, f"Idea {n}.") for n in range(60)]
    await peer.post(acme.inbox, peer.activity("Follow", peer.person("ann"), forum.uri))
    await acme.edge.lookup.run_once()
    await acme.edge.lookup.settle()
    await asyncio.gather(acme.release.run_once(), acme.admit.run_once())
    await acme.idle()
    told = {one.activity["object"]["object"]["id"] for one in peer.arrived if one.shape.startswith("Announce Create")}
    assert told == {one.uri for one in written}


async def test_a_forum_that_is_renamed_and_closed_to_ideas_is_so_on_the_servers_that_joined_it(
    organise: MakeOrganisation,
):
    acme, globex = await organise("Acme"), await organise("Globex")
    closed = await acme.forum("friends", "partners")
    await acme.partner(globex.host)
    await acme.idle()
    await forums.ask_to_join(globex.house, globex.admin, f"@friends@{acme.host}")
    await settle(globex, acme)
    idea = await acme.idea(closed, "Secret sauce.")
    await settle(acme, globex)
    await change_forum(
        acme.house, acme.admin, closed, Changes(title="Good friends", question="What **now**?", takes_ideas=False)
    )
    acme.wait(4)
    await settle(acme, globex)
    mirror = await forums.forum_by_uri(globex.house, closed.uri)
    assert mirror is not None
    assert (mirror.title, mirror.closed_at is not None) == ("Good friends", True)
    assert "now" in mirror.question
    _, jam = await forums.forum_and_jam(globex.house, mirror.id)
    assert jam.state == "open"
    bob = await globex.member("bob")
    with pytest.raises(ForumClosed):
        await globex.idea(mirror, "Too late.", bob)
    seen = await globex.know(idea.uri)
    assert seen is not None
    reply = await globex.reply(seen, "More salt.", bob)
    await settle(globex, acme)
    assert await acme.know(reply.uri)
    now = (await forums.forum_and_jam(acme.house, closed.id))[0]
    await change_forum(acme.house, acme.admin, now, Changes(takes_ideas=True))
    acme.wait(8)
    await settle(acme, globex)
    mirror = await forums.forum_by_uri(globex.house, closed.uri)
    assert mirror is not None
    assert mirror.closed_at is None


async def test_an_idea_that_comes_from_elsewhere_after_a_forum_closed_to_ideas_is_refused(
    acme: Organisation, peer: Elsewhere
):
    forum = await acme.forum("open")
    idea = await acme.idea(forum, "First.")
    await acme.idle()
    await change_forum(acme.house, acme.admin, forum, Changes(takes_ideas=False))
    await acme.idle()
    ann = peer.person("ann")
    late = peer.note(ann, "Late", to=forum.uri, name="Late", audience=forum.uri)
    answer = peer.note(ann, "Agreed", idea.uri, forum.uri)
    for one in (late, answer):
        assert (await peer.post(acme.inbox, peer.create(one))).status == 202
    await acme.idle()
    assert await acme.know(late["id"]) is None
    assert await acme.know(answer["id"])
    assert [state for _, state, _ in await acme.received()] == ["refused", "admitted"]
    group = (await peer.get(forum.uri, by=ann)).json
    assert (group["postingRestrictedToMods"], group["jam"]["takes"]) == (True, "replies")


async def joined(organise: MakeOrganisation, *slugs: str) -> tuple[Organisation, Organisation, list[Forum]]:
    """Acme with forums for partners, all of which Globex joined."""
    acme, globex = await organise("Acme"), await organise("Globex")
    own = [await acme.forum(slug, "partners") for slug in slugs]
    await acme.partner(globex.host)
    await acme.idle()
    for slug in slugs:
        await forums.ask_to_join(globex.house, globex.admin, f"@{slug}@{acme.host}")
    await settle(globex, acme)
    return acme, globex, own


async def stands_in(house: House, made: Contribution) -> str:
    return (await forums.forum_and_jam(house, made.forum_id))[0].uri


async def test_what_is_hidden_goes_from_the_partner_and_what_is_shown_again_comes_back(organise: MakeOrganisation):
    acme, globex, (first,) = await joined(organise, "friends")
    idea = await acme.idea(first, "Secret sauce.")
    await settle(acme, globex)
    seen = await globex.know(idea.uri)
    assert seen is not None
    case = await moderation.hide(acme.house, acme.admin, await acme.fresh(idea), "Names a person.")
    acme.wait(4)
    await settle(acme, globex)
    gone = await globex.know(idea.uri)
    assert gone is not None
    assert gone.deleted
    await moderation.decide(acme.house, acme.admin, case.id, "restore", "Fine.")
    acme.wait(8)
    await settle(acme, globex)
    again = await globex.know((await acme.fresh(idea)).uri)
    assert again is not None
    assert (again.text, again.deleted) == ("Secret sauce.", False)


async def test_a_move_and_a_merge_are_followed_by_a_partner_that_joined_both_forums(organise: MakeOrganisation):
    acme, globex, (first, second) = await joined(organise, "friends", "family")
    idea, other = await acme.idea(first, "Secret sauce."), await acme.idea(second, "Sauce.")
    await settle(acme, globex)
    seen = await globex.know(idea.uri)
    assert seen is not None
    bob = await globex.member("bob")
    reply = await globex.reply(seen, "More salt.", bob)
    await settle(globex, acme)
    await moves.move(acme.house, acme.admin, await acme.fresh(idea), second, "It belongs there.")
    acme.wait(4)
    await settle(acme, globex)
    moved = await globex.know((await acme.fresh(idea)).uri)
    assert moved is not None
    assert await stands_in(globex.house, moved) == second.uri
    old = await globex.know(idea.uri)
    assert old is not None
    assert old.deleted
    heard = await acme.know(reply.uri)
    assert heard is not None
    assert (heard.forum_id, heard.thread_id) == (second.id, idea.id)
    await moves.merge(acme.house, acme.admin, await acme.fresh(idea), await acme.fresh(other), "The same.")
    acme.wait(8)
    await settle(acme, globex)
    merged, root = await globex.know((await acme.fresh(idea)).uri), await globex.know(other.uri)
    assert merged is not None
    assert root is not None
    assert (merged.kind, merged.thread_id, merged.author_name) == ("reply", root.id, seen.author_name)
    late = await globex.reply(merged, "And pepper.", bob)
    await settle(globex, acme)
    told = await acme.know(late.uri)
    assert told is not None
    assert told.thread_id == other.id


async def test_a_facilitator_tells_an_authors_own_server_and_nobody_hears_who_flagged(organise: MakeOrganisation):
    acme, globex, (first,) = await joined(organise, "friends")
    mirror = await forums.forum_by_uri(globex.house, first.uri)
    assert mirror is not None
    bob, eve = await globex.member("bob"), await acme.member("eve")
    rude = await globex.idea(mirror, "Rude words.", bob)
    await settle(globex, acme)
    heard = await acme.know(rude.uri)
    assert heard is not None
    await moderation.flag(acme.house, eve, heard, "I feel insulted, says Eve.")
    _, jam = await forums.forum_and_jam(acme.house, first.id)
    (case,) = await moderation.queue(acme.house, acme.admin, jam)
    with pytest.raises(Invalid):
        await moderation.decide(acme.house, acme.admin, case.id, "tell", " ")
    told = await moderation.decide(acme.house, acme.admin, case.id, "tell", "This is rude to colleagues of ours.")
    assert told.state == "open"
    await settle(acme, globex)
    assert acme.faults == []
    (letter,) = [body for body in await sent(acme) if body["type"] == "Flag"]
    writer = await people.member_by_id(globex.house, rude.author_id)
    assert writer is not None
    assert (letter["actor"], letter["object"]) == (acme.house.addresses.server_uri, [writer.uri, rude.uri])
    assert letter["content"] == "This is rude to colleagues of ours."
    assert not {"to", "cc", "audience"} & letter.keys()
    _, theirs = await forums.forum_and_jam(globex.house, mirror.id)
    (there,) = await moderation.queue(globex.house, globex.admin, theirs)
    assert (there.contribution_id, [one.host for one in there.flags]) == (rude.id, [acme.host])
    assert [one.reason for one in there.flags] == ["This is rude to colleagues of ours."]
    own = await moderation.hide(acme.house, acme.admin, await acme.idea(first, "Ours."), "Wait.")
    with pytest.raises(Conflict, match="our own people"):
        await moderation.decide(acme.house, acme.admin, own.id, "tell", "Look.")
    with pytest.raises(Conflict, match="The rules keep this"):
        await moderation.decide(acme.house, acme.admin, case.id, "tell", "Write to eve.example@acme.example at once.")


async def sent(acme: Organisation) -> list[dict[str, Any]]:
    """Return every document that was released, as it stands outside."""
    rows = await acme.outside.store.fetch("SELECT bytes AS body FROM bodies")
    return [json.loads(bytes(row["body"])) for row in rows]
