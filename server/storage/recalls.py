"""What was taken back."""

from __future__ import annotations

from server.database import Database, Transaction


async def put(change: Transaction, contribution_id: str, peer: str, member_id: str, now: float) -> None:
    await change.execute(
        "INSERT OR IGNORE INTO recalls (contribution_id, peer, member_id, asked_at) VALUES (?, ?, ?, ?)",
        (contribution_id, peer, member_id, now),
    )


async def recalled_from(store: Database, contribution_id: str) -> set[str]:
    """Return the peers from which a contribution was taken back; "" stands for everyone."""
    rows = await store.fetch("SELECT peer FROM recalls WHERE contribution_id = ?", (contribution_id,))
    return {row["peer"] for row in rows}
