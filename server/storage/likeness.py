"""Where ideas and questions lie by their meaning, and what people say is not similar."""

from __future__ import annotations

import json
from collections.abc import Collection

from server.database import Database, Transaction
from server.domain.likeness import Learnt
from server.storage.contributions import STANDS

Meaning = tuple[int, str, str, bytes]
# What is learnt is shown to everybody: nothing of it comes from a forum for the people on its list alone.
APART = "SELECT jam_id FROM forums WHERE members_only"


async def meanings_after(store: Database, number: int, limit: int) -> list[Meaning]:
    """Return (number, contribution, jam, vector) of what was written after a number."""
    rows = await store.fetch(
        "SELECT number, contribution_id, jam_id, vector FROM meanings WHERE number > ? ORDER BY number LIMIT ?",
        (number, limit),
    )
    return [(row["number"], row["contribution_id"], row["jam_id"], bytes(row["vector"])) for row in rows]


async def vectors_of(store: Database, ids: Collection[str]) -> dict[str, bytes]:
    rows = await store.fetch(
        "SELECT contribution_id, vector FROM meanings WHERE contribution_id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(ids)),),
    )
    return {row["contribution_id"]: bytes(row["vector"]) for row in rows}


async def versions(store: Database) -> dict[str, int]:
    """Return contribution → the version of its words that is kept."""
    rows = await store.fetch("SELECT contribution_id, version FROM meanings")
    return {row["contribution_id"]: row["version"] for row in rows}


async def put_meaning(change: Transaction, contribution_id: str, jam_id: str, version: int, vector: bytes) -> None:
    await drop_meaning(change, contribution_id)
    # A number is never given twice: readers ask for what came after the last one that they saw.
    await change.execute(
        "INSERT INTO meanings (number, contribution_id, jam_id, version, vector)"
        " VALUES ((SELECT max(coalesce((SELECT max(number) FROM meanings), 0),"
        " coalesce((SELECT seq FROM consumers WHERE name = 'meanings'), 0)) + 1), ?, ?, ?, ?)",
        (contribution_id, jam_id, version, vector),
    )
    await change.execute(
        "INSERT INTO consumers (name, seq) VALUES ('meanings', (SELECT max(number) FROM meanings))"
        " ON CONFLICT (name) DO UPDATE SET seq = excluded.seq"
    )


async def drop_meaning(change: Transaction, contribution_id: str) -> None:
    await change.execute("DELETE FROM meanings WHERE contribution_id = ?", (contribution_id,))


async def refuse(change: Transaction, member_id: str, subject_id: str, other_id: str, score: float, now: float) -> None:
    await change.execute(
        "INSERT OR IGNORE INTO unlike (member_id, subject_id, other_id, score, made_at) VALUES (?, ?, ?, ?, ?)",
        (member_id, subject_id, other_id, score, now),
    )


async def refused(store: Database, member_id: str, subject_id: str) -> set[str]:
    """Return what somebody found not to be similar to something."""
    rows = await store.fetch(
        "SELECT other_id FROM unlike WHERE member_id = ? AND subject_id = ?", (member_id, subject_id)
    )
    return {row["other_id"] for row in rows}


async def settle(change: Transaction, member_id: str, forum_id: str, idea_id: str) -> None:
    """What was said while an idea was being written in a forum is about that idea from here on."""
    await change.execute(
        "UPDATE OR IGNORE unlike SET subject_id = ? WHERE member_id = ? AND subject_id = ?",
        (idea_id, member_id, forum_id),
    )


async def scores_refused(store: Database) -> list[float]:
    """Return how alike was what somebody found not to be similar; nothing of what is for the people on a list alone."""
    rows = await store.fetch(
        "SELECT u.score FROM unlike u WHERE NOT EXISTS (SELECT 1 FROM contributions c WHERE c.id = u.other_id"
        f" AND c.jam_id IN ({APART})) ORDER BY u.id"
    )
    return [row["score"] for row in rows]


async def links(store: Database, limit: int) -> list[tuple[str, str]]:
    """Return (idea, the idea that it builds on), both standing, the newest first; none of a closed forum."""
    rows = await store.fetch(
        f"SELECT c.id, c.builds_on FROM contributions c JOIN contributions b ON b.id = c.builds_on"
        f" WHERE c.kind = 'idea' AND c.builds_on != '' AND {STANDS} AND NOT b.deleted AND NOT b.hidden"
        f" AND c.jam_id NOT IN ({APART})"
        " ORDER BY c.created_at DESC, c.id LIMIT ?",
        (limit,),
    )
    return [(row["id"], row["builds_on"]) for row in rows]


async def learnt(store: Database) -> Learnt | None:
    row = await store.fetch_one("SELECT * FROM likeness WHERE id = 1")
    return Learnt(row["least"], row["links"], row["refusals"], row["at"]) if row else None


async def put_learnt(change: Transaction, found: Learnt) -> None:
    await change.execute(
        "INSERT OR REPLACE INTO likeness (id, least, links, refusals, at) VALUES (1, ?, ?, ?, ?)",
        (found.least, found.links, found.refusals, found.at),
    )
