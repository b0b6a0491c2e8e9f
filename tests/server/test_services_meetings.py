"""Host hours, breakout rooms, and words entered for somebody without access."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid, JamNotOpen, Missing, NotAllowed, TooMuch
from server.domain.hours import Hour
from server.domain.ideas import Absent, Contribution
from server.domain.jams import Forum
from server.domain.rooms import Room
from server.services import hosting, hours, ideas, ideas_read, jams, judging, log, proxies, rooms
from server.services.hours import Queue
from server.services.inbox import list_inbox
from server.services.telling import tell
from tests.server.services_world import World


@pytest.fixture
async def forum(world: World) -> Forum:
    return await world.forum()


async def planned(world: World, forum: Forum, host: str = "dana", minutes: int = 60, start: int = 30) -> Hour:
    member, finn = await world.person(host), await world.person("finn", "facilitator")
    begins = world.time.now + timedelta(minutes=start)
    ends = begins + timedelta(minutes=minutes)
    return await hours.plan(world.house, finn, forum, member.username, "Ask Dana", begins, ends)


async def queue(world: World, hour: Hour, reader: Member) -> Queue:
    return await hours.obtain(world.house, reader, hour.id)


async def kinds(world: World) -> list[str]:
    return [event.kind for event in await log.events_after(world.house, 0, 500)]


async def test_hosts_plan_their_own_hours_and_facilitators_anybodys(world: World, forum: Forum):
    dana, eve = await world.person("dana"), await world.person("eve")
    begins = world.time.now + timedelta(hours=1)
    times = (begins, begins + timedelta(hours=1))
    with pytest.raises(NotAllowed):
        await hours.plan(world.house, dana, forum, "", "Mine", *times)
    await hosting.put_host(world.house, await world.admin(), forum, "dana", "")
    hour = await hours.plan(world.house, dana, forum, "", "Mine", *times)
    assert hour.host_id == dana.id
    with pytest.raises(NotAllowed):
        await hours.plan(world.house, dana, forum, eve.username, "Hers", *times)
    finn = await world.person("finn", "facilitator")
    with pytest.raises(Conflict):
        await hours.plan(world.house, finn, forum, "dana", "Twice", *times)
    await hours.plan(world.house, finn, forum, "eve", "Hers", *times)


@pytest.mark.parametrize(("start", "minutes"), [(30, 5), (30, 300), (-90, 60), (60 * 24 * 4, 60)])
async def test_an_hour_lies_within_the_jam_and_is_of_a_sensible_length(
    world: World, forum: Forum, start: int, minutes: int
):
    with pytest.raises(Invalid):
        await planned(world, forum, start=start, minutes=minutes)


async def test_the_queue_is_ordered_by_support_and_each_person_supports_once(world: World, forum: Forum):
    hour = await planned(world, forum)
    eve, bob = await world.person("eve"), await world.person("bob")
    for text in ("First?", "Second?"):
        await hours.ask(world.house, eve, await queue(world, hour, eve), text)
        world.time.pass_by(seconds=1)
    second = (await queue(world, hour, bob)).questions[1]
    for _ in range(2):
        await hours.support(world.house, bob, await queue(world, hour, bob), second.id, given=True)
    seen = (await queue(world, hour, bob)).questions
    assert [(one.text, one.support, one.mine) for one in seen] == [("Second?", 1, True), ("First?", 0, False)]
    with pytest.raises(Conflict):
        await hours.ask(world.house, eve, await queue(world, hour, eve), "First?")
    for number in range(3):
        await hours.ask(world.house, eve, await queue(world, hour, eve), f"More {number}?")
    with pytest.raises(Conflict):
        await hours.ask(world.house, eve, await queue(world, hour, eve), "Too many?")
    with pytest.raises(TooMuch):
        await hours.ask(world.house, bob, await queue(world, hour, bob), "x" * 1001)
    await hours.take_back(world.house, eve, await queue(world, hour, eve), second.id)
    assert "Second?" not in [one.text for one in (await queue(world, hour, bob)).questions]
    first = (await queue(world, hour, bob)).questions[0]
    with pytest.raises(NotAllowed):
        await hours.take_back(world.house, bob, await queue(world, hour, bob), first.id)


async def test_what_is_answered_enters_the_forum_in_both_names(world: World, forum: Forum):
    hour = await planned(world, forum)
    dana, eve = await world.person("dana"), await world.person("eve")
    await hours.ask(world.house, eve, await queue(world, hour, eve), "What would you stop?")
    question = (await queue(world, hour, dana)).questions[0]
    with pytest.raises(Conflict):
        await hours.answer(world.house, dana, await queue(world, hour, dana), question.id, "Plastic.")
    world.time.pass_by(minutes=31)
    assert await hours.follow_hours(world.house) == 1
    assert await hours.follow_hours(world.house) == 0
    with pytest.raises(NotAllowed):
        await hours.answer(world.house, eve, await queue(world, hour, eve), question.id, "Me.")
    with pytest.raises(Invalid):
        await hours.answer(world.house, dana, await queue(world, hour, dana), question.id, "  ")
    stale = await queue(world, hour, dana)
    answer = await hours.answer(world.house, dana, stale, question.id, "Plastic.")
    with pytest.raises(Conflict):
        await hours.answer(world.house, dana, stale, question.id, "Plastic, twice.")
    thread = await ideas_read.read_thread(world.house, eve, answer.id)
    assert (thread.idea.title, thread.idea.author_id) == ("Ask Dana", dana.id)
    assert [(one.text, one.author_id, one.intent) for one in thread.replies] == [
        ("What would you stop?", eve.id, "question"),
        ("Plastic.", dana.id, "answer"),
    ]
    assert thread.replies[1].parent_id == thread.replies[0].id
    seen = (await queue(world, hour, eve)).questions[0]
    assert (seen.state, seen.answer_id) == ("answered", answer.id)
    world.time.pass_by(hours=1)
    await hours.follow_hours(world.house)
    with pytest.raises(Conflict):
        await hours.ask(world.house, eve, await queue(world, hour, eve), "Late?")
    told = await kinds(world)
    for kind in ("HourPlanned", "HourBegan", "HourQuestionAsked", "HourQuestionAnswered", "HourEnded"):
        assert told.count(kind) == 1


async def test_an_hour_is_called_off_or_ended_by_its_host_or_a_facilitator(world: World, forum: Forum):
    hour, later = await planned(world, forum), await planned(world, forum, start=200)
    eve, dana, finn = await world.person("eve"), await world.person("dana"), world.people["finn"]
    with pytest.raises(NotAllowed):
        await hours.end(world.house, eve, await queue(world, hour, eve))
    await hours.end(world.house, dana, await queue(world, later, dana))
    with pytest.raises(Missing):
        await queue(world, later, eve)
    world.time.pass_by(minutes=31)
    await hours.follow_hours(world.house)
    await hours.end(world.house, finn, await queue(world, hour, finn))
    assert (await queue(world, hour, eve)).hour.state_at(world.time.now) == "over"


async def opened(world: World, idea: Contribution, **more: Any) -> Room:
    finn = await world.person("finn", "facilitator")
    await world.person("eve")
    wish = {"members": ["@eve"], "owed_by": "eve", "due_at": world.time.now + timedelta(hours=2), **more}
    return await rooms.open_room(
        world.house, finn, idea, "Costs", "What does it cost?", wish["members"], wish["owed_by"], wish["due_at"]
    )  # fmt: skip


async def test_a_room_is_there_for_those_in_it_and_facilitators_alone(world: World, forum: Forum):
    eve, bob = await world.person("eve"), await world.person("bob")
    room = await opened(world, await world.idea(forum))
    assert set(room.people) == {eve.id, world.people["finn"].id}
    with pytest.raises(Missing):
        await rooms.obtain(world.house, bob, room.id)
    gil = await world.person("gil", "facilitator")
    assert (await rooms.enter(world.house, gil, room.id)).room.title == "Costs"
    with pytest.raises(NotAllowed):
        await rooms.say(world.house, gil, room, "I am not in it.")
    await rooms.say(world.house, eve, room, "Two *cents*.")
    await rooms.let_in(world.house, eve, room, ["bob"])
    entered = await rooms.enter(world.house, bob, room.id)
    assert [(one.author_name, one.html.strip()) for one in entered.messages] == [("Eve", "<p>Two <em>cents</em>.</p>")]
    assert await ideas_read.replies_of(world.house, room.thread_id) == [], "What is said in a room is no contribution."
    assert not await world.house.store.fetch("SELECT 1 FROM contribution_words WHERE contribution_words MATCH 'cents'")


async def test_a_room_stays_open_until_its_summary_stands_in_the_thread(world: World, forum: Forum):
    room = await opened(world, await world.idea(forum))
    eve, bob = world.people["eve"], await world.person("bob")
    assert not room.is_overdue(world.time.now)
    world.time.pass_by(hours=3)
    (late,) = await rooms.rooms_of_jam(world.house, world.people["finn"], await jam_of(world, forum))
    assert late.is_overdue(world.time.now)
    with pytest.raises(NotAllowed):
        await rooms.return_summary(world.house, bob, room, "Mine.")
    with pytest.raises(Invalid):
        await rooms.return_summary(world.house, eve, room, " ")
    made = await rooms.return_summary(world.house, eve, room, "Two cents a box.")
    closed = await rooms.obtain(world.house, eve, room.id)
    assert (closed.is_open, closed.summary_id, made.parent_id) == (False, made.id, room.thread_id)
    for again in (room, closed):
        with pytest.raises(Conflict):
            await rooms.return_summary(world.house, eve, again, "Again.")
    with pytest.raises(Conflict):
        await rooms.say(world.house, eve, closed, "More.")
    assert len(await ideas_read.replies_of(world.house, room.thread_id)) == 1


async def jam_of(world: World, forum: Forum) -> Any:
    return await jams.obtain_jam(world.house, await world.admin(), forum.jam_id)


async def test_a_summary_can_be_handed_on(world: World, forum: Forum):
    room = await opened(world, await world.idea(forum))
    eve, later = world.people["eve"], world.time.now + timedelta(hours=5)
    bob = await world.person("bob")
    with pytest.raises(NotAllowed):
        await rooms.hand_on(world.house, bob, room, "bob", later)
    await rooms.hand_on(world.house, eve, room, "bob", later)
    handed = await rooms.obtain(world.house, bob, room.id)
    assert (handed.owed_by, handed.owed_by_name, handed.due_at) == (bob.id, "Bob", later)


@pytest.mark.parametrize(
    "changes",
    [{"members": ["nobody"]}, {"owed_by": "nobody"}, {"due_at": datetime.fromisoformat("2020-01-01T00:00:00Z")}],
)
async def test_a_room_that_cannot_be_opened_says_why(world: World, forum: Forum, changes: dict[str, Any]):
    idea = await world.idea(forum)
    await world.person("eve")
    with pytest.raises(Invalid):
        await opened(world, idea, **changes)
    assert await rooms.rooms_of(world.house, world.people["finn"], idea) == []


async def test_only_the_author_or_a_facilitator_opens_a_room(world: World, forum: Forum):
    idea, eve = await world.idea(forum), await world.person("eve")
    due = world.time.now + timedelta(hours=1)
    with pytest.raises(NotAllowed):
        await rooms.open_room(world.house, eve, idea, "Mine", "", [], "", due)


ABSENT = Absent("Olga Petrova", "Workshop, hall 2")


async def test_words_are_entered_for_somebody_who_agreed_and_show_both_names(world: World, forum: Forum):
    finn, eve = await world.person("finn", "facilitator"), await world.person("eve")
    with pytest.raises(NotAllowed):
        await proxies.enter_idea(world.house, eve, forum, ABSENT, "Boxes", "Smaller.", consents=True)
    with pytest.raises(Invalid) as refused:
        await proxies.enter_idea(world.house, finn, forum, ABSENT, "Boxes", "Smaller.", consents=False)
    assert refused.value.field == "consents"
    made = await proxies.enter_idea(world.house, finn, forum, ABSENT, "Boxes", "Smaller.", consents=True)
    reply = await proxies.enter_reply(world.house, finn, made, Absent("Ole"), "Yes.", consents=True)
    assert (made.author_id, reply.author_id) == (finn.id, finn.id)
    assert await proxies.absent_in(world.house, eve, made) == {made.id: ABSENT, reply.id: Absent("Ole")}
    await ideas.delete(world.house, finn, made)
    assert not await world.house.store.fetch("SELECT * FROM proxies WHERE name = ?", (ABSENT.name,))


async def test_the_absent_persons_name_is_guarded_in_everybodys_words(world: World, forum: Forum):
    finn, eve = await world.person("finn", "facilitator"), await world.person("eve")
    with pytest.raises(Invalid):
        await proxies.enter_idea(world.house, finn, forum, ABSENT, "Boxes", "I, olga petrova, say so.", consents=True)
    draft = judging.Draft(forum, eve, "Thanks", "Olga Petrova is right.", "GREEN")
    (before,) = await judging.judge(world.house, draft)
    assert before.verdict == "allowed"
    await proxies.enter_idea(world.house, finn, forum, ABSENT, "Boxes", "Smaller.", consents=True)
    (after,) = await judging.judge(world.house, draft)
    assert (after.verdict, after.rules) == ("held", ("G-findings",))


async def test_nothing_is_entered_once_the_jam_is_closed(world: World, forum: Forum):
    finn = await world.person("finn", "facilitator")
    await jams.freeze_jam(world.house, await world.admin(), await jam_of(world, forum))
    with pytest.raises(JamNotOpen):
        await proxies.enter_idea(world.house, finn, forum, ABSENT, "Boxes", "Smaller.", consents=True)
    assert not await world.house.store.fetch("SELECT * FROM proxies")


async def told(world: World) -> dict[str, list[tuple[str, str]]]:
    """Return (kind, detail) of each person's notices, by username, oldest first."""
    while await tell(world.house):
        pass
    found = {}
    for name, member in world.people.items():
        notices = await list_inbox(world.house, member)
        found[name] = [(one.notice.kind, one.notice.detail) for one in reversed(notices)]
    return found


async def test_who_owes_a_summary_is_told_and_who_is_let_in(world: World, forum: Forum):
    await world.person("cy")
    await opened(world, await world.idea(forum), members=["cy"])
    seen = await told(world)
    assert seen["eve"] == [("duty", "summary")]
    assert seen["cy"] == [("followed", "room")]
    assert seen["finn"] == [], "Nobody is told of their own doing."


async def test_an_hour_that_begins_is_told_to_its_host_and_to_those_who_asked(world: World, forum: Forum):
    hour = await planned(world, forum)
    eve = await world.person("eve")
    await world.person("cy")
    await hours.ask(world.house, eve, await queue(world, hour, eve), "Why?")
    world.time.pass_by(minutes=31)
    await hours.follow_hours(world.house)
    seen = await told(world)
    assert (seen["dana"], seen["eve"], seen["cy"]) == ([("duty", "hour")], [("followed", "hour")], [])
