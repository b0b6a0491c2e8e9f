"""What facilitators say to each other about threads."""

from __future__ import annotations

from server.database import Database
from server.domain.facilitation import Aside
from server.storage.rows import AsideRow
from server.storage.times import moment


async def insert(aside: Aside) -> None:
    await AsideRow.create(
        id=aside.id,
        thread_id=aside.thread_id,
        member_id=aside.member_id,
        text=aside.text,
        html=aside.html,
        made_at=aside.made_at.timestamp(),
    )


async def of_thread(store: Database, thread_id: str) -> list[Aside]:
    """Return what was said of a thread and of what was merged into it, oldest first, the newest 500."""
    rows = await store.fetch(
        "SELECT * FROM (SELECT a.*, m.name FROM asides a LEFT JOIN members m ON m.id = a.member_id"
        " WHERE a.thread_id = ? OR a.thread_id IN"
        " (SELECT id FROM contributions WHERE thread_id = ? AND kind = 'reply' AND title != '')"
        " ORDER BY a.made_at DESC LIMIT 500) ORDER BY made_at, id",
        (thread_id, thread_id),
    )
    return [
        Aside(
            id=row["id"],
            thread_id=row["thread_id"],
            member_id=row["member_id"],
            member_name=row["name"] or "",
            text=row["text"],
            html=row["html"],
            made_at=moment(row["made_at"]),
        )
        for row in rows
    ]
