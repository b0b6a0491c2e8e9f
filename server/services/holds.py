"""What waits for reviewers, outgoing and incoming: the queue, approvals by as many people as the rules want, refusals.

Whatever an answer depends on is looked at within the transaction that writes it: two people at once, a form that
was open for long, or somebody who is a reviewer no longer change nothing that they may not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from server.database import Database, Transaction
from server.domain.actors import Member
from server.domain.errors import Conflict, Missing, NotAllowed, Refusal
from server.domain.events import EventKind
from server.domain.holds import Decision, Hold, HoldState, Sought, group_names, why_not
from server.domain.sentences import later
from server.domain.uris import new_id
from server.services.house import House
from server.services.jams import hidden_jams
from server.services.text import clean_text
from server.services.voices import with_voices
from server.storage import contributions, events, memberships, people
from server.storage import holds as hold_rows

UNDO_SECONDS = 10.0
MOST_UNDO_SECONDS = 300.0
MOST_AT_ONCE = 200
CHANGED = later("What is on offer has changed since you looked. Please look again.")
DECIDED = {
    "deciding": later("Somebody has decided on this; it takes effect in a moment."),
    "released": later("Somebody has released this already."),
    "refused": later("Somebody has refused this already."),
    "void": later("This waits no longer: its words have changed or are gone, or no rule holds it any more."),
}
TOO_LATE = later("This has taken effect and cannot be undone. A recall takes back what has crossed.")


@dataclass(frozen=True, slots=True)
class Said:
    """What came of one of several decisions: the hold as it stands now, or why nothing was decided."""

    hold_id: str
    hold: Hold | None
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How much waits: in all, for one person to decide, and for longer than the rules want it to."""

    waiting: int
    mine: int
    overdue: int


async def ask_review(house: House, made: Hold) -> None:
    """Put something into the queue; what waits already keeps its place."""
    async with house.store.transaction() as change:
        known = await hold_rows.by_id(change, made.id)
        await hold_rows.put(change, made)
        if known is None and await hold_rows.by_id(change, made.id) is not None:
            data = {"direction": made.direction, "contribution": made.contribution_id}
            await events.append(change, "HoldAsked", made.id, data, house.now().timestamp())


async def ask_again(house: House, hold: Hold) -> None:
    """Change what a hold asks, unless it was decided meanwhile. Approvals of something else count no longer."""
    async with house.store.transaction() as change:
        now = await hold_rows.by_id(change, hold.id)
        refused = now is not None and (now.state == "refused" or (now.state == "deciding" and now.note))
        if now is not None and not refused:
            await hold_rows.put(change, replace(hold, released={**hold.released, **now.released}))


async def end_question(house: House, hold: Hold) -> None:
    """End a hold that no rule asks for any more. A refusal that was given stands."""
    async with house.store.transaction() as change:
        now = await hold_rows.by_id(change, hold.id)
        if now is not None and (now.state == "waiting" or (now.state == "deciding" and not now.note)):
            await hold_rows.put(change, replace(now, state="void", takes_effect_at=None))


async def list_holds(
    house: House,
    reader: Member,
    sought: Sought | None = None,
    after: tuple[float, str] = (0.0, ""),
    limit: int = 50,
) -> list[Hold]:
    """Return the queue, oldest first, after the place (asked at in unix seconds, id) of a hold."""
    reader.require("review")
    return await hold_rows.queue(house.store, await _seen(house, reader, sought or Sought()), after, limit)


async def _seen(house: House, reader: Member, sought: Sought) -> Sought:
    """Leave out what waits in forums that are not there for somebody."""
    hidden = await memberships.forums_in(house.store, await hidden_jams(house, reader))
    return replace(sought, without=frozenset(hidden))


async def obtain_hold(house: House, reader: Member, hold_id: str) -> Hold:
    """Return a hold for a reviewer who may see its forum, or raise Missing."""
    reader.require("review")
    found = await find_hold(house, hold_id)
    await _require_seen(house, reader, found)
    return found


async def _require_seen(house: House, reader: Member, hold: Hold) -> None:
    if hold.forum_id in await memberships.forums_in(house.store, await hidden_jams(house, reader)):
        raise Missing("hold", f"{reader.id} asked for hold {hold.id} in a hidden forum")


async def waiting(house: House, sought: Sought, limit: int) -> list[Hold]:
    """Return the beginning of the queue: for the operator, who holds the store itself."""
    return await hold_rows.queue(house.store, sought, limit=limit)


def for_me(member: Member) -> tuple[str, frozenset[str], frozenset[str]]:
    """Return what `Sought.mine` has to be for what this person may decide."""
    return member.id, group_names(member), member.voices


async def count_waiting(house: House) -> int:
    """Count what waits, without that of forums for their members alone: everybody with a duty here is told it."""
    apart = await memberships.forums_in(house.store, await memberships.jams_apart(house.store))
    return await hold_rows.count(house.store, Sought(without=frozenset(apart)))


