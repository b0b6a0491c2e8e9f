"""Who follows what."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from server.database import Database, Transaction
from server.domain.follows import Follow
from server.storage.times import moment


def _follow(row: Mapping[str, Any]) -> Follow:
    return Follow(row["member_id"], row["kind"], row["subject_id"], row["jam_id"], moment(row["made_at"]))


async def add(change: Transaction, made: Follow) -> bool:
    """Write a follow; return False when it stood already."""
    return bool(
        await change.execute(
            "INSERT OR IGNORE INTO follows (member_id, kind, subject_id, jam_id, made_at) VALUES (?, ?, ?, ?, ?)",
            (made.member_id, made.kind, made.subject_id, made.jam_id, made.made_at.timestamp()),
        )
    )


async def drop(change: Transaction, member_id: str, kind: str, subject_id: str, jam_id: str) -> bool:
    return bool(
        await change.execute(
            "DELETE FROM follows WHERE member_id = ? AND kind = ? AND subject_id = ? AND jam_id = ?",
            (member_id, kind, subject_id, jam_id),
        )
    )


async def of_member(store: Database, member_id: str) -> list[Follow]:
    """Return what somebody follows, newest first."""
    rows = await store.fetch("SELECT * FROM follows WHERE member_id = ? ORDER BY made_at DESC, id DESC", (member_id,))
    return [_follow(row) for row in rows]


async def followers(store: Database, subjects: Sequence[tuple[str, str]], at: float) -> set[str]:
    """Return the ids of those who followed any of these (kind, subject id) at a moment in unix seconds."""
    rows = await store.fetch(
        "SELECT DISTINCT f.member_id FROM json_each(?) s JOIN follows f ON f.kind = json_extract(s.value, '$[0]')"
        " AND f.subject_id = json_extract(s.value, '$[1]') WHERE f.made_at <= ?",
        (json.dumps([list(one) for one in subjects if one[1]]), at),
    )
    return {row["member_id"] for row in rows}


async def of_themes(store: Database, jam_id: str) -> list[Follow]:
    """Return who follows which theme of a jam."""
    rows = await store.fetch("SELECT * FROM follows WHERE kind = 'theme' AND jam_id = ? ORDER BY id", (jam_id,))
    return [_follow(row) for row in rows]


async def go_along(change: Transaction, old_id: str, new_id: str) -> None:
    """Have whoever follows an idea follow another one as well, into which it was moved."""
    await change.execute(
        "INSERT OR IGNORE INTO follows (member_id, kind, subject_id, jam_id, made_at)"
        " SELECT member_id, kind, ?, jam_id, made_at FROM follows WHERE kind = 'idea' AND subject_id = ?",
        (new_id, old_id),
    )
