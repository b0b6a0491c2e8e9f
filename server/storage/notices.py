"""Notices, the cursors of what makes them, and when people were here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from server.database import Database, Transaction
from server.domain.notices import Notice
from server.storage.times import moment, moment_or_none


def _notice(row: Mapping[str, Any]) -> Notice:
    return Notice(
        number=row["number"],
        member_id=row["member_id"],
        kind=row["kind"],
        seq=row["seq"],
        subject_id=row["subject_id"],
        by_id=row["by_id"],
        detail=row["detail"],
        made_at=moment(row["made_at"]),
        read_at=moment_or_none(row["read_at"]),
    )


# One above the person's last notice. What goes with a rehearsal leaves a number free that a mail may have dealt with.
NEXT = (
    "1 + max(coalesce((SELECT max(number) FROM notices WHERE member_id = ?1), 0),"
    " coalesce((SELECT max(digest_to, at_once_to) FROM mail_choices WHERE member_id = ?1), 0))"
)


async def cursor(store: Database, name: str) -> int:
    """Return the number of the last event that a consumer has dealt with."""
    return int(await store.fetch_value("SELECT seq FROM consumers WHERE name = ?", (name,)) or 0)


async def move_cursor(change: Transaction, name: str, seq: int) -> None:
    """Write down how far a consumer has come; it never goes back."""
    await change.execute(
        "INSERT INTO consumers (name, seq) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET seq = max(seq, excluded.seq)",
        (name, seq),
    )


async def add(change: Transaction, notices: Iterable[Notice]) -> int:
    """Write notices, each once however often it is tried, under the next number of whom it tells; return how many
    were new.
    """
    return await change.executemany(
        "INSERT INTO notices (member_id, number, kind, seq, subject_id, by_id, detail, made_at)"
        f" VALUES (?1, {NEXT}, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (member_id, seq, kind) DO NOTHING",
        [
            (one.member_id, one.kind, one.seq, one.subject_id, one.by_id, one.detail, one.made_at.timestamp())
            for one in notices
        ],
    )


async def of_member(
    store: Database,
    member_id: str,
    kinds: Sequence[str] = (),
    *,
    unread: bool = False,
    before: int = 0,
    limit: int = 50,
) -> list[Notice]:
    """Return somebody's notices, newest first, of some kinds (none: of all), with a number below `before`."""
    marks = ",".join("?" * len(kinds))
    narrowed = (f" AND kind IN ({marks})" if kinds else "") + (" AND read_at IS NULL" if unread else "")
    rows = await store.fetch(
        f"SELECT * FROM notices WHERE member_id = ? AND number < ?{narrowed} ORDER BY number DESC LIMIT ?",
        (member_id, before or 1 << 62, *kinds, limit),
    )
    return [_notice(row) for row in rows]


async def between(store: Database, member_id: str, after: int, up_to: int) -> list[Notice]:
    """Return somebody's notices with numbers above `after` and not above `up_to`, oldest first."""
    rows = await store.fetch(
        "SELECT * FROM notices WHERE member_id = ? AND number > ? AND number <= ? ORDER BY number",
        (member_id, after, up_to),
    )
    return [_notice(row) for row in rows]


async def since(store: Database, member_id: str, at: float, limit: int) -> list[Notice]:
    """Return somebody's notices made after a moment in unix seconds, newest first."""
    rows = await store.fetch(
        "SELECT * FROM notices WHERE member_id = ? AND made_at > ? ORDER BY number DESC LIMIT ?", (member_id, at, limit)
    )
    return [_notice(row) for row in rows]


async def recent_about(store: Database, member_id: str, kind: str, subject_id: str, at: float) -> bool:
    """Say whether somebody was told of a thing after a moment in unix seconds."""
    found = await store.fetch_value(
        "SELECT 1 FROM notices WHERE member_id = ? AND kind = ? AND subject_id = ? AND made_at > ? LIMIT 1",
        (member_id, kind, subject_id, at),
    )
    return found is not None


async def count_unread(store: Database, member_id: str) -> dict[str, int]:
    """Count somebody's unread notices by kind."""
    rows = await store.fetch(
        "SELECT kind, count(*) AS n FROM notices WHERE member_id = ? AND read_at IS NULL GROUP BY kind", (member_id,)
    )
    return {row["kind"]: row["n"] for row in rows}


async def by_number(store: Database | Transaction, member_id: str, number: int) -> Notice | None:
    row = await store.fetch_one("SELECT * FROM notices WHERE member_id = ? AND number = ?", (member_id, number))
    return None if row is None else _notice(row)


async def set_read(change: Transaction, member_id: str, number: int, at: float | None) -> None:
    await change.execute("UPDATE notices SET read_at = ? WHERE member_id = ? AND number = ?", (at, member_id, number))


async def set_all_read(change: Transaction, member_id: str, up_to: int, at: float) -> int:
    """Mark what is unread as read, up to a notice; return how many."""
    return await change.execute(
        "UPDATE notices SET read_at = ? WHERE member_id = ? AND number <= ? AND read_at IS NULL", (at, member_id, up_to)
    )


async def visit(store: Database | Transaction, member_id: str) -> tuple[float, float, float | None] | None:
    """Return when somebody's latest visit began, when they were last seen, and when the visit before ended."""
    row = await store.fetch_one("SELECT * FROM visits WHERE member_id = ?", (member_id,))
    return None if row is None else (row["began_at"], row["seen_at"], row["before_at"])


async def put_visit(change: Transaction, member_id: str, began: float, seen: float, before: float | None) -> None:
    await change.execute(
        "INSERT OR REPLACE INTO visits (member_id, began_at, seen_at, before_at) VALUES (?, ?, ?, ?)",
        (member_id, began, seen, before),
    )
