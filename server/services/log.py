"""The event log, read by consumers that each keep a cursor beside what they make of it."""

from __future__ import annotations

from server.domain.audit import Chain
from server.domain.events import Event
from server.services.house import House
from server.storage import audit, events


async def events_after(house: House, seq: int, limit: int = 200) -> list[Event]:
    """Return what happened after a cursor, in order."""
    return await events.after(house.store, seq, limit)


async def newest_event(house: House) -> int:
    """Return the number of the newest event, 0 when nothing happened yet."""
    return await events.newest(house.store)


async def broken_audit_rows(house: House) -> list[int]:
    """Return the numbers of audit rows that do not follow from the row before: tampering or damage."""
    chain = Chain()
    async for page in audit.walk(house.store):
        chain.walk(page)
    return chain.broken
