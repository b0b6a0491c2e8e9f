"""Versions of the rule table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.database import Database, Transaction
from server.domain.crossings import StoredRules
from server.storage.rows import RuleSetRow
from server.storage.times import moment


def _rules(row: Mapping[str, Any]) -> StoredRules:
    return StoredRules(
        version=row["version"],
        text=row["text"],
        state=row["state"],
        author_id=row["author_id"],
        approver_id=row["approver_id"],
        note=row["note"],
        created_at=moment(row["created_at"]),
    )


async def active(store: Database) -> StoredRules | None:
    row = await store.fetch_one("SELECT * FROM rule_sets WHERE state = 'active' ORDER BY version DESC LIMIT 1")
    return None if row is None else _rules(row)


async def active_in(change: Transaction) -> StoredRules | None:
    """Return the rules in force as this transaction sees them."""
    rows = await change.fetch("SELECT * FROM rule_sets WHERE state = 'active' ORDER BY version DESC LIMIT 1", ())
    return _rules(rows[0]) if rows else None


async def by_version(store: Database, version: int) -> StoredRules | None:
    row = await store.fetch_one("SELECT * FROM rule_sets WHERE version = ?", (version,))
    return None if row is None else _rules(row)


async def newest(store: Database, limit: int = 50) -> list[StoredRules]:
    rows = await store.fetch("SELECT * FROM rule_sets ORDER BY version DESC LIMIT ?", (limit,))
    return [_rules(row) for row in rows]


async def insert(text: str, author_id: str, note: str, state: str, now: float) -> int:
    row = await RuleSetRow.create(text=text, state=state, author_id=author_id, note=note, created_at=now)
    return int(row.version)


async def activate(change: Transaction, version: int, approver_id: str) -> None:
    """Put one version in force and retire the others that were."""
    await change.execute("UPDATE rule_sets SET state = 'retired' WHERE state = 'active' AND version != ?", (version,))
    await RuleSetRow.filter(version=version).update(state="active", approver_id=approver_id)


async def close_waiting(change: Transaction, state: str) -> None:
    await change.execute("UPDATE rule_sets SET state = ? WHERE state = 'waiting'", (state,))
