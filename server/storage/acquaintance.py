"""What the tables tell of people: what became of their words, who took part where, what came lately."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from server.database import Database


async def history(
    store: Database, member_id: str, lately: float, forums: Collection[str] | None = None
) -> dict[str, float]:
    """Return what became of somebody's words in some forums (None: in all): counts, and when the first came, in unix
    seconds (0: none).
    """
    within, given = _within("c.forum_id", forums)
    row = await store.fetch_one(
        "SELECT count(*) FILTER (WHERE NOT deleted) AS standing, coalesce(min(created_at), 0) AS first"
        f" FROM contributions c WHERE c.author_id = ?{within}",
        (member_id, *given),
    )
    removed = await store.fetch_one(
        "SELECT count(*) AS removed, count(*) FILTER (WHERE e.at >= ?) AS removed_lately FROM events e"
        " JOIN contributions c ON c.id = e.subject_id WHERE c.author_id = ? AND e.kind = 'ContributionDeleted'"
        f" AND json_extract(e.data, '$.moderated'){within}",
        (lately, member_id, *given),
    )
    return {**dict(row or {}), **dict(removed or {})}


def _within(column: str, forums: Collection[str] | None) -> tuple[str, tuple[str, ...]]:
    """Return what narrows a query to some forums; nothing for None."""
    if forums is None:
        return "", ()
    return f" AND {column} IN (SELECT value FROM json_each(?))", (json.dumps(sorted(forums)),)


async def holds_of(
    store: Database, authors: Collection[str], lately: float, forums: Collection[str] | None = None
) -> dict[str, int]:
    """Return how many of the incoming words of an author, by any of these names, were released or refused in some
    forums (None: in all).
    """
    within, given = _within("forum_id", forums)
    row = await store.fetch_one(
        "SELECT count(*) FILTER (WHERE state = 'released') AS released, count(*) FILTER (WHERE state = 'refused')"
        " AS refused, count(*) FILTER (WHERE state = 'refused' AND decided_at >= ?) AS refused_lately FROM holds"
        f" WHERE direction = 'in' AND author IN (SELECT value FROM json_each(?)){within}",
        (lately, json.dumps(sorted(authors)), *given),
    )
    return dict(row or {})


async def wrote_in(store: Database, author_id: str, forums: Collection[str]) -> bool:
    """Say whether somebody wrote anything in some forums; what was deleted since counts."""
    found = await store.fetch_value(
        "SELECT EXISTS (SELECT 1 FROM contributions WHERE author_id = ?"
        " AND forum_id IN (SELECT value FROM json_each(?)))",
        (author_id, json.dumps(sorted(forums))),
    )
    return bool(found)


async def best_of(store: Database, author_id: str, forums: Collection[str], limit: int = 200) -> list[str]:
    """Return the ids of what somebody wrote that others supported, marked or built on, most supported first."""
    rows = await store.fetch(
        "SELECT c.id FROM contributions c WHERE c.author_id = ? AND NOT c.deleted AND NOT c.hidden"
        " AND c.forum_id IN (SELECT value FROM json_each(?)) AND (c.support > 0 OR c.emerging OR c.best"
        " OR c.intent IN ('answer', 'evidence', 'experience')"
        " OR EXISTS (SELECT 1 FROM contributions b WHERE b.builds_on = c.id AND NOT b.deleted))"
        " ORDER BY c.best DESC, c.emerging DESC, c.support DESC, c.created_at LIMIT ?",
        (author_id, json.dumps(sorted(forums)), limit),
    )
    return [row["id"] for row in rows]


async def built_on_counts(store: Database, ids: Sequence[str]) -> dict[str, int]:
    """Return how many ideas of other people build on each of some."""
    rows = await store.fetch(
        "SELECT c.id, count(*) AS n FROM json_each(?) s JOIN contributions c ON c.id = s.value"
        " JOIN contributions b ON b.builds_on = c.id AND NOT b.deleted AND b.author_id != c.author_id GROUP BY c.id",
        (json.dumps(list(ids)),),
    )
    return {row["id"]: row["n"] for row in rows}


async def written_by(store: Database, member_id: str, forums: Collection[str]) -> set[str]:
    """Return the ids of what somebody wrote in some forums."""
    rows = await store.fetch(
        "SELECT id FROM contributions WHERE author_id = ? AND NOT deleted"
        " AND forum_id IN (SELECT value FROM json_each(?))",
        (member_id, json.dumps(sorted(forums))),
    )
    return {row["id"] for row in rows}


async def met_in_threads(store: Database, member_id: str, forums: Collection[str]) -> dict[str, list[str]]:
    """Return who else took part in the threads that somebody took part in: member id → ids of those threads.

    Those who answered each other directly have met and are left out.
    """
    rows = await store.fetch(
        "WITH mine AS (SELECT DISTINCT thread_id FROM contributions WHERE author_id = ? AND NOT deleted AND forum_id IN"
        " (SELECT value FROM json_each(?))), met AS (SELECT p.author_id AS id FROM contributions c"
        " JOIN contributions p ON p.id = c.parent_id WHERE c.author_id = ?"
        " UNION SELECT c.author_id FROM contributions c JOIN contributions p ON p.id = c.parent_id"
        " WHERE p.author_id = ?)"
        " SELECT DISTINCT c.author_id AS id, c.thread_id FROM mine JOIN contributions c ON c.thread_id = mine.thread_id"
        " AND NOT c.deleted AND NOT c.hidden WHERE c.author_id != ? AND c.author_id NOT IN (SELECT id FROM met)"
        " ORDER BY c.author_id, c.thread_id LIMIT 5000",
        (member_id, json.dumps(sorted(forums)), member_id, member_id, member_id),
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["id"], []).append(row["thread_id"])
    return found


async def rising_since(
    store: Database, reader_id: str, forums: Collection[str], at: float, limit: int
) -> list[tuple[str, int]]:
    """Return ideas with how many new people answered or supported them since a moment, most first, then the newest."""
    rows = await store.fetch(
        "WITH voices AS (SELECT c.thread_id AS idea, c.author_id AS who FROM contributions c WHERE c.kind = 'reply'"
        " AND c.created_at > ? AND NOT c.deleted AND NOT c.hidden UNION SELECT k.contribution_id, k.member_id"
        " FROM marks k WHERE k.kind = 'support' AND k.made_at > ?)"
        " SELECT i.id, count(*) AS people FROM voices v JOIN contributions i ON i.id = v.idea AND i.kind = 'idea'"
        " AND NOT i.deleted AND NOT i.hidden AND i.author_id != v.who AND v.who != ? AND i.author_id != ?"
        " AND i.forum_id IN (SELECT value FROM json_each(?)) GROUP BY i.id"
        " ORDER BY people DESC, i.created_at DESC LIMIT ?",
        (at, at, reader_id, reader_id, json.dumps(sorted(forums)), limit),
    )
    return [(row["id"], row["people"]) for row in rows]


async def judged_since(store: Database, forums: Collection[str], at: float, limit: int) -> list[tuple[str, str]]:
    """Return (contribution id, mark) of what facilitators marked since a moment, the best and newest first."""
    rows = await store.fetch(
        "SELECT c.id, k.kind FROM marks k JOIN contributions c ON c.id = k.contribution_id AND NOT c.deleted"
        " AND NOT c.hidden WHERE k.kind IN ('emerging', 'best') AND k.made_at > ?"
        " AND c.forum_id IN (SELECT value FROM json_each(?)) ORDER BY k.kind, k.made_at DESC, c.id LIMIT ?",
        (at, json.dumps(sorted(forums)), limit),
    )
    return [(row["id"], row["kind"]) for row in rows]


async def jams_changed_since(store: Database, at: float) -> list[str]:
    """Return the ids of the jams whose state or charter changed since a moment, the latest first."""
    rows = await store.fetch(
        "SELECT subject_id, max(seq) AS latest FROM events WHERE kind = 'JamChanged' AND at > ?"
        " GROUP BY subject_id ORDER BY latest DESC",
        (at,),
    )
    return [row["subject_id"] for row in rows]
