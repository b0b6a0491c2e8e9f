"""What the fair order of ideas is made of."""

from __future__ import annotations

from collections.abc import Mapping

from server.database import Database, Transaction
from server.domain.ranking import Standing


async def standings(store: Database, forum_id: str, now: float) -> list[Standing]:
    """Return what the order knows of each idea of a forum that stands."""
    rows = await store.fetch(
        "WITH voices AS ("
        " SELECT c.thread_id AS idea, c.author_id AS who FROM contributions c"
        " WHERE c.forum_id = ? AND c.kind = 'reply' AND NOT c.deleted AND NOT c.hidden"
        " UNION SELECT i.id, k.member_id FROM contributions i JOIN marks k ON k.contribution_id = i.id"
        " AND k.kind = 'support' WHERE i.forum_id = ? AND i.kind = 'idea'),"
        " spread AS (SELECT v.idea, count(*) AS people, count(DISTINCT m.host || '/' || m.unit) AS units,"
        " count(DISTINCT m.host) AS servers FROM voices v JOIN members m ON m.id = v.who"
        " JOIN contributions i ON i.id = v.idea AND i.author_id != v.who GROUP BY v.idea)"
        " SELECT c.id, c.emerging, c.best, c.created_at, s.people, s.units, s.servers, e.views FROM contributions c"
        " LEFT JOIN spread s ON s.idea = c.id LEFT JOIN exposures e ON e.idea_id = c.id"
        " WHERE c.forum_id = ? AND c.kind = 'idea' AND NOT c.deleted AND NOT c.hidden",
        (forum_id, forum_id, forum_id),
    )
    return [
        Standing(
            id=row["id"],
            people=row["people"] or 0,
            units=row["units"] or 0,
            servers=row["servers"] or 0,
            emerging=bool(row["emerging"]),
            best=bool(row["best"]),
            age_hours=(now - row["created_at"]) / 3600,
            views=row["views"] or 0,
        )
        for row in rows
    ]


async def add_views(change: Transaction, views: Mapping[str, int]) -> None:
    """Count to how many more people ideas were shown."""
    await change.executemany(
        "INSERT INTO exposures (idea_id, views) VALUES (?, ?)"
        " ON CONFLICT (idea_id) DO UPDATE SET views = views + excluded.views",
        sorted(views.items()),
    )
