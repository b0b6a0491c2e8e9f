"""Prints of what stands inside, to find quotes by: `fingerprints` maps a keyed hash to contributions by number."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from server.database import Database, Transaction

PRINTS_KEY = "prints"


@dataclass(frozen=True, slots=True)
class Source:
    """A contribution that shares prints with some text, and what was decided of its present words.

    `audience` is its forum's, `said` what was said to an audience, `recalled` from whom it, or the idea that it
    answers, was taken back ("": from everyone).
    """

    id: str
    author_id: str
    author_host: str
    forum_id: str
    forum_host: str
    audience: str
    said: dict[str, str]
    recalled: frozenset[str]


async def key(store: Database) -> bytes:
    """Return the organisation's key of prints, which the store was made with."""
    found = await store.fetch_value("SELECT bytes FROM inside_keys WHERE name = ?", (PRINTS_KEY,))
    return bytes(found)


async def put(change: Transaction, contribution_id: str, prints: Iterable[int]) -> None:
    """Keep the prints of a contribution, in place of its earlier ones."""
    await change.execute("INSERT OR IGNORE INTO printed (contribution_id) VALUES (?)", (contribution_id,))
    number = await change.fetch_value("SELECT number FROM printed WHERE contribution_id = ?", (contribution_id,))
    await change.execute("DELETE FROM fingerprints WHERE number = ?", (number,))
    await change.executemany(
        "INSERT OR IGNORE INTO fingerprints (hash, number) VALUES (?, ?)", [(one, number) for one in prints]
    )


async def drop(change: Transaction, contribution_id: str) -> None:
    """Forget the prints of a contribution whose words are gone."""
    number = await change.fetch_value("SELECT number FROM printed WHERE contribution_id = ?", (contribution_id,))
    await change.execute("DELETE FROM fingerprints WHERE number = ?", (number,))
    await change.execute("DELETE FROM printed WHERE number = ?", (number,))


async def sharing(store: Database, prints: Collection[int], but: str, most: int) -> list[str]:
    """Return the ids of contributions, other than one, that share prints with a text, most shared first.

    Of each print only the `most` newest contributions count: what more of them say is an everyday phrase.
    """
    if not prints:
        return []
    rows = await store.fetch(
        "SELECT p.contribution_id, count(*) AS shared FROM json_each(?) h"
        " JOIN fingerprints f ON f.hash = h.value AND f.number >= coalesce(("
        "SELECT number FROM fingerprints WHERE hash = h.value ORDER BY number DESC LIMIT 1 OFFSET ?), 0)"
        " JOIN printed p ON p.number = f.number WHERE p.contribution_id != ?"
        " GROUP BY p.contribution_id ORDER BY shared DESC, p.number DESC",
        (json.dumps(sorted(prints)), most - 1, but),
    )
    return [row["contribution_id"] for row in rows]


async def sources(store: Database, ids: Sequence[str], audiences: Collection[str]) -> list[Source]:
    """Return these contributions, in their order, with what was decided of them for some audiences."""
    wanted = json.dumps(ids)
    rows = await store.fetch(
        "SELECT c.id, c.author_id, m.host AS author_host, c.forum_id, f.host AS forum_host, f.audience"
        " FROM contributions c JOIN members m ON m.id = c.author_id JOIN forums f ON f.id = c.forum_id"
        " WHERE c.id IN (SELECT value FROM json_each(?)) AND NOT c.deleted",
        (wanted,),
    )
    verdicts = await store.fetch(
        "SELECT v.contribution_id, v.audience, v.effect FROM verdicts v"
        " JOIN contributions c ON c.id = v.contribution_id AND c.version = v.version"
        " WHERE v.contribution_id IN (SELECT value FROM json_each(?))"
        " AND v.audience IN (SELECT value FROM json_each(?)) ORDER BY v.decided_at",
        (wanted, json.dumps(sorted(audiences))),
    )
    recalls = await store.fetch(
        "SELECT c.id, r.peer FROM contributions c JOIN recalls r ON r.contribution_id IN (c.id, c.thread_id)"
        " WHERE c.id IN (SELECT value FROM json_each(?))",
        (wanted,),
    )
    said: dict[str, dict[str, str]] = {}
    for row in verdicts:
        said.setdefault(row["contribution_id"], {})[row["audience"]] = row["effect"]
    recalled: dict[str, set[str]] = {}
    for row in recalls:
        recalled.setdefault(row["id"], set()).add(row["peer"])
    found = {
        row["id"]: Source(
            row["id"],
            row["author_id"],
            row["author_host"],
            row["forum_id"],
            row["forum_host"],
            row["audience"],
            said.get(row["id"], {}),
            frozenset(recalled.get(row["id"], ())),
        )
        for row in rows
    }
    return [found[id_] for id_ in ids if id_ in found]


async def without_prints(store: Database, limit: int) -> list[tuple[str, str, str]]:
    """Return (id, title, text) of contributions whose prints are missing, as in a store older than the prints."""
    rows = await store.fetch(
        "SELECT id, title, text FROM contributions c WHERE NOT deleted"
        " AND NOT EXISTS (SELECT 1 FROM printed p WHERE p.contribution_id = c.id) LIMIT ?",
        (limit,),
    )
    return [(row["id"], row["title"], row["text"]) for row in rows]
