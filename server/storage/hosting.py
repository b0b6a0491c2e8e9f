"""Hosts of forums and their slots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.database import Database, Transaction
from server.domain.hosting import Host, Picture, Slot
from server.storage.times import moment

HOSTS = (
    "SELECT h.*, m.name, m.username, m.unit, coalesce(p.alt, '') AS picture_alt FROM hosts h"
    " JOIN members m ON m.id = h.member_id JOIN forums f ON f.id = h.forum_id"
    " LEFT JOIN host_pictures p ON p.id = h.picture_id WHERE m.active"
)
SLOTS = (
    "SELECT s.*, m.name FROM host_slots s JOIN members m ON m.id = s.member_id"
    " JOIN forums f ON f.id = s.forum_id WHERE m.active"
)


def _host(row: Mapping[str, Any]) -> Host:
    return Host(
        forum_id=row["forum_id"],
        member_id=row["member_id"],
        name=row["name"],
        handle=f"@{row['username']}",
        unit=row["unit"],
        bio=row["bio"],
        picture_id=row["picture_id"],
        picture_alt=row["picture_alt"],
    )


def _slot(row: Mapping[str, Any]) -> Slot:
    return Slot(
        id=row["id"],
        forum_id=row["forum_id"],
        member_id=row["member_id"],
        name=row["name"],
        starts_at=moment(row["starts_at"]),
        ends_at=moment(row["ends_at"]),
    )


async def hosts(store: Database, jam_id: str) -> list[Host]:
    """Return the active hosts of a jam's forums, in the order in which they were asked."""
    rows = await store.fetch(f"{HOSTS} AND f.jam_id = ? ORDER BY h.made_at, h.id", (jam_id,))
    return [_host(row) for row in rows]


async def slots(store: Database, jam_id: str) -> list[Slot]:
    """Return the slots of a jam's active hosts, in time order."""
    rows = await store.fetch(f"{SLOTS} AND f.jam_id = ? ORDER BY s.starts_at, s.id", (jam_id,))
    return [_slot(row) for row in rows]


async def put_host(change: Transaction, id_: str, forum_id: str, member_id: str, bio: str, now: float) -> None:
    """Make somebody a host, or change what a host says of themselves; the picture stays."""
    await change.execute(
        "INSERT INTO hosts (id, forum_id, member_id, bio, picture_id, made_at) VALUES (?, ?, ?, ?, '', ?)"
        " ON CONFLICT (forum_id, member_id) DO UPDATE SET bio = excluded.bio",
        (id_, forum_id, member_id, bio, now),
    )


async def drop_host(change: Transaction, forum_id: str, member_id: str) -> bool:
    """Take a host and their slots away; return whether there was one."""
    await drop_picture(change, forum_id, member_id)
    gone = await change.execute("DELETE FROM hosts WHERE forum_id = ? AND member_id = ?", (forum_id, member_id))
    await change.execute("DELETE FROM host_slots WHERE forum_id = ? AND member_id = ?", (forum_id, member_id))
    return bool(gone)


HOST_ID = "(SELECT id FROM hosts WHERE forum_id = ? AND member_id = ?)"


async def put_picture(change: Transaction, forum_id: str, member_id: str, picture: Picture, body: bytes) -> None:
    """Give a host of a forum a picture, in place of the one before."""
    await drop_picture(change, forum_id, member_id)
    await change.execute(
        f"INSERT INTO host_pictures (id, host_id, alt, width, height, sha, bytes) VALUES (?, {HOST_ID}, ?, ?, ?, ?, ?)",
        (picture.id, forum_id, member_id, picture.alt, picture.width, picture.height, picture.sha, body),
    )
    await change.execute(
        "UPDATE hosts SET picture_id = ? WHERE forum_id = ? AND member_id = ?", (picture.id, forum_id, member_id)
    )


async def describe_picture(change: Transaction, picture_id: str, alt: str) -> None:
    """Say in other words what a picture shows."""
    await change.execute("UPDATE host_pictures SET alt = ? WHERE id = ?", (alt, picture_id))


async def drop_picture(change: Transaction, forum_id: str, member_id: str) -> bool:
    """Take a host's picture away; return whether there was one."""
    gone = await change.execute(f"DELETE FROM host_pictures WHERE host_id = {HOST_ID}", (forum_id, member_id))
    await change.execute(
        "UPDATE hosts SET picture_id = '' WHERE forum_id = ? AND member_id = ?", (forum_id, member_id)
    )
    return bool(gone)


async def picture(store: Database, picture_id: str) -> tuple[str, Picture] | None:
    """Return a picture of an active host, with the id of the forum that they host."""
    row = await store.fetch_one(
        "SELECT p.id, p.alt, p.width, p.height, p.sha, h.forum_id FROM host_pictures p JOIN hosts h ON h.id = p.host_id"
        " JOIN members m ON m.id = h.member_id WHERE m.active AND p.id = ?",
        (picture_id,),
    )
    if row is None:
        return None
    found = {name: row[name] for name in Picture.__slots__}
    return row["forum_id"], Picture(**found)


async def picture_bytes(store: Database, picture_id: str) -> bytes:
    return bytes(await store.fetch_value("SELECT bytes FROM host_pictures WHERE id = ?", (picture_id,)) or b"")


async def put_slot(change: Transaction, slot: Slot) -> None:
    await change.execute(
        "INSERT INTO host_slots (id, forum_id, member_id, starts_at, ends_at) VALUES (?, ?, ?, ?, ?)",
        (slot.id, slot.forum_id, slot.member_id, slot.starts_at.timestamp(), slot.ends_at.timestamp()),
    )


async def drop_slot(change: Transaction, forum_id: str, slot_id: str) -> bool:
    """Take a slot of a forum away; return whether there was one."""
    return bool(await change.execute("DELETE FROM host_slots WHERE id = ? AND forum_id = ?", (slot_id, forum_id)))
