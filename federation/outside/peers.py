"""Other servers and their actors, as we know them; who follows our forums."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from federation.outside.store import Books, Outside
from server.database import Transaction
from server.domain.servers import parents_of

PeerKind = Literal["marmalade", "forum", "microblog", "unknown"]
PeerState = Literal["active", "paused", "suspended"]
Form = Literal["", "cavage", "rfc9421", "ed25519"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Another server. `due_at` is when it may be tried again; `asked_at` when we last asked what it runs; `fixed`
    means that an admin said what kind it is. `form` is how requests to it are signed: as it took them last, or as it
    announced; "" where neither is known.
    """

    host: str
    kind: PeerKind
    fixed: bool
    software: str
    state: PeerState
    failures: int
    due_at: float
    asked_at: float
    success_at: float | None
    failure_at: float | None
    answer: str
    form: Form

    @property
    def product(self) -> str:
        """The name of what it says it runs, in lower case, without the version."""
        return self.software.lower().partition(" ")[0]


def _peer(row: Mapping[str, Any]) -> Peer:
    return Peer(**{name: row[name] for name in Peer.__slots__})


async def peer(outside: Books, host: str) -> Peer | None:
    row = await outside.store.fetch_one("SELECT * FROM peers WHERE host = ?", (host,))
    return None if row is None else _peer(row)


async def kinds(outside: Books, hosts: Sequence[str]) -> dict[str, PeerKind]:
    """Return what each of some servers runs, "unknown" for those we never asked."""
    rows = await outside.store.fetch(
        "SELECT host, kind FROM peers WHERE host IN (SELECT value FROM json_each(?))", (json.dumps(hosts),)
    )
    known: dict[str, PeerKind] = {row["host"]: row["kind"] for row in rows}
    return {host: known.get(host, "unknown") for host in hosts}


async def running(outside: Books, hosts: Sequence[str], software: str) -> set[str]:
    """Return those of some servers that run one software, by what they said of themselves in lower case."""
    rows = await outside.store.fetch(
        "SELECT host FROM peers WHERE host IN (SELECT value FROM json_each(?)) AND lower(software || ' ') LIKE ?",
        (json.dumps(hosts), f"{software} %"),
    )
    return {row["host"] for row in rows}


async def peers(outside: Books) -> list[Peer]:
    return [_peer(row) for row in await outside.store.fetch("SELECT * FROM peers ORDER BY host")]


async def shut_out(outside: Books, host: str) -> PeerState | None:
    """Return why nothing is taken from a server: it is paused or suspended, or a domain above it is suspended."""
    rows = await outside.store.fetch(
        "SELECT host, state FROM peers WHERE state != 'active' AND host IN (SELECT value FROM json_each(?))",
        (orjson.dumps(parents_of(host)).decode(),),
    )
    found: dict[str, PeerState] = {row["host"]: row["state"] for row in rows}
    return found.get(host) or next((state for state in found.values() if state == "suspended"), None)


async def standing(outside: Books, host: str) -> tuple[Peer | None, PeerState | None]:
    """Return what we know of a server, and why nothing is sent to it now, in one look."""
    rows = await outside.store.fetch(
        "SELECT * FROM peers WHERE host IN (SELECT value FROM json_each(?))",
        (orjson.dumps(parents_of(host)).decode(),),
    )
    own = next((_peer(row) for row in rows if row["host"] == host), None)
    if own is not None and own.state != "active":
        return own, own.state
    return own, "suspended" if any(row["state"] == "suspended" for row in rows) else None


async def fix_kind(change: Transaction, host: str, kind: PeerKind | None) -> None:
    """Have a server be of a kind whatever it says of itself; None believes it again, and asks anew."""
    await change.execute(
        "INSERT INTO peers (host, kind, fixed, software, state, failures, due_at, asked_at, answer)"
        " VALUES (?, ?, ?, '', 'active', 0, 0, 0, '') ON CONFLICT (host) DO UPDATE SET"
        " kind = CASE WHEN excluded.fixed THEN excluded.kind ELSE kind END, fixed = excluded.fixed, asked_at = 0",
        (host, kind or "unknown", kind is not None),
    )


