"""Walls: who put them up, and whether they are still looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.database import Database, Transaction
from server.domain.jams import Wall
from server.storage.rows import WallRow
from server.storage.times import moment, moment_or_none


def _wall(row: Mapping[str, Any]) -> Wall:
    return Wall(
        id=row["hash"],
        jam_id=row["jam_id"],
        note=row["note"],
        made_by=row["made_by"],
        made_at=moment(row["made_at"]),
        seen_at=moment_or_none(row["seen_at"]),
    )


async def insert(hash_: str, jam_id: str, note: str, made_by: str, now: float) -> None:
    await WallRow.create(hash=hash_, jam_id=jam_id, note=note, made_by=made_by, made_at=now)


async def by_hash(store: Database, hash_: str) -> Wall | None:
    """Return a wall that has not ended."""
    row = await store.fetch_one("SELECT * FROM walls WHERE hash = ? AND ended_at IS NULL", (hash_,))
    return None if row is None else _wall(row)


async def of_jam(store: Database, jam_id: str) -> list[Wall]:
    """Return the walls of a jam that have not ended, oldest first."""
    rows = await store.fetch("SELECT * FROM walls WHERE jam_id = ? AND ended_at IS NULL ORDER BY made_at", (jam_id,))
    return [_wall(row) for row in rows]


async def end(change: Transaction, hash_: str, jam_id: str, now: float) -> bool:
    """End a wall of a jam; return whether it stood."""
    ended = "UPDATE walls SET ended_at = ? WHERE hash = ? AND jam_id = ? AND ended_at IS NULL"
    return bool(await change.execute(ended, (now, hash_, jam_id)))


async def note_seen(change: Transaction, hash_: str, now: float) -> None:
    """Remember when a wall was last asked for, to the minute."""
    await change.execute(
        "UPDATE walls SET seen_at = ? WHERE hash = ? AND (seen_at IS NULL OR seen_at < ?)", (now, hash_, now - 60)
    )
