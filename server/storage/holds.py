"""What waits for reviewers, and what they answered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from server.database import Database, Transaction
from server.domain.actors import Member
from server.domain.crossings import Demand
from server.domain.holds import Answer, Decision, Hold, OfferedCopy, Sought
from server.storage import people
from server.storage.rows import HoldAnswerRow
from server.storage.times import moment, moment_or_none

Source = Database | Transaction
AUTHOR_OF = "LEFT JOIN contributions c ON h.direction = 'out' AND c.id = h.contribution_id"
# For whom a hold waits: not its author, of a group that is called, and not of those who have approved it.
MINE = (
    "coalesce(c.author_id, '') NOT IN (SELECT value FROM json_each(:selves))"
    " AND (h.reviewers = '[]' OR EXISTS (SELECT 1 FROM json_each(h.reviewers) g"
    " WHERE g.value IN (SELECT value FROM json_each(:names))))"
    " AND NOT EXISTS (SELECT 1 FROM hold_answers a WHERE a.hold_id = h.id AND a.member_id = :member"
    " AND a.decision = 'release' AND a.offer = h.offer AND a.undone_at IS NULL)"
)


def _hold(row: Mapping[str, Any], answers: Sequence[Answer]) -> Hold:
    return Hold(
        id=row["id"],
        direction=row["direction"],
        contribution_id=row["contribution_id"],
        version=row["version"],
        activity_uri=row["activity_uri"],
        peer=row["peer"],
        forum_id=row["forum_id"],
        author=row["author"],
        preview=row["preview"],
        copies=json.loads(row["copies"]),
        rules=tuple(json.loads(row["rules"])),
        reason=row["reason"],
        rule_set=row["rule_set"],
        state=row["state"],
        asked_at=moment(row["asked_at"]),
        decided_by=row["decided_by"],
        decided_at=moment_or_none(row["decided_at"]),
        note=row["note"],
        part=row["part"],
        wordings=json.loads(row["wordings"]),
        previews=tuple(_copy(one) for one in json.loads(row["previews"])),
        released=json.loads(row["released"]),
        demands=tuple(Demand(number, tuple(names)) for number, names in json.loads(row["demands"])),
        within_hours=row["within_hours"],
        takes_effect_at=moment_or_none(row["takes_effect_at"]),
        answers=tuple(answers),
    )


def _copy(value: Mapping[str, Any]) -> OfferedCopy:
    return OfferedCopy(**{**value, "masked": tuple((kind, words) for kind, words in value["masked"])})


def _answer(row: Mapping[str, Any], by: Member) -> Answer:
    return Answer(
        by=by,
        decision=row["decision"],
        offer=row["offer"],
        note=row["note"],
        batch=row["batch"],
        at=moment(row["answered_at"]),
        undone=row["undone_at"] is not None,
    )


async def _with_answers(store: Source, rows: Sequence[Mapping[str, Any]]) -> list[Hold]:
    if not rows:
        return []
    answers = await store.fetch(
        "SELECT * FROM hold_answers WHERE hold_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps([row["id"] for row in rows]),),
    )
    known = await people.by_ids(store, {row["member_id"] for row in answers})
    given: dict[str, list[Answer]] = {}
    for row in answers:
        given.setdefault(row["hold_id"], []).append(_answer(row, known[row["member_id"]]))
    return [_hold(row, given.get(row["id"], ())) for row in rows]


async def by_id(store: Source, hold_id: str) -> Hold | None:
    rows = await store.fetch("SELECT * FROM holds WHERE id = ?", (hold_id,))
    return next(iter(await _with_answers(store, rows)), None)


async def on(
    store: Source, direction: str, contribution_id: str = "", version: int = 0, activity_uri: str = ""
) -> list[Hold]:
    """Find the holds on a version (outgoing) or on a received activity (incoming): one for each group of reviewers."""
    rows = await store.fetch(
        "SELECT * FROM holds WHERE direction = ? AND contribution_id = ? AND version = ? AND activity_uri = ?"
        " ORDER BY asked_at, id",
        (direction, contribution_id, version, activity_uri),
    )
    return await _with_answers(store, rows)


async def of_thread(store: Database, thread_id: str) -> list[Hold]:
    """Return the holds on the present versions of what stands in a thread, oldest first."""
    rows = await store.fetch(
        "SELECT h.* FROM holds h JOIN contributions c ON c.id = h.contribution_id AND c.version = h.version"
        " WHERE h.direction = 'out' AND c.thread_id = ? ORDER BY h.asked_at, h.id",
        (thread_id,),
    )
    return await _with_answers(store, rows)


async def queue(store: Database, sought: Sought, after: tuple[float, str] = (0.0, ""), limit: int = 50) -> list[Hold]:
    """Return holds, oldest first, after the (unix seconds, id) of one."""
    where, values = _where(sought)
    rows = await store.fetch(
        f"SELECT h.* FROM holds h {AUTHOR_OF} WHERE {where} AND (h.asked_at, h.id) > (:at, :id)"
        " ORDER BY h.asked_at, h.id LIMIT :limit",
        {**values, "at": after[0], "id": after[1], "limit": limit},
    )
    return await _with_answers(store, rows)


async def count(store: Database, sought: Sought) -> int:
    where, values = _where(sought)
    return int(await store.fetch_value(f"SELECT count(*) FROM holds h {AUTHOR_OF} WHERE {where}", values) or 0)


async def count_overdue(store: Database, now: float) -> int:
    """Count what waits for longer than the rules want it to."""
    sql = "SELECT count(*) FROM holds WHERE state = 'waiting' AND asked_at + within_hours * 3600.0 < ?"
    return int(await store.fetch_value(sql, (now,)) or 0)


def _where(sought: Sought) -> tuple[str, dict[str, object]]:
    # Every condition is one of this module's own literals, never input.
    conditions, values = ["h.state = :state"], dict[str, object](state=sought.state)
    if sought.direction:
        conditions.append("h.direction = :direction")
        values["direction"] = sought.direction
    if sought.forum_id:
        conditions.append("h.forum_id = :forum")
        values["forum"] = sought.forum_id
    if sought.without:
        conditions.append("h.forum_id NOT IN (SELECT value FROM json_each(:without))")
        values["without"] = json.dumps(sorted(sought.without))
    if sought.audience:
        conditions.append("EXISTS (SELECT 1 FROM json_each(h.copies) o WHERE o.key = :audience)")
        values["audience"] = sought.audience
    if sought.mine is not None:
        conditions.append(MINE)
        by, names, voices = sought.mine
        values |= {"member": by, "names": json.dumps(sorted(names)), "selves": json.dumps([by, *sorted(voices)])}
    return " AND ".join(conditions), values


async def places(store: Database) -> tuple[list[str], list[str]]:
    """Return the audiences and the forum ids of what waits, each once."""
    audiences = await store.fetch(
        "SELECT DISTINCT o.key AS key FROM holds h, json_each(h.copies) o WHERE h.state = 'waiting' ORDER BY o.key"
    )
    forums = await store.fetch("SELECT DISTINCT forum_id FROM holds WHERE state = 'waiting'")
    return [row["key"] for row in audiences], [row["forum_id"] for row in forums]


async def undoable(store: Source, member_id: str, since: float, batch: str = "") -> list[Hold]:
    """Return, oldest first, the holds to which a person gave an answer since a moment that has no effect yet."""
    rows = await store.fetch(
        "SELECT DISTINCT h.* FROM holds h JOIN hold_answers a ON a.hold_id = h.id"
        " WHERE a.member_id = ? AND a.undone_at IS NULL AND a.answered_at >= ? AND ? IN ('', a.batch)"
        " AND h.state IN ('waiting', 'deciding') AND a.offer = h.offer ORDER BY a.id",
        (member_id, since, batch),
    )
    return await _with_answers(store, rows)


async def due(store: Database, now: float) -> list[str]:
    """Return the ids of holds whose decision can be undone no longer."""
    rows = await store.fetch("SELECT id FROM holds WHERE state = 'deciding' AND takes_effect_at <= ?", (now,))
    return [row["id"] for row in rows]


async def put(change: Transaction, made: Hold) -> None:
    """Write a hold, in place of the one with its id; one with another id about the same thing stays as it is."""
    row = {
        "id": made.id,
        "direction": made.direction,
        "contribution_id": made.contribution_id,
        "version": made.version,
        "activity_uri": made.activity_uri,
        "peer": made.peer,
        "forum_id": made.forum_id,
        "author": made.author,
        "preview": made.preview,
        "copies": json.dumps(made.copies, sort_keys=True),
        "rules": json.dumps(made.rules),
        "reason": made.reason,
        "rule_set": made.rule_set,
        "state": made.state,
        "asked_at": made.asked_at.timestamp(),
        "decided_by": made.decided_by,
        "decided_at": made.decided_at.timestamp() if made.decided_at else None,
        "note": made.note,
        "part": made.part,
        "wordings": json.dumps(made.wordings, sort_keys=True),
        "previews": json.dumps([asdict(one) for one in made.previews]),
        "released": json.dumps(made.released, sort_keys=True),
        "offer": made.offer,
        "demands": json.dumps([[one.approvals, one.reviewers] for one in made.demands]),
        "reviewers": json.dumps([name.casefold() for name in made.reviewers]),
        "within_hours": made.within_hours,
        "takes_effect_at": made.takes_effect_at.timestamp() if made.takes_effect_at else None,
    }
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    changed = ", ".join(f"{name} = excluded.{name}" for name in row if name != "id")
    await change.execute(
        f"INSERT INTO holds ({names}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {changed} ON CONFLICT DO NOTHING",
        row,
    )


async def answer(
    change: Transaction, hold: Hold, member_id: str, decision: Decision, note: str, batch: str, now: float
) -> None:
    """Keep what somebody answered to what is on offer now; what they said before about it is taken back."""
    await take_back(change, hold.id, member_id, now)
    await HoldAnswerRow.create(
        hold_id=hold.id,
        member_id=member_id,
        decision=decision,
        offer=hold.offer,
        note=note,
        batch=batch,
        answered_at=now,
    )


async def take_back(change: Transaction, hold_id: str, member_id: str, now: float) -> int:
    """Mark the answers of one person as undone; return how many there were."""
    return await change.execute(
        "UPDATE hold_answers SET undone_at = ? WHERE hold_id = ? AND member_id = ? AND undone_at IS NULL",
        (now, hold_id, member_id),
    )


async def void(change: Transaction, contribution_id: str, below: int) -> None:
    """End undecided holds on versions older than `below`: their words no longer stand."""
    await change.execute(
        "UPDATE holds SET state = 'void', takes_effect_at = NULL"
        " WHERE contribution_id = ? AND version < ? AND state IN ('waiting', 'deciding')",
        (contribution_id, below),
    )


async def forget_previews(change: Transaction, contribution_id: str) -> None:
    """Drop the words that reviewers were shown of something deleted."""
    await change.execute(
        "UPDATE holds SET preview = '', previews = '[]' WHERE contribution_id = ?", (contribution_id,)
    )


async def asked_about(store: Database, contribution_ids: Sequence[str]) -> set[str]:
    """Return those of some contributions about which reviewers were ever asked."""
    rows = await store.fetch(
        "SELECT DISTINCT contribution_id FROM holds WHERE direction = 'out'"
        " AND contribution_id IN (SELECT value FROM json_each(?))",
        (json.dumps(contribution_ids),),
    )
    return {row["contribution_id"] for row in rows}


async def drop_incoming(change: Transaction, activity_uris: Sequence[str]) -> None:
    """End what waits about some received activities, and drop the words that reviewers were shown of them."""
    await change.execute(
        "UPDATE holds SET preview = '', previews = '[]', takes_effect_at = NULL,"
        " state = CASE WHEN state IN ('waiting', 'deciding') THEN 'void' ELSE state END"
        " WHERE direction = 'in' AND activity_uri IN (SELECT value FROM json_each(?))",
        (json.dumps(activity_uris),),
    )


async def drop_from(change: Transaction, host: str) -> None:
    """End what waits about activities that a server sent, and drop the words that reviewers were shown of them."""
    await change.execute(
        "UPDATE holds SET preview = '', previews = '[]', takes_effect_at = NULL,"
        " state = CASE WHEN state IN ('waiting', 'deciding') THEN 'void' ELSE state END"
        " WHERE direction = 'in' AND peer = ?",
        (host,),
    )
