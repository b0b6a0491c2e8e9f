"""Jams and forums."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from server.database import Database
from server.domain.jams import Charter, Forum, Jam
from server.domain.self_test import JAM as CANARIES
from server.storage.rows import ForumRow, JamRow
from server.storage.times import moment

FORUM = "SELECT f.*, j.slug AS jam_slug FROM forums f JOIN jams j ON j.id = f.jam_id"


def _jam(row: Mapping[str, Any]) -> Jam:
    return Jam(
        id=row["id"],
        slug=row["slug"],
        title=row["title"],
        charter=Charter(
            question=row["question"],
            promise=row["promise"],
            off_limits=row["off_limits"],
            decide_by=row["decide_by"],
        ),
        state=row["state"],
        opens_at=moment(row["opens_at"]),
        closes_at=moment(row["closes_at"]),
        host=row["host"],
        created_at=moment(row["created_at"]),
    )


def _forum(row: Mapping[str, Any]) -> Forum:
    return Forum(
        id=row["id"],
        jam_id=row["jam_id"],
        jam_slug=row["jam_slug"],
        slug=row["slug"],
        title=row["title"],
        question=row["question"],
        audience=row["audience"],
        label=row["label"],
        peers=tuple(json.loads(row["peers"])),
        uri=row["uri"],
        host=row["host"],
        handle=row["handle"],
        joined=bool(row["joined"]),
        created_at=moment(row["created_at"]),
        place=row["place"],
        closed_at=None if row["closed_at"] is None else moment(row["closed_at"]),
        names=row["names"],
        members_only=bool(row["members_only"]),
    )


async def jam_by(store: Database, key: str) -> Jam | None:
    """Find a jam by id or by slug; our own wins over one hosted elsewhere."""
    row = await store.fetch_one("SELECT * FROM jams WHERE id = ? OR slug = ? ORDER BY host LIMIT 1", (key, key))
    return None if row is None else _jam(row)


async def jam_of_host(store: Database, slug: str, host: str) -> Jam | None:
    row = await store.fetch_one("SELECT * FROM jams WHERE slug = ? AND host = ?", (slug, host))
    return None if row is None else _jam(row)


async def jams(store: Database, after: float = 0.0, limit: int = 50) -> list[Jam]:
    """Return jams, oldest first, created after a moment in unix seconds; the canaries' is none of them."""
    rows = await store.fetch(
        "SELECT * FROM jams WHERE created_at > ? AND slug != ? ORDER BY created_at LIMIT ?", (after, CANARIES, limit)
    )
    return [_jam(row) for row in rows]


async def due_jams(store: Database, now: float) -> list[Jam]:
    """Return our jams whose clock has passed an opening or a closing that is not yet written down."""
    rows = await store.fetch(
        "SELECT * FROM jams WHERE host = '' AND ((state = 'open' AND closes_at <= ?)"
        " OR (state = 'draft' AND opens_at > created_at AND opens_at <= ?))",
        (now, now),
    )
    return [_jam(row) for row in rows]


async def insert_jam(jam: Jam) -> None:
    await JamRow.create(
        id=jam.id,
        slug=jam.slug,
        host=jam.host,
        title=jam.title,
        question=jam.charter.question,
        promise=jam.charter.promise,
        off_limits=jam.charter.off_limits,
        decide_by=jam.charter.decide_by,
        state=jam.state,
        opens_at=jam.opens_at.timestamp(),
        closes_at=jam.closes_at.timestamp(),
        created_at=jam.created_at.timestamp(),
    )


async def update_jam(jam_id: str, **values: object) -> None:
    await JamRow.filter(id=jam_id).update(**values)


async def forum_by_id(store: Database, forum_id: str) -> Forum | None:
    row = await store.fetch_one(f"{FORUM} WHERE f.id = ?", (forum_id,))
    return None if row is None else _forum(row)


async def forum_by(store: Database, key: str) -> Forum | None:
    """Find a forum by id, URI, handle, "jam/forum" or, where only one bears it, slug."""
    jam_slug, _, slug = key.rpartition("/")
    rows = await store.fetch(
        f"{FORUM} WHERE f.id = ? OR f.uri = ? OR f.handle = ? OR (f.slug = ? AND (? = '' OR j.slug = ?)) LIMIT 2",
        (key, key, key, slug, jam_slug, jam_slug),
    )
    return _forum(rows[0]) if len(rows) == 1 else None


async def forum_by_uri(store: Database, uri: str) -> Forum | None:
    row = await store.fetch_one(f"{FORUM} WHERE f.uri = ?", (uri,))
    return None if row is None else _forum(row)


async def forum_by_handle(store: Database, handle: str) -> Forum | None:
    row = await store.fetch_one(f"{FORUM} WHERE f.handle = ?", (handle,))
    return None if row is None else _forum(row)


async def forums(store: Database, jam_id: str = "") -> list[Forum]:
    """Return the forums of a jam in their order, or those of all jams but the canaries', oldest first."""
    order = "f.place, f.created_at, f.id" if jam_id else "f.created_at, f.id"
    rows = await store.fetch(
        f"{FORUM} WHERE f.jam_id = ? OR (? = '' AND j.slug != ?) ORDER BY {order}", (jam_id, jam_id, CANARIES)
    )
    return [_forum(row) for row in rows]


async def insert_forum(forum: Forum) -> None:
    await ForumRow.create(
        id=forum.id,
        jam_id=forum.jam_id,
        slug=forum.slug,
        title=forum.title,
        question=forum.question,
        audience=forum.audience,
        label=forum.label,
        peers=json.dumps(forum.peers),
        uri=forum.uri,
        host=forum.host,
        handle=forum.handle,
        joined=forum.joined,
        created_at=forum.created_at.timestamp(),
        place=forum.place,
        closed_at=forum.closed_at.timestamp() if forum.closed_at else None,
        names=forum.names,
        members_only=forum.members_only,
    )


async def update_forum(forum_id: str, **values: object) -> None:
    await ForumRow.filter(id=forum_id).update(**values)
