"""Drafts, and what people confirmed once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from server.database import Database, Transaction
from server.domain.drafts import KeptDraft, Place
from server.storage.times import moment


def _draft(row: Mapping[str, Any]) -> KeptDraft | None:
    place = Place.parse(row["place"])
    if place is None:
        return None
    return KeptDraft(place, row["title"], row["text"], json.loads(row["choices"]), moment(row["kept_at"]))


async def at(store: Database, member_id: str, place: Place) -> KeptDraft | None:
    row = await store.fetch_one("SELECT * FROM drafts WHERE member_id = ? AND place = ?", (member_id, str(place)))
    return None if row is None else _draft(row)


async def of_member(store: Database, member_id: str, limit: int) -> list[KeptDraft]:
    """Return somebody's drafts, the newest first."""
    rows = await store.fetch(
        "SELECT * FROM drafts WHERE member_id = ? ORDER BY kept_at DESC, id DESC LIMIT ?", (member_id, limit)
    )
    return [draft for row in rows if (draft := _draft(row)) is not None]


async def put(change: Transaction, member_id: str, draft: KeptDraft, most: int) -> None:
    """Keep a draft in place of the one that was there; beyond `most` of them the oldest go."""
    await change.execute(
        "INSERT INTO drafts (member_id, place, title, text, choices, kept_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (member_id, place) DO UPDATE SET title = excluded.title, text = excluded.text,"
        " choices = excluded.choices, kept_at = excluded.kept_at",
        (
            member_id,
            str(draft.place),
            draft.title,
            draft.text,
            json.dumps(dict(draft.choices)),
            draft.kept_at.timestamp(),
        ),
    )
    await change.execute(
        "DELETE FROM drafts WHERE member_id = ? AND id NOT IN"
        " (SELECT id FROM drafts WHERE member_id = ? ORDER BY kept_at DESC, id DESC LIMIT ?)",
        (member_id, member_id, most),
    )


async def drop(change: Transaction, member_id: str, place: Place) -> None:
    await change.execute("DELETE FROM drafts WHERE member_id = ? AND place = ?", (member_id, str(place)))


async def has_confirmed(store: Database, member_id: str, jam_id: str) -> bool:
    found = await store.fetch_value(
        "SELECT 1 FROM crossing_confirmations WHERE member_id = ? AND jam_id = ?", (member_id, jam_id)
    )
    return bool(found)


async def confirm(change: Transaction, member_id: str, jam_id: str, now: float) -> None:
    await change.execute(
        "INSERT OR IGNORE INTO crossing_confirmations (member_id, jam_id, confirmed_at) VALUES (?, ?, ?)",
        (member_id, jam_id, now),
    )
