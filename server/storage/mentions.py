"""Who is named in which contribution."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable

from server.database import Database, Transaction
from server.domain.actors import Member
from server.storage import people


async def by_handle(store: Database, username: str, host: str) -> Member | None:
    return await people.by_username(store, username, host)


async def beginning(store: Database, begun: str, limit: int) -> list[Member]:
    """Return active people of whom a word of the name or the username begins so, our own first."""
    like = begun.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = await store.fetch(
        "SELECT id FROM members WHERE active AND NOT voice AND (username LIKE ? ESCAPE '\\' OR name LIKE ? ESCAPE '\\'"
        " OR name LIKE ? ESCAPE '\\') ORDER BY host != '', username LIMIT ?",
        (f"{like}%", f"{like}%", f"% {like}%", limit),
    )
    found = await people.by_ids(store, [row["id"] for row in rows])
    return [found[row["id"]] for row in rows if row["id"] in found]


async def put(change: Transaction, contribution_id: str, member_ids: Iterable[str]) -> None:
    """Write down whom a contribution names, in place of whom it named before."""
    await change.execute("DELETE FROM mentions WHERE contribution_id = ?", (contribution_id,))
    for member_id in member_ids:
        await change.execute(
            "INSERT OR IGNORE INTO mentions (contribution_id, member_id) VALUES (?, ?)", (contribution_id, member_id)
        )


async def of(store: Database, ids: Collection[str]) -> dict[str, list[Member]]:
    rows = await store.fetch(
        "SELECT contribution_id, member_id FROM mentions WHERE contribution_id IN (SELECT value FROM json_each(?))"
        " ORDER BY id",
        (json.dumps(list(ids)),),
    )
    if not rows:
        return {}
    known = await people.by_ids(store, {row["member_id"] for row in rows})
    found: dict[str, list[Member]] = {}
    for row in rows:
        if row["member_id"] in known:
            found.setdefault(row["contribution_id"], []).append(known[row["member_id"]])
    return found
