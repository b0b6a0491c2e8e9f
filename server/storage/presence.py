"""Who came to which jam."""

from __future__ import annotations

from server.database import Database, Transaction


async def seen_at(store: Database, jam_id: str, member_id: str) -> float | None:
    """Return when somebody was last in a jam, in unix seconds, or None."""
    found = await store.fetch_value(
        "SELECT seen_at FROM jam_visits WHERE jam_id = ? AND member_id = ?", (jam_id, member_id)
    )
    return None if found is None else float(found)


async def put(change: Transaction, jam_id: str, member_id: str, now: float) -> None:
    """Write down that somebody is in a jam."""
    await change.execute(
        "INSERT INTO jam_visits (jam_id, member_id, first_at, seen_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (jam_id, member_id) DO UPDATE SET seen_at = excluded.seen_at",
        (jam_id, member_id, now, now),
    )


async def by_unit(store: Database, jam_id: str, since: float) -> dict[str, tuple[int, int, int]]:
    """Return unit → (active people, those who came to a jam, those who were there since a moment)."""
    rows = await store.fetch(
        "SELECT m.unit, count(*) AS invited, count(v.id) AS visited, count(v.id) FILTER (WHERE v.seen_at >= ?) AS here"
        " FROM members m LEFT JOIN jam_visits v ON v.member_id = m.id AND v.jam_id = ?"
        " WHERE m.host = '' AND m.active GROUP BY m.unit ORDER BY m.unit",
        (since, jam_id),
    )
    return {row["unit"]: (row["invited"], row["visited"], row["here"]) for row in rows}