async def count_for(house: House, member: Member) -> int:
    """Count what waits for this person's decision: what the navigation tells reviewers."""
    if not (member.is_local and member.may("review")):
        return 0
    return await hold_rows.count(house.store, await _seen(house, member, Sought(mine=for_me(member))))


async def tally(house: House, member: Member) -> Tally:
    return Tally(
        await count_waiting(house),
        await count_for(house, member),
        await hold_rows.count_overdue(house.store, house.now().timestamp()),
    )


async def places(house: House) -> tuple[list[str], list[str]]:
    """Return the audiences and the ids of the forums of what waits."""
    return await hold_rows.places(house.store)


async def holds_on(
    house: House, direction: str, contribution_id: str = "", version: int = 0, activity_uri: str = ""
) -> list[Hold]:
    """Return the holds on a version, or on a received activity: one for each group of reviewers."""
    return await hold_rows.on(house.store, direction, contribution_id, version, activity_uri)


async def holds_in_thread(house: House, reader: Member, thread_id: str) -> list[Hold]:
    """Return the holds on the present words of a thread that concern a reader: their own, or all for reviewers."""
    found = await hold_rows.of_thread(house.store, thread_id)
    return [hold for hold in found if reader.may("review") or reader.wrote(await author_id(house.store, hold))]


async def find_hold(house: House, hold_id: str) -> Hold:
    found = await by_id(house, hold_id)
    if found is None:
        raise Missing("hold", f"no hold {hold_id}")
    return found


async def by_id(house: House, hold_id: str) -> Hold | None:
    return await hold_rows.by_id(house.store, hold_id)


async def author_id(store: Database | Transaction, hold: Hold) -> str:
    """Return whose words wait; "" for those of another server that want in."""
    if hold.direction == "in":
        return ""
    made = await contributions.by_id(store, hold.contribution_id)
    return made.author_id if made is not None else ""


async def why_not_mine(house: House, member: Member, hold: Hold) -> str:
    """Return why a person may not release a hold, in words for them; "" when they may."""
    return why_not(member, hold, await author_id(house.store, hold))


async def release(
    house: House, by: Member, hold_id: str, *, offer: str = "", undo_seconds: float = 0.0, batch: str = ""
) -> Hold:
    """Approve exactly what is on offer; it crosses (or comes in) once enough people have.

    `offer` is what the reviewer was shown; anything else is refused. Raises Missing, NotAllowed, Conflict.
    """
    return await _decide(house, by, hold_id, "release", "", offer, undo_seconds, batch or new_id())


async def refuse(
    house: House, by: Member, hold_id: str, reason: str, *, offer: str = "", undo_seconds: float = 0.0, batch: str = ""
) -> Hold:
    """Keep it back, with a reason that the author sees. One refusal is enough."""
    note = clean_text(reason, "reason")
    return await _decide(house, by, hold_id, "refuse", note, offer, undo_seconds, batch or new_id())


async def decide_all(
    house: House,
    by: Member,
    decision: Decision,
    chosen: Sequence[tuple[str, str]],
    reason: str = "",
    undo_seconds: float = 0.0,
) -> tuple[str, list[Said]]:
    """Decide several holds alike; return the batch, by which they can be undone together, and what came of each.

    `chosen` holds (hold id, the offer that was shown or ""). What cannot be decided is told and stops nothing.
    """
    by.require("review")
    if len(chosen) > MOST_AT_ONCE:
        raise Conflict("At most %(most)s can be decided at once.", most=MOST_AT_ONCE)
    note = clean_text(reason, "reason") if decision == "refuse" else ""
    batch, said = new_id(), list[Said]()
    async with house.store.transaction():
        for hold_id, offer in dict(chosen).items():
            try:
                hold = await _decide(house, by, hold_id, decision, note, offer, undo_seconds, batch)
                said.append(Said(hold_id, hold))
            except (Missing, NotAllowed, Conflict) as refusal:
                said.append(Said(hold_id, None, refusal))
    return batch, said


async def _decide(
    house: House, by: Member, hold_id: str, decision: Decision, note: str, offer: str, undo_seconds: float, batch: str
) -> Hold:
    by.require("review")
    async with house.store.transaction() as change:
        hold = await hold_rows.by_id(change, hold_id)
        if hold is None:
            raise Missing("hold", f"no hold {hold_id}")
        await _require_seen(house, by, hold)
        if hold.state != "waiting":
            raise Conflict(DECIDED[hold.state])
        if offer and offer != hold.offer:
            raise Conflict(CHANGED)
        member = await with_voices(house, await people.by_id(change, by.id) or by)
        if problem := why_not(member, hold, await author_id(change, hold), decision):
            raise NotAllowed(problem, f"{by.handle}, hold {hold.id}: {problem}")
        now = house.now()
        await hold_rows.answer(change, hold, by.id, decision, note, batch, now.timestamp())
        await events.audit(change, by.id, f"{decision} hold", hold.id, now.timestamp())
        answered = await hold_rows.by_id(change, hold.id)
        assert answered is not None
        if decision == "refuse" or not answered.unmet:
            decided = replace(answered, decided_by=by.id, decided_at=now, note=note)
            await _take_effect(change, decided, decision, now, undo_seconds)
        result = await hold_rows.by_id(change, hold.id)
        assert result is not None
    return result


