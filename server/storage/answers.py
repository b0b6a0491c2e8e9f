"""Answers to themes, and reports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from server.database import Database, Transaction
from server.domain.answers import Report, ThemeAnswer
from server.storage.times import moment, moment_or_none

SELECT = (
    "SELECT a.*, coalesce(o.name, '') AS owner_name, coalesce(w.name, '') AS writer_name,"
    " coalesce(w.unit, '') AS writer_unit FROM theme_answers a LEFT JOIN members o ON o.id = a.owner_id"
    " LEFT JOIN members w ON w.id = a.written_by"
)


def _answer(row: Mapping[str, Any]) -> ThemeAnswer:
    plain = ("id", "jam_id", "theme_id", "label", "size", "owner_id", "owner_name", "doing", "declined", "why",
             "written_by", "writer_name", "writer_unit")  # fmt: skip
    return ThemeAnswer(
        **{name: row[name] for name in plain},
        sources=tuple(json.loads(row["sources"])),
        made_at=moment(row["made_at"]),
        written_at=moment_or_none(row["written_at"]),
    )


async def of_jam(store: Database, jam_id: str) -> list[ThemeAnswer]:
    """Return the answers of a jam, to the largest themes first."""
    rows = await store.fetch(f"{SELECT} WHERE a.jam_id = ? ORDER BY a.size DESC, a.made_at, a.id", (jam_id,))
    return [_answer(row) for row in rows]


async def put(change: Transaction, made: ThemeAnswer) -> None:
    """Write an answer, or change one that is there."""
    columns = ("owner_id", "label", "size", "doing", "declined", "why", "written_by")
    values = {name: getattr(made, name) for name in columns} | {
        "sources": json.dumps(made.sources),
        "written_at": made.written_at.timestamp() if made.written_at else None,
    }
    names = ", ".join(values)
    await change.execute(
        f"INSERT INTO theme_answers (id, jam_id, theme_id, made_at, {names})"
        f" VALUES (?, ?, ?, ?, {', '.join('?' * len(values))})"
        f" ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in values)}",
        (made.id, made.jam_id, made.theme_id, made.made_at.timestamp(), *values.values()),
    )


async def drop(change: Transaction, answer_id: str) -> None:
    await change.execute("DELETE FROM theme_answers WHERE id = ?", (answer_id,))


async def report(store: Database | Transaction, jam_id: str) -> Report | None:
    row = await store.fetch_one(
        "SELECT r.*, coalesce(m.name, '') AS publisher_name FROM reports r"
        " LEFT JOIN members m ON m.id = r.published_by WHERE r.jam_id = ?",
        (jam_id,),
    )
    if row is None:
        return None
    return Report(
        jam_id=jam_id,
        foreword=row["foreword"],
        publisher_name=row["publisher_name"],
        published_at=moment_or_none(row["published_at"]),
        version=row["version"],
        reason=row["reason"],
    )


async def put_foreword(change: Transaction, jam_id: str, foreword: str) -> None:
    await change.execute(
        "INSERT INTO reports (jam_id, foreword, published_by, published_at) VALUES (?, ?, '', NULL)"
        " ON CONFLICT (jam_id) DO UPDATE SET foreword = excluded.foreword",
        (jam_id, foreword),
    )


async def publish(change: Transaction, jam_id: str, member_id: str, now: float) -> bool:
    """Publish a report; return False where somebody has just done so."""
    return bool(
        await change.execute(
            "INSERT INTO reports (jam_id, foreword, published_by, published_at) VALUES (?, '', ?, ?)"
            " ON CONFLICT (jam_id) DO UPDATE SET published_by = excluded.published_by,"
            " published_at = excluded.published_at WHERE published_at IS NULL",
            (jam_id, member_id, now),
        )
    )


async def concerned(store: Database, jam_id: str) -> set[str]:
    """Return the ids of those who wrote in a jam, or follow one of its forums, ideas or themes."""
    rows = await store.fetch(
        "SELECT author_id AS who FROM contributions WHERE jam_id = ? AND NOT deleted"
        " UNION SELECT member_id FROM follows WHERE (kind = 'theme' AND jam_id = ?)"
        " OR (kind = 'forum' AND subject_id IN (SELECT id FROM forums WHERE jam_id = ?))"
        " OR (kind = 'idea' AND subject_id IN (SELECT id FROM contributions WHERE jam_id = ?))",
        (jam_id, jam_id, jam_id, jam_id),
    )
    return {row["who"] for row in rows}
