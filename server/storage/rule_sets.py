"""Versions of the rule table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.database import Database, Transaction
from server.domain.crossings import RulesOrigin, RulesState, StoredRules
from server.storage.rows import RuleSetRow
from server.storage.times import moment, moment_or_none

ACTIVE = "SELECT * FROM rule_sets WHERE state = 'active' ORDER BY version DESC LIMIT 1"


def _rules(row: Mapping[str, Any]) -> StoredRules:
    return StoredRules(
        version=row["version"],
        text=row["text"],
        state=row["state"],
        author_id=row["author_id"],
        approver_id=row["approver_id"],
        note=row["note"],
        created_at=moment(row["created_at"]),
        base=row["base"],
        origin=row["origin"],
        starts_at=moment_or_none(row["starts_at"]),
        began_at=moment_or_none(row["began_at"]),
        ended_at=moment_or_none(row["ended_at"]),
    )


async def active(store: Database) -> StoredRules | None:
    row = await store.fetch_one(ACTIVE)
    return None if row is None else _rules(row)


async def active_in(change: Transaction) -> StoredRules | None:
    """Return the rules in force as this transaction sees them."""
    row = await change.fetch_one(ACTIVE)
    return None if row is None else _rules(row)


async def deciding(store: Database) -> tuple[int, int]:
    """Return the versions in force and in the shadow, 0 for none; read from an index alone."""
    rows = await store.fetch(
        "SELECT state, max(version) AS version FROM rule_sets WHERE state IN ('active', 'shadow') GROUP BY state"
    )
    found = {row["state"]: int(row["version"]) for row in rows}
    return found.get("active", 0), found.get("shadow", 0)


async def by_version(store: Database, version: int) -> StoredRules | None:
    row = await store.fetch_one("SELECT * FROM rule_sets WHERE version = ?", (version,))
    return None if row is None else _rules(row)


async def version_in(change: Transaction, version: int) -> StoredRules | None:
    """Return one version as this transaction sees it."""
    row = await change.fetch_one("SELECT * FROM rule_sets WHERE version = ?", (version,))
    return None if row is None else _rules(row)


async def newest(store: Database, before: int = 0, limit: int = 50) -> list[StoredRules]:
    """Return versions, newest first; with `before`, only those with a lower number."""
    rows = await store.fetch(
        "SELECT * FROM rule_sets WHERE ? = 0 OR version < ? ORDER BY version DESC LIMIT ?", (before, before, limit)
    )
    return [_rules(row) for row in rows]


async def in_state(store: Database, *states: RulesState) -> list[StoredRules]:
    """Return the versions in these states, newest first."""
    marks = ", ".join("?" * len(states))
    rows = await store.fetch(f"SELECT * FROM rule_sets WHERE state IN ({marks}) ORDER BY version DESC", states)
    return [_rules(row) for row in rows]


async def due(store: Database, now: float) -> list[int]:
    """Return the scheduled versions whose time has come, in the order of their times."""
    rows = await store.fetch(
        "SELECT version FROM rule_sets WHERE state = 'scheduled' AND starts_at <= ? ORDER BY starts_at, version", (now,)
    )
    return [int(row["version"]) for row in rows]


async def insert(
    text: str,
    author_id: str,
    note: str,
    state: RulesState,
    now: float,
    *,
    base: int = 0,
    origin: RulesOrigin = "edited",
    approver_id: str = "",
    starts_at: float | None = None,
    began_at: float | None = None,
) -> int:
    row = await RuleSetRow.create(
        text=text,
        state=state,
        author_id=author_id,
        approver_id=approver_id,
        note=note,
        created_at=now,
        base=base,
        origin=origin,
        starts_at=starts_at,
        began_at=began_at,
    )
    return int(row.version)


async def activate(change: Transaction, version: int, approver_id: str, now: float) -> None:
    """Put one version in force and retire the others that were."""
    await change.execute(
        "UPDATE rule_sets SET state = 'retired', ended_at = ? WHERE state = 'active' AND version != ?", (now, version)
    )
    await change.execute(
        "UPDATE rule_sets SET state = 'active', approver_id = ?, began_at = ? WHERE version = ?",
        (approver_id, now, version),
    )


async def end(change: Transaction, version: int, state: RulesState, now: float) -> None:
    """Put a version away, as retired or refused."""
    await change.execute(
        "UPDATE rule_sets SET state = ?, ended_at = ? WHERE version = ?", (state, now, version)
    )


async def schedule(change: Transaction, version: int, base: int, approver_id: str) -> None:
    """Let an approved version wait for its time."""
    await change.execute(
        "UPDATE rule_sets SET state = 'scheduled', base = ?, approver_id = ? WHERE version = ?",
        (base, approver_id, version),
    )


async def unschedule(change: Transaction, version: int) -> None:
    """Have a scheduled version wait for somebody to look at it again."""
    await change.execute(
        "UPDATE rule_sets SET state = 'waiting', approver_id = '', starts_at = NULL WHERE version = ?", (version,)
    )


async def retire(change: Transaction, state: RulesState, now: float, author_id: str = "") -> int:
    """Retire what is in a state: everybody's, or one author's. Return how many."""
    return await change.execute(
        "UPDATE rule_sets SET state = 'retired', ended_at = ? WHERE state = ? AND (? = '' OR author_id = ?)",
        (now, state, author_id, author_id),
    )
