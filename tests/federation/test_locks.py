"""A locked thread takes no answers from anybody; who holds it is told, by the rules, and told when it opens again."""

from __future__ import annotations

import json

import pytest

from server.domain.errors import ThreadLocked
from server.domain.ideas import Contribution
from server.services import crossings, ideas_read, locking, moves
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import PUBLIC
from tests.federation.gate.test_gate_admit import join as join_group
from tests.federation.organisation import Organisation
from tests.federation.test_between_servers import follow
from tests.federation.test_histories import DAY, join, lose, settle, two
from tests.federation.test_marks import Two, guard

__all__ = ["two"]


async def lock(acme: Organisation, idea: Contribution, reason: str = "It turns in circles.") -> None:
    await locking.lock(acme.house, acme.admin, await acme.fresh(idea), reason)


async def unlock(acme: Organisation, idea: Contribution) -> None:
    await locking.unlock(acme.house, acme.admin, await acme.fresh(idea))


async def is_locked(one: Organisation, uri: str) -> bool:
    """Say whether a thread is locked on a server, as somebody there reads it."""
    made = await one.know(uri)
    assert made is not None
    return (await ideas_read.read_head(one.house, one.admin, made.id)).lock is not None


async def test_a_thread_that_is_locked_here_is_locked_at_the_partner_until_it_opens_again(two: Two):
    acme, globex, forum, _ = two
    idea = await acme.idea(forum)
    await settle(acme, globex)
    await lock(acme, idea, "Ann writes too much, inside.")
    await settle(acme, globex)
    here = await globex.know(idea.uri)
    assert here is not None
    said = (await ideas_read.read_head(globex.house, globex.admin, here.id)).lock
    assert said is not None
    assert (said.member_name, said.reason) == (acme.host, ""), "who, and why, stays inside"
    with pytest.raises(ThreadLocked):
        await globex.reply(here, "Me too.")
    await unlock(acme, idea)
    await settle(acme, globex)
    assert not await is_locked(globex, idea.uri)
    answer = await globex.reply(here, "Me too.")
    await settle(globex, acme)
    assert await acme.know(answer.uri) is not None


async def test_what_the_partner_wrote_before_it_heard_of_the_lock_is_refused_and_its_author_told(two: Two):
    acme, globex, forum, _ = two
    idea = await acme.idea(forum)
    await settle(acme, globex)
    here = await globex.know(idea.uri)
    assert here is not None
    late = await globex.reply(here, "Me too.")
    await lock(acme, idea)
    await settle(globex, acme)
    assert await acme.know(late.uri) is None
    assert ("Create", "refused", locking.LOCKED) in await acme.received()
    assert ("Reject", "admitted", "") in await globex.received()


async def test_a_microblog_is_not_told_of_the_lock_and_who_answers_from_there_is(
    acme: Organisation, elsewhere: MakeElsewhere
):
    mastodon = await elsewhere("mastodon")
    forum = await acme.forum("open")
    await acme.idle()
    mia = await follow(mastodon, acme, forum.uri, "mia")
    locked, other, open_ = [await acme.idea(forum, title=title) for title in ("Locked", "Other", "Open")]
    await acme.idle()
    mastodon.arrived.clear()
    for one in (locked, other):
        await lock(acme, one)
    await acme.idle()
    assert mastodon.shapes() == []
    for idea in (locked, locked, other, open_):
        note = mastodon.note(mia, "Me too.", idea.uri, forum.uri, cc=[PUBLIC])
        await mastodon.post(acme.inbox, mastodon.create(note))
        await acme.idle()
        assert (await acme.know(note["id"]) is not None) == (idea is open_)
    assert mastodon.shapes() == ["Create Note", "Create Note"], "once for each locked thread"
    told = mastodon.arrived[0].activity
    assert told["to"] == [mia]
    assert "is locked" in told["object"]["content"]


