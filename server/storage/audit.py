"""The audit chain, and our own copies of its checkpoints."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from server.database import Database, Transaction
from server.domain.audit import Checkpoint, Deed, chain_hash

PAGE = 2_000


def _deed(row: Mapping[str, Any]) -> Deed:
    return Deed(row["seq"], row["at"], row["member_id"], row["act"], row["subject_id"], row["hash"])


async def put(change: Transaction, member_id: str, act: str, subject_id: str, now: float) -> None:
    """Append to the chain: the hash covers the row and the hash before it."""
    before = await change.fetch_value("SELECT hash FROM audit ORDER BY seq DESC LIMIT 1") or ""
    await change.execute(
        "INSERT INTO audit (at, member_id, act, subject_id, hash) VALUES (?, ?, ?, ?, ?)",
        (now, member_id, act, subject_id, chain_hash(before, now, member_id, act, subject_id)),
    )


async def walk(store: Database) -> AsyncIterator[list[Deed]]:
    """Yield the whole chain, some rows at a time."""
    last = 0
    while rows := await store.fetch("SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?", (last, PAGE)):
        yield [_deed(row) for row in rows]
        last = rows[-1]["seq"]


async def newest(store: Database) -> Deed | None:
    row = await store.fetch_one("SELECT * FROM audit ORDER BY seq DESC LIMIT 1")
    return None if row is None else _deed(row)


async def count(store: Database, upto: int) -> int:
    """Count the rows up to a number."""
    return int(await store.fetch_value("SELECT count(*) FROM audit WHERE seq <= ?", (upto,)) or 0)


async def hash_at(store: Database, seq: int) -> str:
    """Return the hash of one row, "" where there is none."""
    return str(await store.fetch_value("SELECT hash FROM audit WHERE seq = ?", (seq,)) or "")


async def first_after(store: Database, seq: int) -> Deed | None:
    row = await store.fetch_one("SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT 1", (seq,))
    return None if row is None else _deed(row)


async def found(
    store: Database, *, act: str = "", member_id: str = "", subject_id: str = "", before: int = 0, limit: int = 50
) -> list[Deed]:
    """Return rows, newest first: of acts that begin so, of one person, about one thing, below a number."""
    rows = await store.fetch(
        "SELECT * FROM audit WHERE (? = '' OR substr(act, 1, length(?)) = ?) AND (? = '' OR member_id = ?)"
        " AND (? = '' OR subject_id = ?) AND (? = 0 OR seq < ?) ORDER BY seq DESC LIMIT ?",
        (act, act, act, member_id, member_id, subject_id, subject_id, before, before, limit),
    )
    return [_deed(row) for row in rows]


async def about(
    store: Database, ids: Sequence[str], but: tuple[str, ...], hidden: Collection[str], before: int, limit: int, *,
    everybody: bool,
) -> list[Deed]:  # fmt: skip
    """Return what others did to somebody's contributions and to them, newest first, below a number (0: from the end).

    `ids` are the person's own id and those of their voices, `hidden` the jams that are not there for them. Deeds are
    numbered among those that this person is told of: those in the chain would tell how much else was done.

    With `everybody`, what was done to anybody's contributions as well.
    """
    marks = ",".join("?" * len(but))
    among = "(SELECT value FROM json_each(?))"
    mine = f"a.subject_id IN (SELECT id FROM contributions WHERE author_id IN {among} UNION ALL SELECT ?)"
    anybody = "EXISTS (SELECT 1 FROM contributions c WHERE c.id = a.subject_id AND c.author_id != a.member_id)"
    there = f"NOT EXISTS (SELECT 1 FROM contributions c WHERE c.id = a.subject_id AND c.jam_id IN {among})"
    rows = await store.fetch(
        "SELECT * FROM (SELECT a.*, ROW_NUMBER() OVER (ORDER BY a.seq) AS place FROM audit a"
        f" WHERE ({mine} AND a.member_id NOT IN {among}{f' OR {anybody}' if everybody else ''})"
        f" AND {there} AND a.act NOT IN ({marks})) WHERE (? = 0 OR place < ?) ORDER BY place DESC LIMIT ?",
        (json.dumps(ids), ids[0], json.dumps(ids), json.dumps(sorted(hidden)), *but, before, before, limit),
    )
    return [replace(_deed(row), seq=row["place"]) for row in rows]


async def acts(store: Database) -> list[str]:
    """Return the kinds of act that the chain holds."""
    return [row["act"] for row in await store.fetch("SELECT DISTINCT act FROM audit ORDER BY act")]


def _checkpoint(row: Mapping[str, Any]) -> Checkpoint:
    return Checkpoint(
        seq=row["seq"],
        hash=row["hash"],
        at=row["at"],
        count=row["count"],
        before=row["before"],
        key=row["key"],
        signature=row["signature"],
    )


async def checkpoints(store: Database) -> list[Checkpoint]:
    """Return all checkpoints that we made, in order."""
    return [_checkpoint(row) for row in await store.fetch("SELECT * FROM checkpoints ORDER BY id")]


async def last_checkpoint(store: Database) -> Checkpoint | None:
    row = await store.fetch_one("SELECT * FROM checkpoints ORDER BY id DESC LIMIT 1")
    return None if row is None else _checkpoint(row)


async def put_checkpoint(change: Transaction, made: Checkpoint) -> None:
    await change.execute(
        'INSERT INTO checkpoints (seq, hash, at, count, "before", key, signature) VALUES (?, ?, ?, ?, ?, ?, ?)',
        (made.seq, made.hash, made.at, made.count, made.before, made.key, made.signature),
    )
