"""Breakout rooms, who is in them, and what was said."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from server.database import Database, Transaction
from server.domain.rooms import Room, RoomMessage
from server.storage.times import moment, moment_or_none


async def insert(change: Transaction, made: Room) -> None:
    await change.execute(
        "INSERT INTO rooms (id, jam_id, thread_id, title, task, owed_by, due_at, opened_by, opened_at, summary_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '')",
        (
            made.id, made.jam_id, made.thread_id, made.title, made.task, made.owed_by, made.due_at.timestamp(),
            made.opened_by, made.opened_at.timestamp(),
        ),
    )  # fmt: skip
    await let_in(change, made.id, made.people)


async def let_in(change: Transaction, room_id: str, member_ids: Iterable[str]) -> None:
    await change.executemany(
        "INSERT OR IGNORE INTO room_members (room_id, member_id) VALUES (?, ?)", [(room_id, one) for one in member_ids]
    )


async def _rooms(store: Database | Transaction, rows: Sequence[Mapping[str, Any]]) -> list[Room]:
    people: dict[str, dict[str, str]] = {}
    for row in await store.fetch(
        "SELECT p.room_id, m.id, m.name FROM room_members p JOIN members m ON m.id = p.member_id"
        " WHERE p.room_id IN (SELECT value FROM json_each(?)) ORDER BY m.name, m.id",
        (json.dumps([row["id"] for row in rows]),),
    ):
        people.setdefault(row["room_id"], {})[row["id"]] = row["name"]
    return [
        Room(
            id=row["id"],
            jam_id=row["jam_id"],
            thread_id=row["thread_id"],
            title=row["title"],
            task=row["task"],
            owed_by=row["owed_by"],
            due_at=moment(row["due_at"]),
            opened_by=row["opened_by"],
            opened_at=moment(row["opened_at"]),
            closed_at=moment_or_none(row["closed_at"]),
            summary_id=row["summary_id"],
            people=people.get(row["id"], {}),
        )
        for row in rows
    ]


async def by_id(store: Database | Transaction, room_id: str) -> Room | None:
    return next(iter(await _rooms(store, await store.fetch("SELECT * FROM rooms WHERE id = ?", (room_id,)))), None)


async def of_thread(store: Database, thread_id: str) -> list[Room]:
    """Return the rooms of a thread, oldest first."""
    return await _rooms(
        store, await store.fetch("SELECT * FROM rooms WHERE thread_id = ? ORDER BY opened_at, id", (thread_id,))
    )


async def of_jam(store: Database, jam_id: str) -> list[Room]:
    """Return a jam's rooms: the open ones first, by when their summary is due."""
    rows = await store.fetch(
        "SELECT * FROM rooms WHERE jam_id = ? ORDER BY closed_at IS NOT NULL, due_at, id LIMIT 500", (jam_id,)
    )
    return await _rooms(store, rows)


async def owe(change: Transaction, room_id: str, member_id: str, due_at: datetime) -> None:
    await change.execute(
        "UPDATE rooms SET owed_by = ?, due_at = ? WHERE id = ?", (member_id, due_at.timestamp(), room_id)
    )


async def close(change: Transaction, room_id: str, summary_id: str, now: float) -> bool:
    """Write down the summary; return False where somebody has just returned one."""
    return bool(
        await change.execute(
            "UPDATE rooms SET closed_at = ?, summary_id = ? WHERE id = ? AND closed_at IS NULL",
            (now, summary_id, room_id),
        )
    )


async def say(
    change: Transaction, message_id: str, room_id: str, author_id: str, text: str, html: str, now: float
) -> None:
    await change.execute(
        "INSERT INTO room_messages (id, room_id, author_id, text, html, said_at) VALUES (?, ?, ?, ?, ?, ?)",
        (message_id, room_id, author_id, text, html, now),
    )


async def messages(store: Database, room_id: str, before: float, limit: int) -> list[RoomMessage]:
    """Return what was said before a moment in unix seconds, the newest `limit`, oldest first."""
    rows = await store.fetch(
        "SELECT r.*, m.name AS author_name FROM room_messages r JOIN members m ON m.id = r.author_id"
        " WHERE r.room_id = ? AND r.said_at < ? ORDER BY r.said_at DESC, r.id LIMIT ?",
        (room_id, before, limit),
    )
    return [
        RoomMessage(
            id=row["id"],
            author_id=row["author_id"],
            author_name=row["author_name"],
            html=row["html"],
            said_at=moment(row["said_at"]),
        )
        for row in reversed(rows)
    ]
