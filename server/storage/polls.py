"""Polls, their choices and votes."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from server.database import Database, Transaction
from server.domain.polls import Counts, Poll
from server.storage.times import moment, moment_or_none

SELECT = (
    "SELECT p.*, c.thread_id, c.author_id, c.deleted, m.host AS author_host FROM polls p"
    " JOIN contributions c ON c.id = p.contribution_id JOIN members m ON m.id = c.author_id"
)


async def insert(
    change: Transaction, contribution_id: str, question: str, choices: Sequence[str], *, multiple: bool, hidden: bool,
    ends_at: datetime, closed_at: datetime | None, counts: Counts,
) -> None:  # fmt: skip
    """Write a poll, once."""
    made = await change.execute(
        "INSERT OR IGNORE INTO polls (contribution_id, question, multiple, hidden, ends_at, closed_at, counts, voters,"
        " counted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            contribution_id, question, multiple, hidden, ends_at.timestamp(),
            closed_at.timestamp() if closed_at else None, json.dumps(counts.votes), counts.voters,
            counts.at.timestamp(),
        ),
    )  # fmt: skip
    if made:
        await change.executemany(
            "INSERT INTO poll_choices (contribution_id, position, name) VALUES (?, ?, ?)",
            [(contribution_id, position, name) for position, name in enumerate(choices)],
        )


async def by_id(store: Database | Transaction, contribution_id: str) -> Poll | None:
    """Return the poll that a reply is, or None: most replies are none, and what was deleted is none either."""
    row = await store.fetch_one(f"{SELECT} WHERE p.contribution_id = ? AND NOT c.deleted", (contribution_id,))
    return None if row is None else (await _polls(store, [row]))[0]


async def of_thread(store: Database, thread_id: str) -> list[Poll]:
    """Return the polls of a thread, oldest first."""
    standing = "NOT c.deleted AND NOT c.hidden"
    rows = await store.fetch(f"{SELECT} WHERE c.thread_id = ? AND {standing} ORDER BY c.created_at", (thread_id,))
    return await _polls(store, rows)


async def of_jam(store: Database, jam_id: str) -> list[Poll]:
    """Return the polls of a jam that stand, oldest first."""
    standing = "NOT c.deleted AND NOT c.hidden"
    rows = await store.fetch(f"{SELECT} WHERE c.jam_id = ? AND {standing} ORDER BY c.created_at", (jam_id,))
    return await _polls(store, rows)


async def _polls(store: Database | Transaction, rows: Sequence[Mapping[str, Any]]) -> list[Poll]:
    ids = (json.dumps([row["contribution_id"] for row in rows]),)
    among = "contribution_id IN (SELECT value FROM json_each(?))"
    names: dict[str, list[str]] = {}
    for one in await store.fetch(f"SELECT * FROM poll_choices WHERE {among} ORDER BY position", ids):
        names.setdefault(one["contribution_id"], []).append(one["name"])
    votes: dict[str, dict[int, int]] = {}
    for one in await store.fetch(
        f"SELECT contribution_id, position, count(*) AS n FROM poll_votes WHERE {among} GROUP BY 1, 2", ids
    ):
        votes.setdefault(one["contribution_id"], {})[one["position"]] = one["n"]
    voters = {
        one["contribution_id"]: one["n"]
        for one in await store.fetch(
            f"SELECT contribution_id, count(DISTINCT member_id) AS n FROM poll_votes WHERE {among} GROUP BY 1", ids
        )
    }
    found = []
    for row in rows:
        id_, told = row["contribution_id"], _told(row, len(names.get(row["contribution_id"], ())))
        ours = tuple(votes.get(id_, {}).get(position, 0) for position in range(len(names.get(id_, ()))))
        counts = told if row["author_host"] else Counts(votes=ours, voters=voters.get(id_, 0), at=told.at)
        found.append(_poll(row, tuple(names.get(id_, ())), counts, told))
    return found


def _told(row: Mapping[str, Any], choices: int) -> Counts:
    votes = (json.loads(row["counts"]) + [0] * choices)[:choices]
    return Counts(votes=tuple(votes), voters=row["voters"], at=moment(row["counted_at"]))


def _poll(row: Mapping[str, Any], choices: tuple[str, ...], counts: Counts, told: Counts) -> Poll:
    return Poll(
        contribution_id=row["contribution_id"],
        thread_id=row["thread_id"],
        author_host=row["author_host"],
        question=row["question"],
        choices=choices,
        multiple=bool(row["multiple"]),
        hidden=bool(row["hidden"]),
        ends_at=moment(row["ends_at"]),
        closed_at=moment_or_none(row["closed_at"]),
        counts=counts,
        told=told,
    )


async def chosen_by(store: Database | Transaction, member_id: str, ids: Collection[str]) -> dict[str, tuple[int, ...]]:
    """Return what a person chose in some polls: contribution id → positions."""
    rows = await store.fetch(
        "SELECT contribution_id, position FROM poll_votes WHERE member_id = ?"
        " AND contribution_id IN (SELECT value FROM json_each(?)) ORDER BY position",
        (member_id, json.dumps(list(ids))),
    )
    found: dict[str, tuple[int, ...]] = {}
    for row in rows:
        found[row["contribution_id"]] = (*found.get(row["contribution_id"], ()), row["position"])
    return found


async def vote(
    change: Transaction, contribution_id: str, member_id: str, positions: Sequence[int], now: float, *, keep: bool
) -> bool:
    """Write what a person chose, in place of what they chose before (with `keep`: beside it); say if that is new."""
    before = (await chosen_by(change, member_id, [contribution_id])).get(contribution_id, ())
    gone = () if keep else tuple(set(before) - set(positions))
    new = tuple(one for one in positions if one not in before)
    if not gone and not new:
        return False
    await change.executemany(
        "DELETE FROM poll_votes WHERE contribution_id = ? AND member_id = ? AND position = ?",
        [(contribution_id, member_id, one) for one in gone],
    )
    await change.executemany(
        "INSERT INTO poll_votes (contribution_id, member_id, position, voted_at) VALUES (?, ?, ?, ?)",
        [(contribution_id, member_id, one, now) for one in new],
    )
    await change.execute("UPDATE polls SET stale = 1 WHERE contribution_id = ?", (contribution_id,))
    return True


async def due(store: Database, now: float, counted_before: float) -> list[str]:
    """Return the ids of our own polls whose counts are to be told again, or whose end has come."""
    rows = await store.fetch(
        "SELECT p.contribution_id FROM polls p JOIN contributions c ON c.id = p.contribution_id"
        " JOIN members m ON m.id = c.author_id JOIN jams j ON j.id = c.jam_id"
        " WHERE p.closed_at IS NULL AND NOT c.deleted AND m.host = '' AND (p.ends_at <= ? OR j.closes_at <= ?"
        " OR j.state IN ('frozen', 'archived') OR (p.stale AND p.counted_at <= ?))",
        (now, now, counted_before),
    )
    return [row["contribution_id"] for row in rows]


async def tell(
    change: Transaction, contribution_id: str, counts: Counts, *, closed_at: datetime | None, now: float
) -> None:
    """Write down which counts are told outside from now on, or which another server told us, and the end."""
    await change.execute(
        "UPDATE polls SET counts = ?, voters = ?, counted_at = ?, stale = 0, closed_at = coalesce(closed_at, ?)"
        " WHERE contribution_id = ?",
        (json.dumps(counts.votes), counts.voters, now, closed_at.timestamp() if closed_at else None, contribution_id),
    )


async def cut_short(change: Transaction, contribution_id: str, now: float) -> None:
    """Have a poll end now."""
    await change.execute(
        "UPDATE polls SET ends_at = ? WHERE contribution_id = ? AND ends_at > ?", (now, contribution_id, now)
    )


async def empty(change: Transaction, contribution_id: str) -> None:
    """Drop the words and votes of a poll whose reply was deleted."""
    for table in ("poll_votes", "poll_choices", "polls"):
        await change.execute(f"DELETE FROM {table} WHERE contribution_id = ?", (contribution_id,))
