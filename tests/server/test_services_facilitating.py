"""The control room: the radar, and reasons of marks."""

from __future__ import annotations

import pytest

from server.domain.errors import Invalid, NotAllowed
from server.services import ideas, ideas_read, marking, radar
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
