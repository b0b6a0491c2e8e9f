"""The ideas and replies behind the numbers of the board: the same conditions as those that count."""

from __future__ import annotations

import json
from collections.abc import Collection

from server.database import Database
from server.storage.contributions import STANDS
from server.storage.exchange import GROUP

# Whoever speaks by a voice is not counted as a person.
NAMED = "NOT m.voice"
CONDITIONS: dict[str, str] = {
    "ideas": "c.kind = 'idea'",
    "replies": "c.kind = 'reply'",
    "people": NAMED,
    "active": f"((c.created_at >= ? AND {NAMED}) OR c.id IN (SELECT contribution_id FROM marks WHERE made_at >= ?))",
    "units": f"m.host = '' AND m.unit IN (SELECT value FROM json_each(?)) AND {NAMED}",
    "host": "m.host = ?",
    "minute": "c.created_at >= ? AND c.created_at < ?",
    "neglected": "c.kind = 'idea' AND c.replies = 0",
    "day": "c.created_at >= ?",
    "these": "c.id IN (SELECT value FROM json_each(?))",
}
Said = tuple[str, str]


async def said(store: Database, jam_id: str, forum_ids: Collection[str], of: str, *values: object) -> list[Said]:
    """Return (id, author) of what stands in some forums of a jam and fulfils a condition, newest first."""
    rows = await store.fetch(
        "SELECT c.id, c.author_id FROM contributions c JOIN members m ON m.id = c.author_id"
        f" WHERE c.jam_id = ? AND {STANDS} AND c.forum_id IN (SELECT value FROM json_each(?)) AND {CONDITIONS[of]}"
        " ORDER BY c.created_at DESC, c.id",
        (jam_id, json.dumps(sorted(forum_ids)), *values),
    )
    return [(row["id"], row["author_id"]) for row in rows]


async def replies_between(
    store: Database, jam_id: str, forum_ids: Collection[str]
) -> list[tuple[Said, tuple[str, str], tuple[str, str]]]:
    """Return ((id, author), who answers, who is answered) of replies between named people, newest first."""
    rows = await store.fetch(
        f"SELECT c.id, c.author_id, {GROUP.format('a', 'by')}, {GROUP.format('b', 'to')} FROM contributions c"
        " JOIN contributions p ON p.id = c.parent_id JOIN members a ON a.id = c.author_id"
        " JOIN members b ON b.id = p.author_id"
        f" WHERE c.jam_id = ? AND c.kind = 'reply' AND {STANDS} AND c.forum_id IN (SELECT value FROM json_each(?))"
        " AND NOT p.deleted AND NOT a.voice AND NOT b.voice AND a.id != b.id ORDER BY c.created_at DESC, c.id",
        (jam_id, json.dumps(sorted(forum_ids))),
    )
    return [
        ((row["id"], row["author_id"]), (row["by_kind"], row["by_name"]), (row["to_kind"], row["to_name"]))
        for row in rows
    ]
