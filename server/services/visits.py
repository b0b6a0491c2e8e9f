"""When people were here: a visit goes on for as long as somebody comes back within half an hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.actors import Member
from server.services.house import House
from server.storage import notices
from server.storage.times import moment, moment_or_none

APART = timedelta(minutes=30)
# Somebody who reads on is written down this often at most.
PACE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Visit:
    """A person's latest visit. `before_at` is when they were last here before it, None for the first time."""

    began_at: datetime
    seen_at: datetime
    before_at: datetime | None


async def last_visit(house: House, member: Member) -> Visit | None:
    found = await notices.visit(house.store, member.id)
    return None if found is None else Visit(moment(found[0]), moment(found[1]), moment_or_none(found[2]))


async def note_visit(house: House, member: Member) -> None:
    """Write down that somebody is here."""
    now = house.now()
    known = await last_visit(house, member)
    if known is not None and now - known.seen_at < PACE:
        return
    began, before = (now, None) if known is None else (known.began_at, known.before_at)
    if known is not None and now - known.seen_at >= APART:
        began, before = now, known.seen_at
    async with house.store.transaction() as change:
        at = before.timestamp() if before else None
        await notices.put_visit(change, member.id, began.timestamp(), now.timestamp(), at)


async def since_when(house: House, member: Member) -> datetime | None:
    """Return the end of the visit before this one: what came later is new to them. None for the first visit."""
    known = await last_visit(house, member)
    return known.before_at if known else None
