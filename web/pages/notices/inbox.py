"""The inbox: what concerns the person who is signed in, newest first."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web

from server.domain.errors import Invalid
from server.domain.notices import KINDS
from server.keys import HOUSE
from server.services import inbox
from web.answers import go, show
from web.forms import read_choices, read_form
from web.language import _
from web.pages.notices.views import InboxPage
from web.pages.notices.words import draw_line, kind_words
from web.people import names_of_hosts
from web.session import member_of
from web.views import Choice

PAGE = 40


async def show_inbox(request: web.Request) -> web.Response:
    """GET /inbox?kind=&unread=1&before="""
    house, member = request.app[HOUSE], member_of(request)
    kind = inbox.kind_of(request.query.get("kind", ""))
    only_unread = request.query.get("unread") == "1"
    before = _number(request.query.get("before", ""))
    found = await inbox.list_inbox(
        house, member, [kind] if kind else [], unread=only_unread, before=before, limit=PAGE + 1
    )
    counts = await inbox.count_unread(house, member)
    names = await names_of_hosts(house)
    older = found[PAGE - 1].notice.number if len(found) > PAGE else 0
    page = InboxPage(
        lines=tuple(draw_line(told, names) for told in found[:PAGE]),
        unread=sum(counts.values()),
        newest=found[0].notice.number if found else 0,
        filters=_filters(kind, counts),
        only_unread=only_unread,
        chosen=kind or "",
        older_url=address(kind or "", only_unread, older) if older else "",
    )
    return show(request, "notices/inbox.html", page, section="inbox")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _filters(kind: str | None, counts: dict[str, int]) -> tuple[Choice, ...]:
    every = Choice(value="", words=_("All"), chosen=kind is None, hint=str(sum(counts.values()) or ""))
    return (
        every,
        *(
            Choice(value=one, words=kind_words(one), chosen=one == kind, hint=str(counts.get(one) or ""))
            for one in KINDS
        ),
    )


def address(kind: str, only_unread: bool, before: int = 0) -> str:
    """The address of the inbox, narrowed."""
    asked = {"kind": kind, "unread": "1" if only_unread else "", "before": str(before or "")}
    query = urlencode({key: value for key, value in asked.items() if value})
    return f"/inbox?{query}" if query else "/inbox"


async def mark_read(request: web.Request) -> web.Response:
    """POST /inbox: some as read or unread (`ids`, `act`), or everything up to what was shown."""
    house, member = request.app[HOUSE], member_of(request)
    form = await read_form(request)
    if form.get("act") == "all":
        await inbox.set_all_read(house, member, _number(form.get("up_to", "")))
    else:
        chosen = [_number(one) for one in await read_choices(request, "ids")]
        if not chosen:
            raise Invalid("ids", _("Choose at least one notice first."))
        await inbox.set_read(house, member, chosen, read=form.get("act") != "unread")
    kind = inbox.kind_of(form.get("kind", ""))
    return go(request, address(kind or "", form.get("only_unread") == "1"))


async def follow_notice(request: web.Request) -> web.Response:
    """POST /inbox/{notice}: go to what a notice is about, and have it count as read."""
    house, member = request.app[HOUSE], member_of(request)
    number = int(request.match_info["notice"])
    await inbox.set_read(house, member, [number])
    found = await inbox.list_inbox(house, member, before=number + 1, limit=1)
    return go(request, draw_line(found[0], await names_of_hosts(house)).url or "/inbox")
