"""Flags, the cases that they make, and what was decided of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from server.database import Database, Transaction
from server.domain.moderation import PENDING, Case, CaseState, Decision, Flag, Step
from server.storage.rows import CaseRow, CaseStepRow, FlagRow
from server.storage.times import moment

AMONG = "IN (SELECT value FROM json_each(?))"
SELECT = "SELECT k.*, c.author_id FROM cases k JOIN contributions c ON c.id = k.contribution_id"
WAITING = json.dumps(PENDING)


async def _whole(store: Database | Transaction, rows: Sequence[Mapping[str, Any]]) -> list[Case]:
    ids = json.dumps([row["id"] for row in rows])
    flags: dict[str, list[Flag]] = {}
    for one in await store.fetch(
        "SELECT f.*, m.name FROM flags f LEFT JOIN members m ON m.id = f.member_id"
        f" WHERE f.case_id {AMONG} ORDER BY f.id",
        (ids,),
    ):
        flags.setdefault(one["case_id"], []).append(_flag(one))
    steps: dict[str, list[Step]] = {}
    for one in await store.fetch(
        "SELECT s.*, m.name FROM case_steps s LEFT JOIN members m ON m.id = s.member_id"
        f" WHERE s.case_id {AMONG} ORDER BY s.id",
        (ids,),
    ):
        steps.setdefault(one["case_id"], []).append(_step(one))
    return [_case(row, flags.get(row["id"], []), steps.get(row["id"], [])) for row in rows]


def _case(row: Mapping[str, Any], flags: list[Flag], steps: list[Step]) -> Case:
    return Case(
        id=row["id"],
        contribution_id=row["contribution_id"],
        jam_id=row["jam_id"],
        author_id=row["author_id"],
        state=row["state"],
        opened_at=moment(row["opened_at"]),
        changed_at=moment(row["changed_at"]),
        flags=tuple(flags),
        steps=tuple(steps),
    )


def _flag(row: Mapping[str, Any]) -> Flag:
    return Flag(
        member_id=row["member_id"],
        member_name=row["name"] or "",
        host=row["host"],
        reason=row["reason"],
        made_at=moment(row["made_at"]),
    )


def _step(row: Mapping[str, Any]) -> Step:
    return Step(
        member_id=row["member_id"],
        member_name=row["name"] or "",
        act=row["act"],
        note=row["note"],
        made_at=moment(row["made_at"]),
    )


async def by_id(store: Database | Transaction, case_id: str) -> Case | None:
    rows = await store.fetch(f"{SELECT} WHERE k.id = ?", (case_id,))
    return next(iter(await _whole(store, rows)), None)


async def pending_on(store: Database | Transaction, contribution_id: str) -> Case | None:
    """Return the case on a contribution about which something is still to be done, or None."""
    rows = await store.fetch(f"{SELECT} WHERE k.contribution_id = ? AND k.state {AMONG}", (contribution_id, WAITING))
    return next(iter(await _whole(store, rows)), None)


async def of_jam(store: Database, jam_id: str, states: Collection[CaseState], limit: int) -> list[Case]:
    """Return a jam's cases in some states, the oldest first."""
    rows = await store.fetch(
        f"{SELECT} WHERE k.jam_id = ? AND k.state {AMONG} AND NOT c.deleted ORDER BY k.opened_at, k.id LIMIT ?",
        (jam_id, json.dumps(list(states)), limit),
    )
    return await _whole(store, rows)


async def log_of_jam(store: Database, jam_id: str, limit: int) -> list[Case]:
    """Return a jam's cases, those in which something happened last first."""
    rows = await store.fetch(
        f"{SELECT} WHERE k.jam_id = ? ORDER BY k.changed_at DESC, k.id LIMIT ?", (jam_id, limit)
    )
    return await _whole(store, rows)


async def log_of_member(
    store: Database, jam_id: str, member_id: str, voices: Collection[str], limit: int
) -> list[Case]:
    """Return the cases of a jam that somebody flagged, or whose words are theirs."""
    rows = await store.fetch(
        f"{SELECT} WHERE k.jam_id = ? AND (c.author_id IN (SELECT value FROM json_each(?)) OR k.id IN"
        " (SELECT case_id FROM flags WHERE member_id = ?)) ORDER BY k.changed_at DESC, k.id LIMIT ?",
        (jam_id, json.dumps([member_id, *voices]), member_id, limit),
    )
    return await _whole(store, rows)


async def in_thread(store: Database, thread_id: str) -> list[Case]:
    """Return the cases of a thread about which something is still to be done."""
    rows = await store.fetch(
        f"{SELECT} WHERE c.thread_id = ? AND k.state {AMONG} AND NOT c.deleted", (thread_id, WAITING)
    )
    return await _whole(store, rows)


async def count_pending(store: Database, jam_id: str) -> int:
    """Count the cases of a jam that nobody has decided yet."""
    found: int = await store.fetch_value(
        "SELECT count(*) FROM cases k JOIN contributions c ON c.id = k.contribution_id"
        " WHERE k.jam_id = ? AND k.state = 'open' AND NOT c.deleted",
        (jam_id,),
    )
    return found


async def count_flags(store: Database | Transaction, member_id: str, since: float) -> int:
    """Count what somebody flagged since a moment in unix seconds."""
    found: int = await store.fetch_value(
        "SELECT count(*) FROM flags WHERE member_id = ? AND made_at > ?", (member_id, since)
    )
    return found


async def open_case(case_id: str, contribution_id: str, jam_id: str, now: float) -> None:
    await CaseRow.create(
        id=case_id, contribution_id=contribution_id, jam_id=jam_id, state="open", opened_at=now, changed_at=now
    )


async def put_flag(
    case_id: str, *, member_id: str, host: str, activity_uri: str, reason: str, now: float
) -> None:
    await FlagRow.create(
        case_id=case_id, member_id=member_id, host=host, activity_uri=activity_uri, reason=reason, made_at=now
    )


async def knows_activity(store: Database | Transaction, activity_uri: str) -> bool:
    """Say whether a flag came by this activity already."""
    return bool(await store.fetch("SELECT 1 FROM flags WHERE activity_uri = ? LIMIT 1", (activity_uri,)))


async def decide(
    change: Transaction, case: Case, state: CaseState, member_id: str, act: Decision, note: str, now: float
) -> bool:
    """Write a decision down; return False when somebody else has just decided."""
    moved = await change.execute(
        "UPDATE cases SET state = ?, changed_at = ? WHERE id = ? AND state = ?", (state, now, case.id, case.state)
    )
    if moved:
        await CaseStepRow.create(case_id=case.id, member_id=member_id, act=act, note=note, made_at=now)
    return bool(moved)


async def set_hidden(change: Transaction, contribution_id: str, *, hidden: bool) -> None:
    await change.execute("UPDATE contributions SET hidden = ? WHERE id = ?", (hidden, contribution_id))
