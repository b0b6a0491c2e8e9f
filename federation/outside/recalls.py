"""Who was asked to delete what, and how far that has come: the ledger's receipts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from federation.outside import peers
from federation.outside.peers import PeerKind
from federation.outside.store import Books
from server.database import Transaction
from server.domain.recalls import (
    RECALL_STATES,
    SILENCE_SECONDS,
    UNDER_WAY,
    Cause,
    Happening,
    RecallState,
    Statement,
    next_state,
)

# A Marmalade server that took the Delete and said nothing more in time is silent; nobody has to write that down.
STATE = "CASE WHEN r.state = 'accepted' AND p.kind = 'marmalade' AND r.accepted_at < ? THEN 'silent' ELSE r.state END"
SELECT = (
    "SELECT r.id, r.object_uri, r.host, r.cause, r.activity_uri, r.digest, r.rounds, r.asked_at, r.accepted_at,"
    " r.acknowledged_at, r.purged_at, r.ended_at, r.answer, coalesce(p.kind, 'unknown') AS kind,"
    " r.acknowledgement IS NOT NULL AS has_acknowledgement, r.purge IS NOT NULL AS has_purge,"
    f" {STATE} AS state FROM recalls r LEFT JOIN peers p ON p.host = r.host"
)
AMONG = "IN (SELECT value FROM json_each(?))"
TIMES: dict[Happening, str] = {
    "accepted": "accepted_at",
    "acknowledged": "acknowledged_at",
    "purged": "purged_at",
    "refused": "ended_at",
    "unreachable": "ended_at",
}
STATEMENT_COLUMNS: dict[Statement, str] = {"acknowledged": "acknowledgement", "purged": "purge"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """One server that was asked to delete one object. Times are unix seconds, None before they come.

    `kind` is what it runs, `answer` the last that its server said to a delivery; `has_…` tell which signed
    statements it sent.
    """

    id: int
    object_uri: str
    host: str
    kind: PeerKind
    state: RecallState
    cause: Cause
    activity_uri: str
    digest: str
    rounds: int
    asked_at: float
    accepted_at: float | None
    acknowledged_at: float | None
    purged_at: float | None
    ended_at: float | None
    answer: str
    has_acknowledgement: bool
    has_purge: bool


def _recall(row: Mapping[str, Any]) -> Recall:
    values = {name: row[name] for name in Recall.__slots__}
    flags = {name: bool(row[name]) for name in ("has_acknowledgement", "has_purge")}
    return Recall(**{**values, **flags})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A Delete on its way to one holder, as it is written down. `undeliverable` says why it cannot be sent, or ""."""

    object_uri: str
    host: str
    cause: Cause
    activity_uri: str
    digest: str
    undeliverable: str = ""


async def ask(change: Transaction, request: Request, now: float) -> None:
    """Write down that a server is asked to delete something; asking again begins a new round."""
    state: RecallState = "unreachable" if request.undeliverable else "queued"
    await change.execute(
        "INSERT INTO recalls (object_uri, host, state, cause, activity_uri, digest, rounds, asked_at, ended_at, answer)"
        " VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?) ON CONFLICT (object_uri, host) DO UPDATE SET state = excluded.state,"
        " cause = excluded.cause, activity_uri = excluded.activity_uri, digest = excluded.digest,"
        " rounds = rounds + 1, asked_at = excluded.asked_at, accepted_at = NULL, acknowledged_at = NULL,"
        " purged_at = NULL, ended_at = excluded.ended_at, answer = excluded.answer, acknowledgement = NULL,"
        " purge = NULL",
        (
            request.object_uri,
            request.host,
            state,
            request.cause,
            request.activity_uri,
            request.digest,
            now,
            now if request.undeliverable else None,
            request.undeliverable[:300],
        ),
    )


