"""Ideas that build on ideas."""

from __future__ import annotations

import json
from collections.abc import Collection

from server.database import Database
from server.domain.ideas import Contribution
from server.storage.contributions import SELECT, STANDS, read_contribution


async def above(store: Database, idea_id: str, generations: int) -> list[Contribution]:
    """Return what an idea builds on, the oldest first. What was removed or hidden ends the line."""
    rows = await store.fetch(
        "WITH RECURSIVE line(id, step) AS (SELECT builds_on, 1 FROM contributions WHERE id = ?"
        " UNION SELECT c.builds_on, step + 1 FROM line JOIN contributions c ON c.id = line.id"
        f" WHERE step < ? AND c.builds_on != '' AND {STANDS})"
        f" {SELECT.replace('SELECT c.*', 'SELECT line.step, c.*')} JOIN line ON line.id = c.id WHERE {STANDS}"
        " ORDER BY line.step DESC",
        (idea_id, generations),
    )
    return [read_contribution(row) for row in rows]


async def below(store: Database, idea_id: str, generations: int) -> dict[str, list[Contribution]]:
    """Return idea → those that build on it, for an idea and all that grew from it, oldest first."""
    rows = await store.fetch(
        "WITH RECURSIVE tree(id, step) AS (SELECT ?, 0 UNION SELECT c.id, step + 1 FROM tree"
        f" JOIN contributions c ON c.builds_on = tree.id WHERE step < ? AND {STANDS})"
        f" {SELECT} WHERE c.id IN (SELECT id FROM tree WHERE step > 0) AND {STANDS} ORDER BY c.created_at, c.id",
        (idea_id, generations),
    )
    found: dict[str, list[Contribution]] = {}
    for row in rows:
        found.setdefault(row["builds_on"], []).append(read_contribution(row))
    return found


async def written_by(
    store: Database, author_id: str, limit: int, without_jams: Collection[str] = ()
) -> list[Contribution]:
    """Return somebody's ideas that stand, the newest first, but for those of some jams."""
    rows = await store.fetch(
        f"{SELECT} WHERE c.author_id = ? AND c.kind = 'idea' AND {STANDS}"
        " AND c.jam_id NOT IN (SELECT value FROM json_each(?)) ORDER BY c.created_at DESC LIMIT ?",
        (author_id, json.dumps(sorted(without_jams)), limit),
    )
    return [read_contribution(row) for row in rows]


async def count_on(store: Database, author_id: str, without_jams: Collection[str] = ()) -> int:
    """Count the ideas of others that build on somebody's, but for those of some jams."""
    found: int = await store.fetch_value(
        f"SELECT count(*) FROM contributions b JOIN contributions c ON c.builds_on = b.id WHERE b.author_id = ?"
        f" AND c.author_id != b.author_id AND {STANDS}"
        " AND c.jam_id NOT IN (SELECT value FROM json_each(?))",
        (author_id, json.dumps(sorted(without_jams))),
    )
    return found
