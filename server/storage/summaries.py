"""Summaries of threads, all versions."""

from __future__ import annotations

import json

from server.database import Database, Transaction
from server.domain.facilitation import Summary
from server.storage.rows import SummaryRow
from server.storage.times import moment


async def insert(summary: Summary) -> None:
    """Write a version; a number that is there already raises ConstraintBroken."""
    await SummaryRow.create(
        thread_id=summary.thread_id,
        number=summary.number,
        member_id=summary.member_id,
        text=summary.text,
        html=summary.html,
        cites=json.dumps(summary.cites),
        written_at=summary.written_at.timestamp(),
    )


async def of_thread(store: Database | Transaction, thread_id: str) -> list[Summary]:
    """Return all versions of a thread's summary, oldest first."""
    rows = await store.fetch(
        "SELECT s.*, m.name FROM summaries s LEFT JOIN members m ON m.id = s.member_id"
        " WHERE s.thread_id = ? ORDER BY s.number",
        (thread_id,),
    )
    return [
        Summary(
            thread_id=row["thread_id"],
            number=row["number"],
            member_id=row["member_id"],
            member_name=row["name"] or "",
            text=row["text"],
            html=row["html"],
            cites=tuple(json.loads(row["cites"])),
            written_at=moment(row["written_at"]),
        )
        for row in rows
    ]


async def count_since(store: Database, thread_id: str, at: float) -> int:
    """Count the replies that stand in a thread and came after a moment in unix seconds."""
    found: int = await store.fetch_value(
        "SELECT count(*) FROM contributions WHERE thread_id = ? AND kind = 'reply' AND NOT deleted AND created_at > ?",
        (thread_id, at),
    )
    return found
