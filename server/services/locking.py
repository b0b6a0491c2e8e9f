"""Locking a thread: it can be read, marked and built on, and nothing is answered in it any more.

Whoever moderates may, in a forum held here; a forum held elsewhere is locked by its own server (`elsewhere`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from server.domain.actors import Member
from server.domain.errors import Conflict, Missing, ThreadLocked
from server.domain.facilitation import REASON_LIMIT, Lock
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.sentences import later
from server.services.house import House
from server.services.text import clean_line
from server.storage import contributions, events, jams, locks

LOCKED = later("This thread is locked: it can be read, and no longer answered.")


async def lock(house: House, by: Member, idea: Contribution, reason: str) -> Lock:
    """Lock the thread of an idea; everybody who reads it is told why. One that is locked stays as it was locked."""
    await _check(house, by, idea)
    said = clean_line(reason, "reason", REASON_LIMIT)
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        stands = await locks.standing(change, idea.id)
        if stands is None:
            await locks.put(idea.id, by.id, said, now)
            await events.audit(change, by.id, "lock", idea.id, now)
            await events.append(change, "ThreadLocked", idea.id, _facts(idea, by.id), now)
            stands = await locks.standing(change, idea.id)
    assert stands is not None
    return stands


async def unlock(house: House, by: Member, idea: Contribution) -> None:
    """Open a locked thread again."""
    await _check(house, by, idea)
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        if await locks.end(change, idea.id, by.id, now):
            await events.audit(change, by.id, "unlock", idea.id, now)
            await events.append(change, "ThreadUnlocked", idea.id, _facts(idea, by.id), now)


async def require_unlocked(house: House, thread_id: str) -> None:
    """Raise ThreadLocked where nothing is answered in a thread any more."""
    if await locks.standing(house.store, thread_id) is not None:
        raise ThreadLocked(LOCKED)


async def lock_on(house: House, forum: Forum, idea: Contribution) -> Lock | None:
    """Return why a thread is locked, None where it is not; another server's doing goes by its name."""
    found = await locks.standing(house.store, idea.id)
    return replace(found, member_name=forum.host) if found and not found.member_id else found


async def locked_among(house: House, ids: Sequence[str]) -> set[str]:
    """Return those of some ideas whose threads are locked: for the gate."""
    return await locks.standing_among(house.store, ids)


async def standing_on(house: House, idea: Contribution) -> Lock | None:
    """Return who locked a thread, None where it is not locked: for the gate."""
    return await locks.standing(house.store, idea.id)


async def may_lock(house: House, by: Member, idea: Contribution) -> bool:
    """Say whether somebody may lock a thread, or open it again."""
    forum = await jams.forum_by_id(house.store, idea.forum_id)
    return by.may("moderate") and idea.kind == "idea" and not idea.deleted and forum is not None and forum.is_local


def _facts(idea: Contribution, by_id: str) -> dict[str, object]:
    return {"jam": idea.jam_id, "forum": idea.forum_id, "thread": idea.id, "by": by_id}


async def _check(house: House, by: Member, idea: Contribution) -> None:
    by.require("moderate")
    found = await contributions.by_id(house.store, idea.id)
    if found is None or found.deleted:
        raise Missing("idea", f"lock on missing {idea.id}")
    if found.kind != "idea":
        raise Conflict("Only a whole thread is locked: lock its idea.")
    if not await may_lock(house, by, found):
        raise Conflict("This forum belongs to another server; only its own facilitators can lock its threads.")
