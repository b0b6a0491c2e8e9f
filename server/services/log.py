"""The event log, read by consumers that each keep a cursor."""

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


async def cursor_of(house: House, consumer: str) -> int:
    return await events.cursor(house.store, consumer)


async def advance_cursor(house: House, consumer: str, seq: int) -> None:
    """Write down that a consumer has dealt with everything up to `seq`."""
    async with house.store.transaction() as change:
        await events.advance(change, consumer, seq)


async def broken_audit_rows(house: House) -> list[int]:
    """Return the numbers of audit rows that do not follow from the row before: tampering or damage."""
    return await events.broken_audit_rows(house.store)
