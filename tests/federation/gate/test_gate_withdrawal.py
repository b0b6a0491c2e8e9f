"""What stands outside follows the rules, the labels, the partners and the recalls."""

from __future__ import annotations

import pytest

from server.services import crossings, holds, ideas, judging, partners, people, rules
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import Elsewhere
from tests.federation.organisation import Organisation


@pytest.fixture
async def globex(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere("marmalade")


@pytest.fixture
async def initech(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere("lemmy")


async def follow(peer: Elsewhere, acme: Organisation, forum_uri: str, name: str = "ann") -> str:
    await acme.idle()
    ann = peer.person(name)
    await peer.post(acme.inbox, peer.activity("Follow", ann, forum_uri))
    await acme.idle()
    peer.arrived.clear()
    return ann


async def status(peer: Elsewhere, uri: str, by: str = "") -> int:
    return (await peer.get(uri, by=by)).status


async def test_a_label_raised_above_what_may_leave_withdraws_the_idea_and_its_replies(
    acme: Organisation, initech: Elsewhere
):
    forum = await acme.forum("open")
    ann = await follow(initech, acme, forum.uri)
    idea = await acme.idea(forum)
    reply = await acme.reply(idea, "A reply.")
    await acme.idle()
    assert await status(initech, idea.uri) == await status(initech, reply.uri, ann) == 200
    await ideas.edit(acme.house, acme.admin, idea, idea.text, label="AMBER")
    await acme.idle()
    assert await status(initech, idea.uri) == await status(initech, reply.uri, ann) == 410
    assert initech.shapes()[2:] == ["Announce Delete Tombstone"] * 2
    assert (await initech.get(f"{forum.uri}/outbox")).json["totalItems"] == 0
    later = await acme.reply(idea, "Too late.")
    await acme.idle()
    assert await status(initech, later.uri, ann) == 404


async def test_a_held_edit_leaves_the_old_words_standing_until_a_reviewer_decides(
    acme: Organisation, initech: Elsewhere
):
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    idea = await acme.idea(forum, "Old words.")
    await acme.idle()
    await ideas.edit(acme.house, acme.admin, idea, "Write to bob@example.org.")
    await acme.idle()
    assert "Old words." in (await initech.get(idea.uri)).json["content"]
    initech.arrived.clear()
    reviewer = await acme.member("rita", "reviewer")
    (hold,) = await holds.list_holds(acme.house, reviewer)
    await holds.release(acme.house, reviewer, hold.id)
    await acme.idle()
    assert "bob@example.org" in (await initech.get(idea.uri)).json["content"]
    assert initech.shapes() == ["Announce Update Article"]


async def test_what_a_reviewer_released_stays_when_a_partner_joins_or_a_forum_is_added(
    acme: Organisation, initech: Elsewhere
):
    forum = await acme.forum("open")
    idea = await acme.idea(forum, "Write to bob@example.org.")
    await acme.idle()
    reviewer = await acme.member("rita", "reviewer")
    (hold,) = await holds.list_holds(acme.house, reviewer)
    await holds.release(acme.house, reviewer, hold.id)
    await acme.idle()
    assert await status(initech, idea.uri) == 200
    await acme.partner("globex.example")
    await acme.forum("second")
    await acme.idle()
    assert await status(initech, idea.uri) == 200


async def test_a_reply_to_a_held_idea_is_not_itself_a_question_for_the_reviewer(acme: Organisation, initech: Elsewhere):
    forum = await acme.forum("open")
    idea = await acme.idea(forum, "Write to bob@example.org.")
    reply = await acme.reply(idea, "Harmless.")
    await acme.idle()
    reviewer = await acme.member("rita", "reviewer")
    (hold,) = await holds.list_holds(acme.house, reviewer)
    assert hold.contribution_id == idea.id
    assert await status(initech, reply.uri) == 404
    await holds.release(acme.house, reviewer, hold.id)
    await acme.idle()
    assert await status(initech, reply.uri) == 200


async def test_what_is_recalled_from_one_server_and_all_that_is_said_below_it_never_reaches_it_again(
    acme: Organisation, initech: Elsewhere, globex: Elsewhere
):
    forum = await acme.forum("open")
    await acme.partner(globex.host)
    ann = await follow(initech, acme, forum.uri)
    gus = await follow(globex, acme, forum.uri, "gus")
    idea = await acme.idea(forum)
    await acme.idle()
    for peer, actor in ((initech, ann), (globex, gus)):
        await crossings.recall(acme.house, acme.admin, idea, peer.host)
        await acme.idle()
        assert peer.shapes()[-1] == "Announce Delete Tombstone"
        assert await status(peer, idea.uri, actor) == 410
        peer.arrived.clear()
    await ideas.edit(acme.house, acme.admin, idea, "New words.")
    reply = await acme.reply(idea, "Later.")
    await acme.idle()
    assert initech.arrived == globex.arrived == []
    assert await status(initech, idea.uri) == 200, "everybody else goes on reading"
    assert await status(globex, idea.uri, gus) == 410
    said = {verdict.audience: verdict.verdict for verdict in await crossings.verdicts_of(acme.house, acme.admin, reply)}
    assert said == {"*": "allowed", globex.host: "denied"}


async def test_a_recall_from_all_leaves_no_word_of_the_thread(acme: Organisation, initech: Elsewhere):
    forum = await acme.forum("open")
    ann = await follow(initech, acme, forum.uri)
    idea = await acme.idea(forum)
    reply = await acme.reply(idea, "A reply.")
    await acme.idle()
    await crossings.recall(acme.house, acme.admin, idea)
    later = await acme.reply(idea, "Later.")
    await acme.idle()
    for uri in (idea.uri, reply.uri):
        assert await status(initech, uri) == await status(initech, uri, ann) == 410
    assert await status(initech, later.uri) == 404
    assert (await initech.get(f"{idea.uri}/context")).status == 404
    assert b"An idea" not in (await initech.get(forum.uri, accept="text/html")).body
    assert {
        verdict.verdict for verdict in await judging.judge(acme.house, await judging.draft_of(acme.house, later))
    } == {"denied"}


async def test_a_paused_partner_reads_nothing_and_goes_on_where_it_stopped(acme: Organisation, globex: Elsewhere):
    closed = await acme.forum("friends", "partners")
    await acme.partner(globex.host)
    gus = await follow(globex, acme, closed.uri, "gus")
    idea = await acme.idea(closed, "First.")
    await acme.idle()
    assert globex.shapes() == ["Announce Create Article"]
    await partners.change_partner(acme.house, acme.admin, globex.host, state="paused")
    await acme.idle()
    assert await status(globex, idea.uri, gus) == await status(globex, f"{acme.url}/objects/{'0' * 32}", gus) == 403
    assert (await globex.post(acme.inbox, globex.activity("Like", gus, idea.uri))).status == 403
    await ideas.edit(acme.house, acme.admin, idea, "Second.")
    await acme.idle()
    assert len(globex.arrived) == 1
    await partners.change_partner(acme.house, acme.admin, globex.host, state="active")
    await acme.idle()
    assert globex.shapes() == ["Announce Create Article", "Announce Update Article"]
    assert "Second." in (await globex.get(idea.uri, by=gus)).json["content"]


async def test_a_removed_partner_loses_the_closed_forum_and_keeps_what_everybody_reads(
    acme: Organisation, globex: Elsewhere
):
    closed, public = await acme.forum("friends", "partners"), await acme.forum("open")
    await acme.partner(globex.host)
    gus = await follow(globex, acme, closed.uri, "gus")
    await follow(globex, acme, public.uri, "gus")
    secret, known = await acme.idea(closed, "Closed."), await acme.idea(public, "Open.")
    await acme.idle()
    globex.arrived.clear()
    await partners.change_partner(acme.house, acme.admin, globex.host, state="removed")
    await acme.idle()
    assert globex.shapes() == ["Announce Delete Tombstone"]
    assert globex.arrived[0].activity["object"]["object"]["id"] == secret.uri
    assert await status(globex, secret.uri, gus) == 410
    assert await status(globex, closed.uri, gus) == 404
    assert await status(globex, known.uri, gus) == 200
    assert (await globex.get(f"{public.uri}/outbox", by=gus)).json["totalItems"] == 1
    assert await globex.find(f"@friends@{acme.host}", by=gus) == ""
    globex.arrived.clear()
    await acme.idea(closed, "Closed again.")
    await acme.idle()
    assert globex.arrived == []
    await acme.partner(globex.host)
    await acme.idle()
    assert await status(globex, secret.uri, gus) == 200, "what is granted again is there to be read again"
    await ideas.edit(acme.house, acme.admin, secret, "Closed, edited.")
    await acme.idle()
    assert "edited" in (await globex.get(secret.uri, by=gus)).json["content"]


async def test_a_partner_who_comes_later_can_read_whole_threads(acme: Organisation, globex: Elsewhere):
    closed = await acme.forum("friends", "partners")
    idea = await acme.idea(closed)
    first = await acme.reply(idea, "One.")
    second = await acme.reply(first, "Two.")
    await acme.idle()
    await acme.partner(globex.host)
    await acme.idle()
    gus = globex.person("gus")
    for one in (idea, first, second):
        assert await status(globex, one.uri, gus) == 200
        assert await status(globex, one.uri) == 404
    assert (await globex.get(second.uri, by=gus)).json["inReplyTo"] == first.uri
    assert (await globex.get(f"{idea.uri}/context", by=gus)).json["totalItems"] == 3


async def test_a_customer_reads_no_partners_forum_unless_it_names_them(acme: Organisation, globex: Elsewhere):
    closed = await acme.forum("friends", "partners")
    named = await acme.forum("pilot", "partners", peers=(globex.host,))
    await acme.partner(globex.host, "customer")
    await acme.idle()
    gus = globex.person("gus")
    assert await status(globex, closed.uri, gus) == 404
    assert await status(globex, named.uri, gus) == 200
    for forum in (closed, named):
        await globex.post(acme.inbox, globex.activity("Follow", gus, forum.uri))
    await acme.idle()
    assert globex.shapes() == ["Accept Follow"]
    await acme.idea(closed, "Not for customers.")
    pilot = await acme.idea(named, "For this one.")
    await acme.idle()
    assert globex.shapes() == ["Accept Follow", "Announce Create Article"]
    assert await status(globex, pilot.uri, gus) == 200


async def test_a_forum_that_names_a_server_without_an_agreement_stays_hidden_from_it(
    acme: Organisation, initech: Elsewhere
):
    named = await acme.forum("pilot", "partners", peers=(initech.host,))
    idea = await acme.idea(named)
    await acme.idle()
    ann = initech.person("ann")
    await initech.post(acme.inbox, initech.activity("Follow", ann, named.uri))
    await acme.idle()
    assert initech.arrived == []
    assert await status(initech, named.uri, ann) == await status(initech, idea.uri, ann) == 404


async def test_a_forum_of_a_jam_that_is_not_open_yet_is_hidden(acme: Organisation, initech: Elsewhere):
    forum = await acme.forum("soon", jam=await acme.jam("later", opened=False))
    await acme.idle()
    ann = initech.person("ann")
    await initech.post(acme.inbox, initech.activity("Follow", ann, forum.uri))
    await acme.idle()
    assert initech.arrived == []
    assert await status(initech, forum.uri) == 404
    assert await initech.find(f"@soon@{acme.host}") == ""


async def test_whoever_takes_their_consent_back_is_named_outside_no_more(acme: Organisation, initech: Elsewhere):
    forum = await acme.forum("open")
    ann = await follow(initech, acme, forum.uri)
    zoe = await acme.member("zoe", name="Zoe Zuckerfrau")
    idea = await acme.idea(forum, "Words.", zoe)
    other = await acme.idea(forum, "I agree with Zoe Zuckerfrau.")
    await acme.idle()
    assert (await initech.get(idea.uri)).json["attributedTo"] == zoe.uri
    await people.change_member(acme.house, zoe, zoe, consent=False)
    await acme.idle()
    assert await status(initech, idea.uri) == 410
    assert await status(initech, other.uri) == 410, "it waits for a reviewer now"
    page = await initech.get(forum.uri, accept="text/html")
    assert b"Zoe" not in page.body
    assert b"Words." in page.body, "the idea goes on, under a role"
    for uri in (zoe.uri, f"{zoe.uri}/outbox"):
        for by in ("", ann):
            told = {key: value for key, value in (await initech.get(uri, by=by)).json.items() if key != "publicKey"}
            assert "zoe" not in str(told).lower()
            assert "zuckerfrau" not in str(told).lower()
    assert await initech.find(f"@zoe@{acme.host}") == ""


async def test_an_idea_narrowed_for_everyone_stays_with_the_partner_that_keeps_it(
    acme: Organisation, initech: Elsewhere, globex: Elsewhere
):
    forum = await acme.forum("open")
    await acme.partner(globex.host, clearance="GREEN")
    await follow(initech, acme, forum.uri)
    gus = await follow(globex, acme, forum.uri, "gus")
    idea = await acme.idea(forum)
    await acme.idle()
    globex.arrived.clear()
    stored, _ = await rules.rules_in_force(acme.house)
    guard = '\n[[rule]]\nid = "G-public"\nkind = "guard"\nto = "tier:public"\neffect = "deny"\n'
    await rules.apply_rules(acme.house, acme.admin, stored.text + guard, alone=True)
    await acme.idle()
    assert await status(initech, idea.uri) == 410
    assert await status(globex, idea.uri, gus) == 200
    assert globex.arrived == []
    assert initech.shapes()[-1] == "Announce Delete Tombstone"


async def test_what_is_withdrawn_before_it_was_sent_is_not_sent(acme: Organisation, initech: Elsewhere):
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    initech.answer = 503
    idea = await acme.idea(forum)
    await acme.idle()
    await crossings.recall(acme.house, acme.admin, idea)
    await acme.idle()
    initech.answer = 202
    acme.wait(7200)
    await acme.idle()
    assert initech.shapes() == ["Announce Delete Tombstone"], "bytes may have arrived with the first attempt"
    assert (await acme.deliveries(initech.host))[1] == ("Create", "cancelled")


async def test_deleted_words_are_gone_from_everything_that_was_received_and_released(
    acme: Organisation, initech: Elsewhere
):
    forum = await acme.forum()
    idea = await acme.idea(forum, "An unmistakable marzipan.")
    await acme.idle()
    note = initech.note(initech.person("ann"), "An unmistakable nougat.", idea.uri, forum.uri)
    await initech.post(acme.inbox, initech.create(note))
    await acme.idle()
    reply = await acme.know(note["id"])
    assert reply is not None
    await ideas.delete(acme.house, acme.admin, reply)
    await ideas.delete(acme.house, acme.admin, await acme.fresh(idea))
    await acme.idle()
    for store in (acme.house.store, acme.outside.store):
        tables = await store.fetch("SELECT name FROM sqlite_master WHERE type = 'table'")
        # The search index's own segments forget at their next merge; nothing reads deleted words from them.
        for table in (row["name"] for row in tables if not row["name"].startswith("contribution_words_")):
            rows = await store.fetch(f"SELECT * FROM {table}")
            held = b"\n".join(
                value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row.values()
            )
            assert b"marzipan" not in held, table
            assert b"nougat" not in held, table
