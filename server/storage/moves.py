"""Threads moved, merged and split: what was done, and the doing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.database import Database, Transaction
from server.domain.facilitation import Move
from server.domain.ideas import Contribution
from server.storage.rows import MoveRow
from server.storage.times import moment, moment_or_none

AMONG = "IN (SELECT value FROM json_each(?))"
SELECT = "SELECT v.*, m.name FROM moves v LEFT JOIN members m ON m.id = v.member_id"
# The form under which the URI that something bore before a move is kept: copies may still be known by it.
FORMER = "was "


@dataclass(frozen=True, slots=True)
class Place:
    """Where one contribution comes to stand, and its new URI (that of another server's stays) and label."""

    made: Contribution
    uri: str
    label: str


def _move(row: Mapping[str, Any]) -> Move:
    return Move(
        id=row["id"],
        kind=row["kind"],
        jam_id=row["jam_id"],
        contribution_id=row["contribution_id"],
        thread_id=row["thread_id"],
        member_id=row["member_id"],
        member_name=row["name"] or "",
        reason=row["reason"],
        before=json.loads(row["before"]),
        made_at=moment(row["made_at"]),
        undone_at=moment_or_none(row["undone_at"]),
    )


async def insert(move: Move) -> None:
    await MoveRow.create(
        id=move.id,
        kind=move.kind,
        jam_id=move.jam_id,
        contribution_id=move.contribution_id,
        thread_id=move.thread_id,
        member_id=move.member_id,
        reason=move.reason,
        before=json.dumps(move.before),
        made_at=move.made_at.timestamp(),
    )


async def by_id(store: Database | Transaction, move_id: str) -> Move | None:
    row = await store.fetch_one(f"{SELECT} WHERE v.id = ?", (move_id,))
    return None if row is None else _move(row)


async def newest_of(store: Database | Transaction, contribution_id: str) -> Move | None:
    """Return what was last done to a contribution, and not undone."""
    row = await store.fetch_one(
        f"{SELECT} WHERE v.contribution_id = ? AND v.undone_at IS NULL ORDER BY v.made_at DESC, v.id LIMIT 1",
        (contribution_id,),
    )
    return None if row is None else _move(row)


async def was_moved(store: Database, contribution_id: str) -> bool:
    """Say whether anything was ever done to a contribution, undone or not."""
    return bool(
        await store.fetch_value("SELECT EXISTS (SELECT 1 FROM moves WHERE contribution_id = ?)", (contribution_id,))
    )


async def stands_now(store: Database, contribution_id: str) -> str:
    """Return the id of what something of a forum held elsewhere became when its server moved it, "" for nothing."""
    found = await store.fetch_value(
        "SELECT contribution_id FROM moves WHERE json_extract(before, '$.was') = ? ORDER BY made_at DESC LIMIT 1",
        (contribution_id,),
    )
    return str(found or "")


async def of_thread(store: Database, thread_id: str) -> list[Move]:
    """Return what was done to what stands in a thread now, and not undone, oldest first."""
    rows = await store.fetch(
        f"{SELECT} JOIN contributions c ON c.id = v.contribution_id"
        " WHERE c.thread_id = ? AND v.undone_at IS NULL ORDER BY v.made_at, v.id",
        (thread_id,),
    )
    return [_move(row) for row in rows]


async def split_from(store: Database, thread_id: str) -> list[Move]:
    """Return the ideas that were split off a thread, oldest first."""
    rows = await store.fetch(
        f"{SELECT} WHERE v.kind = 'split' AND json_extract(v.before, '$.thread') = ? AND v.undone_at IS NULL"
        " ORDER BY v.made_at, v.id",
        (thread_id,),
    )
    return [_move(row) for row in rows]


async def of_jam(store: Database, jam_id: str, limit: int) -> list[Move]:
    """Return what was moved, merged and split in a jam, the newest first, undone ones included."""
    rows = await store.fetch(f"{SELECT} WHERE v.jam_id = ? ORDER BY v.made_at DESC, v.id LIMIT ?", (jam_id, limit))
    return [_move(row) for row in rows]


async def end(change: Transaction, move_id: str, member_id: str, now: float) -> bool:
    """Write down that a move was undone; return False when somebody else has just done so."""
    return bool(
        await change.execute(
            "UPDATE moves SET undone_by = ?, undone_at = ? WHERE id = ? AND undone_at IS NULL",
            (member_id, now, move_id),
        )
    )


async def relocate(change: Transaction, places: Sequence[Place], forum_id: str, thread_id: str) -> bool:
    """Put contributions into a forum and a thread as new versions of the same words; the URIs they bore are kept.

    What was deleted keeps its URI and version. Return False where anything changed meanwhile.
    """
    standing = [place for place in places if not place.made.deleted]
    ids = json.dumps([place.made.id for place in standing])
    await change.execute(
        "INSERT INTO versions (contribution_id, number, title, text, written_at, refiled)"
        f" SELECT id, version, title, text, coalesce(edited_at, created_at), 0 FROM contributions WHERE id {AMONG}",
        (ids,),
    )
    await change.execute(
        f"UPDATE twins SET form = ? || id || ' ' || form WHERE contribution_id {AMONG} AND substr(form, 1, 4) != ?",
        (FORMER, ids, FORMER),
    )
    await change.executemany(
        "INSERT INTO twins (contribution_id, form, uri) VALUES (?, ?, ?)",
        [
            (place.made.id, f"{FORMER}{place.made.version}", place.made.uri)
            for place in standing
            if place.uri != place.made.uri
        ],
    )
    moved = await change.executemany(
        "UPDATE contributions SET forum_id = ?, thread_id = ?, uri = ?, label = ?, version = version + 1"
        " WHERE id = ? AND version = ? AND NOT deleted",
        [
            (forum_id, thread_id, place.uri, place.label, place.made.id, place.made.version)
            for place in standing
        ],
    )
    await change.executemany(
        "UPDATE contributions SET forum_id = ?, thread_id = ? WHERE id = ? AND deleted",
        [(forum_id, thread_id, place.made.id) for place in places if place.made.deleted],
    )
    return moved == len(standing)


async def become(
    change: Transaction, contribution_id: str, kind: str, parent_id: str, title: str, builds_on: str
) -> None:
    """Make an idea of a reply, or the other way round."""
    await change.execute(
        "UPDATE contributions SET kind = ?, parent_id = ?, title = ?, builds_on = ? WHERE id = ?",
        (kind, parent_id, title, builds_on, contribution_id),
    )
    await change.execute("UPDATE search_places SET kind = ? WHERE contribution_id = ?", (kind, contribution_id))


async def count_replies(change: Transaction, thread_ids: Sequence[str]) -> None:
    """Count the replies of some threads anew."""
    for thread_id in dict.fromkeys(thread_ids):
        await change.execute(
            "UPDATE contributions SET replies = (SELECT count(*) FROM contributions r WHERE r.thread_id = ?"
            " AND r.kind = 'reply' AND NOT r.deleted) WHERE id = ?",
            (thread_id, thread_id),
        )


async def rebuild(change: Transaction, ids: Sequence[str], old: str, new: str) -> list[tuple[str, int]]:
    """Have those of some ideas that build on one idea build on another, as new versions; return (id, version)."""
    among = json.dumps(list(ids))
    await change.execute(
        "INSERT INTO versions (contribution_id, number, title, text, written_at, refiled)"
        " SELECT id, version, title, text, coalesce(edited_at, created_at), 0 FROM contributions"
        f" WHERE id {AMONG} AND builds_on = ? AND NOT deleted",
        (among, old),
    )
    await change.execute(
        f"UPDATE contributions SET builds_on = ?, version = version + 1 WHERE id {AMONG} AND builds_on = ?"
        " AND NOT deleted",
        (new, among, old),
    )
    rows = await change.fetch(
        f"SELECT id, version FROM contributions WHERE id {AMONG} AND builds_on = ? AND NOT deleted", (among, new)
    )
    return [(row["id"], row["version"]) for row in rows]


async def former_uris(store: Database, contribution_id: str) -> list[str]:
    """Return the URIs that a contribution and its redacted copies bore before they were moved."""
    rows = await store.fetch(
        "SELECT uri FROM twins WHERE contribution_id = ? AND substr(form, 1, 4) = ?", (contribution_id, FORMER)
    )
    return [row["uri"] for row in rows]
