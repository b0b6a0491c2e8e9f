"""Versions of published reports: a correction makes the next one, and the one before is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from server.database import Database, Transaction
from server.domain.actors import Member
from server.domain.answers import Report, ThemeAnswer
from server.storage import people
from server.storage.times import moment, moment_or_none

# What is kept of an answer; sources and moments are kept beside it.
PLAIN = ("id", "theme_id", "label", "size", "doing", "declined", "why", "written_by")


async def keep(change: Transaction, jam_id: str, version: int, found: Sequence[ThemeAnswer]) -> bool:
    """Keep a published version with its answers; return False where it is not the one that stands."""
    return bool(
        await change.execute(
            "INSERT INTO report_versions (jam_id, number, reason, foreword, answers, published_by, published_at)"
            " SELECT jam_id, version, reason, foreword, ?, published_by, published_at FROM reports"
            " WHERE jam_id = ? AND version = ? AND published_at IS NOT NULL",
            (json.dumps([_whole(one) for one in found]), jam_id, version),
        )
    )


def _whole(one: ThemeAnswer) -> dict[str, Any]:
    return {name: getattr(one, name) for name in PLAIN} | {
        "sources": one.sources,
        "made_at": one.made_at.timestamp(),
        "written_at": one.written_at.timestamp() if one.written_at else None,
    }


async def correct(change: Transaction, jam_id: str, foreword: str, reason: str, member_id: str, now: float) -> None:
    """Make the next version of a report."""
    await change.execute(
        "UPDATE reports SET foreword = ?, reason = ?, published_by = ?, published_at = ?, version = version + 1"
        " WHERE jam_id = ?",
        (foreword, reason, member_id, now, jam_id),
    )


async def earlier(store: Database, jam_id: str) -> list[tuple[Report, list[ThemeAnswer]]]:
    """Return the versions before the one that stands, newest first, each with its answers."""
    rows = await store.fetch(
        "SELECT v.*, coalesce(m.name, '') AS publisher_name FROM report_versions v"
        " LEFT JOIN members m ON m.id = v.published_by WHERE v.jam_id = ? ORDER BY v.number DESC",
        (jam_id,),
    )
    kept = [json.loads(row["answers"]) for row in rows]
    known = await people.by_ids(store, {one["written_by"] for whole in kept for one in whole})
    return [
        (_report(jam_id, row), [_answer(one, jam_id, known.get(one["written_by"])) for one in whole])
        for row, whole in zip(rows, kept, strict=True)
    ]


def _report(jam_id: str, row: Mapping[str, Any]) -> Report:
    return Report(
        jam_id=jam_id, foreword=row["foreword"], publisher_name=row["publisher_name"],
        published_at=moment(row["published_at"]), version=row["number"], reason=row["reason"],
    )  # fmt: skip


def _answer(one: Mapping[str, Any], jam_id: str, writer: Member | None) -> ThemeAnswer:
    return ThemeAnswer(
        **{name: one[name] for name in PLAIN},
        jam_id=jam_id,
        sources=tuple(one["sources"]),
        owner_id="",
        owner_name="",
        writer_name=writer.name if writer else "",
        writer_unit=writer.unit if writer else "",
        made_at=moment(one["made_at"]),
        written_at=moment_or_none(one["written_at"]),
    )


async def told(store: Database, jam_id: str) -> set[str]:
    """Return the ids of those who were told of a report, or of a correction of it."""
    rows = await store.fetch(
        "SELECT DISTINCT member_id FROM notices WHERE subject_id = ? AND detail IN ('report', 'correction')", (jam_id,)
    )
    return {row["member_id"] for row in rows}
