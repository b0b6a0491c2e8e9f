"""What we read at other servers: histories of forums, and threads; how far, and how much there is.

A forum is read again each day, after an outage, and when somebody asks; a thread when somebody asks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from federation.outside import crossings, peers
from federation.outside.store import Books, Outside
from server.database import Transaction
from server.domain.uris import host_of

DAILY = 24 * 3600.0
# A server that joined is sent what stands in the forum first.
AFTER_JOINING = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Something to read at a server: a forum (`uri` is the forum's), or the thread of an idea. Times: unix seconds."""

    id: int
    uri: str
    host: str
    forum_uri: str
    state: str
    cursor: str
    total: int | None
    attempts: int
    due_at: float
    asked_at: float
    read_at: float | None
    answer: str

    @property
    def is_asked(self) -> bool:
        """Whether somebody asked for it since it was read last, and it was neither read nor given up."""
        return self.state == "open" and self.asked_at > (self.read_at or 0.0) and not self.answer

    @property
    def is_thread(self) -> bool:
        return self.uri != self.forum_uri


def _reading(row: Mapping[str, Any]) -> Reading:
    return Reading(**{name: row[name] for name in Reading.__slots__})


async def ask(
    change: Transaction, uri: str, host: str, forum_uri: str, now: float, *, due_at: float = 0.0, anew: bool = True
) -> None:
    """Have something read; what was asked for before is read again, from its beginning with `anew`."""
    await change.execute(
        "INSERT INTO readings (uri, host, forum_uri, state, cursor, attempts, due_at, asked_at, answer)"
        " VALUES (?, ?, ?, 'open', '', 0, ?, ?, '') ON CONFLICT (uri, host) DO UPDATE SET state = 'open', attempts = 0,"
        " due_at = min(due_at, excluded.due_at), asked_at = excluded.asked_at,"
        " cursor = CASE WHEN ? THEN '' ELSE cursor END",
        (uri, host, forum_uri, due_at, now, anew),
    )


async def begin(outside: Outside) -> None:
    """Have each forum read that we follow elsewhere, and of ours what Marmalade servers' people did there.

    For the start of the program: whatever happened meanwhile, nothing of it is missed.
    """
    follows = await outside.store.fetch(
        "SELECT DISTINCT subject_uri FROM crossings WHERE type = 'Follow' AND revoked_at IS NULL"
    )
    pairs = {(row["subject_uri"], host_of(row["subject_uri"])) for row in follows}
    pairs = {(forum, host) for forum, host in pairs if await crossings.asked_to_follow(outside, forum)}
    guests = await outside.store.fetch(
        "SELECT DISTINCT f.forum_uri, f.host FROM followers f JOIN peers p ON p.host = f.host AND p.kind = 'marmalade'"
    )
    pairs |= {(row["forum_uri"], row["host"]) for row in guests}
    async with outside.store.transaction() as change:
        for forum, host in sorted(pairs):
            await ask(change, forum, host, forum, outside.now(), anew=False)


async def again(change: Transaction, host: str, now: float) -> None:
    """Have the forums of a server read that was away: where we stood, without delay."""
    await change.execute(
        "UPDATE readings SET due_at = 0, attempts = 0, asked_at = ? WHERE host = ? AND state = 'open'"
        " AND uri = forum_uri",
        (now, host),
    )


async def due(outside: Books, now: float, limit: int = 100) -> list[Reading]:
    """Return what is to be read now, what waits longest first; nothing of servers that could not be reached."""
    rows = await outside.store.fetch(
        "SELECT r.* FROM readings r LEFT JOIN peers p ON p.host = r.host WHERE r.state = 'open' AND r.due_at <= ?"
        " AND coalesce(p.due_at, 0) <= ? ORDER BY r.due_at, r.id LIMIT ?",
        (now, now, limit),
    )
    return [_reading(row) for row in rows]


async def about(outside: Books, uris: Sequence[str], host: str) -> Reading | None:
    """Return what is known of reading something at a server, under one of the addresses that it may bear there."""
    row = await outside.store.fetch_one(
        "SELECT * FROM readings WHERE uri IN (SELECT value FROM json_each(?)) AND host = ? ORDER BY asked_at DESC",
        (json.dumps(list(uris)), host),
    )
    return None if row is None else _reading(row)


async def went_on(outside: Outside, one: Reading, cursor: str) -> None:
    """Write down how far a history was read."""
    async with outside.store.transaction() as change:
        await change.execute("UPDATE readings SET cursor = ? WHERE id = ?", (cursor[:32], one.id))


async def finish(outside: Outside, one: Reading, total: int | None) -> None:
    """Write down that something was read to its end, and how much there is."""
    now = outside.now()
    async with outside.store.transaction() as change:
        await change.execute(
            "UPDATE readings SET state = ?, due_at = ?, attempts = 0, read_at = ?, total = coalesce(?, total),"
            " answer = '' WHERE id = ?",
            ("rest" if one.is_thread else "open", now + DAILY, now, total, one.id),
        )


async def put_off(outside: Outside, one: Reading, due_at: float, answer: str, *, gives_up: bool) -> None:
    """Try again later; what is given up waits until somebody asks."""
    async with outside.store.transaction() as change:
        await change.execute(
            "UPDATE readings SET attempts = attempts + 1, due_at = ?, answer = ?, state = ? WHERE id = ?",
            (due_at, answer[:300], "rest" if gives_up else "open", one.id),
        )


async def drop(change: Transaction, forum_uri: str, host: str = "") -> None:
    """Read a forum, and its threads, no longer."""
    await change.execute(
        "DELETE FROM readings WHERE forum_uri = ? AND (? = '' OR host = ?)", (forum_uri, host, host)
    )


async def is_shut_out(outside: Books, host: str) -> bool:
    """Say whether nothing is read from a server: it is paused or suspended."""
    return await peers.shut_out(outside, host) is not None
