"""Who spoke for somebody without access."""

from __future__ import annotations

from server.database import Database, Transaction
from server.domain.ideas import Absent


async def insert(change: Transaction, contribution_id: str, made: Absent, entered_by: str, now: float) -> None:
    await change.execute(
        "INSERT INTO proxies (contribution_id, name, place, entered_by, entered_at) VALUES (?, ?, ?, ?, ?)",
        (contribution_id, made.name, made.place, entered_by, now),
    )


async def of_thread(store: Database, thread_id: str) -> dict[str, Absent]:
    """Return, for what was entered for somebody in a thread, whose words it is."""
    rows = await store.fetch(
        "SELECT p.* FROM proxies p JOIN contributions c ON c.id = p.contribution_id"
        " WHERE c.thread_id = ? AND NOT c.deleted",
        (thread_id,),
    )
    return {row["contribution_id"]: Absent(row["name"], row["place"]) for row in rows}


async def drop(change: Transaction, contribution_id: str) -> None:
    """Forget whose words something was that is deleted."""
    await change.execute("DELETE FROM proxies WHERE contribution_id = ?", (contribution_id,))
