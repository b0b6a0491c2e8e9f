"""Forums held elsewhere: asking for words that are not here yet, and what their facilitators say of ideas."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from server.database import Transaction
from server.domain.actors import Member
from server.domain.errors import Conflict, Missing
from server.domain.events import EventKind
from server.domain.facilitation import Move, MoveKind
from server.domain.ideas import FACILITATED, Contribution, MarkKind
from server.domain.jams import Forum
from server.domain.outcomes import Outcome, OutcomeKind, Stream
from server.domain.uris import new_id
from server.services import ideas_read
from server.services.guises import all_public_uris
from server.services.house import House
from server.storage import contributions, events, follows, locks, mark_reasons, moves, outcomes
from server.storage.contributions import THEIRS


async def ask_for_rest(house: House, by: Member, forum: Forum, idea: Contribution | None = None) -> None:
    """Ask the server that holds a forum for what is missing here of it, or of one idea's thread.

    Anybody who reads it may: nothing is told that its server does not know. Raises Conflict where there is nobody
    to ask. What comes is judged by the rules like everything that comes in.
    """
    if forum.is_local:
        raise Conflict("It is held here: all there is of it is here.")
    if not forum.joined:
        raise Conflict("The server that holds this forum has not let us in yet.")
    async with house.store.transaction() as change:
        data = {"forum": forum.id, "idea": idea.id if idea else "", "by": by.id}
        await events.append(change, "RestAsked", idea.id if idea else forum.id, data, house.now().timestamp())


async def names_elsewhere(house: House, idea: Contribution) -> list[str]:
    """Return the addresses that the idea of a thread may bear on the server that holds its forum."""
    return await all_public_uris(house, idea) if idea.is_local else [idea.uri]


async def take_move(house: House, old: Contribution, new: Contribution, kind: MoveKind) -> None:
    """Write down that the server of a forum held elsewhere moved something: whoever looks for it is led there.

    Whoever follows an idea follows the thread in which it stands now.
    """
    if await moves.stands_now(house.store, old.id) == new.id:
        return
    now = house.now()
    made = Move(
        id=new_id(), kind=kind, jam_id=new.jam_id, contribution_id=new.id, thread_id=new.thread_id, member_id=THEIRS,
        member_name="", reason="", before={"was": old.id}, made_at=now, undone_at=None,
    )  # fmt: skip
    async with house.store.transaction() as change:
        await moves.insert(made)
        await follows.go_along(change, old.id, new.thread_id)


async def stands_now(house: House, reader: Member, contribution_id: str) -> Contribution | None:
    """Return what something that its server moved became, for somebody who may read it; None for nothing."""
    seen = {contribution_id}
    while (found := await moves.stands_now(house.store, contribution_id)) and found not in seen:
        seen.add(found)
        contribution_id = found
    if len(seen) == 1:
        return None
    try:
        return await ideas_read.obtain(house, reader, contribution_id)
    except Missing:
        return None


async def take_marks(house: House, target: Contribution, kinds: Collection[MarkKind]) -> None:
    """Have the marks that the facilitators of a forum held elsewhere set at an idea be these, and no others.

    Who set them, and why, their server keeps to itself.
    """
    now = house.now().timestamp()
    facts = {"jam": target.jam_id, "forum": target.forum_id, "thread": target.thread_id, "by": THEIRS}
    async with house.store.transaction() as change:
        for kind in FACILITATED:
            said: EventKind | None = None
            if kind in kinds and await contributions.mark(change, target.id, kind, THEIRS, now):
                await mark_reasons.put(target.id, kind, THEIRS, "", now)
                said = "Marked"
            elif kind not in kinds and await contributions.unmark(change, target.id, kind, THEIRS):
                await mark_reasons.end(change, target.id, kind, THEIRS, now)
                said = "Unmarked"
            if said is not None:
                await events.append(change, said, target.id, {**facts, "kind": kind}, now)


async def take_lock(house: House, idea: Contribution, at: datetime, *, locked: bool) -> bool:
    """Have a thread of a forum held elsewhere be locked, or open again, as its server said at a time.

    Return False where it said otherwise since: what it says may come out of order.
    """
    now = house.now()
    said_at = min(at, now).timestamp()
    facts = {"jam": idea.jam_id, "forum": idea.forum_id, "thread": idea.id, "by": THEIRS}
    async with house.store.transaction() as change:
        known = await locks.newest(change, idea.id)
        if known is not None and (known.ended_at or known.made_at).timestamp() > said_at:
            return False
        stands = known is not None and known.ended_at is None
        if locked and not stands:
            await locks.put(idea.id, THEIRS, "", said_at)
            await events.append(change, "ThreadLocked", idea.id, facts, now.timestamp())
        elif not locked and stands:
            await locks.end(change, idea.id, THEIRS, said_at)
            await events.append(change, "ThreadUnlocked", idea.id, facts, now.timestamp())
        elif not locked:
            # It was opened again before we heard that it was locked: a Lock that comes late is no news.
            await locks.put(idea.id, THEIRS, "", said_at, ended_at=said_at)
    return True


@dataclass(frozen=True, slots=True)
class Told:
    """What becomes of an idea, as the server that holds its forum tells it: `stream` is the work stream's name."""

    kind: OutcomeKind
    stream: str
    reason: str
    decided_at: datetime


async def take_outcome(house: House, idea: Contribution, told: Told | None) -> None:
    """Have what becomes of an idea of a forum held elsewhere be this, or nothing (None). Who decided is not told."""
    stands = (await outcomes.standing(house.store, [idea.id])).get(idea.id)
    now = house.now().timestamp()
    if told is None:
        async with house.store.transaction() as change:
            await outcomes.end(change, idea.id, now)
        return
    at = min(told.decided_at, house.now())
    words = (told.kind, told.stream, told.reason)
    if stands is not None and (stands.kind, stands.stream_title, stands.reason) == words:
        return
    async with house.store.transaction() as change:
        stream_id = await _stream(house, change, idea.jam_id, told.stream) if told.kind == "stream" else ""
        made = Outcome(
            idea_id=idea.id, jam_id=idea.jam_id, kind=told.kind, stream_id=stream_id, stream_title=told.stream,
            reason=told.reason, by_name="", decided_at=at,
        )  # fmt: skip
        await outcomes.decide(change, made, THEIRS)
        facts = {"jam": idea.jam_id, "by": THEIRS, "kind": told.kind}
        await events.append(change, "OutcomeDecided", idea.id, facts, now)


async def _stream(house: House, change: Transaction, jam_id: str, title: str) -> str:
    """Return the work stream of a jam held elsewhere by its name, made on first sight; "" where none was told."""
    if not title:
        return ""
    for one in await outcomes.streams(change, jam_id):
        if one.title == title:
            return one.id
    made = Stream(
        id=new_id(), jam_id=jam_id, title=title, purpose="", owner_id=THEIRS, owner_name="", owner_unit="",
        made_at=house.now(),
    )  # fmt: skip
    await outcomes.add_stream(made)
    return made.id
