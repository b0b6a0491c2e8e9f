"""What do other servers hold of ours? Read by the boundary console, the API and the `ledger` verb.

A page of crossings is taken in one query, and all that is known of their holders in one query for each way of
holding: however much has crossed, a page costs the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from federation.outside import recalls
from federation.outside.crossings import EVERYONE
from federation.outside.recalls import AMONG, Recall
from federation.outside.self_tests import LIVES_THERE
from federation.outside.store import Books

# How many crossings are looked at together: a public one may have thousands of holders.
AT_ONCE = 25
FIRST = (1e12, 0, "")
Place = tuple[float, int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One object that one server (or "*", anybody) was granted, sent, came for or passed on. Times: unix seconds.

    `version` is the newest that was released to the audience; `held_version` the newest that this server is known to
    have (0: none), `since` when it first had one. `how` is the surest of `ways`: delivered, queued, fetched,
    announced (it passed the object on), or granted where it merely may read. `recall` tells how far a withdrawal
    has come ("" for none), and `asked` all about it.
    """

    id: int
    uri: str
    type: str
    audience: str
    peer: str
    version: int
    how: str
    released_at: float
    revoked_at: float | None
    recall: str
    held_version: int = 0
    since: float | None = None
    ways: tuple[str, ...] = ()
    asked: Recall | None = None


@dataclass(slots=True)
class _Copy:
    """What is known of one server's copy, from all sides."""

    ways: dict[str, float]
    version: int = 0

    def note(self, way: str, at: float, version: int = 0) -> None:
        self.ways[way] = min(at, self.ways.get(way, at))
        self.version = max(self.version, version)


def place_of(line: Holding) -> Place:
    """Return where a line stands in the ledger: what `after` takes."""
    return line.released_at, line.id, line.peer


async def holdings(
    outside: Books, objects: Sequence[str] = (), peer: str = "", limit: int = 500, after: Place = FIRST
) -> list[Holding]:
    """Return who holds what, newest first, after a place: of some objects, of one peer ("*": the public), or both."""
    found: list[Holding] = []
    while len(found) < limit:
        rows = await _crossings(outside, objects, peer, after[:2])
        found += [line for line in await _lines(outside, rows, peer) if _follows(place_of(line), after)]
        if len(rows) < AT_ONCE:
            break
        after = (rows[-1]["released_at"], rows[-1]["id"], "\uffff")
    return found[:limit]


def _follows(place: Place, after: Place) -> bool:
    return place[:2] < after[:2] or (place[:2] == after[:2] and place[2] > after[2])


async def _crossings(
    outside: Books, objects: Sequence[str], peer: str, upto: tuple[float, int]
) -> list[Mapping[str, Any]]:
    """Return the newest version of objects for each audience, newest first, from a place on."""
    conditions = ["c.kind = 'object'", "c.ours", "c.mac != ''", "(c.released_at, c.id) <= (?, ?)"]
    conditions.append(f"c.audience NOT {LIVES_THERE}")
    values: list[object] = [*upto]
    if objects:
        conditions.append(f"c.uri {AMONG}")
        values.append(json.dumps(objects))
    if peer == EVERYONE:
        conditions.append("c.audience = '*'")
    elif peer:
        conditions.append(
            "(c.audience = ? OR c.uri IN (SELECT object_uri FROM deliveries WHERE host = ? UNION"
            " SELECT uri FROM reads WHERE host = ? UNION"
            " SELECT object_uri FROM received WHERE host = ? AND kind = 'Announce'))"
        )
        values += [peer] * 4
    return await outside.store.fetch(
        "SELECT c.id, c.uri, c.type, c.audience, c.version, c.released_at, c.revoked_at FROM crossings c"
        f" WHERE {' AND '.join(conditions)} AND c.version = (SELECT max(n.version) FROM crossings n"
        "  WHERE n.uri = c.uri AND n.audience = c.audience AND n.kind = 'object')"
        " ORDER BY c.released_at DESC, c.id DESC LIMIT ?",
        (*values, AT_ONCE),
    )


async def _lines(outside: Books, rows: Sequence[Mapping[str, Any]], peer: str) -> list[Holding]:
    """Return the lines of some crossings: one for the audience itself, one for each holder behind it."""
    uris = list(dict.fromkeys(row["uri"] for row in rows))
    if not uris:
        return []
    copies = await _copies(outside, uris, peer)
    own, barred = await _own(outside, uris)
    asked = await recalls.of(outside, uris)
    lines = []
    for row in rows:
        hosts = {row["audience"]}
        if row["audience"] == EVERYONE:
            # Whoever has a grant of its own has a line of its own.
            hosts |= {host for uri, host in copies if uri == row["uri"] and (uri, host) not in own}
        for host in sorted(hosts):
            if peer and host != peer:
                continue
            key = (row["uri"], host)
            lines.append(_line(row, host, copies.get(key), barred.get(key), asked.get(key)))
    return lines


