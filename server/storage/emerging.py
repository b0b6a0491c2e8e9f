"""Emerging themes that were announced, and what became of them."""

from __future__ import annotations

from server.database import Database, Transaction
from server.domain.emerging import Emerging
from server.storage.times import moment, moment_or_none


async def of_jam(store: Database | Transaction, jam_id: str) -> list[Emerging]:
    """Return what was announced in a jam, the newest first."""
    rows = await store.fetch("SELECT * FROM emerging WHERE jam_id = ? ORDER BY id DESC", (jam_id,))
    return [
        Emerging(
            row["id"], row["word"], row["theme"], moment(row["announced_at"]), row["dismissed_by"],
            moment_or_none(row["dismissed_at"]),
        )
        for row in rows
    ]  # fmt: skip


async def insert(change: Transaction, jam_id: str, theme: str, key: str, now: float) -> None:
    await change.execute(
        "INSERT OR IGNORE INTO emerging (jam_id, word, theme, announced_at, dismissed_by) VALUES (?, ?, ?, ?, '')",
        (jam_id, key, theme, now),
    )


async def dismiss(change: Transaction, emerging_id: int, by_id: str, now: float | None) -> bool:
    """Mark one as dismissed, or (without a time) as standing again; return False where it is so already."""
    done = await change.execute(
        "UPDATE emerging SET dismissed_by = ?, dismissed_at = ? WHERE id = ? AND (dismissed_at IS NULL) = ?",
        (by_id if now is not None else "", now, emerging_id, now is not None),
    )
    return bool(done)
