"""Facilitators' shifts: the rota, beginning and ending, and the note that is handed on. For facilitators alone."""

from __future__ import annotations

from datetime import datetime, timedelta

from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid, Missing, NotAllowed
from server.domain.facilitation import Shift
from server.domain.handover import Line, Log, draft_note
from server.domain.ideas import Contribution
from server.domain.jams import Jam
from server.domain.moderation import STATE_WORDS, Case
from server.domain.sentences import say, together
from server.domain.uris import new_id
from server.services import people
from server.services.house import House
from server.services.jams import hidden_jams
from server.services.radar import neglected
from server.services.text import clean_text, excerpt
from server.storage import cases, contributions, events, mark_reasons, moves
from server.storage import shifts as rows

USUAL = timedelta(hours=3)
LONGEST = timedelta(hours=24)
MOST = 300


async def rota(house: House, by: Member, jam: Jam) -> list[Shift]:
    """Return a jam's shifts, planned, running and over, in the order of their beginning."""
    by.require("moderate")
    return await rows.of_jam(house.store, jam.id)


async def plan(house: House, by: Member, jam: Jam, username: str, starts_at: datetime, ends_at: datetime) -> Shift:
    """Put somebody who moderates on the rota."""
    by.require("moderate")
    try:
        who = await people.person(house, username.strip().lstrip("@"))
    except Missing as missing:
        raise Invalid("username", "There is nobody of that name here.") from missing
    if not who.may("moderate"):
        raise Invalid("username", "%(name)s is no facilitator.", name=who.name)
    if ends_at <= starts_at or ends_at - starts_at > LONGEST:
        raise Invalid("ends_at", "A shift ends after it begins, and within a day.")
    if ends_at < house.now():
        raise Invalid("ends_at", "That is over already.")
    if len(await rows.of_jam(house.store, jam.id)) >= MOST:
        raise Conflict("A rota has %(most)s shifts at most.", most=MOST)
    shift = _shift(jam, who, starts_at, ends_at)
    async with house.store.transaction() as change:
        await rows.insert(shift)
        await events.audit(change, by.id, "plan shift", shift.id, house.now().timestamp())
    return shift


def _shift(jam: Jam, who: Member, starts_at: datetime, ends_at: datetime, begun_at: datetime | None = None) -> Shift:
    return Shift(
        id=new_id(), jam_id=jam.id, member_id=who.id, member_name=who.name, starts_at=starts_at, ends_at=ends_at,
        begun_at=begun_at, ended_at=None, note="", handed_to="", read_at=None,
    )  # fmt: skip


async def unplan(house: House, by: Member, shift_id: str) -> None:
    """Take a shift off the rota that has not begun."""
    await _obtain(house, by, shift_id)
    async with house.store.transaction() as change:
        if not await rows.drop(change, shift_id):
            raise Conflict("That shift has begun; end it instead.")
        await events.audit(change, by.id, "unplan shift", shift_id, house.now().timestamp())


async def _obtain(house: House, by: Member, shift_id: str) -> Shift:
    found = await rows.by_id(house.store, shift_id) if by.may("moderate") else None
    if found is None or found.jam_id in await hidden_jams(house, by):
        raise Missing("shift", f"{by.id} asked for shift {shift_id}")
    return found


async def running(house: House, by: Member, jam: Jam) -> Shift | None:
    """Return the shift that somebody is in, or None."""
    return next((one for one in await rota(house, by, jam) if one.is_running and one.member_id == by.id), None)


async def begin(house: House, by: Member, jam: Jam) -> Shift:
    """Begin one's planned shift, or one that was not planned."""
    own = [one for one in await rota(house, by, jam) if one.member_id == by.id and one.ended_at is None]
    if any(one.is_running for one in own):
        raise Conflict("You are in a shift already.")
    now = house.now()
    near = [one for one in own if one.starts_at - USUAL <= now <= one.ends_at]
    planned = min(near, key=lambda one: abs(one.starts_at - now), default=None)
    shift = planned or _shift(jam, by, now, now + USUAL, now)
    async with house.store.transaction() as change:
        if planned is None:
            await rows.insert(shift)
        elif not await rows.begin(change, shift.id, now.timestamp()):
            raise Conflict("You are in a shift already.")
        facts = {"jam": jam.id, "member": by.id}
        await events.append(change, "ShiftBegun", shift.id, facts, now.timestamp())
        await events.audit(change, by.id, "begin shift", shift.id, now.timestamp())
    return await _obtain(house, by, shift.id)