async def drop_followers(change: Transaction, host: str) -> None:
    """End what people of a server, or of those below a domain, follow here."""
    await change.execute(
        "DELETE FROM followers WHERE host = ? OR host LIKE '%.' || ? OR host LIKE ? || ':%'", (host, host, host)
    )


async def set_state(change: Transaction, host: str, state: PeerState) -> None:
    await change.execute(
        "INSERT INTO peers (host, kind, software, state, failures, due_at, asked_at, answer)"
        " VALUES (?, 'unknown', '', ?, 0, 0, 0, '') ON CONFLICT (host) DO UPDATE SET state = excluded.state",
        (host, state),
    )


async def describe(outside: Outside, host: str, kind: PeerKind, software: str) -> None:
    """Write down what a server runs."""
    async with outside.store.transaction() as change:
        await change.execute(
            "INSERT INTO peers (host, kind, software, state, failures, due_at, asked_at, answer)"
            " VALUES (?, ?, ?, 'active', 0, 0, ?, '') ON CONFLICT (host) DO UPDATE SET"
            " kind = CASE WHEN fixed THEN kind ELSE excluded.kind END, software = excluded.software,"
            " asked_at = excluded.asked_at",
            (host, kind, software[:100], outside.now()),
        )


async def succeeded(change: Transaction, host: str, now: float, form: Form) -> None:
    """Write down that a server took a delivery at a time, and how that was signed. A failure since then stands."""
    await change.execute(
        "INSERT INTO peers (host, kind, software, state, failures, due_at, asked_at, success_at, answer, form)"
        " VALUES (?, 'unknown', '', 'active', 0, 0, 0, ?, '', ?) ON CONFLICT (host) DO UPDATE SET"
        " failures = CASE WHEN failure_at > excluded.success_at THEN failures ELSE 0 END,"
        " due_at = CASE WHEN failure_at > excluded.success_at THEN due_at ELSE 0 END,"
        " answer = CASE WHEN failure_at > excluded.success_at THEN answer ELSE '' END,"
        " success_at = excluded.success_at, form = excluded.form",
        (host, now, form),
    )


async def announced(outside: Outside, host: str, form: Form) -> None:
    """Write down that a server says it reads signatures of a form."""
    known = await peer(outside, host)
    if known is not None and known.form in (form, "ed25519"):
        return
    async with outside.store.transaction() as change:
        await change.execute(
            "INSERT INTO peers (host, kind, software, state, failures, due_at, asked_at, answer, form)"
            " VALUES (?, 'unknown', '', 'active', 0, 0, 0, '', ?)"
            " ON CONFLICT (host) DO UPDATE SET form = excluded.form",
            (host, form),
        )


async def failed(change: Transaction, host: str, due_at: float, answer: str, now: float) -> None:
    """Write down that a server could not be reached, and when it may be tried again.

    Requests that were under way together and failed together are one failure.
    """
    await change.execute(
        "INSERT INTO peers (host, kind, software, state, failures, due_at, asked_at, failure_at, answer)"
        " VALUES (?, 'unknown', '', 'active', 1, ?, 0, ?, ?) ON CONFLICT (host) DO UPDATE SET"
        " failures = failures + (due_at <= ?),"
        " due_at = CASE WHEN due_at <= ? THEN excluded.due_at ELSE due_at END,"
        " failure_at = excluded.failure_at, answer = excluded.answer",
        (host, due_at, now, answer[:300], now, now),
    )


async def heard_from(change: Transaction, host: str) -> None:
    """Try a server again at once: it has just spoken to us, so it is up."""
    await change.execute("UPDATE peers SET due_at = 0 WHERE host = ? AND due_at > 0", (host,))


@dataclass(frozen=True, slots=True)
class Stranger:
    """A remote actor's document as last fetched."""

    uri: str
    host: str
    key_id: str
    key_pem: str
    document: dict[str, Any]
    fetched_at: float


def _stranger(row: Mapping[str, Any]) -> Stranger:
    document = orjson.loads(bytes(row["document"]))
    return Stranger(row["uri"], row["host"], row["key_id"], row["key_pem"], document, row["fetched_at"])


