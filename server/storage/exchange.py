"""Who answers whom, how evenly people speak, and how much there is to read: counts straight from the tables."""

from __future__ import annotations

from server.database import Database

# What stands, by people who are named: one person has many voices.
STOOD = "NOT c.deleted AND NOT c.hidden"
GROUP = (
    "CASE WHEN {0}.host = '' THEN 'unit' ELSE 'host' END AS {1}_kind,"
    " CASE WHEN {0}.host = '' THEN {0}.unit ELSE {0}.host END AS {1}_name"
)


async def answers(store: Database, jam_id: str) -> list[tuple[tuple[str, str], tuple[str, str], int]]:
    """Return ((kind, name) of who answers, the same of who is answered, replies); a kind is unit or host."""
    rows = await store.fetch(
        f"SELECT {GROUP.format('a', 'by')}, {GROUP.format('b', 'to')}, count(*) AS n FROM contributions c"
        " JOIN contributions p ON p.id = c.parent_id JOIN members a ON a.id = c.author_id"
        " JOIN members b ON b.id = p.author_id"
        f" WHERE c.jam_id = ? AND c.kind = 'reply' AND {STOOD} AND NOT p.deleted AND NOT a.voice AND NOT b.voice"
        " AND a.id != b.id GROUP BY 1, 2, 3, 4",
        (jam_id,),
    )
    return [((row["by_kind"], row["by_name"]), (row["to_kind"], row["to_name"]), row["n"]) for row in rows]


async def said_by_each(store: Database, jam_id: str) -> list[int]:
    """Return how much each person said in a jam, most first."""
    rows = await store.fetch(
        f"SELECT count(*) AS n FROM contributions c JOIN members m ON m.id = c.author_id"
        f" WHERE c.jam_id = ? AND {STOOD} AND NOT m.voice GROUP BY c.author_id ORDER BY n DESC",
        (jam_id,),
    )
    return [row["n"] for row in rows]


async def letters_since(store: Database, jam_id: str, since: float) -> int:
    """Return how many letters were written in a jam since a moment in unix seconds."""
    found = await store.fetch_value(
        "SELECT sum(length(title) + length(text)) FROM contributions c"
        f" WHERE jam_id = ? AND {STOOD} AND created_at >= ?",
        (jam_id, since),
    )
    return int(found or 0)


async def unanswered(store: Database, jam_id: str) -> tuple[int, int]:
    """Return how many ideas of a jam stand without a reply, and how many ideas stand."""
    row = await store.fetch_one(
        f"SELECT count(*) FILTER (WHERE replies = 0) AS alone, count(*) AS ideas FROM contributions c"
        f" WHERE jam_id = ? AND kind = 'idea' AND {STOOD}",
        (jam_id,),
    )
    return (row["alone"], row["ideas"]) if row else (0, 0)
