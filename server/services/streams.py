"""Carrying work streams on in the open: milestones, what is said about them, and a silence that everybody sees.

Everybody inside the jam reads all of it. A word about a stream, a milestone made or done, and a decision that puts an
idea into it end a silence; nothing else does.
"""

from __future__ import annotations

from datetime import date

from server.database import Transaction
from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid, Missing, NotAllowed, missing_as
from server.domain.events import EventKind
from server.domain.jams import Jam
from server.domain.outcomes import Stream
from server.domain.streams import (
    LONGEST_MILESTONE,
    LONGEST_NEWS,
    LONGEST_SILENCE,
    MOST_MILESTONES,
    Course,
    Milestone,
)
from server.domain.uris import new_id
from server.services.house import House
from server.services.jams import list_jams, obtain_jam
from server.services.text import clean_line, clean_text
from server.storage import events, outcomes, people, streams


async def obtain_stream(house: House, reader: Member, stream_id: str, what: str = "stream") -> tuple[Course, Jam]:
    """Return a work stream as it goes on, with its jam; what somebody may not read is missing, as `what`."""
    stream = await outcomes.stream(house.store, stream_id)
    if stream is None:
        raise Missing(what, f"work stream {stream_id}")
    with missing_as(what):
        jam = await obtain_jam(house, reader, stream.jam_id)
    return (await streams.courses(house.store, [stream]))[0], jam


async def courses_of(house: House, reader: Member, jam: Jam) -> dict[str, Course]:
    """Return how the work streams of a jam go on, by id."""
    await obtain_jam(house, reader, jam.id)
    found = await outcomes.streams(house.store, jam.id)
    return {one.stream.id: one for one in await streams.courses(house.store, found)}


def may_tell(by: Member, stream: Stream) -> bool:
    """Say whether somebody carries a stream on: who answers for it, and organisers."""
    return by.active and (by.may("jams") or stream.owner_id == by.id)


async def _carried(house: House, by: Member, stream_id: str) -> tuple[Course, Jam]:
    course, jam = await obtain_stream(house, by, stream_id)
    if jam.host:
        raise Conflict("The server that holds this jam carries its work streams on.")
    if not may_tell(by, course.stream):
        raise NotAllowed("Organisers carry a work stream on, and who answers for it.")
    return course, jam


def _require_running(course: Course) -> None:
    if course.ended_at is not None:
        raise Conflict("This work stream has ended. Say something about it, and it goes on.")


async def plan_milestone(house: House, by: Member, stream_id: str, title: str, who: str, due_on: str) -> Milestone:
    """Write down what is to be done, by whom (a username; "" for who answers for the stream) and by which day."""
    course, jam = await _carried(house, by, stream_id)
    _require_running(course)
    if len(course.milestones) >= MOST_MILESTONES:
        raise Conflict("At most %(most)s milestones stand in one work stream.", most=MOST_MILESTONES)
    said = clean_line(title, "title", LONGEST_MILESTONE)
    name = who.strip().lstrip("@")
    member = await (
        people.by_username(house.store, name) if name else people.by_id(house.store, course.stream.owner_id)
    )
    if member is None or not member.active:
        raise Invalid("who", "There is no active person of that name here.")
    made = Milestone(
        id=new_id(), stream_id=stream_id, title=said, member_id=member.id, member_name=member.name,
        due_on=_day(due_on), made_at=house.now(),
    )  # fmt: skip
    now = made.made_at.timestamp()
    async with house.store.transaction() as change:
        await streams.add_milestone(made)
        await streams.note_said(change, stream_id, now)
        await _note(house, change, by, "StreamChanged", course, jam, "plan milestone")
    return made


def _day(words: str) -> date:
    try:
        return date.fromisoformat(words.strip())
    except ValueError:
        raise Invalid("due_on", "Say by which day, for example 2027-03-31.") from None


async def set_done(house: House, by: Member, milestone_id: str, *, done: bool) -> Milestone:
    """Say that a milestone is done, or not yet: whoever is to do it does, and those who carry the stream on."""
    found = await streams.milestone(house.store, milestone_id)
    if found is None:
        raise Missing("milestone", f"milestone {milestone_id}")
    course, jam = await obtain_stream(house, by, found.stream_id, "milestone")
    if not may_tell(by, course.stream) and by.id != found.member_id:
        raise NotAllowed("Whoever is to do it says that it is done, or who answers for the work stream.")
    _require_running(course)
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        if await streams.set_done(change, milestone_id, now if done else None):
            await streams.note_said(change, found.stream_id, now)
            await _note(house, change, by, "StreamChanged", course, jam, "set milestone")
    return next(one for one in (await obtain_stream(house, by, found.stream_id))[0].milestones if one.id == found.id)


async def tell_news(house: House, by: Member, stream_id: str, text: str, *, ends: bool = False) -> None:
    """Say something about a stream; `ends` says that it ends with that. The authors of its ideas are told."""
    course, jam = await _carried(house, by, stream_id)
    said = clean_text(text, "text")
    if len(said) > LONGEST_NEWS:
        raise Invalid("text", "At most %(most)s characters: the thread has room for more.", most=LONGEST_NEWS)
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await streams.add_news(stream_id, by.id, said, now, ends=ends)
        await streams.note_said(change, stream_id, now, ended=ends)
        await _note(house, change, by, "StreamTold", course, jam, "end work stream" if ends else "tell of work stream")


async def set_silence(house: House, by: Member, jam: Jam, days: str) -> None:
    """Say after how many days without a word the work streams of a jam show as silent."""
    by.require("jams")
    await obtain_jam(house, by, jam.id)
    number = int(days) if days.strip().isdecimal() and len(days.strip()) < 5 else 0
    if not 1 <= number <= LONGEST_SILENCE:
        raise Invalid("days", "Between 1 and %(most)s days.", most=LONGEST_SILENCE)
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await streams.set_silence(change, jam.id, number)
        await events.audit(change, by.id, f"watch silence of {number} days", jam.id, now)


async def silence_of(house: House, jam: Jam) -> int:
    """Return after how many days the streams of a jam count as silent."""
    return await streams.silence(house.store, jam.id)


async def silent_streams(house: House, by: Member) -> dict[str, int]:
    """Return, for an organiser, in which jams how many work streams are silent; nothing for others."""
    if not by.may("jams"):
        return {}
    readable = {jam.id for jam in await list_jams(house, by, limit=500)}
    found: dict[str, int] = {}
    for _, jam_id, _ in await streams.silent(house.store, house.now().timestamp(), unreminded=False):
        if jam_id in readable:
            found[jam_id] = found.get(jam_id, 0) + 1
    return found


async def watch_silence(house: House) -> int:
    """Note of each stream that has fallen silent that its owner is reminded, once for each silence; return how many."""
    now, done = house.now().timestamp(), 0
    for stream_id, jam_id, owner_id in await streams.silent(house.store, now, unreminded=True):
        async with house.store.transaction() as change:
            if await streams.note_reminded(change, stream_id, now):
                facts = {"jam": jam_id, "stream": stream_id, "owner": owner_id}
                await events.append(change, "StreamFellSilent", jam_id, facts, now)
                done += 1
    return done


async def _note(
    house: House, change: Transaction, by: Member, kind: EventKind, course: Course, jam: Jam, act: str
) -> None:
    now = house.now().timestamp()
    facts = {"jam": jam.id, "stream": course.stream.id, "by": by.id}
    await events.append(change, kind, jam.id, facts, now)
    await events.audit(change, by.id, act, course.stream.id, now)
