"""What we signed about Deletes that we carried out for other Marmalade servers, and what is still owed to them."""

from __future__ import annotations

from dataclasses import dataclass

from federation.outside.store import Outside
from server.database import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A Delete of another server that we acknowledged; the statement of the purge is still owed."""

    id: int
    host: str
    activity_uri: str
    actor_uri: str
    object_uri: str
    digest: str
    acknowledged_at: float
    looks: int


async def acknowledge(
    change: Transaction, host: str, activity_uri: str, actor_uri: str, object_uri: str, digest: str, now: float
) -> None:
    """Write down that a Delete was acknowledged; once is enough."""
    await change.execute(
        "INSERT OR IGNORE INTO statements (host, activity_uri, actor_uri, object_uri, digest, acknowledged_at, looks,"
        " due_at) VALUES (?, ?, ?, ?, ?, ?, 0, ?)",
        (host, activity_uri, actor_uri, object_uri, digest, now, now),
    )


async def owed(outside: Outside, limit: int = 100) -> list[Owed]:
    """Return the Deletes whose purge can be looked for again, oldest first."""
    rows = await outside.store.fetch(
        "SELECT * FROM statements WHERE purged_at IS NULL AND due_at <= ? ORDER BY id LIMIT ?", (outside.now(), limit)
    )
    return [Owed(**{name: row[name] for name in Owed.__slots__}) for row in rows]


async def put_off(outside: Outside, one: Owed, due_at: float) -> None:
    """Look again later: something of it is still there."""
    async with outside.store.transaction() as change:
        await change.execute("UPDATE statements SET looks = looks + 1, due_at = ? WHERE id = ?", (due_at, one.id))


async def purged(change: Transaction, one: Owed, now: float) -> None:
    """Write down that we stated the purge."""
    await change.execute("UPDATE statements SET purged_at = ? WHERE id = ?", (now, one.id))
