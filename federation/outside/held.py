"""What the outside store keeps of another server's: received activities, fetched objects, actors' documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from federation.outside.store import Books
from server.database import Transaction

Family = Literal["received", "fetched", "actors"]
FAMILIES: tuple[Family, ...] = get_args(Family)
# Activities that say what was done and no words: they have to be readable when they are undone or answered.
WORDLESS = "('Accept', 'Block', 'Delete', 'Follow', 'Like', 'Offer', 'Receipt', 'Reject', 'Undo')"
RECEIVED = f"host = ? AND length(body) > 0 AND kind NOT IN {WORDLESS}"
# Whose documents a server needs to be reached by stay: its own actor, and forums that we joined.
SOMEBODY = "host = ? AND json_extract(CAST(document AS TEXT), '$.type') NOT IN ('Application', 'Group')"
# "0" follows on "/": what lies between is on that server.
FETCHED = (
    "((uri >= 'https://' || ? || '/' AND uri < 'https://' || ? || '0')"
    " OR (uri >= 'http://' || ? || '/' AND uri < 'http://' || ? || '0')) AND length(document) > 0"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pile:
    """How much of one family is kept of a server: number, bytes, and when the oldest came (unix seconds)."""

    family: Family
    number: int
    size: int
    oldest_at: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One thing that is kept: `type` as ActivityStreams calls it, `state` what became of it (received ones)."""

    family: Family
    uri: str
    type: str
    about_uri: str
    size: int
    state: str
    at: float


async def piles(books: Books, host: str) -> tuple[Pile, ...]:
    """Count what is kept of one server, by family."""
    found = []
    for family, table, condition, document, at, values in (
        ("received", "received", RECEIVED, "body", "received_at", (host,)),
        ("fetched", "fetched", FETCHED, "document", "fetched_at", (host,) * 4),
        ("actors", "strangers", SOMEBODY, "document", "fetched_at", (host,)),
    ):
        row = await books.store.fetch_one(
            f"SELECT count(*) AS number, coalesce(sum(length({document})), 0) AS size, min({at}) AS oldest_at"
            f" FROM {table} WHERE {condition}",
            values,
        )
        assert row is not None
        found.append(Pile(family=family, **row))  # type: ignore[arg-type]
    return tuple(found)


async def hosts(books: Books) -> dict[str, int]:
    """Return host → how many activities with words we received from it."""
    rows = await books.store.fetch(
        f"SELECT host, count(*) AS n FROM received WHERE length(body) > 0 AND kind NOT IN {WORDLESS} GROUP BY host"
    )
    return {row["host"]: row["n"] for row in rows}


async def listed(
    books: Books, host: str, family: Family, before: float | None = None, limit: int = 50
) -> list[Kept]:
    """Return what is kept of one family, the newest first, from before a unix time."""
    until = before if before is not None else 1e12
    selects = {
        "received": (
            "SELECT activity_uri AS uri, kind AS type, object_uri AS about_uri, length(body) AS size, state,"
            f" received_at AS at FROM received WHERE {RECEIVED} AND received_at < ?"
        ),
        "fetched": (
            "SELECT uri, coalesce(json_extract(CAST(document AS TEXT), '$.type'), '') AS type, uri AS about_uri,"
            f" length(document) AS size, '' AS state, fetched_at AS at FROM fetched WHERE {FETCHED} AND fetched_at < ?"
        ),
        "actors": (
            "SELECT uri, coalesce(json_extract(CAST(document AS TEXT), '$.type'), '') AS type, uri AS about_uri,"
            " length(document) AS size, '' AS state, fetched_at AS at FROM strangers"
            f" WHERE {SOMEBODY} AND fetched_at < ?"
        ),
    }
    values = (host,) * (4 if family == "fetched" else 1)
    rows = await books.store.fetch(f"{selects[family]} ORDER BY at DESC LIMIT ?", (*values, until, limit))
    return [Kept(family=family, **{**row, "type": str(row["type"])}) for row in rows]


async def forget(change: Transaction, host: str, until: float) -> None:
    """Drop the words of a server that came until a unix time; that they came stays known, and how to reach it."""
    await change.execute(
        "UPDATE received SET state = 'ignored', note = 'It was purged before it was let in.'"
        f" WHERE {RECEIVED} AND received_at <= ? AND state IN ('new', 'ready', 'held')",
        (host, until),
    )
    await change.execute(f"UPDATE received SET body = x'' WHERE {RECEIVED} AND received_at <= ?", (host, until))
    await change.execute(f"DELETE FROM fetched WHERE {FETCHED} AND fetched_at <= ?", (host, host, host, host, until))
    await change.execute(f"DELETE FROM strangers WHERE {SOMEBODY} AND fetched_at <= ?", (host, until))
