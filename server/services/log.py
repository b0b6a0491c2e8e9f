"""The event log, read by consumers that each keep a cursor beside what they make of it."""

from __future__ import annotations

from server.domain.events import Event
from server.services.house import House
from server.storage import events


async def events_after(house: House, seq: int, limit: int = 200) -> list[Event]:
    """Return what happened after a cursor, in order."""
    return await events.after(house.store, seq, limit)


async def newest_event(house: House) -> int:
    """Return the number of the newest event, 0 when nothing happened yet."""
    return await events.newest(house.store)


async def broken_audit_rows(house: House) -> list[int]:
    """Return the numbers of audit rows that do not follow from the row before: tampering or damage."""
    return await events.broken_audit_rows(house.store)
