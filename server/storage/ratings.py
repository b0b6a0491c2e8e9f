"""Ratings of ideas, and the axes of jams."""

from __future__ import annotations

from collections.abc import Sequence

from server.database import Database, Transaction
from server.domain.ratings import HIGHEST, LOWEST, Spread


async def axes(store: Database | Transaction, jam_id: str) -> tuple[str, ...]:
    """Return the axes that were set for a jam, in order; none where the usual ones hold."""
    rows = await store.fetch("SELECT name FROM rating_axes WHERE jam_id = ? ORDER BY position", (jam_id,))
    return tuple(row["name"] for row in rows)


async def set_axes(change: Transaction, jam_id: str, names: Sequence[str]) -> None:
    await change.execute("DELETE FROM rating_axes WHERE jam_id = ?", (jam_id,))
    await change.executemany(
        "INSERT INTO rating_axes (jam_id, position, name) VALUES (?, ?, ?)",
        [(jam_id, position, name) for position, name in enumerate(names)],
    )


async def rate(change: Transaction, contribution_id: str, axis: str, member_id: str, value: int, now: float) -> None:
    """Write somebody's rating in place of an earlier one; 0 takes it back."""
    key = (contribution_id, axis, member_id)
    if not value:
        await change.execute("DELETE FROM ratings WHERE contribution_id = ? AND axis = ? AND member_id = ?", key)
        return
    await change.execute(
        "INSERT INTO ratings (contribution_id, axis, member_id, value, rated_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (contribution_id, axis, member_id) DO UPDATE SET value = excluded.value,"
        " rated_at = excluded.rated_at",
        (*key, value, now),
    )


async def spreads(store: Database, contribution_id: str, member_id: str, names: Sequence[str]) -> list[Spread]:
    """Return how an idea is rated on some axes, with one person's own rating."""
    rows = await store.fetch(
        "SELECT axis, value, count(*) AS n, max(CASE WHEN member_id = ? THEN value ELSE 0 END) AS mine FROM ratings"
        " WHERE contribution_id = ? GROUP BY axis, value",
        (member_id, contribution_id),
    )
    counts = {(row["axis"], row["value"]): row["n"] for row in rows}
    mine = {row["axis"]: row["mine"] for row in rows if row["mine"]}
    values = range(LOWEST, HIGHEST + 1)
    return [
        Spread(axis=name, counts=tuple(counts.get((name, value), 0) for value in values), mine=mine.get(name, 0))
        for name in names
    ]


async def of_jam(store: Database, jam_id: str) -> list[tuple[str, str, tuple[int, ...]]]:
    """Return (idea, axis, how often each value from LOWEST to HIGHEST) of the ideas of a jam that stand."""
    values = range(LOWEST, HIGHEST + 1)
    counts = ", ".join(f"count(*) FILTER (WHERE r.value = {value}) AS rated_{value}" for value in values)
    rows = await store.fetch(
        f"SELECT r.contribution_id, r.axis, {counts} FROM ratings r JOIN contributions c ON c.id = r.contribution_id"
        " WHERE c.jam_id = ? AND NOT c.deleted AND NOT c.hidden GROUP BY 1, 2 ORDER BY 1, 2",
        (jam_id,),
    )
    return [
        (row["contribution_id"], row["axis"], tuple(row[f"rated_{value}"] for value in values)) for row in rows
    ]
