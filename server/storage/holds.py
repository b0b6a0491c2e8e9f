"""What waits for a reviewer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from server.database import Database, Transaction
from server.domain.crossings import Hold
from server.storage.rows import HoldRow
from server.storage.times import moment, moment_or_none


def _hold(row: Mapping[str, Any]) -> Hold:
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
    )


async def by_id(store: Database, hold_id: str) -> Hold | None:
    row = await store.fetch_one("SELECT * FROM holds WHERE id = ?", (hold_id,))
    return None if row is None else _hold(row)


async def on(
    store: Database, direction: str, contribution_id: str = "", version: int = 0, activity_uri: str = ""
) -> Hold | None:
    """Find the hold on a version (outgoing) or on a received activity (incoming)."""
    row = await store.fetch_one(
        "SELECT * FROM holds WHERE direction = ? AND contribution_id = ? AND version = ? AND activity_uri = ?",
        (direction, contribution_id, version, activity_uri),
    )
    return None if row is None else _hold(row)


async def in_state(store: Database, state: str = "waiting", after: float = 0.0, limit: int = 50) -> list[Hold]:
    """Return holds in one state, oldest first, asked after a moment in unix seconds."""
    rows = await store.fetch(
        "SELECT * FROM holds WHERE state = ? AND asked_at > ? ORDER BY asked_at LIMIT ?", (state, after, limit)
    )
    return [_hold(row) for row in rows]


async def count_waiting(store: Database) -> int:
    return int(await store.fetch_value("SELECT count(*) FROM holds WHERE state = 'waiting'") or 0)


async def put(made: Hold) -> None:
    """Write a hold; one that waits on the same thing already is left as it is."""
    await HoldRow.bulk_create(
        [
            HoldRow(
                id=made.id,
                direction=made.direction,
                contribution_id=made.contribution_id,
                version=made.version,
                activity_uri=made.activity_uri,
                peer=made.peer,
                forum_id=made.forum_id,
                author=made.author,
                preview=made.preview,
                copies=json.dumps(made.copies),
                rules=json.dumps(made.rules),
                reason=made.reason,
                rule_set=made.rule_set,
                state=made.state,
                asked_at=made.asked_at.timestamp(),
            )
        ],
        ignore_conflicts=True,
    )


async def decide(change: Transaction, hold_id: str, state: str, by: str, note: str, now: float) -> bool:
    """Move a waiting hold on; return False when it waits no longer."""
    return bool(
        await change.execute(
            "UPDATE holds SET state = ?, decided_by = ?, decided_at = ?, note = ? WHERE id = ? AND state = 'waiting'",
            (state, by, now, note, hold_id),
        )
    )


async def void(change: Transaction, contribution_id: str, below: int) -> None:
    """End waiting holds on versions older than `below`: their words no longer stand."""
    await change.execute(
        "UPDATE holds SET state = 'void' WHERE contribution_id = ? AND version < ? AND state = 'waiting'",
        (contribution_id, below),
    )


async def forget_previews(change: Transaction, contribution_id: str) -> None:
    """Drop the words that reviewers were shown of something deleted."""
    await change.execute("UPDATE holds SET preview = '' WHERE contribution_id = ?", (contribution_id,))


async def drop_incoming(change: Transaction, activity_uris: Sequence[str]) -> None:
    """End what waits about some received activities, and drop the words that reviewers were shown of them."""
    await change.execute(
        "UPDATE holds SET preview = '', state = CASE WHEN state = 'waiting' THEN 'void' ELSE state END"
        " WHERE direction = 'in' AND activity_uri IN (SELECT value FROM json_each(?))",
        (json.dumps(activity_uris),),
    )


async def drop_from(change: Transaction, host: str) -> None:
    """End what waits about activities that a server sent, and drop the words that reviewers were shown of them."""
    await change.execute(
        "UPDATE holds SET preview = '', state = CASE WHEN state = 'waiting' THEN 'void' ELSE state END"
        " WHERE direction = 'in' AND peer = ?",
        (host,),
    )


async def reopen(change: Transaction, hold_id: str, copies: dict[str, str], preview: str, reason: str) -> None:
    """Ask again: the bytes on offer are not those that were approved."""
    await change.execute(
        "UPDATE holds SET state = 'waiting', copies = ?, preview = ?, reason = ?, decided_by = '', decided_at = NULL"
        " WHERE id = ?",
        (json.dumps(copies), preview, reason, hold_id),
    )
