"""Ideas, replies, their earlier versions and marks."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple
from typing import Any, NamedTuple

from server.database import Database, Transaction
from server.domain.ideas import Contribution, Linked, MarkKind, Version
from server.domain.rehearsal import HOST as REHEARSAL
from server.storage.rows import ContributionRow, MarkRow, VersionRow
from server.storage.times import moment, moment_or_none

SELECT = (
    "SELECT c.*, m.name AS author_name, m.username AS author_username, m.unit AS author_unit,"
    " m.host AS author_host, m.voice AS author_voice FROM contributions c JOIN members m ON m.id = c.author_id"
)
# What a person may read is one condition, used by every list and look-up.
STANDS = "NOT c.deleted AND NOT c.hidden"
# What is here, whether or not a facilitator hides it.
KEPT = "NOT c.deleted"
# All but what is in some jams, as JSON.
AMONG_OTHERS = "c.jam_id NOT IN (SELECT value FROM json_each(?))"


def read_contribution(row: Mapping[str, Any]) -> Contribution:
    host = row["author_host"]
    return Contribution(
        id=row["id"],
        kind=row["kind"],
        uri=row["uri"],
        jam_id=row["jam_id"],
        forum_id=row["forum_id"],
        thread_id=row["thread_id"],
        parent_id=row["parent_id"],
        author_id=row["author_id"],
        author_name=row["author_name"],
        author_handle=f"@{row['author_username']}@{host}" if host else f"@{row['author_username']}",
        author_unit=row["author_unit"],
        author_host=host,
        title=row["title"],
        text=row["text"],
        html=row["html"],
        label=row["label"],
        intent=row["intent"],
        builds_on=row["builds_on"],
        version=row["version"],
        deleted=bool(row["deleted"]),
        activity_uri=row["activity_uri"],
        support=row["support"],
        replies=row["replies"],
        emerging=bool(row["emerging"]),
        best=bool(row["best"]),
        hidden=bool(row["hidden"]),
        files=row["files"],
        created_at=moment(row["created_at"]),
        edited_at=moment_or_none(row["edited_at"]),
        crosses_at=moment_or_none(row["crosses_at"]),
        edit_reason=row["edit_reason"],
        is_voice=bool(row["author_voice"]),
        language=row["language"],
    )


async def by_id(store: Database | Transaction, contribution_id: str) -> Contribution | None:
    """Find a contribution, deleted ones included."""
    row = await store.fetch_one(f"{SELECT} WHERE c.id = ?", (contribution_id,))
    return None if row is None else read_contribution(row)


async def by_ids(store: Database, ids: Collection[str]) -> list[Contribution]:
    """Return those of some contributions that stand."""
    if not ids:
        return []
    rows = await store.fetch(
        f"{SELECT} WHERE c.id IN (SELECT value FROM json_each(?)) AND {STANDS}", (json.dumps(list(ids)),)
    )
    return [read_contribution(row) for row in rows]


class Said(NamedTuple):
    """What an idea or a question says, title and text."""

    id: str
    kind: str
    forum_id: str
    made_at: float
    words: str


async def said(store: Database, ids: Collection[str]) -> list[Said]:
    """Return what those of some contributions say that stand, and are ideas or questions."""
    rows = await store.fetch(
        "SELECT c.id, c.kind, c.forum_id, c.created_at AS made_at, c.title || ' ' || c.text AS words"
        f" FROM contributions c WHERE c.id IN (SELECT value FROM json_each(?)) AND {STANDS}"
        " AND (c.kind = 'idea' OR c.intent = 'question')",
        (json.dumps(sorted(ids)),),
    )
    return [Said(*row.values()) for row in rows]


async def by_uri(store: Database, uri: str) -> Contribution | None:
    """Find a contribution by its own URI or by the URI of one of its redacted twins."""
    row = await store.fetch_one(
        f"{SELECT} WHERE c.uri = ? OR c.id = (SELECT contribution_id FROM twins WHERE uri = ?)", (uri, uri)
    )
    return None if row is None else read_contribution(row)


async def by_uris(store: Database, uris: Sequence[str]) -> dict[str, Contribution]:
    """Find contributions by their own URIs or by those of their redacted twins; what is unknown is absent."""
    among, given = "IN (SELECT value FROM json_each(?))", json.dumps(uris)
    twins = await store.fetch(f"SELECT uri, contribution_id FROM twins WHERE uri {among}", (given,))
    rows = await store.fetch(
        f"{SELECT} WHERE c.uri {among} OR c.id {among}", (given, json.dumps([row["contribution_id"] for row in twins]))
    )
    found = {row["id"]: read_contribution(row) for row in rows}
    by_twin = {row["uri"]: found[row["contribution_id"]] for row in twins if row["contribution_id"] in found}
    return {one.uri: one for one in found.values()} | by_twin


async def ideas_of_forum(
    store: Database, forum_id: str, before: float | None = None, limit: int = 50
) -> list[Contribution]:
    """Return a forum's ideas, newest first, created before a moment in unix seconds."""
    rows = await store.fetch(
        f"{SELECT} WHERE c.forum_id = ? AND c.kind = 'idea' AND {STANDS} AND c.created_at < ?"
        " ORDER BY c.created_at DESC LIMIT ?",
        (forum_id, before if before is not None else 1e12, limit),
    )
    return [read_contribution(row) for row in rows]


