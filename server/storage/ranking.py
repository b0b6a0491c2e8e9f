"""What the fair order of ideas is made of.

How many people stand behind an idea is counted once and kept; triggers note, in the transaction of whatever changes
it, that it is due to be counted anew. Of a large forum only the ideas are read that can stand on the page asked for.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.database import Database, Transaction
from server.domain.ranking import MINIMUM, Standing, lasting

AMONG = "IN (SELECT value FROM json_each(?))"
HIDDEN = "(SELECT id FROM contributions WHERE hidden)"
COLUMNS = "idea_id, emerging, best, views, created_at, people, units, servers"
# All but the marks of a thread is read from its index, without the words.
COUNT = (
    "WITH voices AS ("
    " SELECT c.thread_id AS idea, c.author_id AS who FROM contributions c"
    f" WHERE c.thread_id {AMONG} AND c.kind = 'reply' AND NOT c.deleted AND c.id NOT IN {HIDDEN}"
    f" UNION SELECT k.contribution_id, k.member_id FROM marks k WHERE k.contribution_id {AMONG}"
    " AND k.kind = 'support')"
    " SELECT v.idea, count(*) AS people, count(DISTINCT m.host || '/' || m.unit) AS units,"
    " count(DISTINCT m.host) AS servers FROM voices v JOIN members m ON m.id = v.who"
    " JOIN contributions i ON i.id = v.idea AND i.author_id != v.who GROUP BY v.idea"
)


Fetch = Callable[[str, tuple[Any, ...]], Awaitable[Sequence[Mapping[str, Any]]]]


@dataclass(frozen=True, slots=True)
class Spread:
    """How many people other than its author answered or supported an idea, of how many units and servers."""

    people: int = 0
    units: int = 0
    servers: int = 0


async def standings(store: Database, forum_id: str, now: float, most: int) -> list[Standing]:
    """Return what the order knows of each idea of a forum that can be among its first `most`, and of some more."""
    due_rows = await store.fetch(f"SELECT {COLUMNS} FROM spreads WHERE forum_id = ? AND due AND stands", (forum_id,))
    counted = await count(store.fetch, [row["idea_id"] for row in due_rows])
    rows = [*due_rows, *await _heaviest(store, forum_id, 2 * most), *await _least_seen(store, forum_id, 2 * most)]
    return [_standing(row, counted.get(id_), now) for id_, row in {row["idea_id"]: row for row in rows}.items()]


async def _heaviest(store: Database, forum_id: str, most: int) -> Sequence[Mapping[str, Any]]:
    """The ideas that can be among the first by score.

    Freshness adds at most 1 to a weight: nothing that is lighter than that can overtake. Of ideas of one weight the
    newer ones come first.
    """
    last = await store.fetch_value(
        "SELECT weight FROM spreads WHERE forum_id = ? AND stands AND NOT due ORDER BY weight DESC LIMIT 1 OFFSET ?",
        (forum_id, most),
    )
    return await store.fetch(
        f"SELECT {COLUMNS} FROM (SELECT *, row_number() OVER (PARTITION BY weight ORDER BY created_at DESC, idea_id)"
        " AS place FROM spreads WHERE forum_id = ? AND stands AND NOT due AND weight >= ?) WHERE place <= ?",
        (forum_id, -1.0 if last is None else last - 1.001, most),
    )


async def _least_seen(store: Database, forum_id: str, most: int) -> Sequence[Mapping[str, Any]]:
    return await store.fetch(
        f"SELECT {COLUMNS} FROM spreads WHERE forum_id = ? AND stands AND views < ?"
        " ORDER BY views, created_at, idea_id LIMIT ?",
        (forum_id, MINIMUM, most),
    )


def _standing(row: Mapping[str, Any], counted: Spread | None, now: float) -> Standing:
    spread = counted or Spread(row["people"], row["units"], row["servers"])
    return Standing(
        id=row["idea_id"],
        people=spread.people,
        units=spread.units,
        servers=spread.servers,
        emerging=bool(row["emerging"]),
        best=bool(row["best"]),
        age_hours=(now - row["created_at"]) / 3600,
        views=row["views"],
    )


async def count(fetch: Fetch, idea_ids: Sequence[str]) -> dict[str, Spread]:
    """Count anew who stands behind ideas: a spread for each of them."""
    if not idea_ids:
        return {}
    among = json.dumps(list(idea_ids))
    return dict.fromkeys(idea_ids, Spread()) | {
        row["idea"]: Spread(row["people"], row["units"], row["servers"]) for row in await fetch(COUNT, (among, among))
    }


async def due(fetch: Fetch, most: int) -> list[str]:
    """Return ideas whose numbers are due to be counted anew, at most so many."""
    return [row["idea_id"] for row in await fetch("SELECT idea_id FROM spreads WHERE due LIMIT ?", (most,))]


async def count_due(change: Transaction, most: int) -> int:
    """Count anew and keep the numbers of at most so many ideas for which it is due; return of how many."""
    ids = await due(change.fetch, most)
    spreads = await count(lambda sql, values: change.fetch(sql, values, in_thread=True), ids)
    marked = {
        row["idea_id"]: (bool(row["emerging"]), bool(row["best"]))
        for row in await change.fetch(f"SELECT {COLUMNS} FROM spreads WHERE idea_id {AMONG}", (json.dumps(ids),))
    }
    await change.executemany(
        "UPDATE spreads SET people = ?, units = ?, servers = ?, weight = ?, due = 0 WHERE idea_id = ?",
        [
            (one.people, one.units, one.servers, lasting(one.people, one.units, one.servers, *marked[id_]), id_)
            for id_, one in spreads.items()
        ],
    )
    return len(ids)


async def note_lost(change: Transaction) -> None:
    """Note each idea that the order does not know: after rows were lost, or came past the triggers."""
    await change.execute(
        "INSERT INTO spreads (idea_id, forum_id, stands, emerging, best, views, created_at)"
        " SELECT c.id, c.forum_id, NOT c.deleted AND NOT c.hidden, c.emerging, c.best,"
        " coalesce((SELECT views FROM exposures WHERE idea_id = c.id), 0), c.created_at FROM contributions c"
        " WHERE c.kind = 'idea' AND c.id NOT IN (SELECT idea_id FROM spreads)"
    )


async def add_views(change: Transaction, views: Mapping[str, int]) -> None:
    """Count to how many more people ideas were shown."""
    await change.executemany(
        "INSERT INTO exposures (idea_id, views) VALUES (?, ?)"
        " ON CONFLICT (idea_id) DO UPDATE SET views = views + excluded.views",
        sorted(views.items()),
    )
