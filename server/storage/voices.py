"""Voices, the sealed names behind them, and the openings of such names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.database import Database, Transaction
from server.domain.voices import Opening
from server.storage.rows import OpeningRow
from server.storage.times import moment, moment_or_none


async def of_owner(store: Database | Transaction, owner: str) -> frozenset[str]:
    """Return the ids of the voices of one owner, by the keyed hash of their id."""
    rows = await store.fetch("SELECT member_id FROM voices WHERE owner = ?", (owner,))
    return frozenset(row["member_id"] for row in rows)


async def in_thread(store: Database | Transaction, thread_id: str, owner: str) -> str | None:
    """Return the id of an owner's voice in a thread."""
    found = await store.fetch_value(
        "SELECT member_id FROM voices WHERE thread_id = ? AND owner = ?", (thread_id, owner)
    )
    return None if found is None else str(found)


async def next_number(store: Database | Transaction, thread_id: str) -> int:
    """Return the number of the voice that would be the next in a thread."""
    return int(
        await store.fetch_value("SELECT coalesce(max(number), 0) + 1 FROM voices WHERE thread_id = ?", (thread_id,))
        or 1
    )


async def put(change: Transaction, voice_id: str, thread_id: str, number: int, owner: str, sealed: str) -> None:
    await change.execute(
        "INSERT INTO voices (member_id, thread_id, number, owner, sealed) VALUES (?, ?, ?, ?, ?)",
        (voice_id, thread_id, number, owner, sealed),
    )


async def sealed(store: Database | Transaction, voice_id: str) -> str | None:
    """Return the sealed name behind a voice."""
    found = await store.fetch_value("SELECT sealed FROM voices WHERE member_id = ?", (voice_id,))
    return None if found is None else str(found)


def _opening(row: Mapping[str, Any]) -> Opening:
    return Opening(
        id=row["id"],
        voice_id=row["voice_id"],
        contribution_id=row["contribution_id"],
        state=row["state"],
        reason=row["reason"],
        asked_by=row["asked_by"],
        asked_at=moment(row["asked_at"]),
        answered_by=row["answered_by"],
        answered_at=moment_or_none(row["answered_at"]),
    )


async def openings(store: Database, limit: int = 200) -> list[Opening]:
    """Return openings, those that wait for a second person first, then the newest."""
    rows = await store.fetch("SELECT * FROM openings ORDER BY state != 'asked', asked_at DESC, id LIMIT ?", (limit,))
    return [_opening(row) for row in rows]


async def opening(store: Database | Transaction, opening_id: str) -> Opening | None:
    row = await store.fetch_one("SELECT * FROM openings WHERE id = ?", (opening_id,))
    return None if row is None else _opening(row)


async def opening_of(store: Database | Transaction, voice_id: str) -> Opening | None:
    """Return what was asked about a voice and not refused."""
    row = await store.fetch_one("SELECT * FROM openings WHERE voice_id = ? AND state != 'refused'", (voice_id,))
    return None if row is None else _opening(row)


async def ask(made: Opening) -> None:
    await OpeningRow.create(
        id=made.id,
        voice_id=made.voice_id,
        contribution_id=made.contribution_id,
        state=made.state,
        reason=made.reason,
        asked_by=made.asked_by,
        asked_at=made.asked_at.timestamp(),
    )


async def answer(change: Transaction, opening_id: str, state: str, by_id: str, now: float) -> bool:
    """Answer what still waits; False when somebody else was quicker."""
    done = await change.execute(
        "UPDATE openings SET state = ?, answered_by = ?, answered_at = ? WHERE id = ? AND state = 'asked'",
        (state, by_id, now, opening_id),
    )
    return done == 1