async def ideas_of_jam(store: Database, jam_id: str, order: str, limit: int = 10) -> list[Contribution]:
    """Return a jam's ideas: "new" ones and "marked" ones by age, "rising" ones by support and replies."""
    by = "c.support + 2 * c.replies DESC, c.created_at DESC" if order == "rising" else "c.created_at DESC"
    which = " AND (c.emerging OR c.best)" if order == "marked" else ""
    rows = await store.fetch(
        f"{SELECT} WHERE c.jam_id = ? AND c.kind = 'idea'{which} AND {STANDS} ORDER BY {by} LIMIT ?", (jam_id, limit)
    )
    return [read_contribution(row) for row in rows]


async def neglected(store: Database, jam_id: str, before: float, limit: int) -> list[Contribution]:
    """Return a jam's ideas that nobody has answered, made before a moment in unix seconds, oldest first."""
    rows = await store.fetch(
        f"{SELECT} WHERE c.jam_id = ? AND c.kind = 'idea' AND c.replies = 0 AND {STANDS} AND c.created_at <= ?"
        " ORDER BY c.created_at, c.id LIMIT ?",
        (jam_id, before, limit),
    )
    return [read_contribution(row) for row in rows]


async def lively(store: Database, jam_id: str, since: float, least: int, limit: int) -> list[Contribution]:
    """Return a jam's ideas with at least so many replies since a moment in unix seconds, the liveliest first."""
    rows = await store.fetch(
        f"{SELECT} JOIN (SELECT thread_id, count(*) AS n FROM contributions WHERE jam_id = ? AND created_at >= ?"
        " AND kind = 'reply' AND NOT deleted GROUP BY thread_id HAVING n >= ?) l ON l.thread_id = c.id"
        f" WHERE {STANDS} ORDER BY l.n DESC, c.id LIMIT ?",
        (jam_id, since, least, limit),
    )
    return [read_contribution(row) for row in rows]


async def thread(store: Database, thread_id: str) -> list[Contribution]:
    """Return the replies of an idea in the order in which they came; deleted ones keep their place."""
    rows = await store.fetch(
        f"{SELECT} WHERE c.thread_id = ? AND c.kind = 'reply' ORDER BY c.created_at, c.id", (thread_id,)
    )
    return [read_contribution(row) for row in rows]


async def built_on(store: Database, idea_id: str) -> list[Contribution]:
    """Return the ideas that build on this one."""
    rows = await store.fetch(f"{SELECT} WHERE c.builds_on = ? AND {STANDS} ORDER BY c.created_at", (idea_id,))
    return [read_contribution(row) for row in rows]


async def of_jam(store: Database, jam_id: str, after: float = 0.0, limit: int = 1000) -> list[Contribution]:
    """Return a jam's ideas and replies in time order, created after a moment in unix seconds."""
    rows = await store.fetch(
        f"{SELECT} WHERE c.jam_id = ? AND {STANDS} AND c.created_at > ? ORDER BY c.created_at LIMIT ?",
        (jam_id, after, limit),
    )
    return [read_contribution(row) for row in rows]


async def in_forums(store: Database, forum_ids: list[str]) -> list[Contribution]:
    """Return everything that stands in some forums, oldest first."""
    marks = ",".join("?" * len(forum_ids))
    rows = await store.fetch(
        f"{SELECT} WHERE c.forum_id IN ({marks}) AND {STANDS} ORDER BY c.created_at", tuple(forum_ids)
    )
    return [read_contribution(row) for row in rows]


async def standing_by(store: Database, author_id: str, limit: int) -> list[Contribution]:
    """Return what somebody wrote that stands, oldest first."""
    rows = await store.fetch(
        f"{SELECT} WHERE c.author_id = ? AND {STANDS} ORDER BY c.created_at LIMIT ?", (author_id, limit)
    )
    return [read_contribution(row) for row in rows]