async def next_up(house: House, by: Member, jam: Jam) -> Shift | None:
    """Return the next planned shift of somebody else, to whom a note would go."""
    now = house.now()
    return next(
        (one for one in await rota(house, by, jam)
         if one.member_id != by.id and one.ended_at is None and one.ends_at > now),
        None,
    )  # fmt: skip


async def draft(house: House, by: Member, jam: Jam, shift: Shift) -> str:
    """Draft the note of a running shift from the log: marked, flagged, moved, unanswered since it began."""
    by.require("moderate")
    since = shift.begun_at or shift.starts_at
    marked = [
        Line(one.title, _page(one.contribution_id), f"{one.mark.kind}, {one.mark.reason or 'no reason given'}")
        for one in await mark_reasons.since(house.store, jam.id, since.timestamp())
    ]
    flagged = [
        await _flagged(house, case)
        for case in await cases.log_of_jam(house.store, jam.id, 200)
        if case.is_pending or case.changed_at >= since
    ]
    moved = [
        Line(await _title(house, one.contribution_id), _page(one.contribution_id), f"{one.kind}, {one.reason}")
        for one in await moves.of_jam(house.store, jam.id, 200)
        if one.made_at >= since and one.undone_at is None
    ]
    waiting = [
        Line(_words(one), _page(one.id), say("since %(at)s", at=one.created_at))
        for one in await neglected(house, by, jam, 200)
    ]
    return draft_note(
        Log(name=shift.member_name, begun_at=since, until=house.now(), marked=marked, flagged=flagged, moved=moved,
            unanswered=waiting)
    )  # fmt: skip


def _page(contribution_id: str) -> str:
    return f"/ideas/{contribution_id}"


def _words(made: Contribution) -> str:
    return made.title or excerpt(made.text, 60) or say("without words")


async def _title(house: House, contribution_id: str) -> str:
    made = await contributions.by_id(house.store, contribution_id)
    return say("deleted") if made is None or made.deleted else _words(made)


async def _flagged(house: House, case: Case) -> Line:
    last = case.steps[-1].note if case.steps else case.flags[0].reason if case.flags else ""
    return Line(
        await _title(house, case.contribution_id),
        _page(case.contribution_id),
        together(STATE_WORDS[case.state], *((last,) if last else ()), between=", "),
    )


async def end(house: House, by: Member, shift_id: str, note: str, to: str = "") -> Shift:
    """End one's shift and hand the note to somebody by their id, or to whoever comes next."""
    shift = await _obtain(house, by, shift_id)
    if shift.member_id != by.id:
        raise NotAllowed("Only who is in a shift ends it.", f"{by.id} ends shift {shift.id}")
    words = clean_text(note, "note")
    whom = await people.member_by_id(house, to) if to else None
    if to and (whom is None or not whom.may("moderate")):
        raise Invalid("to", "Hand it to somebody who facilitates.")
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        if not await rows.end(change, shift.id, words, to, now):
            raise Conflict("This shift is over already.")
        facts = {"jam": shift.jam_id, "member": by.id, "to": to}
        await events.append(change, "ShiftEnded", shift.id, facts, now)
        await events.audit(change, by.id, "end shift", shift.id, now)
    return await _obtain(house, by, shift.id)


async def handed_to(house: House, by: Member, jam: Jam) -> list[Shift]:
    """Return the notes that somebody is to read first: handed to them or to whoever comes next, the newest first."""
    over = [one for one in await rota(house, by, jam) if one.ended_at is not None and one.read_at is None]
    mine = [one for one in over if one.member_id != by.id and one.handed_to in ("", by.id)]
    return sorted(mine, key=lambda one: one.ended_at or one.ends_at, reverse=True)


async def mark_read(house: House, by: Member, shift_id: str) -> None:
    """Say that one has read the note that was handed on."""
    shift = await _obtain(house, by, shift_id)
    if shift.ended_at is None or shift.handed_to not in ("", by.id):
        raise Conflict("This note is not for you.")
    async with house.store.transaction() as change:
        await rows.read(change, shift.id, house.now().timestamp())
