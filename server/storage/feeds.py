"""Saved searches and feeds."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.database import Database, Transaction
from server.storage.times import moment, moment_or_none


@dataclass(frozen=True, slots=True)
class SearchRecord:
    id: int
    name: str
    query: str
    seen_at: float


@dataclass(frozen=True, slots=True)
class FeedRecord:
    id: int
    member_id: str
    kind: str
    subject: str
    name: str
    made_at: datetime
    used_at: datetime | None


async def searches_of(store: Database, member_id: str) -> list[SearchRecord]:
    rows = await store.fetch(
        "SELECT id, name, query, seen_at FROM saved_searches WHERE member_id = ? ORDER BY name, id", (member_id,)
    )
    return [SearchRecord(**row) for row in rows]


async def insert_search(change: Transaction, member_id: str, name: str, query: str, now: float) -> None:
    await change.execute(
        "INSERT INTO saved_searches (member_id, name, query, made_at, seen_at) VALUES (?, ?, ?, ?, ?)",
        (member_id, name, query, now, now),
    )


async def see_search(change: Transaction, search_id: int, now: float) -> None:
    await change.execute("UPDATE saved_searches SET seen_at = ? WHERE id = ?", (now, search_id))


async def delete_search(change: Transaction, member_id: str, search_id: int) -> None:
    await change.execute("DELETE FROM saved_searches WHERE id = ? AND member_id = ?", (search_id, member_id))


def _feed(row: Mapping[str, Any]) -> FeedRecord:
    return FeedRecord(
        row["id"], row["member_id"], row["kind"], row["subject"], row["name"], moment(row["made_at"]),
        moment_or_none(row["used_at"]),
    )  # fmt: skip


async def feeds_of(store: Database, member_id: str) -> list[FeedRecord]:
    """Return somebody's feeds that are not revoked, newest first."""
    rows = await store.fetch(
        "SELECT * FROM feeds WHERE member_id = ? AND revoked_at IS NULL ORDER BY id DESC", (member_id,)
    )
    return [_feed(row) for row in rows]


async def by_hash(store: Database, hash_: str) -> FeedRecord | None:
    row = await store.fetch_one("SELECT * FROM feeds WHERE hash = ? AND revoked_at IS NULL", (hash_,))
    return None if row is None else _feed(row)


async def insert_feed(
    change: Transaction, member_id: str, kind: str, subject: str, name: str, hash_: str, now: float
) -> None:
    await change.execute(
        "INSERT INTO feeds (member_id, kind, subject, name, hash, made_at) VALUES (?, ?, ?, ?, ?, ?)",
        (member_id, kind, subject, name, hash_, now),
    )


async def use_feed(change: Transaction, feed_id: int, now: float) -> None:
    await change.execute("UPDATE feeds SET used_at = ? WHERE id = ?", (now, feed_id))


async def revoke_feed(change: Transaction, member_id: str, feed_id: int, now: float) -> None:
    await change.execute(
        "UPDATE feeds SET revoked_at = ? WHERE id = ? AND member_id = ? AND revoked_at IS NULL",
        (now, feed_id, member_id),
    )


async def newest_ids(store: Database, kind: str, subject: str, forums: Collection[str], limit: int) -> list[str]:
    """Return the ids of the newest ideas of a forum, replies of an idea, or words of a person, in some forums."""
    narrowed = {
        "forum": "forum_id = ? AND kind = 'idea'",
        "idea": "thread_id = ? AND kind = 'reply'",
        "person": "author_id = ?",
    }[kind]
    rows = await store.fetch(
        f"SELECT id FROM contributions WHERE {narrowed} AND NOT deleted AND NOT hidden"
        " AND forum_id IN (SELECT value FROM json_each(?)) ORDER BY created_at DESC LIMIT ?",
        (subject, json.dumps(sorted(forums)), limit),
    )
    return [row["id"] for row in rows]
