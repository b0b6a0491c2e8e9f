"""Threads in which nothing is answered any more."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from server.database import Database, Transaction
from server.domain.facilitation import Lock
from server.storage.rows import LockRow
from server.storage.times import moment, moment_or_none

_LOCK = "SELECT l.*, m.name FROM locks l LEFT JOIN members m ON m.id = l.member_id"


async def standing(store: Database | Transaction, idea_id: str) -> Lock | None:
    """Return why a thread is locked, None where it is not."""
    row = await store.fetch_one(f"{_LOCK} WHERE l.idea_id = ? AND l.ended_at IS NULL", (idea_id,))
    return _lock(row) if row else None


async def standing_among(store: Database, ids: Sequence[str]) -> set[str]:
    """Return those of some ideas whose threads are locked."""
    rows = await store.fetch(
        "SELECT idea_id FROM locks WHERE ended_at IS NULL AND idea_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    )
    return {row["idea_id"] for row in rows}


async def newest(store: Database | Transaction, idea_id: str) -> Lock | None:
    """Return how a thread was locked last, None where it never was."""
    row = await store.fetch_one(f"{_LOCK} WHERE l.idea_id = ? ORDER BY l.id DESC LIMIT 1", (idea_id,))
    return _lock(row) if row else None


async def put(idea_id: str, member_id: str, reason: str, now: float, ended_at: float | None = None) -> None:
    """Write down that a thread is locked, or was until `ended_at`, in the running transaction."""
    await LockRow.create(idea_id=idea_id, member_id=member_id, reason=reason, made_at=now, ended_at=ended_at)


async def end(change: Transaction, idea_id: str, member_id: str, now: float) -> bool:
    """Open a locked thread again; return False where none stood."""
    ended = await change.execute(
        "UPDATE locks SET ended_by = ?, ended_at = ? WHERE idea_id = ? AND ended_at IS NULL", (member_id, now, idea_id)
    )
    return bool(ended)


def _lock(row: Mapping[str, Any]) -> Lock:
    return Lock(
        idea_id=row["idea_id"],
        member_id=row["member_id"],
        member_name=row["name"] or "",
        reason=row["reason"],
        made_at=moment(row["made_at"]),
        ended_at=moment_or_none(row["ended_at"]),
    )
