"""Files attached to ideas and replies, and their bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from server.database import Database, Transaction
from server.domain.files import File
from server.storage.rows import FileBytesRow, FileRow
from server.storage.times import moment


def _file(row: Mapping[str, Any]) -> File:
    return File(
        id=row["id"],
        member_id=row["member_id"],
        contribution_id=row["contribution_id"],
        name=row["name"],
        alt=row["alt"],
        media_type=row["media_type"],
        width=row["width"],
        height=row["height"],
        size=row["size"],
        sha=row["sha"],
        created_at=moment(row["created_at"]),
    )


async def insert(made: File, body: bytes) -> None:
    """Write a file that is not attached to anything yet."""
    await FileRow.create(
        id=made.id,
        member_id=made.member_id,
        name=made.name,
        alt=made.alt,
        media_type=made.media_type,
        width=made.width,
        height=made.height,
        size=made.size,
        sha=made.sha,
        created_at=made.created_at.timestamp(),
    )
    await FileBytesRow.create(file_id=made.id, bytes=body)


async def by_id(store: Database, file_id: str) -> File | None:
    row = await store.fetch_one("SELECT * FROM files WHERE id = ?", (file_id,))
    return None if row is None else _file(row)


async def by_ids(store: Database, ids: Sequence[str]) -> dict[str, File]:
    """Return those of some files that are there, by id."""
    rows = await store.fetch(
        "SELECT * FROM files WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),)
    )
    return {row["id"]: _file(row) for row in rows}


async def of(store: Database, contribution_ids: Sequence[str]) -> dict[str, tuple[File, ...]]:
    """Return, for each of some contributions that have any, its files in their order."""
    rows = await store.fetch(
        "SELECT * FROM files WHERE contribution_id IN (SELECT value FROM json_each(?)) ORDER BY place",
        (json.dumps(list(contribution_ids)),),
    )
    found: dict[str, tuple[File, ...]] = {}
    for row in rows:
        found[row["contribution_id"]] = (*found.get(row["contribution_id"], ()), _file(row))
    return found


async def body(store: Database, file_id: str) -> bytes | None:
    found = await store.fetch_value("SELECT bytes FROM file_bytes WHERE file_id = ?", (file_id,))
    return None if found is None else bytes(found)


async def attach(
    change: Transaction, contribution_id: str, author_id: str, owner_id: str, files: Sequence[tuple[str, str]]
) -> int:
    """Attach (id, alternative text) in this order, and drop what else was attached; return how many could be.

    Only an owner's or the author's own files can be, and none that is attached elsewhere. They are the author's then.
    """
    kept = json.dumps([file_id for file_id, _ in files])
    await _drop(change, "contribution_id = ? AND id NOT IN (SELECT value FROM json_each(?))", (contribution_id, kept))
    done = 0
    for place, (file_id, alt) in enumerate(files):
        done += await change.execute(
            "UPDATE files SET contribution_id = ?, place = ?, alt = ?, member_id = ?"
            " WHERE id = ? AND member_id IN (?, ?) AND contribution_id IN ('', ?)",
            (contribution_id, place, alt, author_id, file_id, author_id, owner_id, contribution_id),
        )
    await change.execute("UPDATE contributions SET files = ? WHERE id = ?", (done, contribution_id))
    return done


async def drop_of(change: Transaction, contribution_id: str) -> None:
    """Drop all files of a contribution."""
    await _drop(change, "contribution_id = ?", (contribution_id,))


async def drop_forgotten(change: Transaction, member_id: str, before: float) -> None:
    """Drop what somebody has uploaded before a time (unix seconds) and never attached."""
    await _drop(change, "member_id = ? AND contribution_id = '' AND created_at < ?", (member_id, before))


async def count_waiting(store: Database, member_id: str) -> int:
    """Count what somebody has uploaded and not attached."""
    return int(
        await store.fetch_value("SELECT count(*) FROM files WHERE member_id = ? AND contribution_id = ''", (member_id,))
    )


async def _drop(change: Transaction, where: str, values: tuple[object, ...]) -> None:
    await change.execute(f"DELETE FROM file_bytes WHERE file_id IN (SELECT id FROM files WHERE {where})", values)
    await change.execute(f"DELETE FROM files WHERE {where}", values)
