"""Our people of whom servers elsewhere take nothing more, as these said."""

from __future__ import annotations

from datetime import datetime

from server.database import Database, Transaction
from server.storage.times import moment_or_none


async def put(
    change: Transaction, member_id: str, host: str, forum_id: str, *, banned: bool, said_at: float,
    ends_at: float | None,
) -> bool:  # fmt: skip
    """Write down what a server said of somebody; return False where it said otherwise since."""
    written = await change.execute(
        "INSERT INTO bans (member_id, host, forum_id, banned, said_at, ends_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (member_id, host, forum_id) DO UPDATE SET banned = excluded.banned,"
        " said_at = excluded.said_at, ends_at = excluded.ends_at WHERE excluded.said_at >= bans.said_at",
        (member_id, host, forum_id, banned, said_at, ends_at),
    )
    return bool(written)


async def standing(
    store: Database, member_id: str, host: str, forum_id: str, now: float
) -> tuple[bool, datetime | None]:
    """Say whether a server takes nothing of somebody in a forum that it holds, and until when (None: for good)."""
    rows = await store.fetch(
        "SELECT ends_at FROM bans WHERE member_id = ? AND host = ? AND forum_id IN ('', ?) AND banned"
        " AND (ends_at IS NULL OR ends_at > ?) ORDER BY ends_at IS NOT NULL, ends_at DESC",
        (member_id, host, forum_id, now),
    )
    return bool(rows), moment_or_none(rows[0]["ends_at"]) if rows else None
