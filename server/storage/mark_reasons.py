"""Why Emerging and Best were set, and when they fell."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.database import Database, Transaction
from server.domain.facilitation import MarkReason
from server.domain.ideas import MarkKind
from server.storage.rows import MarkReasonRow
from server.storage.times import moment, moment_or_none


async def put(contribution_id: str, kind: MarkKind, member_id: str, reason: str, now: float) -> None:
    """Write down why a mark was set, in the running transaction."""
    await MarkReasonRow.create(
        contribution_id=contribution_id, kind=kind, member_id=member_id, reason=reason, made_at=now
    )


async def end(change: Transaction, contribution_id: str, kind: MarkKind, member_id: str, now: float) -> None:
    """Write down that a mark fell; what was said of it stays. A forum's own server, "", takes back its own alone."""
    await change.execute(
        "UPDATE mark_reasons SET taken_by = ?, taken_at = ?"
        " WHERE contribution_id = ? AND kind = ? AND taken_at IS NULL AND (member_id = '') = (? = '')",
        (member_id, now, contribution_id, kind, member_id),
    )


async def of_thread(store: Database, thread_id: str) -> list[MarkReason]:
    """Return the reasons of all marks that were ever set in a thread, oldest first."""
    rows = await store.fetch(
        "SELECT r.*, m.name FROM mark_reasons r JOIN contributions c ON c.id = r.contribution_id"
        " LEFT JOIN members m ON m.id = r.member_id WHERE c.thread_id = ? ORDER BY r.id",
        (thread_id,),
    )
    return [_reason(row) for row in rows]


def _reason(row: Mapping[str, Any]) -> MarkReason:
    return MarkReason(
        contribution_id=row["contribution_id"],
        kind=row["kind"],
        member_id=row["member_id"],
        member_name=row["name"] or "",
        reason=row["reason"],
        made_at=moment(row["made_at"]),
        taken_by=row["taken_by"],
        taken_at=moment_or_none(row["taken_at"]),
    )


@dataclass(frozen=True, slots=True)
class Marked:
    """A mark that stands, with the title of what bears it."""

    contribution_id: str
    title: str
    mark: MarkReason


async def since(store: Database, jam_id: str, at: float) -> list[Marked]:
    """Return the marks of a jam that were set since a moment in unix seconds and stand, oldest first."""
    rows = await store.fetch(
        "SELECT r.*, m.name, c.title FROM mark_reasons r JOIN contributions c ON c.id = r.contribution_id"
        " LEFT JOIN members m ON m.id = r.member_id WHERE c.jam_id = ? AND r.made_at >= ? AND r.taken_at IS NULL"
        " AND NOT c.deleted ORDER BY r.id LIMIT 200",
        (jam_id, at),
    )
    return [Marked(row["contribution_id"], row["title"], _reason(row)) for row in rows]


async def standing(store: Database, ids: Sequence[str]) -> dict[tuple[str, str], str]:
    """Return why the marks at some contributions were set: (contribution id, mark) → reason."""
    rows = await store.fetch(
        "SELECT r.contribution_id, r.kind, r.reason FROM json_each(?) s"
        " JOIN mark_reasons r ON r.contribution_id = s.value AND r.taken_at IS NULL ORDER BY r.id",
        (json.dumps(list(ids)),),
    )
    return {(row["contribution_id"], row["kind"]): row["reason"] for row in rows}
