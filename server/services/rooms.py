"""Breakout rooms: opened from a thread for some people, inside only, until a summary stands in that thread.

What is said in a room is read by those in it and by whoever moderates; the summary is a reply like any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from server.database import Transaction
from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid, Missing, NotAllowed, TooMuch, missing_as
from server.domain.events import EventKind
from server.domain.ideas import Contribution
from server.domain.jams import Jam
from server.domain.rooms import LONGEST_TASK, MOST_PEOPLE, Room, RoomMessage
from server.domain.uris import new_id
from server.services import ideas
from server.services.forums import forum_and_jam
from server.services.house import House
from server.services.jams import obtain_jam
from server.services.text import clean_line, clean_text, render
from server.storage import contributions, events, jams, people, rooms

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Entered:
    """A room as one reader sees it, with what was said last; `more_before` names the moment of the oldest, or None."""

    room: Room
    idea: Contribution | None
    messages: list[RoomMessage]
    more_before: datetime | None


def may_open(by: Member, idea: Contribution) -> bool:
    """Say whether somebody may open a room of a thread: its author, and whoever moderates; nobody where names
    are not shown, for a room names who is in it.
    """
    return (
        not idea.is_voice
        and by.active
        and by.is_local
        and idea.kind == "idea"
        and (idea.author_id == by.id or by.may("moderate"))
    )


async def open_room(
    house: House, by: Member, idea: Contribution, title: str, task: str, members: Iterable[str], owed_by: str,
    due_at: datetime,
) -> Room:  # fmt: skip
    """Open a room for people named by username; one of them owes the summary by a time within the jam.

    Whoever opens it is in it. Raises NotAllowed, JamNotOpen, Invalid (title, task, members, owed_by, due_at).
    """
    if not may_open(by, idea) or idea.deleted:
        raise NotAllowed("The author of an idea or a facilitator opens rooms of it.", f"{by.id} opens in {idea.id}")
    if (await forum_and_jam(house, idea.forum_id))[0].names != "named":
        raise Conflict("A room shows who is in it; in a forum that shows no names none is opened.")
    jam = await _jam(house, idea.jam_id)
    jam.require_open(house.now())
    inside = {by.id: by.name, **await _people(house, members)}
    owing = await _people(house, [owed_by], "owed_by")
    owing_id = next(iter(owing), by.id)
    inside |= owing
    if len(inside) > MOST_PEOPLE:
        raise Invalid("members", "A room has at most %(most)s people.", most=MOST_PEOPLE)
    words = clean_text(task, "task", required=False)
    if len(words) > LONGEST_TASK:
        raise TooMuch(
            "The task is %(length)s characters long; at most %(most)s fit. Nothing was lost.",
            length=len(words),
            most=LONGEST_TASK,
        )
    _check_due(due_at, jam, house.now())
    made = Room(
        id=new_id(), jam_id=jam.id, thread_id=idea.id, title=clean_line(title, "title"), task=words, owed_by=owing_id,
        due_at=due_at, opened_by=by.id, opened_at=house.now(), closed_at=None, summary_id="", people=inside,
    )  # fmt: skip
    for known in await rooms.of_thread(house.store, idea.id):
        if known.is_open and (known.title, known.opened_by, known.people) == (made.title, by.id, made.people):
            # A form that was sent twice opens one room.
            return known
    async with house.store.transaction() as change:
        await rooms.insert(change, made)
        await _note(house, change, "RoomOpened", made, by=by.id, owed_by=owing_id, members=sorted(inside))
    return made


async def _people(house: House, names: Iterable[str], field: str = "members") -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        username = name.strip().lstrip("@")
        if not username:
            continue
        member = await people.by_username(house.store, username)
        if member is None or not member.active:
            raise Invalid(field, "There is no active person called %(username)s here.", username=username[:80])
        found[member.id] = member.name
    return found


def _check_due(due_at: datetime, jam: Jam, now: datetime) -> None:
    if due_at.tzinfo is None or not now < due_at <= jam.closes_at:
        raise Invalid("due_at", "A summary is due before the jam closes: %(closes_at)s.", closes_at=jam.closes_at)


async def obtain(house: House, reader: Member, room_id: str) -> Room:
    """Return a room for those in it and whoever moderates, or raise Missing: hidden equals missing."""
    found = await rooms.by_id(house.store, room_id)
    allowed = found is not None and reader.active and reader.is_local and (
        reader.id in found.people or reader.may("moderate")
    )  # fmt: skip
    if found is None or not allowed:
        raise Missing("room", f"{reader.id} asked for room {room_id}")
    with missing_as("room"):
        await obtain_jam(house, reader, found.jam_id)
    return found


async def enter(house: House, reader: Member, room_id: str, before: datetime | None = None) -> Entered:
    """Return a room with what was said in it, the newest SHOWN before a moment."""
    room = await obtain(house, reader, room_id)
    edge = before.timestamp() if before else 1e12
    found = await rooms.messages(house.store, room.id, edge, SHOWN + 1)
    more = len(found) > SHOWN
    shown = found[1:] if more else found
    idea = await contributions.by_id(house.store, room.thread_id)
    return Entered(room, idea, shown, shown[0].said_at if more else None)


async def say(house: House, by: Member, room: Room, text: str) -> None:
    """Say something in a room that one is in."""
    _require_in(by, room)
    room.require_open()
    (await _jam(house, room.jam_id)).require_open(house.now())
    words = clean_text(text)
    async with house.store.transaction() as change:
        await rooms.say(change, new_id(), room.id, by.id, words, render(words), house.now().timestamp())
        await _note(house, change, "RoomSpoke", room, by=by.id)


async def let_in(house: House, by: Member, room: Room, members: Iterable[str]) -> None:
    """Let more people in; whoever is in the room may."""
    _require_in(by, room)
    room.require_open()
    found = await _people(house, members)
    if not found:
        raise Invalid("members", "Name somebody.")
    if len(room.people | found) > MOST_PEOPLE:
        raise Invalid("members", "A room has at most %(most)s people.", most=MOST_PEOPLE)
    async with house.store.transaction() as change:
        await rooms.let_in(change, room.id, found)
        await _note(house, change, "RoomOpened", room, by=by.id, owed_by=room.owed_by, members=sorted(found))


async def hand_on(house: House, by: Member, room: Room, owed_by: str, due_at: datetime) -> None:
    """Have somebody else owe the summary: who owes it may, and whoever moderates."""
    if by.id != room.owed_by:
        by.require("moderate")
    room.require_open()
    found = await _people(house, [owed_by], "owed_by")
    if not found:
        raise Invalid("owed_by", "Name who owes the summary now.")
    _check_due(due_at, await _jam(house, room.jam_id), house.now())
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await rooms.let_in(change, room.id, found)
        await rooms.owe(change, room.id, next(iter(found)), due_at)
        await _note(house, change, "RoomOpened", room, by=by.id, owed_by=next(iter(found)), members=sorted(found))
        if by.id != room.owed_by:
            await events.audit(change, by.id, "hand on room", room.id, now)


async def return_summary(house: House, by: Member, room: Room, text: str) -> Contribution:
    """Put the summary into the thread as a reply in one's own name; with that the room is closed."""
    _require_in(by, room)
    room.require_open()
    idea = await contributions.by_id(house.store, room.thread_id)
    if idea is None or idea.deleted:
        raise Missing("idea", f"room {room.id} of a deleted idea")
    async with house.store.transaction() as change:
        made = await ideas.reply(house, by, idea, text)
        if not await rooms.close(change, room.id, made.id, house.now().timestamp()):
            raise Conflict("Somebody has just returned a summary; yours was not sent. Your words are kept below.")
        await _note(house, change, "RoomClosed", room, by=by.id, summary=made.id)
    return made


async def rooms_of(house: House, reader: Member, idea: Contribution) -> list[Room]:
    """Return the rooms of a thread that this person may enter."""
    found = await rooms.of_thread(house.store, idea.id)
    return [one for one in found if reader.id in one.people or reader.may("moderate")]


async def rooms_of_jam(house: House, reader: Member, jam: Jam) -> list[Room]:
    """Return a jam's rooms that this person may enter, those that owe a summary first."""
    await obtain_jam(house, reader, jam.id)
    found = await rooms.of_jam(house.store, jam.id)
    return [one for one in found if reader.id in one.people or reader.may("moderate")]


def _require_in(by: Member, room: Room) -> None:
    if by.id not in room.people:
        raise NotAllowed("Only people in this room can do that.", f"{by.id} is not in {room.id}")


async def _jam(house: House, jam_id: str) -> Jam:
    found = await jams.jam_by(house.store, jam_id)
    if found is None:
        raise Missing("jam")
    return found


async def _note(house: House, change: Transaction, kind: EventKind, room: Room, **data: object) -> None:
    facts = {"jam": room.jam_id, "thread": room.thread_id, **data}
    await events.append(change, kind, room.id, facts, house.now().timestamp())