async def happened(
    change: Transaction, object_uri: str, host: str, what: Happening, now: float, answer: str = ""
) -> bool:
    """Move a recall on by what happened; return False when there is none or nothing changes."""
    row = await change.fetch_one("SELECT id, state FROM recalls WHERE object_uri = ? AND host = ?", (object_uri, host))
    if row is None:
        return False
    state = next_state(row["state"], what)
    if state == row["state"]:
        return False
    await change.execute(
        f"UPDATE recalls SET state = ?, {TIMES[what]} = ?, answer = ? WHERE id = ?",
        (state, now, answer[:300], row["id"]),
    )
    return True


async def said(change: Transaction, object_uri: str, host: str, answer: str) -> None:
    """Keep what a holder's server answered while the Delete goes on waiting."""
    await change.execute(
        "UPDATE recalls SET answer = ? WHERE object_uri = ? AND host = ? AND state = 'queued'",
        (answer[:300], object_uri, host),
    )


async def keep_statement(
    change: Transaction, object_uri: str, host: str, statement: Statement, body: bytes, now: float
) -> bool:
    """Keep a holder's signed statement and move its recall on; return False when it says nothing new."""
    if not await happened(change, object_uri, host, statement, now, ""):
        return False
    await change.execute(
        f"UPDATE recalls SET {STATEMENT_COLUMNS[statement]} = ? WHERE object_uri = ? AND host = ?",
        (body, object_uri, host),
    )
    return True


@dataclass(frozen=True, slots=True)
class Sent:
    """A Delete that we sent to one holder in the present round: what it is about, SHA-256 digests, unix seconds."""

    object_uri: str
    digests: frozenset[str]
    made_at: float


async def sent_delete(outside: Books, activity_uri: str, host: str) -> Sent | None:
    """Return the Delete of an id, as it was sent to a host when it was last asked; None where there was none."""
    rows = await outside.store.fetch(
        "SELECT d.object_uri, c.sha, d.made_at FROM deliveries d JOIN crossings c ON c.uri = d.uri"
        " AND c.version = d.version AND c.audience = d.audience JOIN recalls r ON r.object_uri = d.object_uri"
        " AND r.host = d.host WHERE d.uri = ? AND d.host = ? AND d.act = 'Delete' AND d.made_at >= r.asked_at",
        (activity_uri, host),
    )
    if not rows:
        return None
    return Sent(
        rows[0]["object_uri"], frozenset(row["sha"] for row in rows), min(row["made_at"] for row in rows)
    )


async def of(outside: Books, object_uris: Sequence[str]) -> dict[tuple[str, str], Recall]:
    """Return the recalls of some objects by (object URI, host)."""
    rows = await outside.store.fetch(
        f"{SELECT} WHERE r.object_uri {AMONG}", (outside.now() - SILENCE_SECONDS, json.dumps(object_uris))
    )
    return {(row["object_uri"], row["host"]): _recall(row) for row in rows}


async def by_id(outside: Books, recall_id: int) -> Recall | None:
    row = await outside.store.fetch_one(f"{SELECT} WHERE r.id = ?", (outside.now() - SILENCE_SECONDS, recall_id))
    return None if row is None else _recall(row)


async def statement(outside: Books, recall_id: int, name: Statement) -> bytes | None:
    """Return a signed statement as it came, or None."""
    value = await outside.store.fetch_value(f"SELECT {STATEMENT_COLUMNS[name]} FROM recalls WHERE id = ?", (recall_id,))
    return None if value is None else bytes(value)


async def listed(
    outside: Books,
    *,
    states: Sequence[RecallState] = (),
    peer: str = "",
    object_uris: Sequence[str] = (),
    before: tuple[float, int] | None = None,
    limit: int = 50,
) -> list[Recall]:
    """Return recalls, the newest first, in some states (none: in all), of one server, of some objects.

    `before` is (asked_at, id) of the last one of the page before.
    """
    chosen = [state for state in RECALL_STATES if state in states]
    conditions, values = ["(r.asked_at, r.id) < (?, ?)"], [*(before or (1e12, 0))]
    more: list[object] = []
    if chosen:
        conditions.append(f"{STATE} IN ({','.join('?' * len(chosen))})")
        more += [outside.now() - SILENCE_SECONDS, *chosen]
    if peer:
        conditions.append("r.host = ?")
        more.append(peer)
    if object_uris:
        conditions.append(f"r.object_uri {AMONG}")
        more.append(json.dumps(object_uris))
    rows = await outside.store.fetch(
        f"{SELECT} WHERE {' AND '.join(conditions)} ORDER BY r.asked_at DESC, r.id DESC LIMIT ?",
        (outside.now() - SILENCE_SECONDS, *values, *more, limit),
    )
    return [_recall(row) for row in rows]


