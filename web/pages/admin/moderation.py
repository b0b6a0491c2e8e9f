"""The moderation log: what others did to one's words and rights; for facilitators, to anybody's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from server.domain.actors import Member
from server.domain.audit import Deed
from server.keys import HOUSE
from server.services import ideas_read, own_log, people
from server.services.house import House
from web.answers import show
from web.cards import url_of
from web.language import _
from web.session import member_of

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedRow:
    """`by` is a name for facilitators, a role for others; `url` is "" where nothing can be shown any more."""

    at: datetime
    act: str
    by: str
    subject: str
    url: str
    jam_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModerationPage:
    rows: tuple[DeedRow, ...]
    everybody: bool
    older_url: str


async def show_log(request: web.Request) -> web.Response:
    """GET /moderation?before="""
    house, reader = request.app[HOUSE], member_of(request)
    before = request.query.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else 0
    found = await own_log.deeds_about(house, reader, number, PAGE + 1)
    page = ModerationPage(
        rows=tuple([await _row(house, reader, deed) for deed in found[:PAGE]]),
        everybody=reader.may("moderate"),
        older_url=f"/moderation?before={found[PAGE - 1].seq}" if len(found) > PAGE else "",
    )
    return show(request, "admin/moderation.html", page)


async def _row(house: House, reader: Member, deed: Deed) -> DeedRow:
    by = await people.member_by_id(house, deed.member_id) if deed.member_id else None
    made = await ideas_read.by_id(house, deed.subject_id)
    if by is None:
        who = _("the server itself")
    elif reader.may("moderate"):
        who = by.name
    else:
        who = {"admin": _("an admin"), "facilitator": _("a facilitator"), "reviewer": _("a reviewer")}.get(
            by.role, _("a colleague")
        )
    if made is None:
        subject, url = _("your account"), ""
    elif made.deleted:
        subject, url = _("words that are gone"), ""
    else:
        subject, url = made.title or _("a reply"), url_of(made)
    return DeedRow(
        at=datetime.fromtimestamp(deed.at, UTC),
        act=deed.act,
        by=who,
        subject=subject,
        url=url,
        jam_url=f"/jams/{made.jam_id}/moderation" if made else "",
    )
