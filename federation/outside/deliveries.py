"""Documents on their way to inboxes, and what became of each."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from sys import intern
from typing import Any, Literal

from federation.outside.store import Books
from server.database import Transaction

TOO_LATE = "Not delivered within 30 days."
DeliveryState = Literal["queued", "sent", "dead", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One document for one inbox. `lane` is the key within which order is kept: the thread."""

    id: int
    host: str
    inbox_uri: str
    uri: str
    audience: str
    version: int
    sender_uri: str
    lane: str
    object_uri: str
    act: str
    state: DeliveryState
    attempts: int
    due_at: float
    made_at: float
    ended_at: float | None
    answer: str

    @property
    def is_about_sender(self) -> bool:
        """Whether it is the Update of an actor of ours by itself."""
        return self.act == "Update" and self.object_uri == self.sender_uri


def _delivery(row: Mapping[str, Any]) -> Delivery:
    """Read a row. Hundreds of servers have the same document in their queues: each text is kept once."""
    values: dict[str, Any] = {name: row[name] for name in Delivery.__slots__}
    for name, value in values.items():
        if type(value) is str:
            values[name] = intern(value)
    return Delivery(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A released document, named by URI, audience and version, for one inbox; due at a time in unix seconds."""

    host: str
    inbox_uri: str
    uri: str
    audience: str
    version: int
    sender_uri: str
    lane: str
    object_uri: str
    act: str
    due_at: float


async def queue(change: Transaction, letters: Sequence[Letter], now: float) -> None:
    """Put letters on their way. The same document for the same inbox again is left as it is."""
    await change.executemany(
        "INSERT OR IGNORE INTO deliveries (host, inbox_uri, uri, audience, version, sender_uri, lane, object_uri, act,"
        " state, attempts, due_at, made_at, answer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', 0, ?, ?, '')",
        [
            (
                one.host,
                one.inbox_uri,
                one.uri,
                one.audience,
                one.version,
                one.sender_uri,
                one.lane,
                one.object_uri,
                one.act,
                one.due_at,
                now,
            )
            for one in letters
        ],
    )


async def due_hosts(outside: Books, now: float, but: Collection[str] = ()) -> list[tuple[str, int]]:
    """Return (host, how often in a row it failed) where the first of some lane is due, those that wait longest first.

    Hosts that are shut out or backing off are left out, and those in `but`. However long a host's queue is, its first
    letter is found in the index; the queue is read only where that letter waits for its time.
    """
    rows = await outside.store.fetch(
        "WITH RECURSIVE waiting (host) AS (SELECT min(host) FROM deliveries WHERE state = 'queued' UNION ALL"
        " SELECT (SELECT min(host) FROM deliveries WHERE state = 'queued' AND host > w.host) FROM waiting w"
        " WHERE w.host IS NOT NULL)"
        " SELECT w.host, coalesce(p.failures, 0) AS failures FROM waiting w LEFT JOIN peers p ON p.host = w.host"
        " WHERE w.host IS NOT NULL AND coalesce(p.state, 'active') = 'active' AND coalesce(p.due_at, 0) <= ?"
        " AND w.host NOT IN (SELECT value FROM json_each(?))"
        " AND NOT EXISTS (SELECT 1 FROM peers s WHERE s.state = 'suspended'"
        " AND '.' || w.host || ':' LIKE '%.' || s.host || ':%')"
        " AND (EXISTS (SELECT 1 FROM deliveries WHERE due_at <= ? AND id ="
        " (SELECT min(id) FROM deliveries WHERE state = 'queued' AND host = w.host))"
        " OR EXISTS (SELECT 1 FROM (SELECT lane, min(id), due_at FROM deliveries"
        " WHERE state = 'queued' AND host = w.host GROUP BY lane) q WHERE q.due_at <= ?))"
        " ORDER BY (SELECT min(id) FROM deliveries WHERE state = 'queued' AND host = w.host)",
        (now, json.dumps(list(but)), now, now),
    )
    return [(row["host"], row["failures"]) for row in rows]


async def due_for(outside: Books, host: str, now: float, limit: int = 64) -> list[Delivery]:
    """Return the first of a host's queue, in order, without the lanes whose first letter is not due yet.

    A letter that is due waits behind one of its lane that is not; the other lanes go on, however long that one is.
    """
    first = await outside.store.fetch(
        "SELECT * FROM deliveries WHERE state = 'queued' AND host = ? ORDER BY id LIMIT ?", (host, limit)
    )
    waiting = _waiting(first, now)
    due = [row for row in first if row["lane"] not in waiting]
    if not due and len(first) == limit:
        due = await outside.store.fetch(
            "SELECT d.* FROM (SELECT lane, min(id), due_at FROM deliveries WHERE state = 'queued' AND host = ?"
            " GROUP BY lane) q JOIN deliveries d ON d.lane = q.lane WHERE q.due_at <= ? AND d.state = 'queued'"
            " AND d.host = ? ORDER BY d.id LIMIT ?",
            (host, now, host, limit),
        )
    return [_delivery(row) for row in due]


def _waiting(rows: Sequence[Mapping[str, Any]], now: float) -> set[str]:
    """Return the lanes whose first letter is not due."""
    heads: dict[str, float] = {}
    for row in rows:
        heads.setdefault(row["lane"], row["due_at"])
    return {lane for lane, due_at in heads.items() if due_at > now}


async def end(change: Transaction, delivery: Delivery, state: DeliveryState, answer: str, now: float) -> None:
    """Write down how a delivery ended."""
    await change.execute(
        "UPDATE deliveries SET state = ?, ended_at = ?, answer = ?, attempts = attempts + 1 WHERE id = ?",
        (state, now, answer[:300], delivery.id),
    )


async def end_sent(change: Transaction, ended: Sequence[tuple[Delivery, str, float]]) -> None:
    """Write down that deliveries were taken: each with its answer and when it came."""
    await change.executemany(
        "UPDATE deliveries SET state = 'sent', ended_at = ?, answer = ?, attempts = attempts + 1 WHERE id = ?",
        [(at, answer[:300], delivery.id) for delivery, answer, at in ended],
    )


async def postpone(change: Transaction, delivery: Delivery, due_at: float, answer: str) -> None:
    """Try again later."""
    await change.execute(
        "UPDATE deliveries SET attempts = attempts + 1, due_at = ?, answer = ? WHERE id = ?",
        (due_at, answer[:300], delivery.id),
    )


async def put_off(change: Transaction, delivery: Delivery, due_at: float) -> None:
    """Have a delivery wait for another one: nothing was tried."""
    await change.execute("UPDATE deliveries SET due_at = ? WHERE id = ? AND state = 'queued'", (due_at, delivery.id))


async def news_of(outside: Books, host: str, actor_uri: str) -> tuple[str, float]:
    """Return how far the last Update of one of our actors has come at a host, state and when it ended; "" for none."""
    row = await outside.store.fetch_one(
        "SELECT state, ended_at FROM deliveries WHERE host = ? AND object_uri = ? AND sender_uri = ? AND act = 'Update'"
        " ORDER BY id DESC LIMIT 1",
        (host, actor_uri, actor_uri),
    )
    return (row["state"], row["ended_at"] or 0.0) if row else ("", 0.0)


async def correspondents(outside: Books, actors: str, since: float) -> list[tuple[str, str, str]]:
    """Return (actor, host, inbox) of where actors below an address sent something in their own name since a time."""
    rows = await outside.store.fetch(
        "SELECT DISTINCT sender_uri, host, inbox_uri FROM deliveries WHERE substr(sender_uri, 1, ?) = ?"
        " AND state = 'sent' AND made_at > ?",
        (len(actors), actors, since),
    )
    return [(row["sender_uri"], row["host"], row["inbox_uri"]) for row in rows]


async def wait(change: Transaction, delivery: Delivery, answer: str) -> None:
    """Keep a delivery queued as it is: its server was in trouble, and nothing was said of this document."""
    await change.execute("UPDATE deliveries SET answer = ? WHERE id = ?", (answer[:300], delivery.id))


async def give_up(change: Transaction, host: str, before: float, answer: str, now: float) -> list[Delivery]:
    """End what was made before a time and could not be delivered to a host since; return what was ended.

    The host then lacks something that it was granted: it needs a resync.
    """
    rows = await change.fetch(
        "SELECT * FROM deliveries WHERE state = 'queued' AND host = ? AND made_at < ? ORDER BY id", (host, before)
    )
    await change.execute(
        "UPDATE deliveries SET state = 'dead', ended_at = ?, answer = ? WHERE state = 'queued' AND host = ?"
        " AND made_at < ?",
        (now, f"{TOO_LATE} {answer}"[:300], host, before),
    )
    return [_delivery(row) for row in rows]


async def to_resync(outside: Books) -> set[str]:
    """Return the hosts that lack what could not be delivered within 30 days."""
    rows = await outside.store.fetch(
        "SELECT DISTINCT host FROM deliveries WHERE state = 'dead' AND answer LIKE ?", (f"{TOO_LATE}%",)
    )
    return {row["host"] for row in rows}


async def not_yet_due(outside: Books, uri: str, host: str, before: float) -> Delivery | None:
    """Return the letter with a document to a host that waits until after a time and was never tried, or None."""
    row = await outside.store.fetch_one(
        "SELECT * FROM deliveries WHERE state = 'queued' AND host = ? AND uri = ? AND attempts = 0 AND due_at > ?",
        (host, uri, before),
    )
    return None if row is None else _delivery(row)


async def votes_in(outside: Books, host: str, lane: str, before: float) -> list[Delivery]:
    """Return the Likes for a host in one lane that wait until after a time and were never tried, in order."""
    rows = await outside.store.fetch(
        "SELECT * FROM deliveries WHERE state = 'queued' AND host = ? AND lane = ? AND act = 'Like' AND attempts = 0"
        " AND due_at > ? ORDER BY id",
        (host, lane, before),
    )
    return [_delivery(row) for row in rows]


async def hasten(change: Transaction, ids: Sequence[int], now: float) -> None:
    """Have letters be due now."""
    await change.executemany("UPDATE deliveries SET due_at = ? WHERE id = ?", [(now, one) for one in ids])


async def cancel(change: Transaction, object_uri: str, audience: str | None, now: float, host: str = "") -> int:
    """Drop what is still queued about an object, in one audience's form (None: in all) and for one host ("": for all).

    A Delete stays on its way, whatever else ends. Return how many were dropped.
    """
    return await change.execute(
        "UPDATE deliveries SET state = 'cancelled', ended_at = ? WHERE object_uri = ? AND state = 'queued'"
        " AND act != 'Delete' AND (? IS NULL OR audience = ?) AND (? = '' OR host = ?)",
        (now, object_uri, audience, audience, host, host),
    )


async def cancel_for(change: Transaction, host: str, now: float) -> None:
    """Drop what is queued for a server, or for those below a domain, but for Deletes."""
    await change.execute(
        "UPDATE deliveries SET state = 'cancelled', ended_at = ?, answer = 'The server was shut out.'"
        " WHERE state = 'queued' AND act != 'Delete'"
        " AND (host = ? OR host LIKE '%.' || ? OR host LIKE ? || ':%')",
        (now, host, host, host),
    )


async def revive(change: Transaction, host: str, now: float) -> None:
    """Queue again what was given up for a server; the grant is asked for when it is sent."""
    await change.execute(
        "UPDATE deliveries SET state = 'queued', attempts = 0, due_at = ?, made_at = ?, ended_at = NULL"
        " WHERE state = 'dead' AND host = ?",
        (now, now, host),
    )


async def about(outside: Books, object_uri: str) -> list[Delivery]:
    """Return all deliveries about an object, oldest first: its passport."""
    rows = await outside.store.fetch("SELECT * FROM deliveries WHERE object_uri = ? ORDER BY id", (object_uri,))
    return [_delivery(row) for row in rows]


async def dead(outside: Books, limit: int = 100) -> list[Delivery]:
    """Return the dead letters, newest first."""
    rows = await outside.store.fetch("SELECT * FROM deliveries WHERE state = 'dead' ORDER BY id DESC LIMIT ?", (limit,))
    return [_delivery(row) for row in rows]


async def given_up(outside: Books) -> dict[str, int]:
    """Return host → number of dead letters."""
    rows = await outside.store.fetch(
        "SELECT host, count(*) AS letters FROM deliveries WHERE state = 'dead' GROUP BY host"
    )
    return {row["host"]: row["letters"] for row in rows}


async def backlog(outside: Books) -> dict[str, tuple[int, float]]:
    """Return host → (number queued, when the oldest was made, unix seconds)."""
    rows = await outside.store.fetch(
        "SELECT host, count(*) AS waiting, min(made_at) AS oldest FROM deliveries WHERE state = 'queued' GROUP BY host"
    )
    return {row["host"]: (row["waiting"], row["oldest"]) for row in rows}
