"""The control room: the radar, and reasons of marks."""

from __future__ import annotations

import pytest

from server.domain.errors import Conflict, Invalid, Missing, NotAllowed, ThreadLocked
from server.services import ideas, ideas_read, locking, marking, radar
from tests.server.services_world import World


async def test_an_idea_without_a_reply_for_two_hours_is_on_the_radar_oldest_first(world: World):
    jam = await world.jam()
    forum = await world.forum(jam=jam)
    fay, bob = await world.person("fay", "facilitator"), await world.person("bob")
    first = await world.idea(forum, title="First")
    world.time.pass_by(minutes=1)
    second, answered = await world.idea(forum, title="Second"), await world.idea(forum, title="Answered")
    await ideas.reply(world.house, bob, answered, "Yes.")
    world.time.pass_by(hours=1, minutes=59, seconds=30)
    assert [one.id for one in await radar.neglected(world.house, fay, jam)] == [first.id]
    world.time.pass_by(minutes=2)
    assert [one.id for one in await radar.neglected(world.house, fay, jam)] == [first.id, second.id]
    reply = await ideas.reply(world.house, fay, first, "What would it cost?")
    assert [one.id for one in await radar.neglected(world.house, fay, jam)] == [second.id]
    await ideas.delete(world.house, fay, reply)
    assert [one.id for one in await radar.neglected(world.house, fay, jam)] == [first.id, second.id]


async def test_the_radar_is_for_facilitators(world: World):
    jam = await world.jam()
    with pytest.raises(NotAllowed):
        await radar.neglected(world.house, await world.person("bob"), jam)


async def test_the_reason_of_a_mark_is_kept_when_the_mark_falls(world: World):
    idea = await world.idea(await world.forum())
    fay, bob = await world.person("fay", "facilitator"), await world.person("bob")
    await marking.mark(world.house, fay, idea, "emerging", "  Three units\n ask for it. ")
    await marking.mark(world.house, await world.admin(), idea, "best")
    await marking.unmark(world.house, fay, idea, "emerging")
    await marking.mark(world.house, fay, idea, "emerging", "It grew.")
    thread = await ideas_read.read_thread(world.house, bob, idea.id)
    said = await ideas_read.reasons_of_marks(world.house, bob, thread)
    assert [(one.kind, one.reason, one.member_name, one.taken_at is None) for one in said] == [
        ("emerging", "Three units ask for it.", "Fay", False),
        ("best", "", "Ada", True),
        ("emerging", "It grew.", "Fay", True),
    ]
    with pytest.raises(Invalid):
        await marking.mark(world.house, fay, idea, "emerging", "x" * 1001)


async def test_nobody_answers_in_a_locked_thread_until_it_is_opened_again(world: World):
    idea = await world.idea(await world.forum())
    fay, bob = await world.person("fay", "facilitator"), await world.person("bob")
    reply = await ideas.reply(world.house, bob, idea, "Why?")
    lock = await locking.lock(world.house, fay, idea, "  It turns\n in circles. ")
    assert (lock.member_name, lock.reason, lock.ended_at) == ("Fay", "It turns in circles.", None)
    for parent in (idea, reply):
        for by in (bob, fay):
            with pytest.raises(ThreadLocked):
                await ideas.reply(world.house, by, parent, "Because.")
    assert (await ideas.edit(world.house, bob, reply, "Why so?")).text == "Why so?"
    await marking.mark(world.house, bob, reply, "support")
    assert await locking.lock(world.house, await world.admin(), idea, "Again.") == lock, "it stays as it was locked"
    await locking.unlock(world.house, fay, idea)
    await locking.unlock(world.house, fay, idea)
    assert (await ideas.reply(world.house, bob, idea, "Because.")).text == "Because."
    assert (await ideas_read.read_head(world.house, bob, idea.id)).lock is None


async def test_whole_threads_are_locked_by_facilitators_with_a_reason(world: World):
    idea = await world.idea(await world.forum())
    fay, bob = await world.person("fay", "facilitator"), await world.person("bob")
    reply = await ideas.reply(world.house, bob, idea, "Why?")
    with pytest.raises(NotAllowed):
        await locking.lock(world.house, bob, idea, "Mine.")
    with pytest.raises(NotAllowed):
        await locking.unlock(world.house, bob, idea)
    with pytest.raises(Conflict, match="whole thread"):
        await locking.lock(world.house, fay, reply, "Branch.")
    for nothing in (" ", "x" * 1001):
        with pytest.raises(Invalid):
            await locking.lock(world.house, fay, idea, nothing)
    await ideas.delete(world.house, fay, idea)
    with pytest.raises(Missing):
        await locking.lock(world.house, fay, idea, "Gone.")
