"""What the gate asks the edge to look up, and how far the gate has read the inside event log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from federation.outside.store import Books, Outside
from server.database import Transaction

# The consumer of the inside event log that lets things out and withdraws them.
RELEASE = "release"
# The event of which a part was written, because the rest had to see it: a crash leaves it so.
BEGUN = "release begun"


@dataclass(frozen=True, slots=True)
class Errand:
    """Find the actor behind a handle (`subject`). `answer` is its URI once done."""

    id: int
    subject: str
    asked_by: str
    state: str
    attempts: int
    answer: str


def _errand(row: Mapping[str, Any]) -> Errand:
    return Errand(row["id"], row["subject"], row["asked_by"], row["state"], row["attempts"], row["answer"])


async def ask(change: Transaction, subject: str, asked_by: str, now: float) -> None:
    """Ask for a handle to be looked up; asking again tries anew."""
    await change.execute(
        "INSERT INTO errands (subject, asked_by, state, attempts, due_at, answer, asked_at)"
        " VALUES (?, ?, 'open', 0, 0, '', ?) ON CONFLICT (subject) DO UPDATE SET state = 'open', attempts = 0,"
        " due_at = 0",
        (subject, asked_by, now),
    )


async def in_state(outside: Books, state: str, now: float) -> list[Errand]:
    rows = await outside.store.fetch(
        "SELECT * FROM errands WHERE state = ? AND due_at <= ? ORDER BY id LIMIT 50", (state, now)
    )
    return [_errand(row) for row in rows]


async def about(outside: Outside, subject: str) -> Errand | None:
    row = await outside.store.fetch_one("SELECT * FROM errands WHERE subject = ?", (subject,))
    return None if row is None else _errand(row)


async def finish(outside: Outside, errand: Errand, state: str, answer: str) -> None:
    async with outside.store.transaction() as change:
        await change.execute("UPDATE errands SET state = ?, answer = ? WHERE id = ?", (state, answer, errand.id))


async def put_off(outside: Outside, errand: Errand, due_at: float, answer: str) -> None:
    async with outside.store.transaction() as change:
        await change.execute(
            "UPDATE errands SET attempts = attempts + 1, due_at = ?, answer = ? WHERE id = ?",
            (due_at, answer, errand.id),
        )


async def cursor(outside: Books, consumer: str) -> int:
    """Return the number of the last inside event that a consumer has dealt with."""
    return int(await outside.store.fetch_value("SELECT seq FROM cursors WHERE consumer = ?", (consumer,)) or 0)


async def advance(change: Transaction, consumer: str, seq: int) -> None:
    await change.execute(
        "INSERT INTO cursors (consumer, seq) VALUES (?, ?) ON CONFLICT (consumer) DO UPDATE SET seq = excluded.seq",
        (consumer, seq),
    )
