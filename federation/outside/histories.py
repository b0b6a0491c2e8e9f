"""What one server was told of a forum, and in which order: outboxes, histories, threads. Granted rows alone."""

from __future__ import annotations

import json
from collections.abc import Sequence

import orjson

from federation.outside import crossings
from federation.outside.crossings import EVERYONE, SELECT, STANDING, Crossing
from federation.outside.store import Outside

# A forum's own log, and what our people did in a forum of another server.
HOSTED = ("Announce", "Add", "Remove", "Lock", "Move", "Outcome")
GUESTS = ("Create", "Update", "Delete", "Like", "Undo")
MOST_FEATURED = 2_000
LONGEST_PAGE = 400_000
LONGEST_ACTIVITY = 900_000


def _told(host: str | None) -> tuple[str, tuple[str, ...]]:
    """Return the condition, with its values, for activities that were for a viewer.

    Where it was given a copy of its own of what they are about, everyone's is not for it.
    """
    viewer, own = host or EVERYONE, host or ""
    return (
        "(c.audience = ? OR (c.audience = '*' AND NOT EXISTS (SELECT 1 FROM crossings o WHERE o.audience = ?"
        " AND (o.uri = c.uri OR o.subject_uri = c.subject_uri))))",
        (viewer, own),
    )


async def announced_ideas(
    outside: Outside, forum_uri: str, host: str | None, after_uri: str, limit: int
) -> list[Crossing]:
    """Return the newest Announce of each of a forum's ideas, newest first, after the one that an address names."""
    told, values = _told(host)
    about = (
        "c.forum_uri = ? AND c.kind = 'activity' AND c.type = 'Announce' AND c.subject_uri = c.thread_uri"
        f" AND {STANDING} AND {told} AND json_type(CAST(b.bytes AS TEXT), '$.object') = 'object'"
    )
    last = await outside.store.fetch_one(
        f"SELECT c.made_at, c.id FROM crossings c JOIN bodies b ON b.sha = c.sha WHERE c.uri = ? AND {about}",
        (after_uri, forum_uri, *values),
    )
    made_at, id_ = (last["made_at"], last["id"]) if last else (1e12, 0)
    rows = await outside.store.fetch(
        f"{SELECT} WHERE {about} AND c.version = (SELECT max(n.version) FROM crossings n WHERE"
        " n.subject_uri = c.subject_uri AND n.audience = c.audience AND n.kind = 'activity' AND n.type = 'Announce'"
        " AND n.revoked_at IS NULL) AND (c.made_at, c.id) < (?, ?) ORDER BY c.made_at DESC, c.id DESC LIMIT ?",
        (forum_uri, *values, made_at, id_, limit),
    )
    return crossings.opened(outside, rows)


async def history(
    outside: Outside, forum_uri: str, host: str, types: Sequence[str], after_uri: str, limit: int
) -> tuple[list[Crossing], str]:
    """Return what one server was told of a forum, oldest first, and the address after which it goes on ("": nowhere).

    What was withdrawn is left out; what takes it back is there. An address that says nothing begins anew.
    """
    told, values = _told(host)
    last = await outside.store.fetch_one(
        "SELECT released_at, id FROM crossings WHERE uri = ? AND forum_uri = ? AND audience IN (?, '*')"
        " ORDER BY audience = '*' LIMIT 1",
        (after_uri, forum_uri, host),
    )
    rows = await outside.store.fetch(
        f"{SELECT} WHERE c.forum_uri = ? AND c.kind IN ('activity', 'tombstone') AND c.revoked_at IS NULL AND {told}"
        f" AND c.type IN ({','.join('?' * len(types))}) AND (c.released_at, c.id) > (?, ?)"
        " ORDER BY c.released_at, c.id LIMIT ?",
        (forum_uri, *values, *types, last["released_at"] if last else 0.0, last["id"] if last else 0, limit + 1),
    )
    found = crossings.opened(outside, rows[:limit])
    fitting: list[Crossing] = []
    size = 0
    for one in found:
        size += len(one.document.body)
        if fitting and size > LONGEST_PAGE:
            return [each for each in fitting if _is_whole(each)], fitting[-1].document.uri
        fitting.append(one)
    return [one for one in fitting if _is_whole(one)], found[-1].document.uri if found and len(rows) > limit else ""


