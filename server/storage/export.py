"""Everything of the inside, read in pages for an export."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from server.database import Database
from server.domain.self_test import JAM as CANARIES

PAGE = 500
NO_CANARY = "jam_id NOT IN (SELECT id FROM jams WHERE slug = ?)"


async def jam_rows(store: Database) -> list[Mapping[str, Any]]:
    """Return all jams, oldest first; canaries are none of ours."""
    return await store.fetch("SELECT * FROM jams WHERE slug != ? ORDER BY created_at, id", (CANARIES,))


async def forum_rows(store: Database) -> list[Mapping[str, Any]]:
    """Return all forums, oldest first."""
    return await store.fetch(f"SELECT * FROM forums WHERE {NO_CANARY} ORDER BY created_at, id", (CANARIES,))


async def contribution_rows(store: Database) -> AsyncIterator[Mapping[str, Any]]:
    """Yield all ideas and replies that stand, with their authors, what is answered before its answers."""
    last = 0
    while page := await store.fetch(
        "SELECT c.rowid AS place, c.*, m.username, m.host AS author_host, m.name AS author_name,"
        " m.unit AS author_unit FROM contributions c JOIN members m ON m.id = c.author_id"
        f" WHERE c.rowid > ? AND NOT c.deleted AND c.{NO_CANARY} ORDER BY c.rowid LIMIT ?",
        (last, CANARIES, PAGE),
    ):
        for row in page:
            yield row
        last = page[-1]["place"]


async def mark_rows(store: Database) -> AsyncIterator[Mapping[str, Any]]:
    """Yield all marks, with who set them, in the order in which they were set."""
    last = 0
    while page := await store.fetch(
        "SELECT k.*, c.jam_id, m.username, m.host AS author_host FROM marks k JOIN members m ON m.id = k.member_id"
        " JOIN contributions c ON c.id = k.contribution_id"
        " WHERE k.id > ? ORDER BY k.id LIMIT ?",
        (last, PAGE),
    ):
        for row in page:
            yield row
        last = page[-1]["id"]
