"""What everybody was granted of a forum: all of it, and a cheap mark by which a change of it shows."""

from __future__ import annotations

from dataclasses import dataclass

from federation.outside import crossings
from federation.outside.crossings import EVERYONE, Crossing
from federation.outside.store import Outside


@dataclass(frozen=True, slots=True)
class Stand:
    """How a forum stands for everybody. `given` changes when something comes, `taken` when words are no longer so:
    taken back, or said anew.
    """

    given: tuple[int, int]
    taken: tuple[int, float, int]


async def stand_of(outside: Outside, forum_uri: str) -> Stand:
    """Return how a forum stands, by the grants to everybody alone."""
    row = await outside.store.fetch_one(
        "SELECT count(*) AS rows, coalesce(max(id), 0) AS newest, count(revoked_at) AS ended,"
        " coalesce(max(revoked_at), 0) AS ended_at, count(*) FILTER (WHERE version > 1) AS again FROM crossings"
        " WHERE forum_uri = ? AND kind = 'object' AND audience = ?",
        (forum_uri, EVERYONE),
    )
    assert row is not None
    return Stand((row["rows"], row["newest"]), (row["ended"], row["ended_at"], row["again"]))


async def said_in(outside: Outside, forum_uri: str, limit: int) -> list[Crossing]:
    """Return a forum's ideas and replies that everybody was granted, the newest first."""
    return await crossings.of_forum(outside, forum_uri, "object", None, limit=limit)
