"""Counts for the live board: of the tallies, which triggers keep, a line for each person and forum."""

from __future__ import annotations

from server.database import Database

# Whoever speaks by a voice is not counted by it: one person has many.
NAMED = "CASE WHEN author_id NOT IN (SELECT member_id FROM voices) THEN author_id END"


async def totals(store: Database, jam_id: str) -> dict[str, int]:
    """Return the number of ideas, replies and people (who wrote) of a jam, and of ideas that nobody answered."""
    row = await store.fetch_one(
        f"SELECT sum(ideas) AS ideas, sum(replies) AS replies, count(DISTINCT {NAMED}) AS people,"
        " (SELECT count(*) FROM contributions WHERE jam_id = ? AND kind = 'idea' AND replies = 0"
        " AND NOT deleted AND NOT hidden) AS neglected FROM tallies WHERE jam_id = ?",
        (jam_id, jam_id),
    )
    return {name: int(row[name] or 0) for name in ("ideas", "replies", "people", "neglected")} if row else {}


async def active_since(store: Database, jam_id: str, since: float) -> int:
    """Count the people who wrote or marked in a jam since a moment in unix seconds."""
    return int(
        await store.fetch_value(
            f"SELECT count(DISTINCT who) FROM (SELECT {NAMED} AS who FROM contributions"
            " WHERE jam_id = ? AND created_at >= ? AND NOT deleted AND NOT hidden UNION ALL"
            " SELECT k.member_id FROM marks k JOIN contributions c ON c.id = k.contribution_id"
            " WHERE c.jam_id = ? AND k.made_at >= ? AND NOT c.deleted AND NOT c.hidden)",
            (jam_id, since, jam_id, since),
        )
        or 0
    )


async def guests(store: Database, jam_id: str) -> int:
    """Count the people of other servers who wrote or marked in a jam at any time."""
    return int(
        await store.fetch_value(
            "SELECT count(*) FROM members m WHERE m.host != '' AND NOT m.voice AND (m.id IN"
            " (SELECT author_id FROM tallies WHERE jam_id = ?) OR EXISTS (SELECT 1 FROM marks k JOIN contributions c"
            " ON c.id = k.contribution_id WHERE k.member_id = m.id AND c.jam_id = ?"
            " AND NOT c.deleted AND NOT c.hidden))",
            (jam_id, jam_id),
        )
        or 0
    )


async def per_minute(store: Database, jam_id: str, since: float) -> list[tuple[int, int, int]]:
    """Return (minute as unix seconds, ideas, replies) for each minute since a moment in which something came."""
    rows = await store.fetch(
        "SELECT CAST(created_at / 60 AS INTEGER) * 60 AS minute, count(*) FILTER (WHERE kind = 'idea') AS ideas,"
        " count(*) FILTER (WHERE kind = 'reply') AS replies FROM contributions"
        " WHERE jam_id = ? AND created_at >= ? AND NOT deleted AND NOT hidden GROUP BY 1 ORDER BY 1",
        (jam_id, since),
    )
    return [(row["minute"], row["ideas"], row["replies"]) for row in rows]


async def by_unit(store: Database, jam_id: str) -> list[tuple[str, int, int]]:
    """Return (unit, people who wrote, contributions) of our own people, by unit."""
    rows = await store.fetch(
        "SELECT m.unit, count(DISTINCT t.author_id) AS people, sum(t.ideas + t.replies) AS contributions"
        " FROM tallies t JOIN members m ON m.id = t.author_id WHERE t.jam_id = ? AND m.host = '' AND NOT m.voice"
        " GROUP BY m.unit ORDER BY m.unit",
        (jam_id,),
    )
    return [(row["unit"], row["people"], row["contributions"]) for row in rows]


async def by_host(store: Database, jam_id: str) -> list[tuple[str, int, int]]:
    """Return (host, people who wrote, contributions); our own server is ""."""
    rows = await store.fetch(
        "SELECT m.host, count(DISTINCT CASE WHEN NOT m.voice THEN m.id END) AS people,"
        " sum(t.ideas + t.replies) AS contributions FROM tallies t JOIN members m ON m.id = t.author_id"
        " WHERE t.jam_id = ? GROUP BY m.host ORDER BY contributions DESC, m.host",
        (jam_id,),
    )
    return [(row["host"], row["people"], row["contributions"]) for row in rows]


async def by_forum(store: Database, jam_id: str) -> dict[str, tuple[int, int]]:
    """Return forum id → (ideas, replies) for the forums of a jam in which something was written."""
    rows = await store.fetch(
        "SELECT forum_id, sum(ideas) AS ideas, sum(replies) AS replies FROM tallies WHERE jam_id = ? GROUP BY forum_id",
        (jam_id,),
    )
    return {row["forum_id"]: (row["ideas"], row["replies"]) for row in rows}
