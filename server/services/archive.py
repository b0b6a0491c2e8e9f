"""A jam to take along: all that stands in it, as tables and as JSON lines, with names as its forums showed them."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import IO, Any

from server.domain.actors import Member
from server.domain.citing import address, citation
from server.domain.ideas import Contribution
from server.domain.jams import Forum, Jam
from server.services import asked, audit, forums, ideas_read
from server.services.carrying import lineage_of
from server.services.hosting import rota_of
from server.services.house import House
from server.storage import contributions

FORUM_COLUMNS = ("id", "slug", "title", "question", "audience", "label", "url")
COLUMNS = (
    "id", "kind", "forum", "thread_id", "parent_id", "builds_on", "author", "handle", "unit", "server", "title", "text",
    "label", "intent", "support", "replies", "emerging", "best", "version", "created_at", "edited_at", "url", "cite_as",
)  # fmt: skip
PAGE = 1_000
# A spreadsheet takes a cell that begins with one of these for a formula (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")
READ_ME = """{title}

Everything that stands in this jam of {organisation}, taken along on {day}.

jam.json              its charter, times, hosts and lineage
report.json           the published report: what was answered to each theme
polls.csv             what each poll offered, with its counts
statements.csv        statements that were put to everybody, with how many agreed, passed and disagreed
ratings.csv           how often each idea was given which value on each axis
forums.csv            its forums
contributions.csv     ideas and replies in time order; spreadsheets read it as UTF-8. A cell that a spreadsheet would
                      take for a formula begins with an apostrophe.
contributions.jsonl   the same, one JSON object a line, as it was written

Names stand as the forums showed them. What was deleted, or was hidden when this was made, is not here.
Labels say how confidential words are: this file is for {organisation} alone.
Each line of cite_as can be quoted; its address stays.
"""


async def export_jam(house: House, by: Member, jam: Jam) -> AsyncIterator[dict[str, Any]]:
    """Yield a jam, its forums, its ideas and replies in time order, then polls, statements, ratings and answers.

    Each has its `kind`. For organisers. Of marks, votes and ratings there are counts, and nobody's name.
    """
    by.require("jams")
    await audit.note(house, by, "export jam", jam.id)
    yield {"kind": "jam", **await _jam(house, by, jam)}
    own = await forums.list_forums(house, by, jam)
    for forum in own:
        yield {"kind": "forum", **_forum(house, forum)}
    async for made in _said(house, jam):
        yield _line(house, jam, own, made)
    for kind, rows in (await asked.asked_of(house, by, jam)).items():
        for row in rows:
            yield {"kind": kind, **row}


async def pack_jam(house: House, by: Member, jam: Jam, file: IO[bytes]) -> None:
    """Write the same as a zip file: for spreadsheets, for programs, and a page that says what is what."""
    by.require("jams")
    await audit.note(house, by, "export jam", jam.id)
    own = await forums.list_forums(house, by, jam)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        day = f"{house.now():%Y-%m-%d}"
        packed.writestr("README.txt", READ_ME.format(title=jam.title, organisation=house.name, day=day))
        packed.writestr("jam.json", json.dumps(await _jam(house, by, jam), ensure_ascii=False, indent=2))
        packed.writestr("forums.csv", _table(FORUM_COLUMNS, (_forum(house, forum) for forum in own)))
        found = await asked.asked_of(house, by, jam)
        packed.writestr("report.json", json.dumps(found["answer"], ensure_ascii=False, indent=2))
        for kind, columns in asked.TABLES.items():
            packed.writestr(f"{kind}s.csv", _table(columns, found[kind]))
        with packed.open("contributions.csv", "w") as table:
            table.write(_table(COLUMNS, ()).encode())
            async for made in _said(house, jam):
                table.write(_rows(COLUMNS, (_line(house, jam, own, made),)).encode())
        with packed.open("contributions.jsonl", "w") as lines:
            async for made in _said(house, jam):
                lines.write(json.dumps(_line(house, jam, own, made), ensure_ascii=False).encode() + b"\n")


async def _said(house: House, jam: Jam) -> AsyncIterator[Contribution]:
    after = 0.0
    while page := await contributions.of_jam(house.store, jam.id, after, PAGE):
        for made in page:
            yield made
        after = page[-1].created_at.timestamp()


async def _jam(house: House, by: Member, jam: Jam) -> dict[str, Any]:
    rota, lineage = await rota_of(house, by, jam), await lineage_of(house, by, jam)
    charter = jam.charter
    return {
        "id": jam.id,
        "slug": jam.slug,
        "title": jam.title,
        "organisation": house.name,
        "state": jam.state_at(house.now()),
        "charter": {
            "question": charter.question,
            "promise": charter.promise,
            "off_limits": charter.off_limits,
            "decide_by": charter.decide_by,
        },
        "opens_at": _time(jam.opens_at),
        "closes_at": _time(jam.closes_at),
        "url": f"{house.addresses.inside_url}/jams/{jam.id if jam.host else jam.slug}",
        "hosts": [
            {"forum_id": host.forum_id, "name": host.name, "unit": host.unit, "bio": host.bio} for host in rota.hosts
        ],
        "made_from": lineage.origin_jam.title if lineage.origin_jam else None,
        "linked_ideas": [one.uri for one in lineage.linked],
    }


def _forum(house: House, forum: Forum) -> dict[str, Any]:
    return {
        "id": forum.id,
        "slug": forum.slug,
        "title": forum.title,
        "question": forum.question,
        "audience": forum.audience,
        "label": forum.label,
        "url": f"{house.addresses.inside_url}/forums/{forum.id}",
    }


def _line(house: House, jam: Jam, own: list[Forum], made: Contribution) -> dict[str, Any]:
    url = address(house.addresses.inside_url, made)
    return {
        "kind": made.kind,
        "id": made.id,
        "forum": next((forum.slug for forum in own if forum.id == made.forum_id), ""),
        "thread_id": made.thread_id,
        "parent_id": made.parent_id,
        "builds_on": made.builds_on,
        "author": made.author_name,
        "handle": made.author_handle,
        "unit": made.author_unit,
        "server": made.author_host,
        "title": made.title,
        "text": made.text,
        "label": made.label,
        "intent": made.intent,
        "support": made.support,
        "replies": made.replies,
        "emerging": made.emerging,
        "best": made.best,
        "version": made.version,
        "created_at": _time(made.created_at),
        "edited_at": _time(made.edited_at) if made.edited_at else "",
        "url": url,
        "cite_as": citation(made, jam.title, house.name, url),
    }


def _table(columns: tuple[str, ...], rows: Iterable[dict[str, Any]]) -> str:
    """Return rows under a head, with the mark by which spreadsheets know UTF-8."""
    head = io.StringIO()
    csv.writer(head).writerow(columns)
    return "\ufeff" + head.getvalue() + _rows(columns, rows)


def _rows(columns: tuple[str, ...], rows: Iterable[dict[str, Any]]) -> str:
    made = io.StringIO()
    csv.writer(made).writerows([_cell(row[name]) for name in columns] for row in rows)
    return made.getvalue()


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _time(at: datetime) -> str:
    return at.isoformat()


async def cite(house: House, reader: Member, jam: Jam, made: Contribution) -> str:
    """Return how something is cited that the reader has obtained."""
    seen = ideas_read.as_seen_by(reader, made)
    return citation(seen, jam.title, house.name, address(house.addresses.inside_url, seen))
