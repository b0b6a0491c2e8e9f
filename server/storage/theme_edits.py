"""What analysts changed about themes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.database import Database, Transaction
from server.domain.curation import EditKind, ThemeEdit
from server.storage.rows import ThemeEditRow
from server.storage.times import moment, moment_or_none


def _edit(row: Mapping[str, Any]) -> ThemeEdit:
    return ThemeEdit(
        id=row["id"],
        version=row["version"],
        kind=row["kind"],
        theme=row["theme"],
        other=row["other"],
        title=row["title"],
        member_id=row["member_id"],
        member_name=row["name"] or "",
        made_at=moment(row["made_at"]),
        undone_at=moment_or_none(row["undone_at"]),
        undone_by=row["undone_by"],
    )


async def of_jam(store: Database | Transaction, jam_id: str) -> list[ThemeEdit]:
    """Return a jam's edits, oldest first, those undone among them."""
    rows = await store.fetch(
        "SELECT e.*, m.name, row_number() OVER (ORDER BY e.id) AS version FROM theme_edits e"
        " LEFT JOIN members m ON m.id = e.member_id WHERE e.jam_id = ? ORDER BY e.id",
        (jam_id,),
    )
    return [_edit(row) for row in rows]


async def insert(jam_id: str, kind: EditKind, theme: str, other: str, title: str, member_id: str, now: float) -> int:
    """Write an edit down; return its id."""
    row = await ThemeEditRow.create(
        jam_id=jam_id, kind=kind, theme=theme, other=other, title=title, member_id=member_id, made_at=now
    )
    return int(row.id)


async def undo(change: Transaction, edit_id: int, member_id: str, now: float) -> bool:
    """Mark an edit as undone; return False when it was already."""
    done = await change.execute(
        "UPDATE theme_edits SET undone_by = ?, undone_at = ? WHERE id = ? AND undone_at IS NULL",
        (member_id, now, edit_id),
    )
    return bool(done)
