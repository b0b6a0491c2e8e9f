"""Where ideas and replies stand among themes, as the analytics role placed them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from server.database import Database, Transaction
from server.storage.contributions import STANDS

Place = tuple[str, str, bool]
"""A theme and a sub-theme, "" for none; whether another theme lies about as near."""
READ = 20_000
"""Places that are read at once."""


@dataclass(frozen=True, slots=True)
class Members:
    """What stands in a theme as people see it: what the machine placed in `themes` (in `part` alone, where that is
    named) but for what people moved away (`left`), and what they moved there (`joined`). With `unsure` alone what lies
    about as near to another theme, and no person put there.
    """

    themes: tuple[str, ...]
    part: str = ""
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    unsure: bool = False


_MEMBERS = (
    "SELECT contribution_id FROM theme_places WHERE jam_id = ? AND theme IN (SELECT value FROM json_each(?))"
    " AND ? IN ('', part) AND unsure >= ? AND contribution_id NOT IN (SELECT value FROM json_each(?))"
    " UNION SELECT value FROM json_each(?)"
)
_STANDING = (
    f"FROM contributions c WHERE c.id IN ({_MEMBERS}) AND c.forum_id IN (SELECT value FROM json_each(?)) AND {STANDS}"
)


def _asked(jam_id: str, members: Members) -> tuple[str | int, ...]:
    joined = () if members.unsure else members.joined
    lists = (json.dumps(members.left), json.dumps(joined))
    return jam_id, json.dumps(members.themes), members.part, int(members.unsure), *lists


async def put(change: Transaction, jam_id: str, stands: Mapping[str, Place], gone: Collection[str]) -> None:
    """Write down where some stand now, and forget those that are gone."""
    await change.execute(
        "INSERT INTO theme_places (contribution_id, jam_id, theme, part, unsure)"
        " SELECT json_extract(value, '$[0]'), ?, json_extract(value, '$[1]'), json_extract(value, '$[2]'),"
        " json_extract(value, '$[3]') FROM json_each(?) WHERE 1 ON CONFLICT (contribution_id)"
        " DO UPDATE SET theme = excluded.theme, part = excluded.part, unsure = excluded.unsure",
        (jam_id, json.dumps([(id_, *place) for id_, place in stands.items()])),
    )
    await change.execute(
        "DELETE FROM theme_places WHERE contribution_id IN (SELECT value FROM json_each(?))", (json.dumps(list(gone)),)
    )


async def drop(change: Transaction, jam_id: str) -> None:
    """Forget all places of a jam."""
    await change.execute("DELETE FROM theme_places WHERE jam_id = ?", (jam_id,))


async def of(store: Database | Transaction, ids: Collection[str]) -> dict[str, Place]:
    """Return where some stand; those that have no place yet are absent."""
    rows = await store.fetch(
        "SELECT contribution_id, theme, part, unsure FROM theme_places WHERE contribution_id IN"
        " (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    )
    return dict(map(_placed, rows))


async def of_jam(store: Database, jam_id: str, *, told: bool = False) -> dict[str, Place]:
    """Return where everything in a jam stands, by theme and id: what is deleted or hidden stands nowhere.

    With `told` as the analytics role told it, which may not know yet what was taken back.
    """
    found: dict[str, Place] = {}
    theme, last = "", ""
    stands = "" if told else f" AND EXISTS (SELECT 1 FROM contributions c WHERE c.id = contribution_id AND {STANDS})"
    while True:
        rows = await store.fetch(
            f"SELECT contribution_id, theme, part, unsure FROM theme_places WHERE jam_id = ?{stands}"
            " AND (theme, contribution_id) > (?, ?) ORDER BY theme, contribution_id LIMIT ?",
            (jam_id, theme, last, READ),
        )
        found |= map(_placed, rows)
        if len(rows) < READ:
            return found
        theme, last = rows[-1]["theme"], rows[-1]["contribution_id"]


def _placed(row: Mapping[str, Any]) -> tuple[str, Place]:
    return row["contribution_id"], (row["theme"], row["part"], bool(row["unsure"]))


async def ids(store: Database, jam_id: str, members: Members) -> list[str]:
    """Return the ids of all that stands in a theme."""
    rows = await store.fetch(_MEMBERS, _asked(jam_id, members))
    return [row["contribution_id"] for row in rows]


async def newest(store: Database, jam_id: str, members: Members, forum_ids: Collection[str]) -> list[str]:
    """Return the ids of what stands in a theme and in some forums, and is neither deleted nor hidden, newest first."""
    asked = (*_asked(jam_id, members), json.dumps(sorted(forum_ids)))
    rows = await store.fetch(f"SELECT c.id {_STANDING} ORDER BY c.created_at DESC, c.id", asked)
    return [row["id"] for row in rows]


async def authors(store: Database, jam_id: str, members: Members, forum_ids: Collection[str]) -> set[str]:
    """Return the ids of those who wrote what stands in a theme and in some forums."""
    asked = (*_asked(jam_id, members), json.dumps(sorted(forum_ids)))
    return {row["author_id"] for row in await store.fetch(f"SELECT DISTINCT c.author_id {_STANDING}", asked)}


async def since(store: Database, jam_id: str, at: float) -> dict[str, str]:
    """Return the themes of what was written in a jam after a moment (unix seconds), by id."""
    rows = await store.fetch(
        "SELECT c.id, p.theme FROM contributions c JOIN theme_places p ON p.contribution_id = c.id"
        " WHERE c.jam_id = ? AND c.created_at > ?",
        (jam_id, at),
    )
    return {row["id"]: row["theme"] for row in rows}
