"""Decisions on ideas, and work streams. Where a jam is held elsewhere, its server stands for who decided there."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from server.database import Database, Transaction
from server.domain.outcomes import Outcome, Stream
from server.storage.rows import OutcomeRow, WorkStreamRow
from server.storage.times import moment, moment_or_none

_STREAM = (
    "SELECT s.*, coalesce(m.name, j.host, '') AS owner_name, coalesce(m.unit, '') AS owner_unit"
    " FROM work_streams s LEFT JOIN members m ON m.id = s.owner_id LEFT JOIN jams j ON j.id = s.jam_id"
)
_OUTCOME = (
    "SELECT o.*, coalesce(s.title, '') AS stream_title, coalesce(m.name, j.host, '') AS by_name"
    " FROM outcomes o LEFT JOIN work_streams s ON s.id = o.stream_id LEFT JOIN members m ON m.id = o.member_id"
    " LEFT JOIN jams j ON j.id = o.jam_id"
)


def _stream(row: Mapping[str, Any]) -> Stream:
    return Stream(
        id=row["id"],
        jam_id=row["jam_id"],
        title=row["title"],
        purpose=row["purpose"],
        owner_id=row["owner_id"],
        owner_name=row["owner_name"],
        owner_unit=row["owner_unit"],
        made_at=moment(row["made_at"]),
    )


def _outcome(row: Mapping[str, Any]) -> Outcome:
    return Outcome(
        idea_id=row["idea_id"],
        jam_id=row["jam_id"],
        kind=row["kind"],
        stream_id=row["stream_id"],
        stream_title=row["stream_title"],
        reason=row["reason"],
        by_name=row["by_name"],
        decided_at=moment(row["decided_at"]),
        replaced_at=moment_or_none(row["replaced_at"]),
    )


async def streams(store: Database | Transaction, jam_id: str) -> list[Stream]:
    """Return the work streams of a jam, oldest first."""
    rows = await store.fetch(f"{_STREAM} WHERE s.jam_id = ? ORDER BY s.made_at, s.id", (jam_id,))
    return [_stream(row) for row in rows]


async def stream(store: Database | Transaction, stream_id: str) -> Stream | None:
    row = await store.fetch_one(f"{_STREAM} WHERE s.id = ?", (stream_id,))
    return _stream(row) if row else None


async def add_stream(made: Stream) -> None:
    """Write a work stream down, in the running transaction."""
    await WorkStreamRow.create(
        id=made.id, jam_id=made.jam_id, title=made.title, purpose=made.purpose, owner_id=made.owner_id,
        made_at=made.made_at.timestamp(),
    )  # fmt: skip


async def decide(change: Transaction, made: Outcome, member_id: str) -> None:
    """Write a decision down in the place of the one that stood."""
    at = made.decided_at.timestamp()
    await change.execute(
        "UPDATE outcomes SET replaced_at = ? WHERE idea_id = ? AND replaced_at IS NULL", (at, made.idea_id)
    )
    await OutcomeRow.create(
        idea_id=made.idea_id, jam_id=made.jam_id, kind=made.kind, stream_id=made.stream_id, reason=made.reason,
        member_id=member_id, decided_at=at,
    )  # fmt: skip


async def end(change: Transaction, idea_id: str, at: float) -> None:
    """Write down that the decision which stood on an idea is told no more."""
    await change.execute(
        "UPDATE outcomes SET replaced_at = ? WHERE idea_id = ? AND replaced_at IS NULL", (at, idea_id)
    )


async def forget_told(change: Transaction, idea_id: str) -> None:
    """Drop what another server told of an idea that is gone: its words go with the idea's."""
    await change.execute("DELETE FROM outcomes WHERE idea_id = ? AND member_id = ''", (idea_id,))


async def of_idea(store: Database | Transaction, idea_id: str) -> list[Outcome]:
    """Return all decisions on an idea, the one that stands first, then backwards in time."""
    order = "ORDER BY o.replaced_at IS NOT NULL, o.id DESC"
    rows = await store.fetch(f"{_OUTCOME} WHERE o.idea_id = ? {order}", (idea_id,))
    return [_outcome(row) for row in rows]


async def standing(store: Database, ids: Collection[str]) -> dict[str, Outcome]:
    """Return the decisions that stand on some ideas, by the ideas' ids."""
    rows = await store.fetch(
        f"{_OUTCOME} WHERE o.replaced_at IS NULL AND o.idea_id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(ids)),),
    )
    return {row["idea_id"]: _outcome(row) for row in rows}


async def standing_by(store: Database, idea_id: str) -> tuple[Outcome, str] | None:
    """Return the decision that stands on an idea, with the id of whoever decided."""
    row = await store.fetch_one(f"{_OUTCOME} WHERE o.idea_id = ? AND o.replaced_at IS NULL", (idea_id,))
    return (_outcome(row), row["member_id"]) if row else None


async def of_jam(store: Database, jam_id: str) -> Sequence[Outcome]:
    """Return the decisions that stand on the ideas of a jam, oldest first; removed ideas have none."""
    rows = await store.fetch(
        f"{_OUTCOME} JOIN contributions c ON c.id = o.idea_id"
        " WHERE o.jam_id = ? AND o.replaced_at IS NULL AND NOT c.deleted ORDER BY o.decided_at, o.id",
        (jam_id,),
    )
    return [_outcome(row) for row in rows]


async def any_in(store: Database, jam_id: str) -> bool:
    """Say whether a jam has a work stream, or an idea on which something is decided."""
    found = await store.fetch_value(
        "SELECT EXISTS (SELECT 1 FROM work_streams WHERE jam_id = ?) OR EXISTS (SELECT 1 FROM outcomes o"
        " JOIN contributions c ON c.id = o.idea_id WHERE o.jam_id = ? AND o.replaced_at IS NULL AND NOT c.deleted)",
        (jam_id, jam_id),
    )
    return bool(found)


async def undecided(store: Database, forum_ids: Collection[str]) -> list[str]:
    """Return the ids of the ideas of some forums on which nothing is decided, those with most support first."""
    rows = await store.fetch(
        "SELECT c.id FROM contributions c WHERE c.kind = 'idea' AND NOT c.deleted AND NOT c.hidden"
        " AND c.forum_id IN (SELECT value FROM json_each(?))"
        " AND NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.idea_id = c.id AND o.replaced_at IS NULL)"
        " ORDER BY c.support DESC, c.created_at, c.id",
        (json.dumps(sorted(forum_ids)),),
    )
    return [row["id"] for row in rows]
