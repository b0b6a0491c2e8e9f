"""Servers with which there is an agreement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.database import Database, Transaction
from server.domain.crossings import Partner
from server.storage.times import moment


def _partner(row: Mapping[str, Any]) -> Partner:
    return Partner(
        host=row["host"],
        name=row["name"],
        tier=row["tier"],
        clearance=row["clearance"],
        state=row["state"],
        added_at=moment(row["added_at"]),
    )


async def all_of(store: Database) -> list[Partner]:
    """Return all partners but removed ones, by host."""
    rows = await store.fetch("SELECT * FROM partners WHERE state != 'removed' ORDER BY host")
    return [_partner(row) for row in rows]


async def by_host(store: Database, host: str) -> Partner | None:
    row = await store.fetch_one("SELECT * FROM partners WHERE host = ? AND state != 'removed'", (host,))
    return None if row is None else _partner(row)


async def put(change: Transaction, made: Partner) -> None:
    await change.execute(
        "INSERT INTO partners (host, name, tier, clearance, state, added_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (host) DO UPDATE SET name = excluded.name, tier = excluded.tier,"
        " clearance = excluded.clearance, state = excluded.state",
        (made.host, made.name, made.tier, made.clearance, made.state, made.added_at.timestamp()),
    )


async def remove(change: Transaction, host: str) -> None:
    await change.execute("UPDATE partners SET state = 'removed' WHERE host = ?", (host,))
