"""What a table in the shadow would have decided otherwise."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from server.database import Database, Transaction
from server.domain.crossings import ShadowDifference, Verdict
from server.storage.times import moment


async def put(change: Transaction, subject_id: str, version: int, act: str, made: Verdict, now: float) -> None:
    """Keep how the shadow differs about one verdict; forget that it did where it no longer does."""
    tried = made.tried
    if tried is None:
        return
    key = (tried.rule_set, subject_id, version, made.audience, act)
    if not tried.differs:
        await change.execute(
            "DELETE FROM shadow_verdicts WHERE rule_set = ? AND contribution_id = ? AND version = ?"
            " AND audience = ? AND act = ?",
            key,
        )
        return
    await change.execute(
        "INSERT INTO shadow_verdicts (rule_set, contribution_id, version, audience, act, before, after, rules, reason,"
        " opens, decided_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (rule_set, contribution_id, version, audience, act) DO UPDATE SET before = excluded.before,"
        " after = excluded.after, rules = excluded.rules, reason = excluded.reason, opens = excluded.opens,"
        " decided_at = excluded.decided_at",
        (*key, made.verdict, tried.verdict, json.dumps(tried.rules), tried.reason, tried.opens, now),
    )


async def counts(store: Database, rule_set: int) -> tuple[int, int]:
    """Return how many verdicts a table in the shadow would have made otherwise, and how many more openly."""
    row = await store.fetch_one(
        "SELECT count(*) AS otherwise, coalesce(sum(opens), 0) AS opening FROM shadow_verdicts WHERE rule_set = ?",
        (rule_set,),
    )
    return (int(row["otherwise"]), int(row["opening"])) if row else (0, 0)


async def newest(store: Database, rule_set: int, limit: int = 50) -> list[ShadowDifference]:
    """Return the differences, those that open first, then newest first."""
    rows = await store.fetch(
        "SELECT * FROM shadow_verdicts WHERE rule_set = ? ORDER BY opens DESC, decided_at DESC, id DESC LIMIT ?",
        (rule_set, limit),
    )
    return [_difference(row) for row in rows]


def _difference(row: Mapping[str, Any]) -> ShadowDifference:
    return ShadowDifference(
        rule_set=row["rule_set"],
        subject_id=row["contribution_id"],
        version=row["version"],
        audience=row["audience"],
        act=row["act"],
        before=row["before"],
        after=row["after"],
        rules=tuple(json.loads(row["rules"])),
        reason=row["reason"],
        opens=bool(row["opens"]),
        decided_at=moment(row["decided_at"]),
    )