async def stranger(outside: Books, uri: str) -> Stranger | None:
    row = await outside.store.fetch_one("SELECT * FROM strangers WHERE uri = ?", (uri,))
    return None if row is None else _stranger(row)


async def key_at_hand(outside: Books, key_id: str) -> tuple[str, str] | None:
    """Return (the owner's URI, its PEM) of the key that an actor signs with, as its document had it last."""
    row = await outside.store.fetch_one("SELECT uri, key_pem FROM strangers WHERE key_id = ?", (key_id,))
    return None if row is None else (row["uri"], row["key_pem"])


async def keep_stranger(outside: Outside, found: Stranger) -> None:
    async with outside.store.transaction() as change:
        await change.execute(
            "INSERT INTO strangers (uri, host, key_id, key_pem, document, fetched_at) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (uri) DO UPDATE SET key_id = excluded.key_id, key_pem = excluded.key_pem,"
            " document = excluded.document, fetched_at = excluded.fetched_at",
            (found.uri, found.host, found.key_id, found.key_pem, orjson.dumps(found.document), found.fetched_at),
        )


async def strangers_of_host(outside: Books, host: str, limit: int = 10) -> list[Stranger]:
    """Return some known actors of a server, those looked up last first."""
    rows = await outside.store.fetch(
        "SELECT * FROM strangers WHERE host = ? ORDER BY fetched_at DESC LIMIT ?", (host, limit)
    )
    return [_stranger(row) for row in rows if row["document"]]


async def newest_strangers(outside: Books, since: float, *, but_not: PeerKind) -> list[Stranger]:
    """Return, of each server of another kind, the actor that was looked up last, where that was after a time."""
    rows = await outside.store.fetch(
        "SELECT s.*, max(s.fetched_at) FROM strangers s LEFT JOIN peers p ON p.host = s.host"
        " WHERE s.fetched_at > ? AND length(s.document) > 0 AND coalesce(p.kind, '') <> ? GROUP BY s.host",
        (since, but_not),
    )
    return [_stranger(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Fetched:
    """Another server's object as its own server gave it; `document` is None when it answered that it is gone."""

    uri: str
    status: int
    document: dict[str, Any] | None


async def fetched(outside: Books, uri: str) -> Fetched | None:
    row = await outside.store.fetch_one("SELECT * FROM fetched WHERE uri = ?", (uri,))
    if row is None:
        return None
    body = bytes(row["document"])
    return Fetched(uri, row["status"], orjson.loads(body) if body else None)


async def keep_fetched(outside: Outside, found: Fetched) -> None:
    body = orjson.dumps(found.document) if found.document is not None else b""
    async with outside.store.transaction() as change:
        await change.execute(
            "INSERT INTO fetched (uri, status, document, fetched_at) VALUES (?, ?, ?, ?) ON CONFLICT (uri)"
            " DO UPDATE SET status = excluded.status, document = excluded.document, fetched_at = excluded.fetched_at",
            (found.uri, found.status, body, outside.now()),
        )


@dataclass(frozen=True, slots=True)
class Follower:
    forum_uri: str
    actor_uri: str
    host: str
    inbox_uri: str


async def followers(outside: Books, forum_uri: str) -> list[Follower]:
    """Return who follows a forum, oldest first."""
    rows = await outside.store.fetch("SELECT * FROM followers WHERE forum_uri = ? ORDER BY id", (forum_uri,))
    return [Follower(row["forum_uri"], row["actor_uri"], row["host"], row["inbox_uri"]) for row in rows]


async def follow(change: Transaction, follower: Follower, now: float) -> None:
    await change.execute(
        "INSERT INTO followers (forum_uri, actor_uri, host, inbox_uri, since_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (forum_uri, actor_uri) DO UPDATE SET inbox_uri = excluded.inbox_uri",
        (follower.forum_uri, follower.actor_uri, follower.host, follower.inbox_uri, now),
    )


async def unfollow(change: Transaction, forum_uri: str, actor_uri: str) -> None:
    await change.execute("DELETE FROM followers WHERE forum_uri = ? AND actor_uri = ?", (forum_uri, actor_uri))
