"""Who did what at the boundary, when, and whether the chain of it holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlencode

import orjson
from aiohttp import hdrs, web

from server.domain.actors import Member
from server.domain.audit import Deed
from server.domain.errors import Missing
from server.keys import SECOND_PLACE
from server.services import audit, forums, holds, ideas_read, jams, people
from server.services.house import House
from web.answers import show
from web.cards import url_of
from web.language import say
from web.pages.boundary import audit_views as views
from web.pages.boundary.duty import SECTION, duty_holder
from web.views import Choice

PAGE = 50
# Acts that are written down in one word, as people read them.
WORDS = {
    "HoldReleased": say("release what was held"),
    "HoldRefused": say("refuse what was held"),
    "delete": say("delete words"),
    "recall": say("take back"),
    "purge": say("purge"),
    "export": say("export all that was said"),
}


async def show_audit(request: web.Request) -> web.Response:
    """GET /boundary/audit?act=&who=&before="""
    house, member = await duty_holder(request)
    act, who = request.query.get("act", ""), request.query.get("who", "").strip().lstrip("@")
    before = request.query.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else 0
    person = await _person(house, who)
    found = (
        await audit.list_deeds(house, member, act=act, member_id=person, before=number, limit=PAGE + 1)
        if person or not who
        else []
    )
    kept = found[:PAGE]
    older = {"act": act, "who": who, "before": str(kept[-1].seq)} if len(found) > PAGE else {}
    page = views.AuditPage(
        rows=tuple([await _row(house, member, deed) for deed in kept]),
        acts=tuple(_acts(await audit.list_acts(house, member), act)),
        who=who,
        wrong={"who": say("There is nobody of that name here.")} if who and not person else {},
        older_url=f"/boundary/audit?{urlencode(older)}" if older else "",
        state=await audit.examine(house, request.app.get(SECOND_PLACE)),
        waiting_holds=await holds.count_waiting(house),
    )
    return show(request, "audit.html", page, section=SECTION)


def _acts(known: list[str], chosen: str) -> Iterator[Choice]:
    yield Choice(value="", words=say("Anything"), chosen=not chosen)
    for one in known:
        yield Choice(value=one, words=words_of(one), chosen=one == chosen)


async def _person(house: House, username: str) -> str:
    if not username:
        return ""
    try:
        return (await people.person(house, username)).id
    except Missing:
        return ""


def words_of(act: str) -> str:
    """Return an act as people read it."""
    words = WORDS.get(act, act)
    return words[:1].upper() + words[1:]


async def _row(house: House, reader: Member, deed: Deed) -> views.AuditRow:
    by = await people.member_by_id(house, deed.member_id) if deed.member_id else None
    words, url = await _subject(house, reader, deed)
    return views.AuditRow(
        number=deed.seq,
        at=datetime.fromtimestamp(deed.at, UTC),
        by=by.name if by else (say("the server itself") if not deed.member_id else say("somebody who is gone")),
        act=words_of(deed.act),
        subject=words,
        subject_url=url,
        hash=deed.hash[:12],
    )


async def _subject(house: House, reader: Member, deed: Deed) -> tuple[str, str]:
    """Return what a row is about in words, with its page where it has one: the chain itself holds ids only."""
    key = deed.subject_id
    if not key or key == deed.member_id:
        return "", ""
    if "rules" in deed.act and key.isdigit():
        return say("version %(version)s", version=key), "/boundary"
    if len(key) != 32:
        return key, ""
    if (person := await people.member_by_id(house, key)) is not None:
        return person.name, ""
    made = await ideas_read.by_id(house, key)
    if made is not None and await ideas_read.shown_to(house, reader, {key: made}):
        return (say("deleted words"), "") if made.deleted else (made.title or say("a reply"), url_of(made))
    for obtain, where in ((forums.obtain_forum, "/forums"), (jams.obtain_jam, "/jams")):
        try:
            thing = await obtain(house, reader, key)
        except Missing:
            continue
        return thing.title, f"{where}/{thing.id}"
    return f"{key[:8]}…", ""


async def export_audit(request: web.Request) -> web.StreamResponse:
    """POST /boundary/audit/export: the whole chain with its checkpoints as a file; that it was taken is in it."""
    house, member = await duty_holder(request)
    member.require("audit")
    name = f"audit-{house.now():%Y-%m-%d}.jsonl"
    response = web.StreamResponse(headers={
        hdrs.CONTENT_TYPE: "application/jsonl", hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"',
        hdrs.CACHE_CONTROL: "no-store",
    })  # fmt: skip
    await response.prepare(request)
    async for record in audit.export_chain(house, member, request.app.get(SECOND_PLACE)):
        await response.write(orjson.dumps(record) + b"\n")
    await response.write_eof()
    return response