def _line(
    row: Mapping[str, Any], host: str, copy: _Copy | None, barred_at: float | None, asked: Recall | None
) -> Holding:
    ways = tuple(way for way in ("delivered", "queued", "fetched", "announced") if copy and way in copy.ways)
    held = [at for way, at in copy.ways.items() if way != "queued"] if copy else []
    ended_at = row["revoked_at"] if row["revoked_at"] is not None else barred_at
    return Holding(
        id=row["id"],
        uri=row["uri"],
        type=row["type"],
        audience=row["audience"],
        peer=host,
        version=row["version"],
        how=ways[0] if ways else "granted",
        released_at=row["released_at"],
        revoked_at=ended_at,
        # What was granted again is not taken back, whatever was asked before.
        recall=asked.state if asked and ended_at is not None else "",
        held_version=copy.version if copy else 0,
        since=min(held, default=None),
        ways=ways,
        asked=asked,
    )


async def _copies(outside: Books, uris: Sequence[str], peer: str) -> dict[tuple[str, str], _Copy]:
    """Return (object URI, host) → what was sent there, fetched from there and passed on by it."""
    found: dict[tuple[str, str], _Copy] = {}
    values = (json.dumps(uris), peer, peer)
    for row in await outside.store.fetch(
        "SELECT object_uri AS uri, host, state, min(coalesce(ended_at, made_at)) AS at, max(version) AS version"
        f" FROM deliveries WHERE object_uri {AMONG} AND act != 'Delete' AND state IN ('sent', 'queued')"
        " AND (? = '' OR host = ?) GROUP BY object_uri, host, state",
        values,
    ):
        sent = row["state"] == "sent"
        copy = found.setdefault((row["uri"], row["host"]), _Copy({}))
        copy.note("delivered" if sent else "queued", row["at"], row["version"] if sent else 0)
    for row in await outside.store.fetch(
        f"SELECT uri, host, read_at AS at, version FROM reads WHERE uri {AMONG} AND (? = '' OR host = ?)",
        values,
    ):
        found.setdefault((row["uri"], row["host"]), _Copy({})).note("fetched", row["at"], row["version"])
    for row in await outside.store.fetch(
        "SELECT object_uri AS uri, host, min(received_at) AS at FROM received"
        f" WHERE object_uri {AMONG} AND kind = 'Announce' AND (? = '' OR host = ?) GROUP BY object_uri, host",
        values,
    ):
        found.setdefault((row["uri"], row["host"]), _Copy({})).note("announced", row["at"])
    return found


async def _own(
    outside: Books, uris: Sequence[str]
) -> tuple[set[tuple[str, str]], dict[tuple[str, str], float]]:
    """Return who has, or had, a grant of its own, and since when others are barred from what everyone may read."""
    rows = await outside.store.fetch(
        "SELECT uri, audience, max(mac != '') AS own, max(CASE WHEN mac = '' THEN revoked_at END) AS barred_at"
        f" FROM crossings WHERE uri {AMONG} AND kind = 'object' GROUP BY uri, audience",
        (json.dumps(uris),),
    )
    own = {(row["uri"], row["audience"]) for row in rows if row["own"]}
    return own, {(row["uri"], row["audience"]): row["barred_at"] for row in rows if row["barred_at"] is not None}


async def count_held(outside: Books, hosts: Sequence[str]) -> dict[str, int]:
    """Count, for each of some servers, the objects that it holds or may read under its own name, not taken back."""
    counted = {}
    for host in hosts:
        counted[host] = int(
            await outside.store.fetch_value(
                "SELECT count(*) FROM (SELECT uri FROM crossings WHERE audience = ? AND kind = 'object' AND ours"
                " AND mac != '' AND revoked_at IS NULL UNION SELECT d.object_uri FROM deliveries d JOIN crossings c"
                " ON c.uri = d.object_uri AND c.kind = 'object' AND c.ours WHERE d.host = ? AND d.act != 'Delete'"
                " AND d.state = 'sent' UNION SELECT r.uri FROM reads r JOIN crossings c ON c.uri = r.uri"
                " AND c.kind = 'object' AND c.ours WHERE r.host = ?) h"
                " WHERE NOT EXISTS (SELECT 1 FROM recalls k WHERE k.object_uri = h.uri AND k.host = ?)",
                (host, host, host, host),
            )
            or 0
        )
    return counted


async def uri_of_crossing(outside: Books, crossing_id: int) -> tuple[str, str] | None:
    """Return (object URI, audience) of a ledger line, or None."""
    row = await outside.store.fetch_one(
        "SELECT uri, audience FROM crossings WHERE id = ? AND kind = 'object' AND ours", (crossing_id,)
    )
    return None if row is None else (row["uri"], row["audience"])