def _is_whole(found: Crossing) -> bool:
    """Say whether an activity carries what it is about, and no inbox would refuse it for its size."""
    if len(found.document.body) > LONGEST_ACTIVITY:
        return False
    return found.card.type != "Announce" or isinstance(orjson.loads(found.document.body)["object"], dict)


async def did_anything(outside: Outside, forum_uri: str, host: str) -> bool:
    """Say whether a server was ever told anything of a forum that stands."""
    rows, _ = await history(outside, forum_uri, host, GUESTS, "", 1)
    return bool(rows)


async def is_thread_of(outside: Outside, forum_uri: str, root_uri: str, host: str | None) -> bool:
    """Say whether a viewer was granted an idea, ours or listed, that stands in a forum."""
    return await forum_of_thread(outside, root_uri, host) == forum_uri != ""


async def forum_of_thread(outside: Outside, root_uri: str, host: str | None) -> str:
    """Return the forum of an idea that a viewer was granted, "" where it was not."""
    viewer = host or EVERYONE
    if not await crossings.is_granted(outside, root_uri, viewer):
        return ""
    row = await outside.store.fetch_one(
        "SELECT forum_uri FROM crossings WHERE uri = ? AND thread_uri = uri AND kind = 'object'"
        " AND revoked_at IS NULL AND audience IN (?, '*') ORDER BY audience = '*', version DESC LIMIT 1",
        (root_uri, viewer),
    )
    return row["forum_uri"] if row else ""


async def addresses_of_thread(outside: Outside, root_uri: str, host: str | None) -> list[str]:
    """Return the ids of what a viewer was granted of a thread, oldest first."""
    return [one.document.uri for one in await crossings.of_thread(outside, root_uri, host, 1 << 20)]


async def said_of(outside: Outside, uris: Sequence[str], types: Sequence[str]) -> list[Crossing]:
    """Return what stands of what a forum said of an idea, under any of its addresses, to any audience."""
    rows = await outside.store.fetch(
        f"{SELECT} WHERE c.subject_uri IN (SELECT value FROM json_each(?)) AND c.kind = 'activity'"
        " AND c.type IN (SELECT value FROM json_each(?)) AND c.revoked_at IS NULL ORDER BY c.id",
        (json.dumps(list(uris)), json.dumps(list(types))),
    )
    return crossings.opened(outside, rows)


async def is_locked(outside: Outside, idea_uri: str, host: str | None) -> bool:
    """Say whether a viewer was told last that the thread of an idea is locked."""
    told, values = _told(host)
    rows = await outside.store.fetch(
        f"{SELECT} WHERE c.subject_uri = ? AND c.kind = 'activity' AND c.type = 'Lock' AND {STANDING} AND {told}"
        " ORDER BY c.id DESC LIMIT 1",
        (idea_uri, *values),
    )
    return any(orjson.loads(one.document.body)["type"] == "Lock" for one in crossings.opened(outside, rows))


async def featured(
    outside: Outside, forum_uri: str, host: str | None, types: Sequence[str] = ("Add",)
) -> list[Crossing]:
    """Return the standing Adds of ideas to a forum's `featured` that a viewer was told of, newest first.

    With other `types`, what else it says of ideas.
    """
    told, values = _told(host)
    rows = await outside.store.fetch(
        f"{SELECT} WHERE c.forum_uri = ? AND c.kind = 'activity' AND c.type IN (SELECT value FROM json_each(?))"
        f" AND {STANDING} AND {told} ORDER BY c.made_at DESC, c.id DESC LIMIT ?",
        (forum_uri, json.dumps(list(types)), *values, MOST_FEATURED),
    )
    return crossings.opened(outside, rows)
