"""Work streams in the open: milestones, what is said about them, and silence."""

from __future__ import annotations

from datetime import date

import pytest

from server.domain.errors import Conflict, Invalid, Missing, NotAllowed
from server.domain.jams import Jam
from server.domain.notices import Notice
from server.domain.outcomes import Stream
from server.services import ideas, jams, outcomes, streams, telling
from server.storage import notices
from tests.server.services_world import World


async def running(world: World) -> tuple[Jam, Stream]:
    """A work stream that Bob answers for, with an idea of Ann's in it."""
    forum, admin = await world.forum(), await world.admin()
    await world.person("bob")
    idea = await ideas.post_idea(world.house, await world.person("ann"), forum, "Boxes that come back", "A coin each.")
    jam = await jams.obtain_jam(world.house, admin, forum.jam_id)
    stream = await outcomes.open_stream(world.house, admin, jam, "Less waste", "Half by summer.", "bob")
    await outcomes.decide(world.house, admin, idea, "stream", "Drivers asked for it.", stream.id)
    return jam, stream


async def told(world: World, name: str) -> list[Notice]:
    while await telling.tell(world.house):
        pass
    return await notices.of_member(world.house.store, (await world.person(name)).id)


async def test_milestones_say_what_is_to_be_done_by_whom_and_when_and_that_it_is(world: World):
    _, stream = await running(world)
    bob, eve = await world.person("bob"), await world.person("eve")
    second = await streams.plan_milestone(world.house, bob, stream.id, "Order boxes", "@eve", "2026-12-24")
    first = await streams.plan_milestone(world.house, bob, stream.id, "Ask the drivers", "", "2026-11-24")
    course, _ = await streams.obtain_stream(world.house, eve, stream.id)
    assert [(one.title, one.member_name, one.due_on) for one in course.milestones] == [
        ("Ask the drivers", "Bob", date(2026, 11, 24)), ("Order boxes", "Eve", date(2026, 12, 24))
    ]  # fmt: skip
    world.time.pass_by(days=3)
    assert [one.is_late(world.time.now) for one in course.milestones] == [True, False]
    assert (await streams.set_done(world.house, eve, second.id, done=True)).done_at is not None
    with pytest.raises(NotAllowed):
        await streams.set_done(world.house, eve, first.id, done=True)
    assert (await streams.set_done(world.house, bob, second.id, done=False)).done_at is None


async def test_what_is_wrong_with_a_milestone_is_said_and_nothing_is_written(world: World):
    _, stream = await running(world)
    bob, eve = await world.person("bob"), await world.person("eve")
    for title, who, due_on in (("", "", "2026-12-24"), ("Boxes", "nobody", "2026-12-24"), ("Boxes", "", "soon")):
        with pytest.raises(Invalid):
            await streams.plan_milestone(world.house, bob, stream.id, title, who, due_on)
    with pytest.raises(NotAllowed):
        await streams.plan_milestone(world.house, eve, stream.id, "Boxes", "", "2026-12-24")
    with pytest.raises(Missing):
        await streams.plan_milestone(world.house, bob, "none", "Boxes", "", "2026-12-24")
    with pytest.raises(Missing):
        await streams.set_done(world.house, bob, "none", done=True)
    assert (await streams.obtain_stream(world.house, eve, stream.id))[0].milestones == ()


async def test_a_silent_stream_shows_and_its_owner_is_reminded_once_for_each_silence(world: World):
    jam, stream = await running(world)
    admin, bob = await world.admin(), await world.person("bob")
    world.time.pass_by(days=13)
    assert await streams.watch_silence(world.house) == 0
    assert await streams.silent_streams(world.house, admin) == {}
    world.time.pass_by(days=1, hours=1)
    course, _ = await streams.obtain_stream(world.house, bob, stream.id)
    assert (course.is_silent(world.time.now), course.quiet_days(world.time.now)) == (True, 14)
    assert await streams.silent_streams(world.house, admin) == {jam.id: 1}
    assert await streams.silent_streams(world.house, bob) == {}
    assert (await streams.watch_silence(world.house), await streams.watch_silence(world.house)) == (1, 0)
    reminders = [one for one in await told(world, "bob") if one.detail == "silence"]
    assert [(one.kind, one.subject_id) for one in reminders] == [("duty", jam.id)]

    await streams.tell_news(world.house, bob, stream.id, "The boxes are ordered.")
    assert await streams.silent_streams(world.house, admin) == {}
    world.time.pass_by(days=20)
    assert await streams.watch_silence(world.house) == 1
    assert len([one for one in await told(world, "bob") if one.detail == "silence"]) == 2


async def test_an_organiser_chooses_after_how_many_days_a_stream_is_silent(world: World):
    jam, _ = await running(world)
    admin, bob = await world.admin(), await world.person("bob")
    for days in ("0", "366", "", "-3", "two", "99999"):
        with pytest.raises(Invalid):
            await streams.set_silence(world.house, admin, jam, days)
    with pytest.raises(NotAllowed):
        await streams.set_silence(world.house, bob, jam, "3")
    await streams.set_silence(world.house, admin, jam, "3")
    world.time.pass_by(days=3, hours=1)
    assert await streams.watch_silence(world.house) == 1


async def test_those_whose_ideas_are_in_a_stream_are_told_how_it_goes_on_and_an_end_ends_the_watch(world: World):
    jam, stream = await running(world)
    bob, eve = await world.person("bob"), await world.person("eve")
    with pytest.raises(NotAllowed):
        await streams.tell_news(world.house, eve, stream.id, "I say so.")
    with pytest.raises(Invalid):
        await streams.tell_news(world.house, bob, stream.id, " ")
    await streams.tell_news(world.house, bob, stream.id, "The boxes are ordered.")
    assert ("followed", "news", jam.id) in {(one.kind, one.detail, one.subject_id) for one in await told(world, "ann")}
    await streams.tell_news(world.house, bob, stream.id, "Half of it is saved.", ends=True)
    world.time.pass_by(days=99)
    assert await streams.watch_silence(world.house) == 0
    course, _ = await streams.obtain_stream(world.house, eve, stream.id)
    assert [(one.text, one.ends) for one in course.news] == [
        ("Half of it is saved.", True), ("The boxes are ordered.", False)
    ]  # fmt: skip
    with pytest.raises(Conflict):
        await streams.plan_milestone(world.house, bob, stream.id, "More", "", "2027-01-01")
    await streams.tell_news(world.house, bob, stream.id, "It goes on after all.")
    assert (await streams.obtain_stream(world.house, eve, stream.id))[0].ended_at is None