async def counts(outside: Books) -> dict[RecallState, int]:
    """Count recalls by state; states without any are absent."""
    since = outside.now() - SILENCE_SECONDS
    rows = await outside.store.fetch(
        f"SELECT {STATE} AS state, count(*) AS n FROM recalls r LEFT JOIN peers p ON p.host = r.host GROUP BY 1",
        (since,),
    )
    return {row["state"]: row["n"] for row in rows}


@dataclass(frozen=True, slots=True)
class Holder:
    """A server that may hold a copy of something: an inbox of its ("" when unknown), when it last got one.

    `rounds` counts how often it was asked for it before.
    """

    host: str
    inbox_uri: str
    had_at: float
    rounds: int


async def holders(outside: Books, object_uris: Sequence[str]) -> dict[str, list[Holder]]:
    """Return, by object, who may hold it and was not asked for it since: sent to, came for it, or passed it on.

    What is queued counts: it may be under way at this very moment.
    """
    rows = await outside.store.fetch(
        "SELECT uri, host, max(inbox_uri) AS inbox_uri, max(had_at) AS had_at FROM ("
        " SELECT object_uri AS uri, host, inbox_uri, coalesce(ended_at, made_at) AS had_at FROM deliveries"
        f"  WHERE object_uri {AMONG} AND act != 'Delete'"
        "  AND (state IN ('sent', 'queued') OR attempts > 0 OR answer != '')"
        f" UNION ALL SELECT uri, host, '', max(read_at, last_at) FROM reads WHERE uri {AMONG}"
        " UNION ALL SELECT object_uri, host, '', received_at FROM received"
        f"  WHERE object_uri {AMONG} AND kind = 'Announce'"
        ") GROUP BY uri, host ORDER BY host",
        (json.dumps(object_uris),) * 3,
    )
    asked = await of(outside, object_uris)
    found: dict[str, list[Holder]] = {}
    for row in rows:
        recall = asked.get((row["uri"], row["host"]))
        if recall is not None and recall.state in UNDER_WAY and recall.asked_at >= row["had_at"]:
            continue
        rounds = recall.rounds if recall else 0
        found.setdefault(row["uri"], []).append(Holder(row["host"], row["inbox_uri"], row["had_at"], rounds))
    return found


async def concerned(outside: Books, object_uris: Sequence[str], audience: str | None) -> dict[str, list[Holder]]:
    """Return, by object, the holders whom its withdrawal from an audience (None: from all) concerns.

    Whoever was granted it by name keeps what everyone loses.
    """
    held = await holders(outside, object_uris)
    if audience is None:
        return held
    rows = await outside.store.fetch(
        f"SELECT DISTINCT uri, audience FROM crossings WHERE uri {AMONG} AND kind != 'tombstone'"
        " AND revoked_at IS NULL",
        (json.dumps(object_uris),),
    )
    granted = {(row["uri"], row["audience"]) for row in rows}
    return {
        uri: [one for one in found if one.host == audience or (audience == "*" and (uri, one.host) not in granted)]
        for uri, found in held.items()
    }


async def would_ask(outside: Books, object_uris: Sequence[str], audience: str | None) -> dict[str, PeerKind]:
    """Return host → kind of software of those whom a withdrawal of some objects would ask to delete."""
    found = await concerned(outside, object_uris, audience)
    hosts = {one.host for many in found.values() for one in many}
    return dict(sorted((await peers.kinds(outside, list(hosts))).items()))
