"""Results of the leak self-test, and the canaries while one runs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, cast

from server.database import Database, Transaction
from server.domain.ideas import Contribution
from server.domain.jams import Forum, Jam
from server.domain.self_test import JAM, Leak, Report, SelfTest, SelfTestState
from server.storage import jams
from server.storage.rows import ContributionRow
from server.storage.times import moment, moment_or_none

KEPT = 200
OF_CANARIES = "(SELECT id FROM contributions WHERE jam_id IN (SELECT id FROM jams WHERE slug = ?))"
# What may hang on a canary, by the column that names it.
HANGING = (
    ("twins", "contribution_id"),
    ("versions", "contribution_id"),
    ("marks", "contribution_id"),
    ("verdicts", "contribution_id"),
    ("past_verdicts", "contribution_id"),
    ("shadow_verdicts", "contribution_id"),
    ("holds", "contribution_id"),
    ("recalls", "contribution_id"),
    ("pseudonyms", "thread_id"),
)


def _test(row: Mapping[str, Any]) -> SelfTest:
    told = json.loads(row["report"])
    report = Report(
        doors=int(told.get("doors", 0)),
        requests=int(told.get("requests", 0)),
        markers=int(told.get("markers", 0)),
        identities=tuple(told.get("identities", ())),
        controls=tuple(told.get("controls", ())),
        notes=tuple(told.get("notes", ())),
        leaks=tuple(Leak(**leak) for leak in told.get("leaks", ())),
    )
    return SelfTest(
        id=row["id"],
        state=cast(SelfTestState, row["state"]),
        asked_by=row["asked_by"],
        asked_at=moment(row["asked_at"]),
        begun_at=moment_or_none(row["begun_at"]),
        ended_at=moment_or_none(row["ended_at"]),
        report=report,
    )


async def newest(store: Database, limit: int = 20) -> list[SelfTest]:
    return [_test(row) for row in await store.fetch("SELECT * FROM self_tests ORDER BY id DESC LIMIT ?", (limit,))]


async def in_state(store: Database, state: SelfTestState) -> SelfTest | None:
    """Return the oldest test in a state."""
    row = await store.fetch_one("SELECT * FROM self_tests WHERE state = ? ORDER BY id LIMIT 1", (state,))
    return None if row is None else _test(row)


async def last_ended(store: Database, *, with_result: bool = False) -> SelfTest | None:
    """Return the test that ended last; `with_result` leaves out those that came to none."""
    row = await store.fetch_one(
        "SELECT * FROM self_tests WHERE state IN ('passed', 'failed') OR (? AND state = 'inconclusive')"
        " ORDER BY id DESC LIMIT 1",
        (not with_result,),
    )
    return None if row is None else _test(row)


async def by_id(store: Database, test_id: int) -> SelfTest | None:
    row = await store.fetch_one("SELECT * FROM self_tests WHERE id = ?", (test_id,))
    return None if row is None else _test(row)


async def insert(change: Transaction, state: SelfTestState, asked_by: str, now: float) -> int:
    """Write down a test that was asked for; old results go."""
    await change.execute(
        "INSERT INTO self_tests (state, asked_by, asked_at, begun_at, report) VALUES (?, ?, ?, NULL, '{}')",
        (state, asked_by, now),
    )
    made = int(await change.fetch_value("SELECT last_insert_rowid()"))
    await change.execute("DELETE FROM self_tests WHERE id <= ?", (made - KEPT,))
    return made


async def move(change: Transaction, test_id: int, before: SelfTestState, state: SelfTestState, now: float) -> bool:
    """Begin a test; return False when it is not in the state that it was in."""
    return bool(
        await change.execute(
            "UPDATE self_tests SET state = ?, begun_at = ? WHERE id = ? AND state = ?", (state, now, test_id, before)
        )
    )


async def end(change: Transaction, test_id: int, report: Report, now: float) -> None:
    """Write down what came of a test. One that ended already keeps its result."""
    await change.execute(
        "UPDATE self_tests SET state = ?, report = ?, ended_at = ? WHERE id = ? AND state = 'running'",
        (report.state, json.dumps(asdict(report)), now, test_id),
    )


async def lay_out(change: Transaction, jam: Jam, forums: Sequence[Forum], ideas: Sequence[Contribution]) -> None:
    """Write the canaries' jam and forums, and the canaries: into no index and under no count."""
    await jams.insert_jam(jam)
    for forum in forums:
        await jams.insert_forum(forum)
    for made in ideas:
        await ContributionRow.create(
            id=made.id, kind=made.kind, uri=made.uri, jam_id=made.jam_id, forum_id=made.forum_id,
            thread_id=made.thread_id, author_id=made.author_id, title=made.title, text=made.text, html=made.html,
            label=made.label, created_at=made.created_at.timestamp(),
        )  # fmt: skip


async def canary_jam(store: Database) -> Jam | None:
    """Return the canaries' jam while it stands."""
    return await jams.jam_of_host(store, JAM, "")


async def uris(store: Database) -> tuple[list[str], list[str]]:
    """Return the URIs of the canaries' forums and of the canaries."""
    forums = await store.fetch(
        "SELECT f.uri FROM forums f JOIN jams j ON j.id = f.jam_id WHERE j.slug = ?", (JAM,)
    )
    ideas = await store.fetch(f"SELECT uri FROM contributions WHERE id IN {OF_CANARIES}", (JAM,))
    twins = await store.fetch(f"SELECT uri FROM twins WHERE contribution_id IN {OF_CANARIES}", (JAM,))
    return [row["uri"] for row in forums], [row["uri"] for row in (*ideas, *twins)]


async def close_forum(change: Transaction, forum_id: str) -> None:
    """Leave a canaries' forum without readers."""
    await change.execute("UPDATE forums SET peers = '[]' WHERE id = ?", (forum_id,))


async def clear(change: Transaction) -> None:
    """Remove the canaries with all that hangs on them, and their forums and jam: as if they had never been."""
    for table, column in HANGING:
        await change.execute(f"DELETE FROM {table} WHERE {column} IN {OF_CANARIES}", (JAM,))
    for table in ("contributions", "forums"):
        await change.execute(f"DELETE FROM {table} WHERE jam_id IN (SELECT id FROM jams WHERE slug = ?)", (JAM,))
    await change.execute("DELETE FROM jams WHERE slug = ?", (JAM,))


async def newest_event(store: Database, kind: str) -> int:
    """Return the number of the newest event of a kind, 0 when there is none."""
    return int(await store.fetch_value("SELECT max(seq) FROM events WHERE kind = ?", (kind,)) or 0)