async def _take_effect(change: Transaction, hold: Hold, decision: Decision, now: datetime, undo_seconds: float) -> None:
    """Carry a decision out, or let it wait for as long as it can be undone."""
    if undo_seconds > 0:
        at = now + timedelta(seconds=min(undo_seconds, MOST_UNDO_SECONDS))
        await hold_rows.put(change, replace(hold, state="deciding", takes_effect_at=at))
        return
    kind: EventKind = "HoldReleased" if decision == "release" else "HoldRefused"
    released = {**hold.released, **hold.offers} if decision == "release" else hold.released
    state: HoldState = "released" if decision == "release" else "refused"
    await hold_rows.put(change, replace(hold, state=state, released=released, takes_effect_at=None))
    data = {"direction": hold.direction, "contribution": hold.contribution_id, "activity": hold.activity_uri}
    await events.append(change, kind, hold.id, data, now.timestamp())
    await events.audit(change, hold.decided_by, kind, hold.id, now.timestamp())


async def settle_decisions(house: House) -> int:
    """Carry out what can be undone no longer; return how many decisions. Several processes may do this at once.

    An approval by somebody who may not review any more does not count: then the hold waits again.
    """
    settled = 0
    for hold_id in await hold_rows.due(house.store, house.now().timestamp()):
        async with house.store.transaction() as change:
            hold, now = await hold_rows.by_id(change, hold_id), house.now()
            if hold is None or hold.state != "deciding" or hold.takes_effect_at is None or hold.takes_effect_at > now:
                continue
            settled += 1
            if hold.note:
                await _take_effect(change, hold, "refuse", now, 0)
            elif not hold.unmet:
                await _take_effect(change, hold, "release", now, 0)
            else:
                await hold_rows.put(change, _waiting(hold))
    return settled


def _waiting(hold: Hold) -> Hold:
    return replace(hold, state="waiting", takes_effect_at=None, decided_by="", decided_at=None, note="")


async def undo(house: House, by: Member, hold_id: str) -> Hold:
    """Take one's own answer back, as long as it has had no effect. Raises Missing, Conflict."""
    by.require("review")
    hold = await obtain_hold(house, by, hold_id)
    if not await _undo(house, by, hold.id):
        mine = any(one.by.id == by.id and not one.undone for one in hold.answers)
        raise Conflict(TOO_LATE if mine else later("There is nothing of yours to undo here."))
    return await find_hold(house, hold_id)


async def undo_batch(house: House, by: Member, batch: str) -> list[Hold]:
    """Take all answers of one batch back that have had no effect; raise Conflict when there are none left."""
    by.require("review")
    found = await hold_rows.undoable(house.store, by.id, 0.0, batch) if batch else []
    taken = [hold.id for hold in found if await _undo(house, by, hold.id)]
    if not taken:
        raise Conflict(TOO_LATE)
    return [await find_hold(house, hold_id) for hold_id in taken]


async def _undo(house: House, by: Member, hold_id: str) -> bool:
    async with house.store.transaction() as change:
        hold, now = await hold_rows.by_id(change, hold_id), house.now()
        if hold is None or hold.state not in ("waiting", "deciding"):
            return False
        await _require_seen(house, by, hold)
        if hold.takes_effect_at is not None and hold.takes_effect_at <= now:
            return False
        if not any(one.by.id == by.id and one.offer == hold.offer and not one.undone for one in hold.answers):
            return False
        await hold_rows.take_back(change, hold.id, by.id, now.timestamp())
        await hold_rows.put(change, _waiting(hold))
        await events.audit(change, by.id, "undo decision", hold.id, now.timestamp())
    return True


async def undoable(house: House, by: Member) -> list[Hold]:
    """Return the holds that a person has answered within the last moments and can still take back."""
    since = house.now() - timedelta(seconds=UNDO_SECONDS)
    found = await hold_rows.undoable(house.store, by.id, since.timestamp())
    hidden = await memberships.forums_in(house.store, await hidden_jams(house, by))
    return [hold for hold in found if hold.forum_id not in hidden]


async def asked_about(house: House, contribution_ids: Sequence[str]) -> set[str]:
    """Return those of some contributions about which reviewers were ever asked: for the gate."""
    return await hold_rows.asked_about(house.store, contribution_ids)


async def drop_incoming(house: House, activity_uris: Sequence[str]) -> None:
    """End what waits about activities whose object was deleted where it came from; drop what reviewers were shown."""
    if activity_uris:
        async with house.store.transaction() as change:
            await hold_rows.drop_incoming(change, activity_uris)
