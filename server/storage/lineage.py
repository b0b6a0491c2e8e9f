"""From which jam another grew, and which ideas it took along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.database import Database, Transaction
from server.domain.lineage import Carried, JamOrigin, OriginKind
from server.storage.times import moment


def _origin(row: Mapping[str, Any]) -> JamOrigin:
    return JamOrigin(
        jam_id=row["jam_id"], origin_id=row["origin_id"], kind=row["kind"], made_at=moment(row["made_at"])
    )


async def put_origin(change: Transaction, jam_id: str, origin_id: str, kind: OriginKind, now: float) -> None:
    await change.execute(
        "INSERT INTO jam_origins (jam_id, origin_id, kind, made_at) VALUES (?, ?, ?, ?)", (jam_id, origin_id, kind, now)
    )


async def origin(store: Database, jam_id: str) -> JamOrigin | None:
    """Return from which jam one was made, or None."""
    row = await store.fetch_one("SELECT * FROM jam_origins WHERE jam_id = ?", (jam_id,))
    return None if row is None else _origin(row)


async def grown(store: Database, jam_id: str) -> list[JamOrigin]:
    """Return the jams that were made from one, oldest first."""
    rows = await store.fetch("SELECT * FROM jam_origins WHERE origin_id = ? ORDER BY made_at, jam_id", (jam_id,))
    return [_origin(row) for row in rows]


async def rehearsals(store: Database) -> set[str]:
    """Return the ids of the jams that are rehearsals."""
    return {row["jam_id"] for row in await store.fetch("SELECT jam_id FROM jam_origins WHERE kind = 'rehearsal'")}


async def is_rehearsal(store: Database, jam_id: str) -> bool:
    found = await store.fetch_value("SELECT 1 FROM jam_origins WHERE jam_id = ? AND kind = 'rehearsal'", (jam_id,))
    return found is not None


async def put_carried(change: Transaction, id_: str, made: Carried, now: float) -> None:
    await change.execute(
        "INSERT INTO carried (id, forum_id, origin_id, idea_id, carried_at) VALUES (?, ?, ?, ?, ?)",
        (id_, made.forum_id, made.origin_id, made.idea_id, now),
    )


async def carried(store: Database, jam_id: str) -> list[Carried]:
    """Return what a jam's forums took over, in the order in which it came."""
    rows = await store.fetch(
        "SELECT c.* FROM carried c JOIN forums f ON f.id = c.forum_id WHERE f.jam_id = ? ORDER BY c.carried_at, c.id",
        (jam_id,),
    )
    return [Carried(forum_id=row["forum_id"], origin_id=row["origin_id"], idea_id=row["idea_id"]) for row in rows]
