"""Facilitators' shifts, and what each hands to the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.database import Database, Transaction
from server.domain.facilitation import Shift
from server.storage.rows import ShiftRow
from server.storage.times import moment, moment_or_none

SELECT = "SELECT s.*, m.name FROM shifts s LEFT JOIN members m ON m.id = s.member_id"


def _shift(row: Mapping[str, Any]) -> Shift:
    return Shift(
        id=row["id"],
        jam_id=row["jam_id"],
        member_id=row["member_id"],
        member_name=row["name"] or "",
        starts_at=moment(row["starts_at"]),
        ends_at=moment(row["ends_at"]),
        begun_at=moment_or_none(row["begun_at"]),
        ended_at=moment_or_none(row["ended_at"]),
        note=row["note"],
        handed_to=row["handed_to"],
        read_at=moment_or_none(row["read_at"]),
    )


async def insert(shift: Shift) -> None:
    await ShiftRow.create(
        id=shift.id,
        jam_id=shift.jam_id,
        member_id=shift.member_id,
        starts_at=shift.starts_at.timestamp(),
        ends_at=shift.ends_at.timestamp(),
        begun_at=shift.begun_at.timestamp() if shift.begun_at else None,
    )


async def by_id(store: Database | Transaction, shift_id: str) -> Shift | None:
    row = await store.fetch_one(f"{SELECT} WHERE s.id = ?", (shift_id,))
    return None if row is None else _shift(row)


async def of_jam(store: Database | Transaction, jam_id: str) -> list[Shift]:
    """Return a jam's shifts in the order of their planned beginning."""
    rows = await store.fetch(f"{SELECT} WHERE s.jam_id = ? ORDER BY s.starts_at, s.id LIMIT 500", (jam_id,))
    return [_shift(row) for row in rows]


async def drop(change: Transaction, shift_id: str) -> bool:
    """Take a shift off the rota that has not begun."""
    return bool(await change.execute("DELETE FROM shifts WHERE id = ? AND begun_at IS NULL", (shift_id,)))


async def begin(change: Transaction, shift_id: str, now: float) -> bool:
    return bool(
        await change.execute("UPDATE shifts SET begun_at = ? WHERE id = ? AND begun_at IS NULL", (now, shift_id))
    )


async def end(change: Transaction, shift_id: str, note: str, handed_to: str, now: float) -> bool:
    """End a running shift with a note; return False when it was ended already."""
    return bool(
        await change.execute(
            "UPDATE shifts SET ended_at = ?, note = ?, handed_to = ?"
            " WHERE id = ? AND begun_at IS NOT NULL AND ended_at IS NULL",
            (now, note, handed_to, shift_id),
        )
    )


async def read(change: Transaction, shift_id: str, now: float) -> None:
    """Write down that whoever it was handed to has read the note of a shift."""
    await change.execute("UPDATE shifts SET read_at = ? WHERE id = ? AND read_at IS NULL", (now, shift_id))
