"""The outlines of threads, and how far people have read them."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from server.database import Database, Transaction
from server.domain.ideas import Contribution
from server.domain.threads import Twig
from server.storage.contributions import SELECT, read_contribution


@dataclass(frozen=True, slots=True)
class Reading:
    """A person's place in a thread, in unix seconds. `line_at` is None at the first visit."""

    line_at: float | None
    seen_at: float
    visited_at: float


async def outline(store: Database, thread_id: str) -> list[Twig]:
    """Return all replies of an idea without their words, in the order in which they came."""
    rows = await store.fetch(
        "SELECT id, parent_id, author_id, created_at, deleted, intent FROM contributions"
        " WHERE thread_id = ? AND kind = 'reply' ORDER BY created_at, id",
        (thread_id,),
    )
    return [
        Twig(row["id"], row["parent_id"], row["author_id"], row["created_at"], bool(row["deleted"]), row["intent"])
        for row in rows
    ]


async def stamp(store: Database, thread_id: str) -> str:
    """Return a text that differs whenever the outline of a thread does: all of it in one line, for comparing alone."""
    row = await store.fetch_one(
        "SELECT group_concat(id || parent_id || author_id || created_at || deleted || intent) AS stamp FROM"
        " (SELECT id, parent_id, author_id, created_at, deleted, intent FROM contributions"
        " WHERE thread_id = ? AND kind = 'reply' ORDER BY created_at, id)",
        (thread_id,),
    )
    return (row["stamp"] or "") if row else ""


async def some(store: Database, ids: Collection[str]) -> dict[str, Contribution]:
    """Return contributions by their ids, removed ones included."""
    if not ids:
        return {}
    rows = await store.fetch(f"{SELECT} WHERE c.id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),))
    return {row["id"]: read_contribution(row) for row in rows}


async def reading(store: Database | Transaction, member_id: str, thread_id: str) -> Reading | None:
    row = await store.fetch_one(
        "SELECT line_at, seen_at, visited_at FROM reading_places WHERE member_id = ? AND thread_id = ?",
        (member_id, thread_id),
    )
    return None if row is None else Reading(row["line_at"], row["seen_at"], row["visited_at"])


async def put_reading(change: Transaction, member_id: str, thread_id: str, place: Reading) -> None:
    await change.execute(
        "INSERT INTO reading_places (member_id, thread_id, line_at, seen_at, visited_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (member_id, thread_id) DO UPDATE SET line_at = excluded.line_at,"
        " seen_at = max(seen_at, excluded.seen_at), visited_at = excluded.visited_at",
        (member_id, thread_id, place.line_at, place.seen_at, place.visited_at),
    )


async def unread(
    store: Database, member_id: str, voices: Collection[str], thread_ids: Collection[str]
) -> dict[str, int]:
    """Count, for each of some threads that a person has visited, what others wrote there since."""
    rows = await store.fetch(
        "SELECT r.thread_id, count(*) AS n FROM reading_places r JOIN contributions c ON c.thread_id = r.thread_id"
        " AND c.created_at > r.seen_at WHERE r.member_id = ? AND r.thread_id IN (SELECT value FROM json_each(?))"
        " AND c.kind = 'reply' AND NOT c.deleted AND c.author_id != r.member_id"
        " AND c.author_id NOT IN (SELECT value FROM json_each(?)) GROUP BY r.thread_id",
        (member_id, json.dumps(list(thread_ids)), json.dumps(list(voices))),
    )
    return {row["thread_id"]: row["n"] for row in rows}
