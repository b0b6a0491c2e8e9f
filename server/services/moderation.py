"""Flagging, and deciding what was flagged. Everything is in the audit, and in the log of those it concerns."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from server.database import Transaction
from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid, Missing
from server.domain.events import EventKind
from server.domain.facilitation import REASON_LIMIT
from server.domain.ideas import Contribution
from server.domain.jams import Jam
from server.domain.moderation import DECISIONS, PENDING, Case, CaseState, Decision, next_state
from server.domain.uris import new_id
from server.services import flagging, moves
from server.services.house import House
from server.services.jams import hidden_jams
from server.services.text import clean_line
from server.storage import cases, contributions, events

# One person flags so much within an hour at most.
MOST_FLAGS = 30
EVENTS: dict[Decision, EventKind] = {
    "dismiss": "CaseDecided",
    "ask": "CaseDecided",
    "hide": "ContributionHidden",
    "restore": "ContributionRestored",
    "tell": "FlagSent",
}


async def flag(house: House, by: Member, made: Contribution, reason: str) -> Case:
    """Ask the facilitators to look at something. What several people flag is one case."""
    said = clean_line(reason, "reason", REASON_LIMIT)
    if made.deleted:
        raise Missing("idea", f"flag on deleted {made.id}")
    now = house.now()
    if await cases.count_flags(house.store, by.id, (now - timedelta(hours=1)).timestamp()) >= MOST_FLAGS:
        raise Conflict("You have flagged a lot within an hour. A facilitator will look; please try again later.")
    return await _flag(house, made, said, member_id=by.id)


async def flag_from(house: House, host: str, activity_uri: str, made: Contribution, reason: str) -> None:
    """Take a flag of another server, which speaks for somebody of its own: for the gate."""
    words = clean_line(reason[:REASON_LIMIT], "reason", REASON_LIMIT, required=False)
    if not await cases.knows_activity(house.store, activity_uri):
        await _flag(house, made, words, host=host, activity_uri=activity_uri)


async def _flag(
    house: House, made: Contribution, reason: str, *, member_id: str = "", host: str = "", activity_uri: str = ""
) -> Case:
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        known = await cases.pending_on(change, made.id)
        if known and any(one.member_id == member_id != "" for one in known.flags):
            raise Conflict("You have flagged this already; a facilitator will look at it.")
        case_id = known.id if known else new_id()
        if known is None:
            await cases.open_case(case_id, made.id, made.jam_id, now)
        await cases.put_flag(
            case_id, member_id=member_id, host=host, activity_uri=activity_uri, reason=reason, now=now
        )
        await _record(change, "Flagged", made, case_id, now)
        await events.audit(change, member_id, "flag", made.id, now)
    return await _case(house, case_id)


async def _record(
    change: Transaction, kind: EventKind, made: Contribution, case_id: str, now: float, act: str = "", **more: object
) -> None:
    place = {"jam": made.jam_id, "forum": made.forum_id, "thread": made.thread_id}
    facts = {**place, "case": case_id, "act": act, **more}
    await events.append(change, kind, made.id, facts, now)


async def _case(house: House, case_id: str) -> Case:
    found = await cases.by_id(house.store, case_id)
    if found is None:
        raise Missing("case", f"no case {case_id}")
    return found


async def obtain_case(house: House, by: Member, case_id: str) -> Case:
    """Return a case for a facilitator, or raise Missing."""
    if not by.may("moderate"):
        raise Missing("case", f"{by.id} does not moderate")
    return await _case_for(house, by, case_id)


async def _case_for(house: House, by: Member, case_id: str) -> Case:
    found = await _case(house, case_id)
    if found.jam_id in await hidden_jams(house, by):
        raise Missing("case", f"{by.id} asked for case {case_id} of a hidden jam")
    return found


async def decide(house: House, by: Member, case_id: str, decision: str, note: str = "") -> Case:
    """Dismiss a case, ask the author to edit, hide what was flagged, restore it, or tell its author's own server.

    All but a dismissal want a note, which the author reads.
    """
    by.require("moderate")
    act = next((one for one in DECISIONS if one == decision), None)
    if act is None:
        raise Invalid("decision", "A decision is one of %(decisions)s.", decisions=tuple(DECISIONS))
    case = await _case_for(house, by, case_id)
    state = next_state(case.state, act)
    words = clean_line(note, "note", REASON_LIMIT, required=act != "dismiss")
    made = await contributions.by_id(house.store, case.contribution_id)
    if made is None or (made.deleted and act != "dismiss"):
        raise Conflict("It was deleted meanwhile; all that is left is to dismiss the case.")
    if act == "tell":
        await flagging.require_tellable(house, by, made, words)
    await _decide(house, by, case, made, act, state, words)
    return await _case(house, case_id)


async def _decide(
    house: House, by: Member, case: Case, made: Contribution, act: Decision, state: CaseState, note: str
) -> None:
    now = house.now().timestamp()
    branch = await moves.branch_of(house, made) if act == "restore" else []
    async with house.store.transaction() as change:
        if not await cases.decide(change, case, state, by.id, act, note, now):
            raise Conflict("Somebody else has just decided this case.")
        if act in ("hide", "restore"):
            await cases.set_hidden(change, made.id, hidden=act == "hide")
        renewed = act == "restore" and await moves.renew(house, change, by, made, branch)
        await _record(change, EVENTS[act], made, case.id, now, act, renewed=renewed)
        await events.audit(change, by.id, f"{act} case", made.id, now)


async def hide(house: House, by: Member, made: Contribution, note: str) -> Case:
    """Hide something at once: a facilitator need not wait until somebody flags it."""
    by.require("moderate")
    clean_line(note, "note", REASON_LIMIT)
    known = await cases.pending_on(house.store, made.id)
    case = known or await _flag(house, made, note, member_id=by.id)
    return await decide(house, by, case.id, "hide", note)


async def queue(
    house: House, by: Member, jam: Jam, states: Collection[CaseState] = PENDING, limit: int = 200
) -> list[Case]:
    """Return a jam's cases that wait for something, the oldest first."""
    by.require("moderate")
    return await cases.of_jam(house.store, jam.id, states, limit)


async def log(house: House, reader: Member, jam: Jam, limit: int = 200) -> list[Case]:
    """Return the moderation log of a jam: all of it for facilitators, for others what they flagged or wrote."""
    if reader.may("moderate"):
        return await cases.log_of_jam(house.store, jam.id, limit)
    if not (reader.active and reader.is_local):
        return []
    found = await cases.log_of_member(house.store, jam.id, reader.id, reader.voices, limit)
    seen = [as_seen_by(reader, case) for case in found]
    return [case for case in seen if case.flags or case.steps]


def as_seen_by(reader: Member, case: Case) -> Case:
    """Return a case as somebody outside the duty sees it: nobody else's flags, and steps without who took them.

    An author learns of a case when something was decided, not that somebody complained.
    """
    own = tuple(one for one in case.flags if one.member_id == reader.id)
    steps = tuple(replace(one, member_id="", member_name="") for one in case.steps)
    return replace(case, flags=own, steps=steps)


async def cases_in_thread(house: House, reader: Member, thread_id: str) -> dict[str, Case]:
    """Return contribution id → the case on it that is still to be dealt with, as far as it concerns the reader."""
    found = await cases.in_thread(house.store, thread_id)
    if reader.may("moderate"):
        return {case.contribution_id: case for case in found}
    return {
        case.contribution_id: as_seen_by(reader, case)
        for case in found
        if reader.id == case.author_id or any(one.member_id == reader.id for one in case.flags)
    }