async def test_lemmy_and_piefed_get_the_lock_and_its_undo_as_their_moderators_send_them(
    acme: Organisation, elsewhere: MakeElsewhere
):
    piefed = await elsewhere("PieFed")
    forum = await acme.forum("open")
    await acme.idle()
    await follow(piefed, acme, forum.uri, "pia")
    idea = await acme.idea(forum)
    await acme.idle()
    piefed.arrived.clear()
    await lock(acme, idea, "Secret.")
    await acme.idle()
    await unlock(acme, idea)
    await acme.idle()
    assert piefed.shapes() == ["Announce Lock", "Announce Undo Lock"]
    moderators = (await piefed.get((await piefed.get(forum.uri)).json["attributedTo"])).json["orderedItems"]
    locked, opened = (one.activity["object"] for one in piefed.arrived)
    assert all(one.valid and one.activity["actor"] == forum.uri for one in piefed.arrived)
    assert [locked["actor"]] == [opened["actor"]] == [opened["object"]["actor"]] == moderators
    assert locked["object"] == opened["object"]["object"] == idea.uri
    assert "Secret" not in json.dumps([locked, opened])
    assert (await piefed.get(locked["id"])).json["id"] == locked["id"]


async def test_a_lock_of_an_idea_that_was_not_granted_is_told_to_nobody(two: Two):
    acme, globex, forum, _ = two
    secret, recalled = await acme.idea(forum, label="AMBER"), await acme.idea(forum)
    await settle(acme, globex)
    await crossings.recall(acme.house, acme.admin, recalled, globex.host)
    for one in (secret, recalled):
        await lock(acme, one)
    await settle(acme, globex)
    assert not await acme.outside.store.fetch("SELECT uri FROM crossings WHERE type = 'Lock'")
    assert "Lock" not in {kind for kind, _, _ in await globex.received()}


async def test_no_lock_crosses_that_a_rule_denies_and_one_that_did_is_taken_back_with_the_rule(two: Two):
    acme, globex, forum, _ = two
    first, second = await acme.idea(forum), await acme.idea(forum)
    await lock(acme, first)
    await settle(acme, globex)
    assert await is_locked(globex, first.uri)
    await guard(acme, 'thing = "mark"')
    await lock(acme, second)
    await settle(acme, globex)
    assert not await is_locked(globex, first.uri)
    assert not await is_locked(globex, second.uri)


async def test_a_lock_that_was_missed_is_read_later_as_it_stands(two: Two):
    acme, globex, forum, _ = two
    locked, opened = await acme.idea(forum), await acme.idea(forum)
    await lock(acme, opened)
    await settle(acme, globex)
    await unlock(acme, opened)
    await lock(acme, locked)
    await lose(acme, globex)
    assert await is_locked(globex, opened.uri)
    globex.wait(DAY)
    await settle(globex, acme)
    assert await is_locked(globex, locked.uri)
    assert not await is_locked(globex, opened.uri)


async def test_a_moved_thread_is_locked_where_it_stands_now(two: Two):
    acme, globex, forum, _ = two
    other = await acme.forum("other", "partners")
    await acme.idle()
    await join(acme, globex, other)
    idea = await acme.idea(forum)
    await lock(acme, idea)
    await settle(acme, globex)
    await moves.move(acme.house, acme.admin, await acme.fresh(idea), other, "Fits better.")
    await settle(acme, globex)
    assert await is_locked(globex, (await acme.fresh(idea)).uri)


async def test_an_undo_that_comes_before_its_lock_leaves_the_thread_open(
    acme: Organisation, elsewhere: MakeElsewhere
):
    peer = await elsewhere("marmalade")
    group = await join_group(acme, peer, "main")
    ann = peer.person("ann")
    note = peer.note(ann, "Words.", to=group, name="A thread", cc=[PUBLIC])
    await peer.post(acme.inbox, peer.activity("Announce", group, peer.create(note), to=[PUBLIC]))
    await acme.idle()
    said = peer.activity("Lock", group, note["id"], published="2026-11-20T10:00:00Z")
    undo = peer.activity("Undo", group, said, published="2026-11-20T10:00:05Z")
    again = peer.activity("Lock", group, note["id"], published="2026-11-20T10:00:09Z")
    for activity, locked in ((undo, False), (said, False), (again, True)):
        await peer.post(acme.inbox, activity)
        await acme.idle()
        assert await is_locked(acme, note["id"]) == locked


async def test_nobody_but_the_forum_itself_locks_what_stands_in_it(two: Two, elsewhere: MakeElsewhere):
    acme, globex, forum, _ = two
    idea = await acme.idea(forum)
    await settle(acme, globex)
    other = await elsewhere("lemmy")
    for eve in (other.person("eve"), other.person("ring", "Group")):
        said = other.activity("Lock", eve, idea.uri, to=[PUBLIC], audience=forum.uri)
        for activity in (said, other.activity("Announce", eve, said, to=[PUBLIC])):
            await other.post(globex.inbox, activity)
            await globex.idle()
    assert not await is_locked(globex, idea.uri)