async def written_between(store: Database, after: float, until: float) -> set[str]:
    """Return the ids of what stands whose present words were written in a span of time, in unix seconds.

    `after` does not belong to it, `until` does.
    """
    rows = await store.fetch(
        f"SELECT c.id FROM forums f JOIN contributions c ON c.forum_id = f.id AND c.kind IN ('idea', 'reply')"
        f" AND c.created_at > ? AND c.created_at <= ? WHERE c.edited_at IS NULL AND {STANDS}"
        f" UNION SELECT c.id FROM contributions c WHERE c.edited_at > ? AND c.edited_at <= ? AND {STANDS}",
        (after, until, after, until),
    )
    return {row["id"] for row in rows}


async def stand_in(store: Database, forum_id: str) -> bool:
    """Say whether anything was ever written in a forum, or carried into it, deleted words included."""
    found = await store.fetch_one(
        "SELECT 1 FROM contributions WHERE forum_id = ? UNION ALL SELECT 1 FROM carried WHERE forum_id = ? LIMIT 1",
        (forum_id, forum_id),
    )
    return found is not None


async def count_by_author(store: Database, author_id: str, jam_id: str, before: float) -> int:
    """Count what somebody wrote in a jam before a moment in unix seconds, removed things included."""
    found: int = await store.fetch_value(
        "SELECT count(*) FROM contributions WHERE author_id = ? AND jam_id = ? AND created_at < ?",
        (author_id, jam_id, before),
    )
    return found


async def deleted_of(store: Database, forum_id: str, host: str, before: float, *, whole: bool) -> list[str]:
    """Return the URIs of what is deleted of that."""
    rows = await store.fetch(
        "SELECT c.uri FROM contributions c JOIN members m ON m.id = c.author_id"
        " WHERE c.forum_id = ? AND c.created_at < ? AND c.deleted AND (m.host = ? OR (? AND m.host != ''))",
        (forum_id, before, host, whole),
    )
    return [row["uri"] for row in rows]


async def count_of_host(store: Database, host: str) -> int:
    """Count what stands here by people of a server."""
    found: int = await store.fetch_value(
        "SELECT count(*) FROM contributions c JOIN members m ON m.id = c.author_id WHERE m.host = ? AND NOT c.deleted",
        (host,),
    )
    return found


async def held_of(store: Database, forum_id: str, host: str, before: float, *, whole: bool) -> list[Contribution]:
    """Return what people of a server wrote in a forum before some time; with `whole`, what anybody elsewhere did.

    Newest first.
    """
    rows = await store.fetch(
        f"{SELECT} WHERE c.forum_id = ? AND c.created_at < ? AND NOT c.deleted AND (m.host = ? OR (? AND m.host != ''))"
        " ORDER BY c.created_at DESC",
        (forum_id, before, host, whole),
    )
    return [read_contribution(row) for row in rows]


async def count_by_host(store: Database, without_jams: Collection[str] = ()) -> dict[str, int]:
    """Return host → how many contributions of its people stand here; our own and simulated ones are left out."""
    rows = await store.fetch(
        "SELECT m.host, count(*) AS n FROM contributions c JOIN members m ON m.id = c.author_id"
        f" WHERE m.host NOT IN ('', ?) AND {KEPT} AND {AMONG_OTHERS} GROUP BY m.host",
        (REHEARSAL, json.dumps(sorted(without_jams))),
    )
    return {row["host"]: row["n"] for row in rows}


async def measure_host(
    store: Database, host: str, without_jams: Collection[str] = ()
) -> tuple[int, int, float | None]:
    """Return (contributions that stand, people who wrote them, when the oldest was made) of a server's people."""
    row = await store.fetch_one(
        "SELECT count(*) AS n, count(DISTINCT m.id) AS people, min(c.created_at) AS oldest"
        f" FROM contributions c JOIN members m ON m.id = c.author_id WHERE m.host = ? AND {KEPT} AND {AMONG_OTHERS}",
        (host, json.dumps(sorted(without_jams))),
    )
    return (row["n"], row["people"], row["oldest"]) if row else (0, 0, None)


async def of_host(
    store: Database, host: str, before: float | None = None, limit: int = 50, without_jams: Collection[str] = ()
) -> list[Contribution]:
    """Return what stands of a server's people, newest first, created before a moment in unix seconds."""
    rows = await store.fetch(
        f"{SELECT} WHERE m.host = ? AND {KEPT} AND {AMONG_OTHERS} AND c.created_at < ?"
        " ORDER BY c.created_at DESC LIMIT ?",
        (host, json.dumps(sorted(without_jams)), before if before is not None else 1e12, limit),
    )
    return [read_contribution(row) for row in rows]


