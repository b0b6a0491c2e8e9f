"""The event log, and the way into the audit chain."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from server.database import Database, Transaction
from server.domain.events import Event, EventKind
from server.storage import audit as audit_rows
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


async def last_review(store: Database) -> datetime | None:
    """Return when everything that stands was last to be judged again by the rules, or None."""
    at = await store.fetch_value(
        "SELECT at FROM events WHERE kind = 'RulesApplied' AND data NOT LIKE '%\"adds\"%' ORDER BY seq DESC LIMIT 1"
    )
    return None if at is None else moment(at)


async def last_aged(store: Database) -> datetime | None:
    """Return when something was last to be judged again because of its age, or None."""
    at = await store.fetch_value("SELECT at FROM events WHERE kind = 'AgeReached' ORDER BY seq DESC LIMIT 1")
    return None if at is None else moment(at)


async def newest(store: Database) -> int:
    """Return the number of the newest event, 0 when there is none."""
    return int(await store.fetch_value("SELECT coalesce(max(seq), 0) FROM events") or 0)


async def audit(change: Transaction, member_id: str, act: str, subject_id: str, now: float) -> None:
    """Append to the audit chain, in the transaction of what was done."""
    await audit_rows.put(change, member_id, act, subject_id, now)
