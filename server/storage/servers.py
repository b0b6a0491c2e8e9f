"""What admins said of other servers and of people on them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from server.database import Database, Transaction
from server.domain.servers import Outsider, Server
from server.storage.times import moment


def _server(row: Mapping[str, Any]) -> Server:
    return Server(
        host=row["host"],
        standing=row["standing"],
        kind=row["kind"],
        note=row["note"],
        changed_at=moment(row["changed_at"]),
    )


async def by_host(store: Database | Transaction, host: str) -> Server | None:
    row = await store.fetch_one("SELECT * FROM servers WHERE host = ?", (host,))
    return None if row is None else _server(row)


async def among(store: Database | Transaction, hosts: Sequence[str]) -> list[Server]:
    """Return what was said of some hosts."""
    rows = await store.fetch(
        "SELECT * FROM servers WHERE host IN (SELECT value FROM json_each(?))", (json.dumps(hosts),)
    )
    return [_server(row) for row in rows]


async def all_of(store: Database) -> list[Server]:
    return [_server(row) for row in await store.fetch("SELECT * FROM servers ORDER BY host")]


async def put(change: Transaction, made: Server) -> None:
    await change.execute(
        "INSERT INTO servers (host, standing, kind, note, changed_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (host)"
        " DO UPDATE SET standing = excluded.standing, kind = excluded.kind, note = excluded.note,"
        " changed_at = excluded.changed_at",
        (made.host, made.standing, made.kind, made.note, made.changed_at.timestamp()),
    )


def _outsider(row: Mapping[str, Any]) -> Outsider:
    return Outsider(
        uri=row["uri"], standing=row["standing"], note=row["note"], changed_at=moment(row["changed_at"])
    )


async def outsider(store: Database, uri: str) -> Outsider | None:
    row = await store.fetch_one("SELECT * FROM outsiders WHERE uri = ?", (uri,))
    return None if row is None else _outsider(row)


async def outsiders(store: Database) -> list[Outsider]:
    return [_outsider(row) for row in await store.fetch("SELECT * FROM outsiders ORDER BY uri")]


async def put_outsider(change: Transaction, made: Outsider) -> None:
    """Write down what is said of an actor; with no standing, nothing is said of it any more."""
    await change.execute("DELETE FROM outsiders WHERE uri = ?", (made.uri,))
    if made.standing:
        await change.execute(
            "INSERT INTO outsiders (uri, standing, note, changed_at) VALUES (?, ?, ?, ?)",
            (made.uri, made.standing, made.note, made.changed_at.timestamp()),
        )
