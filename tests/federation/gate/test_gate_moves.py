"""Moved, merged and split threads: outside nothing is left where it stood, and nothing tells of where it went."""

from __future__ import annotations

import orjson
import pytest

from federation.outside import crossings as crossings_outside
from server.domain.ideas import Contribution
from server.services import crossings, ideas, moderation, moves
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import Elsewhere
from tests.federation.gate.test_gate_files import attached, without_guard
from tests.federation.gate.test_gate_withdrawal import follow, status
from tests.federation.organisation import Organisation


@pytest.fixture
async def initech(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere("lemmy")


@pytest.fixture
async def globex(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere("marmalade")


async def listed(peer: Elsewhere, forum_uri: str, by: str = "") -> int:
    return int((await peer.get(f"{forum_uri}/outbox", by=by)).json["totalItems"])


async def egress(acme: Organisation) -> str:
    """Return all bodies that were ever frozen for anybody outside."""
    rows = await acme.outside.store.fetch("SELECT bytes FROM bodies")
    return "\n".join(bytes(row["bytes"]).decode() for row in rows)


async def standing(acme: Organisation) -> list[dict]:
    """Return all objects that somebody may read outside now."""
    rows = await acme.outside.store.fetch(
        f"SELECT b.bytes FROM crossings c JOIN bodies b ON b.sha = c.sha WHERE {crossings_outside.STANDING}"
        f" AND c.kind = 'object' AND {crossings_outside.NEWEST}"
    )
    return [orjson.loads(bytes(row["bytes"])) for row in rows]


async def test_a_move_to_an_inside_forum_withdraws_the_thread_and_tells_nobody_where_it_went(
    acme: Organisation, initech: Elsewhere
):
    public, inside = await acme.forum("open"), await acme.forum("secret", "inside")
    ann = await follow(initech, acme, public.uri)
    idea = await acme.idea(public)
    reply = await acme.reply(idea, "A reply.")
    await acme.idle()
    assert await status(initech, idea.uri) == await status(initech, reply.uri, ann) == 200
    initech.arrived.clear()
    await moves.move(acme.house, acme.admin, await acme.fresh(idea), inside, "It names a customer.")
    await acme.idle()
    assert await status(initech, idea.uri) == await status(initech, reply.uri, ann) == 410
    assert initech.shapes() == ["Announce Delete Tombstone"] * 2
    assert await listed(initech, public.uri) == 0
    now, below = await acme.fresh(idea), await acme.fresh(reply)
    assert (now.forum_id, below.forum_id) == (inside.id, inside.id)
    for uri in (now.uri, below.uri, inside.uri):
        assert await status(initech, uri) == 404
    said = await egress(acme)
    for secret in (inside.uri, now.uri, below.uri, "names a customer"):
        assert secret not in said
    later = await acme.reply(now, "Later.")
    await acme.idle()
    assert await status(initech, later.uri) == 404
    assert acme.faults == []


async def test_a_move_from_an_inside_forum_to_a_public_one_releases_what_may_leave(
    acme: Organisation, initech: Elsewhere
):
    public, inside = await acme.forum("open"), await acme.forum("secret", "inside")
    await follow(initech, acme, public.uri)
    idea = await acme.idea(inside)
    fine, private = await acme.reply(idea, "Fine."), await acme.reply(idea, "Private.", label="RED")
    await acme.idle()
    assert initech.arrived == []
    await moves.move(acme.house, acme.admin, idea, public, "Everybody may answer.")
    await acme.idle()
    codes = [await status(initech, (await acme.fresh(one)).uri) for one in (idea, fine, private)]
    assert codes == [200, 200, 404]
    assert initech.shapes()[0] == "Announce Create Article"
    assert await listed(initech, public.uri) >= 1


async def test_a_move_to_a_partners_forum_leaves_it_to_the_partner_alone(
    acme: Organisation, initech: Elsewhere, globex: Elsewhere
):
    await acme.partner(globex.host)
    public, friends = await acme.forum("open"), await acme.forum("friends", "partners")
    await follow(initech, acme, public.uri)
    gus = await follow(globex, acme, friends.uri, "gus")
    idea = await acme.idea(public)
    await acme.idle()
    await moves.move(acme.house, acme.admin, idea, friends, "For partners.")
    await acme.idle()
    now = await acme.fresh(idea)
    assert await status(initech, idea.uri) == 410
    assert await status(initech, now.uri) == 404
    assert await status(globex, now.uri, gus) == 200
    assert "Announce Create Article" in globex.shapes()
    assert not any(friends.uri in repr(one) for one in initech.arrived)


async def test_a_merge_leaves_no_orphan_outside(acme: Organisation, initech: Elsewhere):
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    kept = await acme.idea(forum, "Kept.")
    double = await acme.idea(forum, "The same.")
    first = await acme.reply(double, "First.")
    second = await acme.reply(first, "Second.")
    grown = await acme.idea(forum, "Grown.", builds_on=double.id)
    await acme.idle()
    old = [double.uri, first.uri, second.uri]
    await moves.merge(acme.house, acme.admin, double, kept, "Both ask for tape.")
    await acme.idle()
    assert [await status(initech, uri) for uri in old] == [410] * 3
    now = [await acme.fresh(one) for one in (double, first, second)]
    assert [await status(initech, one.uri) for one in now] == [200] * 3
    documents = await standing(acme)
    uris = {document["id"] for document in documents}
    for document in documents:
        assert document.get("inReplyTo") in {None, *uris}, "an answer hangs on nothing"
        assert not any(uri in repr(document) for uri in old), "a copy names what is gone"
    (merged,) = (one for one in documents if one["id"] == now[0].uri)
    assert (merged["type"], merged["inReplyTo"]) == ("Note", kept.uri)
    assert now[0].author_id == double.author_id
    assert (await initech.get(f"{old[0]}/context")).status in (404, 410)
    assert (await acme.fresh(grown)).builds_on == kept.id
    assert acme.faults == []


async def test_a_merge_into_a_hidden_place_withdraws_and_others_answers_go_along(
    acme: Organisation, initech: Elsewhere, elsewhere: MakeElsewhere
):
    other = await elsewhere("lemmy")
    public, inside = await acme.forum("open"), await acme.forum("secret", "inside")
    await follow(initech, acme, public.uri)
    await follow(other, acme, public.uri, "olaf")
    idea, secret = await acme.idea(public), await acme.idea(inside)
    await acme.idle()
    note = initech.note(initech.person("ann"), "Theirs.", idea.uri, public.uri)
    await initech.post(acme.inbox, initech.create(note))
    await acme.idle()
    other.arrived.clear()
    await moves.merge(acme.house, acme.admin, await acme.fresh(idea), secret, "The same.")
    await acme.idle()
    assert await status(other, idea.uri) == 410
    assert other.shapes().count("Announce Delete Tombstone") == 2, "the idea, and the answer that was passed on"
    theirs = await acme.know(note["id"])
    assert theirs is not None
    assert (theirs.thread_id, theirs.forum_id) == (secret.id, inside.id)
    said = await egress(acme)
    assert inside.uri not in said
    assert secret.uri not in said


async def test_an_answer_of_another_server_moves_along_between_public_forums(acme: Organisation, initech: Elsewhere):
    first, second = await acme.forum("open"), await acme.forum("second")
    ann = await follow(initech, acme, first.uri)
    idea = await acme.idea(first)
    await acme.idle()
    note = initech.note(ann, "Theirs.", idea.uri, first.uri)
    await initech.post(acme.inbox, initech.create(note))
    await acme.idle()
    await moves.move(acme.house, acme.admin, await acme.fresh(idea), second, "It is about the second question.")
    await acme.idle()
    assert await listed(initech, first.uri) == 0
    late = initech.note(ann, "To the old address.", idea.uri, first.uri)
    await initech.post(acme.inbox, initech.create(late))
    await acme.idle()
    found = await acme.know(late["id"])
    assert found is not None
    assert (found.thread_id, found.forum_id) == (idea.id, second.id), "a late answer finds where it stands now"
    documents = await standing(acme)
    assert not any(idea.uri in repr(document) for document in documents)
    assert acme.faults == []


async def test_a_split_and_its_undoing_are_followed_outside(acme: Organisation, initech: Elsewhere):
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    idea = await acme.idea(forum)
    reply = await acme.reply(idea, "Another thought.")
    below = await acme.reply(reply, "Yes.")
    await acme.idle()
    done = await moves.split(acme.house, acme.admin, reply, "Another thought", "It is another question.")
    await acme.idle()
    fresh = await acme.fresh(reply)
    shown = (await initech.get(fresh.uri)).json
    assert (shown["type"], shown["name"]) == ("Article", "Another thought")
    assert await status(initech, reply.uri) == await status(initech, below.uri) == 410
    await moves.undo(acme.house, acme.admin, done.id)
    await acme.idle()
    back = await acme.fresh(reply)
    shown = (await initech.get(back.uri)).json
    assert (shown["type"], shown["inReplyTo"]) == ("Note", idea.uri)
    assert await status(initech, fresh.uri) == 410
    assert (await acme.fresh(idea)).replies == 2
    assert acme.faults == []


async def test_what_was_recalled_stays_away_when_it_is_split_off_or_merged(acme: Organisation, initech: Elsewhere):
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    idea, other = await acme.idea(forum), await acme.idea(forum, "Other.")
    one, two = await acme.reply(idea, "One."), await acme.reply(idea, "Two.")
    await acme.idle()
    await crossings.recall(acme.house, acme.admin, idea)
    await acme.idle()
    await moves.split(acme.house, acme.admin, await acme.fresh(one), "One", "Apart.")
    await moves.merge(acme.house, acme.admin, await acme.fresh(idea), other, "The same.")
    await acme.idle()
    for made in (idea, one, two):
        assert await status(initech, (await acme.fresh(made)).uri) == 404
    assert await status(initech, other.uri) == 200


async def test_a_reply_split_off_a_stricter_idea_keeps_its_label(acme: Organisation, initech: Elsewhere):
    forum = await acme.forum("open")
    idea = await acme.idea(forum)
    reply = await acme.reply(idea, "A reply.")
    await acme.idle()
    await ideas.relabel(acme.house, acme.admin, await acme.fresh(idea), "RED")
    done: Contribution = await acme.fresh(reply)
    await moves.split(acme.house, acme.admin, done, "Apart", "Apart.")
    await acme.idle()
    assert (await acme.fresh(reply)).label == "RED"
    assert await status(initech, (await acme.fresh(reply)).uri) == 404


async def test_edits_and_a_deletion_after_a_move_reach_all_who_hold_a_copy(acme: Organisation, initech: Elsewhere):
    first, second = await acme.forum("open"), await acme.forum("second")
    await follow(initech, acme, first.uri)
    await follow(initech, acme, second.uri, "bea")
    idea = await acme.idea(first)
    await acme.idle()
    await moves.move(acme.house, acme.admin, idea, second, "Second.")
    await ideas.edit(acme.house, acme.admin, await acme.fresh(idea), "New words.")
    await acme.idle()
    now = await acme.fresh(idea)
    assert await status(initech, idea.uri) == 410
    assert "New words." in (await initech.get(now.uri)).json["content"]
    await ideas.delete(acme.house, acme.admin, now)
    await acme.idle()
    assert await status(initech, now.uri) == 410
    assert await standing(acme) == []


async def test_files_go_with_what_is_hidden_or_moved_inside(acme: Organisation, initech: Elsewhere):
    await without_guard(acme)
    public, inside = await acme.forum("open"), await acme.forum("secret", "inside")
    await follow(initech, acme, public.uri)
    made, urls = [], []
    for name in ("one", "two"):
        some = await attached(acme, (f"{name}.txt", f"Notes of {name}, and more.".encode(), ""))
        made.append(await acme.idea(public, f"Idea {name}.", files=some))
        await acme.idle()
        document = (await initech.get(made[-1].uri)).json
        urls.append(document["attachment"][0]["url"])
    assert [await status(initech, url) for url in urls] == [200, 200]
    await moderation.hide(acme.house, acme.admin, await acme.fresh(made[0]), "Not ours to show.")
    await moves.move(acme.house, acme.admin, await acme.fresh(made[1]), inside, "For us alone.")
    await acme.idle()
    assert [await status(initech, url) for url in urls] == [404, 404]
    assert acme.faults == []
