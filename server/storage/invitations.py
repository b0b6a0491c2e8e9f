"""Invitations by link. Only a link's hash is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.database import Database, Transaction
from server.domain.invitations import Invitation
from server.storage.times import moment, moment_or_none


def _invitation(row: Mapping[str, Any]) -> Invitation:
    return Invitation(
        id=row["id"],
        note=row["note"],
        unit=row["unit"],
        uses=row["uses"],
        used=row["used"],
        made_by=row["made_by"],
        made_at=moment(row["made_at"]),
        ends_at=moment(row["ends_at"]),
        ended_at=moment_or_none(row["ended_at"]),
    )


async def put(change: Transaction, made: Invitation, hash_: str) -> None:
    await change.execute(
        "INSERT INTO invitations (id, hash, note, unit, uses, used, made_by, made_at, ends_at, ended_at)"
        " VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, NULL)",
        (made.id, hash_, made.note, made.unit, made.uses, made.made_by, made.made_at.timestamp(),
         made.ends_at.timestamp()),
    )  # fmt: skip


async def newest(store: Database, limit: int = 200) -> list[Invitation]:
    rows = await store.fetch("SELECT * FROM invitations ORDER BY made_at DESC, id LIMIT ?", (limit,))
    return [_invitation(row) for row in rows]


OPEN = (
    "hash = ? AND used < uses AND ends_at > ? AND ended_at IS NULL"
    " AND made_by IN (SELECT id FROM members WHERE active AND host = '' AND role = 'admin')"
)


async def open_by_hash(store: Database, hash_: str, now: float) -> Invitation | None:
    """Return an invitation that can be used now; one whose maker left or is no admin any more cannot."""
    row = await store.fetch_one(f"SELECT * FROM invitations WHERE {OPEN}", (hash_, now))
    return None if row is None else _invitation(row)


async def use(change: Transaction, hash_: str, now: float) -> Invitation | None:
    """Spend one use; None when there is none left."""
    if not await change.execute(f"UPDATE invitations SET used = used + 1 WHERE {OPEN}", (hash_, now)):
        return None
    row = await change.fetch_one("SELECT * FROM invitations WHERE hash = ?", (hash_,))
    return None if row is None else _invitation(row)


async def end(change: Transaction, id_: str, now: float) -> bool:
    """End an invitation; return whether there was one to end."""
    return bool(
        await change.execute("UPDATE invitations SET ended_at = ? WHERE id = ? AND ended_at IS NULL", (now, id_))
    )