async def depth(store: Database, contribution_id: str) -> int:
    """Return on how many others a contribution hangs: 0 for an idea, 1 for an answer to it."""
    found: int = await store.fetch_value(
        "WITH RECURSIVE above(id, steps) AS (SELECT ?, 0 UNION ALL SELECT c.parent_id, steps + 1 FROM above"
        " JOIN contributions c ON c.id = above.id WHERE c.parent_id != '' AND steps < 1000)"
        " SELECT max(steps) FROM above",
        (contribution_id,),
    )
    return found


async def insert(change: Transaction, made: Contribution) -> None:
    """Write a new contribution and count it in its thread."""
    await ContributionRow.create(
        id=made.id,
        kind=made.kind,
        uri=made.uri,
        jam_id=made.jam_id,
        forum_id=made.forum_id,
        thread_id=made.thread_id,
        parent_id=made.parent_id,
        author_id=made.author_id,
        title=made.title,
        text=made.text,
        html=made.html,
        label=made.label,
        intent=made.intent,
        builds_on=made.builds_on,
        activity_uri=made.activity_uri,
        language=made.language,
        created_at=made.created_at.timestamp(),
        crosses_at=made.crosses_at.timestamp() if made.crosses_at else None,
    )
    if made.kind == "reply":
        await change.execute("UPDATE contributions SET replies = replies + 1 WHERE id = ?", (made.thread_id,))
    await _add_words(change, made.id, made.title, made.text)


#: Where a contribution stands, as words of the search index: its forum, unless it is hidden, and its author.
PLACED = "CASE WHEN hidden THEN '' ELSE '0f' || forum_id END || ' 0a' || author_id"


async def index_words(change: Transaction, contribution_id: str, title: str, text: str) -> None:
    """Put the words of a contribution into the search index, in place of its earlier ones."""
    number = await change.fetch_value("SELECT number FROM search_rows WHERE contribution_id = ?", (contribution_id,))
    if number is not None:
        await change.execute("DELETE FROM contribution_words WHERE rowid = ?", (number,))
        await change.execute("DELETE FROM search_places WHERE number = ?", (number,))
    if title or text:
        await _add_words(change, contribution_id, title, text)


async def _add_words(change: Transaction, contribution_id: str, title: str, text: str) -> None:
    await change.execute(
        "INSERT INTO contribution_words (id, title, text, place)"
        f" SELECT ?, ?, ?, {PLACED} FROM contributions WHERE id = ?",
        (contribution_id, title, text, contribution_id),
    )
    await change.execute(
        "INSERT OR REPLACE INTO search_rows (contribution_id, number) VALUES (?, last_insert_rowid())",
        (contribution_id,),
    )
    await change.execute(
        "INSERT INTO search_places (number, contribution_id, jam_id, forum_id, author_id, kind, intent, label, made_at)"
        " SELECT s.number, c.id, c.jam_id, CASE WHEN c.hidden THEN '' ELSE c.forum_id END, c.author_id, c.kind,"
        " c.intent, c.label, c.created_at FROM contributions c JOIN search_rows s ON s.contribution_id = c.id"
        " WHERE c.id = ?",
        (contribution_id,),
    )


async def edit(
    change: Transaction, old: Contribution, new: Contribution, now: float, *, refiled: Sequence[Linked] | None
) -> None:
    """Keep the old words as a version and write the new ones, with their label, language and the reason.

    `refiled` are the files of the old words where the new ones have others, else None.
    """
    written = old.edited_at or old.created_at
    await VersionRow.create(
        contribution_id=old.id,
        number=old.version,
        title=old.title,
        text=old.text,
        written_at=written.timestamp(),
        reason=old.edit_reason,
        refiled=refiled is not None,
        attached="" if refiled is None else json.dumps([astuple(one) for one in refiled]),
    )
    await ContributionRow.filter(id=old.id).update(
        title=new.title,
        text=new.text,
        html=new.html,
        label=new.label,
        language=new.language,
        version=old.version + 1,
        edited_at=now,
        edit_reason=new.edit_reason,
    )
    await index_words(change, old.id, new.title, new.text)


async def delete(change: Transaction, old: Contribution) -> bool:
    """Empty a contribution; its place in the thread stays, its words and earlier versions go.

    Return False when somebody else has just done so.
    """
    stood = ContributionRow.filter(id=old.id, deleted=False)
    if not await stood.update(deleted=True, title="", text="", html="", language="", support=0):
        return False
    await VersionRow.filter(contribution_id=old.id).delete()
    await MarkRow.filter(contribution_id=old.id).delete()
    if old.kind == "reply":
        await change.execute("UPDATE contributions SET replies = replies - 1 WHERE id = ?", (old.thread_id,))
    await index_words(change, old.id, "", "")
    return True


