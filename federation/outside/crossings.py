"""Documents that crossed: written by the gate, read by the edge."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from federation.outside.released import Card, Released
from federation.outside.store import Outside
from server.database import Transaction

__all__ = ["EVERYONE", "Card", "Crossing"]

EVERYONE = "*"
ENDED = "ended"
SELECT = "SELECT c.*, b.bytes AS body FROM crossings c JOIN bodies b ON b.sha = c.sha"
STANDING = "c.revoked_at IS NULL AND c.kind != 'tombstone'"
NEWEST = (
    "c.version = (SELECT max(version) FROM crossings n WHERE n.uri = c.uri AND n.audience = c.audience"
    " AND n.revoked_at IS NULL)"
)


@dataclass(frozen=True, slots=True)
class Crossing:
    """A released document with its card."""

    document: Released
    card: Card


def _card(row: Mapping[str, Any]) -> Card:
    return Card(
        type=row["type"],
        ours=bool(row["ours"]),
        subject_uri=row["subject_uri"],
        forum_uri=row["forum_uri"],
        thread_uri=row["thread_uri"],
        parent_uri=row["parent_uri"],
        author_uri=row["author_uri"],
        author_name=row["author_name"],
        author_handle=row["author_handle"],
        made_at=row["made_at"],
    )


def _crossing(outside: Outside, row: Mapping[str, Any]) -> Crossing | None:
    card = _card(row)
    document = outside.sealer.open(
        row["uri"], row["version"], row["audience"], row["kind"], bytes(row["body"]), row["mac"], card
    )
    return None if document is None else Crossing(document, card)


def _is_sealed(outside: Outside, row: Mapping[str, Any]) -> bool:
    """Say whether the gate wrote a row as it stands, its bytes not looked at."""
    return outside.sealer.fits(
        row["uri"], row["version"], row["audience"], row["kind"], row["sha"], row["mac"], _card(row)
    )


def opened(outside: Outside, rows: list[Mapping[str, Any]]) -> list[Crossing]:
    """Return the rows of a SELECT that the gate wrote as they stand."""
    return [found for row in rows if (found := _crossing(outside, row))]


async def freeze(change: Transaction, documents: Sequence[Released], card: Card, now: float) -> None:
    """Write one released document for each of its audiences, with the card it was sealed with.

    A version that stands already is left as it is.

    One that was withdrawn and is granted again stands again, and the tombstones over it go.
    """
    first = documents[0]
    await change.execute("INSERT OR IGNORE INTO bodies (sha, bytes) VALUES (?, ?)", (first.sha, first.body))
    await change.executemany(
        "INSERT INTO crossings (uri, version, audience, kind, type, ours, subject_uri, forum_uri, thread_uri,"
        " parent_uri, author_uri, author_name, author_handle, sha, mac, made_at, released_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (uri, audience, version) DO UPDATE SET kind = excluded.kind, type = excluded.type,"
        " ours = excluded.ours, subject_uri = excluded.subject_uri, forum_uri = excluded.forum_uri,"
        " thread_uri = excluded.thread_uri, parent_uri = excluded.parent_uri, author_uri = excluded.author_uri,"
        " author_name = excluded.author_name, author_handle = excluded.author_handle, sha = excluded.sha,"
        " mac = excluded.mac, made_at = excluded.made_at, released_at = excluded.released_at, revoked_at = NULL"
        " WHERE crossings.revoked_at IS NOT NULL OR crossings.kind = 'tombstone'",
        [
            (
                document.uri,
                document.version,
                document.audience,
                document.kind,
                card.type,
                card.ours,
                card.subject_uri,
                card.forum_uri,
                card.thread_uri,
                card.parent_uri,
                card.author_uri,
                card.author_name,
                card.author_handle,
                document.sha,
                document.mac,
                card.made_at,
                now,
            )
            for document in documents
        ],
    )
    if first.kind == "object":
        await change.execute(
            "UPDATE crossings SET revoked_at = ?, mac = ? WHERE uri = ?"
            " AND audience IN (SELECT value FROM json_each(?)) AND kind = 'tombstone' AND revoked_at IS NULL",
            (now, ENDED, first.uri, json.dumps([document.audience for document in documents])),
        )


async def freeze_anew(change: Transaction, documents: Sequence[Released], card: Card) -> None:
    """Put other bytes in the place of a version that stands: a poll whose counts have moved on.

    What was withdrawn meanwhile stays so. The bytes before go, unless they stand elsewhere.
    """
    first = documents[0]
    await change.execute("INSERT OR IGNORE INTO bodies (sha, bytes) VALUES (?, ?)", (first.sha, first.body))
    for document in documents:
        row = (document.uri, document.version, document.audience)
        where = "uri = ? AND version = ? AND audience = ? AND kind = 'object' AND revoked_at IS NULL"
        before = await change.fetch_value(f"SELECT sha FROM crossings WHERE {where}", row)
        renewed = (document.sha, document.mac, card.type, *row)
        await change.execute(f"UPDATE crossings SET sha = ?, mac = ?, type = ? WHERE {where}", renewed)
        await change.execute(
            "DELETE FROM bodies WHERE sha = ? AND NOT EXISTS (SELECT 1 FROM crossings o WHERE o.sha = bodies.sha)",
            (before,),
        )


async def revoke(change: Transaction, subject_uri: str, audience: str | None, now: float) -> int:
    """Stop serving a subject and the activities about it to one audience (None: to all); return how many rows.

    Their seals go with the grant: only the gate can make such a row stand again.
    """
    return await change.execute(
        "UPDATE crossings SET revoked_at = ?, mac = ? WHERE (uri = ? OR subject_uri = ?) AND kind != 'tombstone'"
        " AND (? IS NULL OR audience = ?) AND revoked_at IS NULL",
        (now, ENDED, subject_uri, subject_uri, audience, audience),
    )


async def revoke_files(
    change: Transaction, subject_uri: str, audiences: Sequence[str], but: Sequence[str], now: float
) -> None:
    """Stop serving, to some audiences, the files of a subject but for those under some URIs."""
    await change.execute(
        "UPDATE crossings SET revoked_at = ?, mac = ? WHERE subject_uri = ? AND kind = 'file' AND revoked_at IS NULL"
        " AND audience IN (SELECT value FROM json_each(?)) AND uri NOT IN (SELECT value FROM json_each(?))",
        (now, ENDED, subject_uri, json.dumps(list(audiences)), json.dumps(list(but))),
    )


async def purge(change: Transaction, subject_uri: str) -> None:
    """Drop the bytes of what was revoked of a subject, unless they still stand elsewhere; the rows stay as ledger."""
    await change.execute(
        "DELETE FROM bodies WHERE sha IN (SELECT sha FROM crossings WHERE (uri = ? OR subject_uri = ?)"
        " AND revoked_at IS NOT NULL) AND NOT EXISTS"
        " (SELECT 1 FROM crossings o WHERE o.sha = bodies.sha AND o.revoked_at IS NULL)",
        (subject_uri, subject_uri),
    )


async def bar(change: Transaction, subject_uri: str, host: str, now: float) -> None:
    """Keep one host from what everyone may read, and from the activities about it.

    A revoked row of its own, without a seal, stands before the grant to all.
    """
    await change.execute(
        "INSERT INTO crossings (uri, version, audience, kind, type, ours, subject_uri, sha, mac, made_at, released_at,"
        " revoked_at, forum_uri, thread_uri, parent_uri, author_uri, author_name, author_handle)"
        " SELECT uri, version, ?, kind, type, ours, subject_uri, sha, '', made_at, released_at, ?,"
        " '', '', '', '', '', ''"
        " FROM crossings WHERE (uri = ? OR subject_uri = ?) AND audience = '*' AND kind != 'tombstone'"
        " ON CONFLICT (uri, audience, version) DO UPDATE SET revoked_at = excluded.revoked_at,"
        " mac = CASE WHEN mac = '' THEN '' ELSE ? END",
        (host, now, subject_uri, subject_uri, ENDED),
    )


async def merge(change: Transaction, subject_uri: str, host: str) -> None:
    """Have one host read a subject as everyone does from now on: its own rows end without barring it."""
    await change.execute(
        "DELETE FROM crossings WHERE (uri = ? OR subject_uri = ?) AND audience = ?", (subject_uri, subject_uri, host)
    )


async def is_granted(outside: Outside, uri: str, audience: str) -> bool:
    """Say whether an audience may read a document now, as its own or as everyone's; ours or one that we list."""
    return uri in (await granted(outside, [uri], [audience]))[audience]


