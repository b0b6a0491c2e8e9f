"""Everything that people made here, as plain values: what an organisation takes along."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from server.domain.actors import Member
from server.services.audit import note
from server.services.house import House
from server.services.jams import hidden_jams
from server.storage import export
from server.storage.times import moment

Record = dict[str, Any]


async def export_all(house: House, by: Member) -> AsyncIterator[Record]:
    """Yield jams, forums, ideas and replies, then marks. Each record has a `kind`; times are ISO 8601 in UTC.

    It holds all that stands inside, whatever its label; what was deleted is not in it, nor what is in forums of other
    servers whose lists do not name whoever asks. For admins.
    """
    by.require("people")
    await note(house, by, "export")
    hidden = await hidden_jams(house, by)
    for row in await export.jam_rows(house.store):
        if row["id"] not in hidden:
            yield _jam(row)
    for row in await export.forum_rows(house.store):
        if row["jam_id"] not in hidden:
            yield _forum(row)
    async for row in export.contribution_rows(house.store):
        if row["jam_id"] not in hidden:
            yield _contribution(row)
    async for row in export.mark_rows(house.store):
        if row["jam_id"] not in hidden:
            yield _mark(row)


def _jam(row: Mapping[str, Any]) -> Record:
    return {
        "kind": "jam",
        "id": row["id"],
        "slug": row["slug"],
        "host": row["host"],
        "title": row["title"],
        "charter": {part: row[part] for part in ("question", "promise", "off_limits", "decide_by")},
        "state": row["state"],
        "opens_at": _time(row["opens_at"]),
        "closes_at": _time(row["closes_at"]),
        "created_at": _time(row["created_at"]),
    }


def _forum(row: Mapping[str, Any]) -> Record:
    plain = ("id", "jam_id", "slug", "title", "question", "audience", "label", "uri", "host", "handle")
    return {
        "kind": "forum",
        **{name: row[name] for name in plain},
        "peers": json.loads(row["peers"]),
        "joined": bool(row["joined"]),
        "created_at": _time(row["created_at"]),
    }


def _contribution(row: Mapping[str, Any]) -> Record:
    plain = ("id", "uri", "jam_id", "forum_id", "thread_id", "title", "text", "label", "intent", "version")
    return {
        "kind": row["kind"],
        **{name: row[name] for name in plain},
        "parent_id": row["parent_id"] or None,
        "builds_on": row["builds_on"] or None,
        "author": _handle(row),
        "author_name": row["author_name"],
        "unit": row["author_unit"],
        "created_at": _time(row["created_at"]),
        "edited_at": _time(row["edited_at"]),
    }


def _mark(row: Mapping[str, Any]) -> Record:
    return {
        "kind": "mark",
        "mark": row["kind"],
        "contribution_id": row["contribution_id"],
        "by": _handle(row),
        "made_at": _time(row["made_at"]),
    }


def _handle(row: Mapping[str, Any]) -> str:
    return f"@{row['username']}@{row['author_host']}" if row["author_host"] else f"@{row['username']}"


def _time(at: float | None) -> str | None:
    return None if at is None else moment(at).isoformat()