async def versions(store: Database, contribution_id: str) -> list[Version]:
    """Return the earlier versions, oldest first."""
    rows = await store.fetch("SELECT * FROM versions WHERE contribution_id = ? ORDER BY number", (contribution_id,))
    return [
        Version(
            number=row["number"],
            title=row["title"],
            text=row["text"],
            written_at=moment(row["written_at"]),
            reason=row["reason"],
            refiled=bool(row["refiled"]),
            attached=tuple(Linked(*one) for one in json.loads(row["attached"])) if row["attached"] else None,
        )
        for row in rows
    ]


async def words_of(store: Database, ids: Sequence[str]) -> dict[tuple[str, int], tuple[str, str]]:
    """Return (id, version) → title and text, for every version that these contributions ever had."""
    asked = (json.dumps(list(ids)),)
    rows = await store.fetch(
        "SELECT id, version, title, text FROM contributions WHERE id IN (SELECT value FROM json_each(?))"
        " UNION ALL SELECT contribution_id AS id, number AS version, title, text FROM versions"
        " WHERE contribution_id IN (SELECT value FROM json_each(?))",
        asked * 2,
    )
    return {(row["id"], row["version"]): (row["title"], row["text"]) for row in rows}


COUNTED: dict[MarkKind, str] = {
    "support": "support = support + ?",
    "emerging": "emerging = (? > 0)",
    "best": "best = (? > 0)",
}
THEIRS = ""
"""Whose marks those are that the facilitators of a forum held elsewhere set: their server names nobody."""


async def mark(change: Transaction, contribution_id: str, kind: MarkKind, member_id: str, now: float) -> bool:
    """Set a mark; return False when this person had set it already."""
    made = await change.execute(
        "INSERT OR IGNORE INTO marks (contribution_id, kind, member_id, made_at) VALUES (?, ?, ?, ?)",
        (contribution_id, kind, member_id, now),
    )
    if made:
        await change.execute(
            f"UPDATE contributions SET {COUNTED[kind]} WHERE id = ?",
            (1, contribution_id),
        )
    return bool(made)


async def unmark(change: Transaction, contribution_id: str, kind: MarkKind, member_id: str) -> bool:
    """Take a mark back; return False when there was none.

    Emerging and best fall whoever of ours set them; where they are the forum's own server's too, they stay its.
    """
    whose = "=" if kind == "support" or member_id == THEIRS else "!="
    gone = await change.execute(
        f"DELETE FROM marks WHERE contribution_id = ? AND kind = ? AND member_id {whose} ?",
        (contribution_id, kind, THEIRS if whose == "!=" else member_id),
    )
    left = kind != "support" and await change.fetch_value(
        "SELECT EXISTS (SELECT 1 FROM marks WHERE contribution_id = ? AND kind = ?)", (contribution_id, kind)
    )
    if gone and not left:
        await change.execute(f"UPDATE contributions SET {COUNTED[kind]} WHERE id = ?", (-1, contribution_id))
    return bool(gone)


async def markers(store: Database, contribution_id: str) -> dict[MarkKind, str]:
    """Return emerging and best as they stand at something of ours, each with whoever set it last."""
    rows = await store.fetch(
        "SELECT kind, member_id FROM marks WHERE contribution_id = ? AND kind != 'support' AND member_id != ?"
        " ORDER BY made_at, member_id",
        (contribution_id, THEIRS),
    )
    return {row["kind"]: row["member_id"] for row in rows}


async def supporters(store: Database, contribution_id: str) -> list[str]:
    """Return the ids of our own people who support something, in the order in which they did."""
    rows = await store.fetch(
        "SELECT k.member_id FROM marks k JOIN members m ON m.id = k.member_id WHERE k.contribution_id = ?"
        " AND k.kind = 'support' AND m.host = '' ORDER BY k.rowid",
        (contribution_id,),
    )
    return [row["member_id"] for row in rows]


async def marked_by(store: Database, member_id: str, thread_id: str) -> dict[str, set[str]]:
    """Return which marks a person has set in one thread: contribution id → kinds."""
    rows = await store.fetch(
        "SELECT k.contribution_id, k.kind FROM marks k JOIN contributions c ON c.id = k.contribution_id"
        " WHERE k.member_id = ? AND c.thread_id = ?",
        (member_id, thread_id),
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["contribution_id"], set()).add(row["kind"])
    return found
