"""Contributions that wait until they can be undone no longer."""

from __future__ import annotations

from server.database import Database, Transaction
from server.domain.ideas import Contribution
from server.storage.contributions import SELECT, read_contribution


async def any_due(store: Database, now: float) -> bool:
    """Say whether the time of anything has come, in unix seconds."""
    return bool(await store.fetch_value("SELECT EXISTS (SELECT 1 FROM contributions WHERE crosses_at <= ?)", (now,)))


async def take_due(change: Transaction, now: float) -> list[Contribution]:
    """Return what is due, in order, removed things left out; it waits no longer."""
    rows = await change.fetch(
        f"{SELECT} WHERE c.crosses_at <= ? AND NOT c.deleted ORDER BY c.crosses_at, c.created_at, c.id", (now,)
    )
    await change.execute("UPDATE contributions SET crosses_at = NULL WHERE crosses_at <= ?", (now,))
    return [read_contribution(row) for row in rows]


async def stop(change: Transaction, contribution_id: str) -> bool:
    """Have something wait no longer, without its being due; False when it did not wait, or was removed."""
    stopped = await change.execute(
        "UPDATE contributions SET crosses_at = NULL WHERE id = ? AND crosses_at IS NOT NULL AND NOT deleted",
        (contribution_id,),
    )
    return bool(stopped)
