"""The event log and the audit chain."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from server.database import Database, Transaction
from server.domain.events import Event, EventKind
from server.storage.times import moment


def _event(row: Mapping[str, Any]) -> Event:
    return Event(row["seq"], moment(row["at"]), row["kind"], row["subject_id"], json.loads(row["data"]))


async def append(change: Transaction, kind: EventKind, subject_id: str, data: dict[str, Any], now: float) -> None:
    """Append one event, in the transaction of the rows it speaks of."""
    await change.execute(
        "INSERT INTO events (at, kind, subject_id, data) VALUES (?, ?, ?, ?)",
        (now, kind, subject_id, json.dumps(data, separators=(",", ":"))),
    )


async def after(store: Database, seq: int, limit: int = 200) -> list[Event]:
    """Return the events after a cursor, in order."""
    rows = await store.fetch("SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit))
    return [_event(row) for row in rows]


async def newest(store: Database) -> int:
    """Return the number of the newest event, 0 when there is none."""
    return int(await store.fetch_value("SELECT coalesce(max(seq), 0) FROM events") or 0)


async def audit(change: Transaction, member_id: str, act: str, subject_id: str, now: float) -> None:
    """Append to the audit chain: the hash covers the row and the hash before it (SHA-256)."""
    rows = await change.fetch("SELECT hash FROM audit ORDER BY seq DESC LIMIT 1", ())
    before = rows[0]["hash"] if rows else ""
    hash_ = chain_hash(before, now, member_id, act, subject_id)
    await change.execute(
        "INSERT INTO audit (at, member_id, act, subject_id, hash) VALUES (?, ?, ?, ?, ?)",
        (now, member_id, act, subject_id, hash_),
    )


def chain_hash(before: str, at: float, member_id: str, act: str, subject_id: str) -> str:
    """Return the SHA-256 of an audit row joined with the hash of the row before it."""
    body = json.dumps([before, at, member_id, act, subject_id], separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


async def broken_audit_rows(store: Database) -> list[int]:
    """Return the numbers of audit rows whose hash does not follow from the row before."""
    before, broken = "", []
    for row in await store.fetch("SELECT * FROM audit ORDER BY seq"):
        if row["hash"] != chain_hash(before, row["at"], row["member_id"], row["act"], row["subject_id"]):
            broken.append(row["seq"])
        before = row["hash"]
    return broken
