"""Targets of units in a jam, and countries of units."""

from __future__ import annotations

from collections.abc import Mapping

from server.database import Database, Transaction


async def of_jam(store: Database, jam_id: str) -> dict[str, int]:
    """Return unit → the share of it, in percent, that is hoped for."""
    return {
        row["unit"]: row["share"] for row in await store.fetch("SELECT * FROM unit_goals WHERE jam_id = ?", (jam_id,))
    }


async def countries(store: Database) -> dict[str, str]:
    return {row["unit"]: row["country"] for row in await store.fetch("SELECT * FROM unit_countries")}


async def put_goals(change: Transaction, jam_id: str, goals: Mapping[str, int]) -> None:
    """Write a jam's targets in place of those before."""
    await change.execute("DELETE FROM unit_goals WHERE jam_id = ?", (jam_id,))
    await change.executemany(
        "INSERT INTO unit_goals (jam_id, unit, share) VALUES (?, ?, ?)",
        [(jam_id, unit, share) for unit, share in sorted(goals.items())],
    )


async def put_countries(change: Transaction, found: Mapping[str, str]) -> None:
    await change.execute("DELETE FROM unit_countries")
    await change.executemany("INSERT INTO unit_countries (unit, country) VALUES (?, ?)", sorted(found.items()))