async def granted(outside: Outside, uris: Sequence[str], audiences: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return, for each audience, which of some documents it may read now, as its own or as everyone's."""
    rows = await outside.store.fetch(
        "SELECT * FROM crossings WHERE uri IN (SELECT value FROM json_each(?))"
        " AND audience IN (SELECT value FROM json_each(?))",
        (json.dumps(uris), json.dumps([*audiences, EVERYONE])),
    )
    written: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        standing = written.setdefault((row["uri"], row["audience"]), [])
        if row["revoked_at"] is None and _is_sealed(outside, row):
            standing.append(row["kind"])

    def may_read(uri: str, audience: str) -> bool:
        # Rows of its own, even revoked ones, come before everyone's.
        own = written.get((uri, audience))
        standing = written.get((uri, EVERYONE), []) if own is None else own
        return bool(standing) and "tombstone" not in standing

    return {audience: frozenset(uri for uri in uris if may_read(uri, audience)) for audience in audiences}


async def find(outside: Outside, uri: str, host: str | None) -> Crossing | None:
    """Return the newest version of a document that a verified host (None: anybody) was granted, or None.

    A host's own grant comes before everyone's; a revoked grant of its own bars everyone's.
    """
    rows = await outside.store.fetch(
        f"{SELECT} WHERE c.uri = ? AND c.ours AND c.audience IN (?, ?) ORDER BY c.audience = ? , c.version DESC",
        (uri, host or EVERYONE, EVERYONE, EVERYONE),
    )
    own = [row for row in rows if row["audience"] != EVERYONE]
    chosen = own or [row for row in rows if row["audience"] == EVERYONE]
    standing = next((row for row in chosen if row["revoked_at"] is None), None)
    return None if standing is None else _crossing(outside, standing)


async def exact(outside: Outside, uri: str, version: int, audience: str) -> Crossing | None:
    """Return one very document while its grant stands: what a delivery sends."""
    row = await outside.store.fetch_one(
        f"{SELECT} WHERE c.uri = ? AND c.version = ? AND c.audience = ? AND c.revoked_at IS NULL",
        (uri, version, audience),
    )
    return None if row is None else _crossing(outside, row)


async def exact_newest(outside: Outside, uri: str, audience: str) -> Crossing | None:
    """Return the newest standing version of a document for one audience."""
    version, _ = await newest_version(outside, uri, audience)
    return await exact(outside, uri, version, audience)


def _granted(host: str | None) -> tuple[str, tuple[str, ...]]:
    """Return the condition, with its values, for rows that a viewer was granted; a bar hides everyone's grant."""
    viewer = host or EVERYONE
    return (
        "(c.audience = ? OR (c.audience = '*' AND NOT EXISTS"
        " (SELECT 1 FROM crossings o WHERE o.uri = c.uri AND o.audience = ?)))",
        (viewer, "" if viewer == EVERYONE else viewer),
    )


async def of_forum(
    outside: Outside,
    forum_uri: str,
    kind: str,
    host: str | None,
    *,
    types: tuple[str, ...] = (),
    after_uri: str = "",
    limit: int = 50,
) -> list[Crossing]:
    """Return a forum's documents of one kind that a viewer was granted, newest first.

    `after_uri` names the last one of an earlier page; one that the viewer was not granted counts as none.
    """
    granted, values = _granted(host)
    typed = f"AND c.type IN ({','.join('?' * len(types))})" if types else ""
    last = await outside.store.fetch_one(
        f"SELECT c.made_at, c.id FROM crossings c WHERE c.uri = ? AND c.forum_uri = ? AND {STANDING} AND {granted}",
        (after_uri, forum_uri, *values),
    )
    made_at, id_ = (last["made_at"], last["id"]) if last else (1e12, 0)
    rows = await outside.store.fetch(
        f"{SELECT} WHERE c.forum_uri = ? AND c.kind = ? {typed} AND {STANDING} AND {NEWEST} AND {granted}"
        " AND (c.made_at, c.id) < (?, ?) ORDER BY c.made_at DESC, c.id DESC LIMIT ?",
        (forum_uri, kind, *types, *values, made_at, id_, limit),
    )
    return opened(outside, rows)


async def count_of_forum(outside: Outside, forum_uri: str, kind: str, host: str | None, types: tuple[str, ...]) -> int:
    """Count a forum's documents that a viewer was granted."""
    granted, values = _granted(host)
    rows = await outside.store.fetch(
        "SELECT c.* FROM crossings c WHERE c.forum_uri = ? AND c.kind = ?"
        f" AND c.type IN ({','.join('?' * len(types))}) AND {STANDING} AND {NEWEST} AND {granted}",
        (forum_uri, kind, *types, *values),
    )
    return len({row["uri"] for row in rows if _is_sealed(outside, row)})


async def of_thread(outside: Outside, thread_uri: str, host: str | None, limit: int = 2000) -> list[Crossing]:
    """Return a thread's objects that a viewer was granted, oldest first."""
    granted, values = _granted(host)
    rows = await outside.store.fetch(
        f"{SELECT} WHERE c.thread_uri = ? AND c.kind = 'object' AND {STANDING} AND {NEWEST} AND {granted}"
        " ORDER BY c.made_at, c.id LIMIT ?",
        (thread_uri, *values, limit),
    )
    return opened(outside, rows)


async def replies_to(outside: Outside, parent_uri: str, host: str | None, limit: int = 500) -> list[Crossing]:
    """Return the answers to an object that a viewer was granted, oldest first."""
    granted, values = _granted(host)
    rows = await outside.store.fetch(
        f"{SELECT} WHERE c.parent_uri = ? AND c.kind = 'object' AND {STANDING} AND {NEWEST} AND {granted}"
        " ORDER BY c.made_at, c.id LIMIT ?",
        (parent_uri, *values, limit),
    )
    return opened(outside, rows)


async def actor_by_handle(outside: Outside, handle: str, host: str | None) -> Crossing | None:
    """Find one of our actors by "@name@host", if a viewer was granted it."""
    granted, values = _granted(host)
    row = await outside.store.fetch_one(
        f"{SELECT} WHERE c.author_handle = ? COLLATE NOCASE AND c.kind = 'actor' AND {STANDING} AND {NEWEST}"
        f" AND {granted} ORDER BY c.audience = '*' LIMIT 1",
        (handle, *values),
    )
    return None if row is None else _crossing(outside, row)


async def actors(outside: Outside, type_: str, host: str | None, limit: int = 500) -> list[Crossing]:
    """Return our actors of one ActivityStreams type that a viewer was granted, oldest first."""
    granted, values = _granted(host)
    rows = await outside.store.fetch(
        f"{SELECT} WHERE c.kind = 'actor' AND c.type = ? AND {STANDING} AND {NEWEST} AND {granted}"
        " ORDER BY c.made_at LIMIT ?",
        (type_, *values, limit),
    )
    return opened(outside, rows)


async def groups_of_jam(outside: Outside, slug: str, host: str | None, limit: int = 500) -> list[Crossing]:
    """Return our forums that say they belong to a jam and that a viewer was granted, oldest first."""
    granted, values = _granted(host)
    rows = await outside.store.fetch(
        f"{SELECT} WHERE c.kind = 'actor' AND c.type = 'Group' AND c.ours AND {STANDING} AND {NEWEST} AND {granted}"
        " AND json_extract(CAST(b.bytes AS TEXT), '$.jam.slug') = ? ORDER BY c.made_at LIMIT ?",
        (*values, slug, limit),
    )
    return opened(outside, rows)


async def standing_actors(outside: Outside) -> list[Crossing]:
    """Return the newest standing document of each of our actors, for each audience."""
    rows = await outside.store.fetch(f"{SELECT} WHERE c.kind = 'actor' AND c.ours AND {STANDING} AND {NEWEST}")
    return opened(outside, rows)


async def newest_uris(outside: Outside, limit: int) -> list[str]:
    """Return the URIs of the objects and activities that crossed last."""
    rows = await outside.store.fetch(
        "SELECT uri, max(id) AS place FROM crossings WHERE kind != 'actor' GROUP BY uri ORDER BY place DESC LIMIT ?",
        (limit,),
    )
    return [row["uri"] for row in rows]


@dataclass(frozen=True, slots=True)
class Held:
    """What an audience was given of a document: newest standing version with its SHA-256 (0 and "" for none).

    `versions` are those that it was ever given of an object, tombstones and bars left out.
    """

    version: int = 0
    sha: str = ""
    versions: frozenset[int] = frozenset()


async def held(outside: Outside, uri: str, audiences: Sequence[str]) -> dict[str, Held]:
    """Return what each audience was given of a document."""
    rows = await outside.store.fetch(
        "SELECT * FROM crossings WHERE uri = ?"
        " AND audience IN (SELECT value FROM json_each(?)) AND kind != 'tombstone' ORDER BY version",
        (uri, json.dumps(audiences)),
    )
    newest = {
        row["audience"]: (row["version"], row["sha"])
        for row in rows
        if row["revoked_at"] is None and _is_sealed(outside, row)
    }
    given: dict[str, set[int]] = {}
    for row in rows:
        if row["kind"] == "object" and row["mac"]:
            given.setdefault(row["audience"], set()).add(row["version"])
    return {one: Held(*newest.get(one, (0, "")), frozenset(given.get(one, ()))) for one in audiences}


async def newest_version(outside: Outside, uri: str, audience: str) -> tuple[int, str]:
    """Return (version, SHA-256) of the newest standing row of a document for an audience; (0, "") when none."""
    found = (await held(outside, uri, [audience]))[audience]
    return found.version, found.sha


async def asked_to_follow(outside: Outside, forum_uri: str) -> bool:
    """Say whether a Follow of ours for another server's forum stands."""
    rows = await outside.store.fetch(
        "SELECT * FROM crossings WHERE subject_uri = ? AND type = 'Follow' AND revoked_at IS NULL", (forum_uri,)
    )
    return any(_is_sealed(outside, row) for row in rows)


async def unsealed(outside: Outside, limit: int = 100) -> list[str]:
    """Return the URIs of standing rows that the gate did not write as they stand: forged, or damaged."""
    found: list[str] = []
    last = 0
    while rows := await outside.store.fetch(
        f"{SELECT} WHERE c.id > ? AND c.revoked_at IS NULL ORDER BY c.id LIMIT 1000", (last,)
    ):
        found += [row["uri"] for row in rows if _crossing(outside, row) is None]
        last = rows[-1]["id"]
        if len(found) >= limit:
            break
    return found[:limit]


async def newest_like(outside: Outside, object_uri: str, author_uri: str, audience: str) -> Crossing | None:
    """Return the last Like of an object that somebody of ours sent to an audience."""
    row = await outside.store.fetch_one(
        f"{SELECT} WHERE c.subject_uri = ? AND c.author_uri = ? AND c.audience = ? AND c.type = 'Like'"
        " AND c.revoked_at IS NULL ORDER BY c.id DESC LIMIT 1",
        (object_uri, author_uri, audience),
    )
    return None if row is None else _crossing(outside, row)


async def audiences_of(outside: Outside, uri: str, until: float | None = None) -> list[str]:
    """Return the audiences that hold a standing grant for a document, or held one `until` it was withdrawn just then.

    `until` is in unix seconds.
    """
    rows = await outside.store.fetch(
        "SELECT DISTINCT audience FROM crossings WHERE uri = ? AND kind != 'tombstone'"
        " AND (revoked_at IS NULL OR revoked_at = ?)",
        (uri, until),
    )
    return [row["audience"] for row in rows]


async def standing(outside: Outside, uris: Sequence[str]) -> dict[str, dict[tuple[str, str], int]]:
    """Return, for each of some documents, (URI, audience) → its newest version that stands; 0 where no seal fits."""
    rows = await outside.store.fetch(
        "SELECT * FROM crossings WHERE uri IN (SELECT value FROM json_each(?)) AND kind != 'tombstone'"
        " AND revoked_at IS NULL ORDER BY version",
        (json.dumps(uris),),
    )
    found: dict[str, dict[tuple[str, str], int]] = {}
    for row in rows:
        stands = found.setdefault(row["uri"], {})
        key = (row["uri"], row["audience"])
        stands[key] = row["version"] if _is_sealed(outside, row) else stands.get(key, 0)
    return found


async def note_reads(outside: Outside, read: Sequence[tuple[str, int]], host: str) -> None:
    """Write down that a host came for some objects, each (URI, version): it holds copies now."""
    if not read:
        return
    now = outside.now()
    async with outside.store.transaction() as change:
        await change.executemany(
            "INSERT INTO reads (uri, host, read_at, last_at, version) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (uri, host) DO UPDATE SET last_at = excluded.last_at,"
            " version = max(version, excluded.version)",
            [(uri, host, now, now, version) for uri, version in read],
        )


def told_by(found: Crossing) -> list[tuple[str, int]]:
    """Return (object URI, version) of the words in a document: the object itself, or what an activity carries."""
    document, card = found.document, found.card
    if document.kind == "object":
        return [(document.uri, document.version)]
    if document.kind != "activity" or card.type not in ("Create", "Update", "Announce"):
        return []
    # A bare Announce and the Update of a forum carry nobody's words.
    carries = card.subject_uri != card.forum_uri and isinstance(orjson.loads(document.body).get("object"), dict)
    return [(card.subject_uri, document.version)] if carries else []
