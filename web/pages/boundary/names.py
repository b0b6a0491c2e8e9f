"""The names behind voices: asking for one, agreeing to it, and reading it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web

from server.domain.actors import Member
from server.domain.errors import Refusal
from server.domain.ideas import Contribution
from server.domain.voices import Opening
from server.services import voices
from server.services.house import House
from server.services.text import excerpt
from web.answers import go, head_of, show
from web.cards import url_of
from web.forms import read_form, wrong_of
from web.language import _
from web.pages.boundary.duty import duty_holder, name_of_member
from web.pages.threads import obtain
from web.views import JamHead, Link


@dataclass(frozen=True, slots=True, kw_only=True)
class NameForm:
    """Asking for the name behind one idea or reply."""

    jam: JamHead
    back: Link
    action: str
    voice: str
    reason: str
    wrong: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningView:
    """One name that was asked for. The addresses are "" for what the reader may not do; `name` once it was read."""

    voice: str
    words: Link
    reason: str
    asked_by: str
    asked_at: datetime
    answered_by: str
    answered_at: datetime | None
    state: str
    agree_url: str
    refuse_url: str
    look_url: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesPage:
    openings: tuple[OpeningView, ...]


async def show_form(request: web.Request) -> web.Response:
    """GET /ideas/{idea}/name"""
    return await _form(request, {}, {}, 200)


async def _form(request: web.Request, typed: dict[str, str], wrong: dict[str, str], status: int) -> web.Response:
    house, member, made, _forum, jam = await obtain(request)
    member.require("names")
    page = NameForm(
        jam=head_of(jam, jam.state_at(house.now())),
        back=Link(text=made.title or excerpt(made.text, 80), url=url_of(made)),
        action=f"/ideas/{made.id}/name",
        voice=made.author_name,
        reason=typed.get("reason", ""),
        wrong=wrong,
    )
    return show(request, "name_form.html", page, status=status)


async def ask(request: web.Request) -> web.Response:
    """POST /ideas/{idea}/name"""
    house, member, made, _forum, _jam = await obtain(request)
    form = await read_form(request)
    try:
        await voices.ask_to_open(house, member, made, form.get("reason", ""))
    except Refusal as refusal:
        return await _form(request, form, wrong_of(refusal), refusal.status)
    return go(request, "/boundary/names", "saved")


async def show_names(request: web.Request) -> web.Response:
    """GET /boundary/names"""
    return await _names(request)


async def answer(request: web.Request) -> web.Response:
    """POST /boundary/names/{opening}/{verb}: agree, refuse or look."""
    house, member = await duty_holder(request)
    opening = await voices.obtain(house, member, request.match_info["opening"])
    verb = request.match_info["verb"]
    if verb == "look":
        return await _names(request, {opening.id: (await voices.look(house, member, opening)).name})
    await voices.answer(house, member, opening, agree=verb == "agree")
    return go(request, "/boundary/names", "saved")


async def _names(request: web.Request, read: dict[str, str] | None = None) -> web.Response:
    house, member = await duty_holder(request)
    member.require("names")
    found = await voices.openings(house, member)
    views = tuple([await _view(house, member, *one, (read or {}).get(one[0].id, "")) for one in found])
    return show(request, "names.html", NamesPage(openings=views))


async def _view(house: House, reader: Member, opening: Opening, made: Contribution, name: str) -> OpeningView:
    page = f"/boundary/names/{opening.id}"
    waits = opening.state == "asked" and opening.asked_by != reader.id
    words = excerpt(made.text, 120) if made.text else _("Words that are gone")
    return OpeningView(
        voice=made.author_name,
        words=Link(text=made.title or words, url=url_of(made)),
        reason=opening.reason,
        asked_by=await name_of_member(house, opening.asked_by),
        asked_at=opening.asked_at,
        answered_by=await name_of_member(house, opening.answered_by),
        answered_at=opening.answered_at,
        state=opening.state,
        agree_url=f"{page}/agree" if waits else "",
        refuse_url=f"{page}/refuse" if waits else "",
        look_url=f"{page}/look" if opening.may_look(reader.id) else "",
        name=name,
    )
