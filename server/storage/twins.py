"""Redacted copies' own ids, and the names under which people appear outside."""

from __future__ import annotations

import json
from collections.abc import Sequence

from server.database import Database
from server.storage.rows import PseudonymRow, TwinRow


async def twin(store: Database, contribution_id: str, form: str) -> str | None:
    value = await store.fetch_value(
        "SELECT uri FROM twins WHERE contribution_id = ? AND form = ?", (contribution_id, form)
    )
    return None if value is None else str(value)


async def insert_twin(contribution_id: str, form: str, uri: str) -> None:
    await TwinRow.create(contribution_id=contribution_id, form=form, uri=uri)


async def public_uris(store: Database, contribution_id: str) -> list[str]:
    """Return all URIs under which copies of a contribution may stand outside."""
    rows = await store.fetch(
        "SELECT uri FROM contributions WHERE id = ? UNION ALL SELECT uri FROM twins WHERE contribution_id = ?",
        (contribution_id, contribution_id),
    )
    return [row["uri"] for row in rows]


async def contribution_of(store: Database, uri: str) -> str:
    """Return the id of the contribution of which a redacted copy bears a URI, "" for none."""
    found = await store.fetch_value("SELECT contribution_id FROM twins WHERE uri = ?", (uri,))
    return "" if found is None else str(found)


async def twins_of(store: Database, contribution_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return, for each of some contributions that have any, form → URI of its redacted copies."""
    rows = await store.fetch(
        "SELECT contribution_id, form, uri FROM twins WHERE contribution_id IN (SELECT value FROM json_each(?))",
        (json.dumps(contribution_ids),),
    )
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row["contribution_id"], {})[row["form"]] = row["uri"]
    return found


async def pseudonym(store: Database, member_id: str, thread_id: str) -> tuple[str, str, str] | None:
    """Return (uri, username, name) under which a person appears in a thread, or None."""
    row = await store.fetch_one(
        "SELECT * FROM pseudonyms WHERE member_id = ? AND thread_id = ?", (member_id, thread_id)
    )
    return None if row is None else (row["uri"], row["username"], row["name"])


async def insert_pseudonym(member_id: str, thread_id: str, uri: str, username: str, name: str) -> None:
    await PseudonymRow.create(member_id=member_id, thread_id=thread_id, uri=uri, username=username, name=name)
