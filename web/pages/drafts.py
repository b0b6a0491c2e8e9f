"""Drafts: kept while somebody writes, listed, and dropped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from server.domain.actors import Member
from server.domain.drafts import KeptDraft, Place
from server.domain.errors import Missing
from server.keys import HOUSE
from server.services import drafts, forums, ideas_read
from server.services.house import House
from server.services.text import excerpt
from web.answers import go, own_path, show
from web.forms import read_form
from web.language import _
from web.session import member_of
from web.views import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """One draft: where it goes on, its first words, and since when it is kept."""

    where: Link
    kind: str
    title: str
    excerpt: str
    at: datetime
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftsPage:
    drafts: tuple[DraftRow, ...]


def url_of_place(place: Place) -> str:
    """The page on which the words of a place are written."""
    if place.kind == "edit":
        return f"/ideas/{place.where}/edit"
    if place.kind == "reply":
        return f"/ideas/{place.where}/reply?to={place.to or place.where}"
    return f"/forums/{place.where}/build?on={place.to}" if place.to else f"/forums/{place.where}"


async def show_drafts(request: web.Request) -> web.Response:
    """GET /drafts"""
    house, member = request.app[HOUSE], member_of(request)
    rows = [await _row(house, member, one) for one in await drafts.list_drafts(house, member)]
    return show(request, "drafts.html", DraftsPage(drafts=tuple(rows)), section="drafts")


async def _row(house: House, member: Member, draft: KeptDraft) -> DraftRow:
    kinds = {"idea": _("An idea"), "reply": _("A reply"), "edit": _("A change")}
    try:
        if draft.place.kind == "idea":
            where = (await forums.obtain_forum(house, member, draft.place.where)).title
        else:
            made = await ideas_read.obtain(house, member, draft.place.where)
            where = made.title or (await ideas_read.obtain(house, member, made.thread_id)).title
        url = url_of_place(draft.place)
    except Missing:
        where, url = _("What it was written for is not there any more"), ""
    return DraftRow(
        where=Link(text=where, url=url),
        kind=kinds[draft.place.kind],
        title=draft.title,
        excerpt=draft.text if not url else excerpt(draft.text),
        at=draft.kept_at,
        place=str(draft.place),
    )


async def keep(request: web.Request) -> web.Response:
    """POST /drafts: keep what is typed. A script is answered with 204, a browser with the list."""
    house, member = request.app[HOUSE], member_of(request)
    form = await read_form(request)
    place = drafts.read_place(form.get("place", ""))
    await drafts.keep(house, member, place, form.get("title", ""), form.get("text", ""), form)
    if request.headers.get("Accept") == "application/json":
        return web.Response(status=204)
    return go(request, url_of_place(place) if form.get("on") else "/drafts", "kept")


async def drop(request: web.Request) -> web.Response:
    """POST /drafts/drop"""
    house, member = request.app[HOUSE], member_of(request)
    form = await read_form(request)
    place = drafts.read_place(form.get("place", ""))
    await drafts.drop(house, member, place)
    return go(request, own_path(form.get("back") or "/drafts"), "dropped")
