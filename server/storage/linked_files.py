"""Files that stay on other servers: where they stand, by the words that they are attached to."""

from __future__ import annotations

import json
from collections.abc import Sequence

from server.database import Database, Transaction
from server.domain.ideas import Linked


async def put(change: Transaction, contribution_id: str, linked: Sequence[Linked]) -> None:
    """Write down what is attached to something of another server, in place of what was before."""
    await change.execute("DELETE FROM linked_files WHERE contribution_id = ?", (contribution_id,))
    await change.executemany(
        "INSERT INTO linked_files (contribution_id, place, url, kind, words, media_type, size)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (contribution_id, at, one.url, one.kind, one.words, one.media_type, one.size)
            for at, one in enumerate(linked)
        ],
    )


async def of(store: Database, contribution_ids: Sequence[str]) -> dict[str, tuple[Linked, ...]]:
    """Return, for each of some contributions that have any, its files elsewhere in their order."""
    rows = await store.fetch(
        "SELECT contribution_id, url, kind, words, media_type, size FROM linked_files"
        " WHERE contribution_id IN (SELECT value FROM json_each(?)) ORDER BY contribution_id, place",
        (json.dumps(list(contribution_ids)),),
    )
    found: dict[str, tuple[Linked, ...]] = {}
    for row in rows:
        one = Linked(row["url"], row["kind"], row["words"], row["media_type"], row["size"])
        found[row["contribution_id"]] = (*found.get(row["contribution_id"], ()), one)
    return found
