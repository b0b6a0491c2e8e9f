"""Statements and what people said to them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from server.database import Database, Transaction
from server.domain.statements import Opinion, Statement, StatementState, Tally
from server.storage.times import moment

SELECT = "SELECT s.*, m.name AS author_name FROM statements s JOIN members m ON m.id = s.author_id"


def _statement(row: Mapping[str, Any]) -> Statement:
    return Statement(
        id=row["id"],
        jam_id=row["jam_id"],
        text=row["text"],
        sources=tuple(json.loads(row["sources"])),
        state=row["state"],
        author_id=row["author_id"],
        author_name=row["author_name"],
        made_at=moment(row["made_at"]),
        decided_by=row["decided_by"],
        note=row["note"],
    )


async def insert(change: Transaction, made: Statement) -> None:
    await change.execute(
        "INSERT INTO statements (id, jam_id, text, sources, state, author_id, made_at, decided_by, note)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, '')",
        (
            made.id, made.jam_id, made.text, json.dumps(made.sources), made.state, made.author_id,
            made.made_at.timestamp(), made.decided_by,
        ),
    )  # fmt: skip


async def by_id(store: Database | Transaction, statement_id: str) -> Statement | None:
    row = await store.fetch_one(f"{SELECT} WHERE s.id = ?", (statement_id,))
    return None if row is None else _statement(row)


async def of_jam(store: Database, jam_id: str, state: StatementState) -> list[Statement]:
    """Return a jam's statements in one state, oldest first."""
    rows = await store.fetch(f"{SELECT} WHERE s.jam_id = ? AND s.state = ? ORDER BY s.made_at, s.id", (jam_id, state))
    return [_statement(row) for row in rows]


async def by_author(store: Database, jam_id: str, author_id: str) -> list[Statement]:
    """Return what somebody drafted in a jam and what is not approved of it, newest first."""
    rows = await store.fetch(
        f"{SELECT} WHERE s.jam_id = ? AND s.author_id = ? AND s.state != 'approved' ORDER BY s.made_at DESC",
        (jam_id, author_id),
    )
    return [_statement(row) for row in rows]


async def decide(
    change: Transaction, statement_id: str, state: StatementState, by_id_: str, note: str, now: float
) -> bool:
    """Approve or decline; return False where somebody has just done so."""
    done = await change.execute(
        "UPDATE statements SET state = ?, decided_by = ?, note = ?, decided_at = ? WHERE id = ? AND state = 'proposed'",
        (state, by_id_, note, now, statement_id),
    )
    return bool(done)


async def unseen(store: Database, jam_id: str, member_id: str) -> Statement | None:
    """Return the approved statement that a person has not answered and that the fewest have: all get their turn."""
    row = await store.fetch_one(
        f"{SELECT} LEFT JOIN (SELECT statement_id, count(*) AS n FROM statement_votes GROUP BY 1) v"
        " ON v.statement_id = s.id WHERE s.jam_id = ? AND s.state = 'approved' AND NOT EXISTS"
        " (SELECT 1 FROM statement_votes o WHERE o.statement_id = s.id AND o.member_id = ?)"
        " ORDER BY coalesce(v.n, 0), s.made_at, s.id LIMIT 1",
        (jam_id, member_id),
    )
    return None if row is None else _statement(row)


async def progress(store: Database, jam_id: str, member_id: str) -> tuple[int, int]:
    """Return how many approved statements a person has answered, and how many there are."""
    row = await store.fetch_one(
        "SELECT count(*) AS n, count(v.id) AS done FROM statements s LEFT JOIN statement_votes v"
        " ON v.statement_id = s.id AND v.member_id = ? WHERE s.jam_id = ? AND s.state = 'approved'",
        (member_id, jam_id),
    )
    return (row["done"], row["n"]) if row else (0, 0)


async def vote(change: Transaction, statement_id: str, member_id: str, opinion: Opinion, now: float) -> None:
    """Write what a person says, in place of what they said before."""
    await change.execute(
        "INSERT INTO statement_votes (statement_id, member_id, vote, voted_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (statement_id, member_id) DO UPDATE SET vote = excluded.vote, voted_at = excluded.voted_at",
        (statement_id, member_id, opinion, now),
    )


async def said_by(store: Database, jam_id: str, member_id: str) -> dict[str, Opinion]:
    """Return what a person said to each statement that they answered."""
    rows = await store.fetch(
        "SELECT v.statement_id, v.vote FROM statement_votes v JOIN statements s ON s.id = v.statement_id"
        " WHERE s.jam_id = ? AND v.member_id = ?",
        (jam_id, member_id),
    )
    return {row["statement_id"]: row["vote"] for row in rows}


async def tallies(store: Database, jam_id: str) -> dict[str, dict[tuple[str, str], Tally]]:
    """Return statement id → (unit, host) → how many of it agreed, passed and disagreed."""
    rows = await store.fetch(
        "SELECT v.statement_id, m.unit, m.host, count(*) FILTER (WHERE v.vote = 'agree') AS agree,"
        " count(*) FILTER (WHERE v.vote = 'pass') AS passed, count(*) FILTER (WHERE v.vote = 'disagree') AS disagree"
        " FROM statement_votes v JOIN members m ON m.id = v.member_id JOIN statements s ON s.id = v.statement_id"
        " WHERE s.jam_id = ? GROUP BY v.statement_id, m.unit, m.host",
        (jam_id,),
    )
    found: dict[str, dict[tuple[str, str], Tally]] = {}
    for row in rows:
        tally = Tally(row["agree"], row["passed"], row["disagree"])
        found.setdefault(row["statement_id"], {})[row["unit"], row["host"]] = tally
    return found
