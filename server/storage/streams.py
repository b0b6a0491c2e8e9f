"""How work streams go on: milestones, news, and since when nothing was said."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from server.database import Database, Transaction
from server.domain.outcomes import Stream
from server.domain.streams import USUAL_SILENCE, Course, Milestone, News
from server.storage.rows import MilestoneRow, StreamNewsRow
from server.storage.times import moment, moment_or_none

AMONG = "IN (SELECT value FROM json_each(?))"
SINCE = "coalesce(s.said_at, s.made_at)"


def _milestone(row: Mapping[str, Any]) -> Milestone:
    return Milestone(
        id=row["id"], stream_id=row["stream_id"], title=row["title"], member_id=row["member_id"],
        member_name=row["member_name"], due_on=date.fromisoformat(row["due_on"]), made_at=moment(row["made_at"]),
        done_at=moment_or_none(row["done_at"]),
    )  # fmt: skip


def _news(row: Mapping[str, Any]) -> News:
    return News(by_name=row["by_name"], text=row["text"], at=moment(row["made_at"]), ends=bool(row["ends"]))


async def courses(store: Database, streams: Sequence[Stream]) -> list[Course]:
    """Return how some streams go on, in their order."""
    ids = json.dumps([one.id for one in streams])
    states = {
        row["id"]: row
        for row in await store.fetch(
            f"SELECT s.id, {SINCE} AS since, s.ended_at, coalesce(w.days, {USUAL_SILENCE}) AS days"
            f" FROM work_streams s LEFT JOIN stream_silence w ON w.jam_id = s.jam_id WHERE s.id {AMONG}",
            (ids,),
        )
    }
    milestones = await store.fetch(
        "SELECT t.*, coalesce(m.name, '') AS member_name FROM stream_milestones t"
        f" LEFT JOIN members m ON m.id = t.member_id WHERE t.stream_id {AMONG} ORDER BY t.due_on, t.made_at, t.id",
        (ids,),
    )
    news = await store.fetch(
        "SELECT n.*, coalesce(m.name, '') AS by_name FROM stream_news n LEFT JOIN members m ON m.id = n.member_id"
        f" WHERE n.stream_id {AMONG} ORDER BY n.id DESC",
        (ids,),
    )
    return [
        Course(
            stream=one,
            days=states[one.id]["days"],
            said_at=moment(states[one.id]["since"]),
            ended_at=moment_or_none(states[one.id]["ended_at"]),
            milestones=tuple(_milestone(row) for row in milestones if row["stream_id"] == one.id),
            news=tuple(_news(row) for row in news if row["stream_id"] == one.id),
        )
        for one in streams
        if one.id in states
    ]


async def note_said(change: Transaction, stream_id: str, at: float, *, ended: bool = False) -> None:
    """Note that something was said about a stream, with which it ended or not: a silence is over."""
    await change.execute(
        "UPDATE work_streams SET said_at = ?, reminded_at = NULL, ended_at = ? WHERE id = ?",
        (at, at if ended else None, stream_id),
    )


async def add_milestone(made: Milestone) -> None:
    """Write a milestone down, in the running transaction."""
    await MilestoneRow.create(
        id=made.id, stream_id=made.stream_id, title=made.title, member_id=made.member_id,
        due_on=made.due_on.isoformat(), made_at=made.made_at.timestamp(),
    )  # fmt: skip


async def milestone(store: Database, milestone_id: str) -> Milestone | None:
    row = await store.fetch_one(
        "SELECT t.*, coalesce(m.name, '') AS member_name FROM stream_milestones t"
        " LEFT JOIN members m ON m.id = t.member_id WHERE t.id = ?",
        (milestone_id,),
    )
    return _milestone(row) if row else None


async def set_done(change: Transaction, milestone_id: str, at: float | None) -> bool:
    """Set when a milestone was done, None for not yet; return False where it says so already."""
    return bool(
        await change.execute(
            "UPDATE stream_milestones SET done_at = ? WHERE id = ? AND (done_at IS NULL) != ?",
            (at, milestone_id, at is None),
        )
    )


async def add_news(stream_id: str, member_id: str, text: str, at: float, *, ends: bool) -> None:
    """Write down what was said, in the running transaction."""
    await StreamNewsRow.create(stream_id=stream_id, member_id=member_id, text=text, ends=ends, made_at=at)


async def set_silence(change: Transaction, jam_id: str, days: int) -> None:
    await change.execute(
        "INSERT INTO stream_silence (jam_id, days) VALUES (?, ?)"
        " ON CONFLICT (jam_id) DO UPDATE SET days = excluded.days",
        (jam_id, days),
    )


async def silence(store: Database, jam_id: str) -> int:
    """Return after how many days the streams of a jam count as silent."""
    found = await store.fetch_value("SELECT days FROM stream_silence WHERE jam_id = ?", (jam_id,))
    return USUAL_SILENCE if found is None else int(found)


async def silent(store: Database, now: float, *, unreminded: bool) -> list[tuple[str, str, str]]:
    """Return (stream, jam, owner) of streams of ours that are silent, or of those whose owner was not reminded yet."""
    rows = await store.fetch(
        "SELECT s.id, s.jam_id, s.owner_id FROM work_streams s JOIN jams j ON j.id = s.jam_id AND j.host = ''"
        " LEFT JOIN stream_silence w ON w.jam_id = s.jam_id WHERE s.ended_at IS NULL"
        f" AND ? - {SINCE} >= 86400 * coalesce(w.days, {USUAL_SILENCE}) AND (NOT ? OR s.reminded_at IS NULL)"
        " ORDER BY s.made_at, s.id",
        (now, unreminded),
    )
    return [(row["id"], row["jam_id"], row["owner_id"]) for row in rows]


async def note_reminded(change: Transaction, stream_id: str, at: float) -> bool:
    """Note that whoever answers for a stream is reminded; return False where that was done."""
    return bool(
        await change.execute(
            "UPDATE work_streams SET reminded_at = ? WHERE id = ? AND reminded_at IS NULL AND ended_at IS NULL",
            (at, stream_id),
        )
    )


async def authors(store: Database, stream_ids: Collection[str]) -> list[str]:
    """Return the ids of those whose ideas some streams carry on."""
    rows = await store.fetch(
        "SELECT DISTINCT c.author_id FROM outcomes o JOIN contributions c ON c.id = o.idea_id AND NOT c.deleted"
        f" WHERE o.replaced_at IS NULL AND o.stream_id {AMONG} ORDER BY c.author_id",
        (json.dumps(sorted(stream_ids)),),
    )
    return [row["author_id"] for row in rows]
