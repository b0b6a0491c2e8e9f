"""The rota of a jam: its hosts, what they say of themselves, their hours, and the calendar file."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import hdrs, web

from server.domain.actors import Member
from server.domain.errors import Missing, Refusal
from server.domain.jams import Forum, Jam
from server.services import forums, hosting
from server.services.calendar import calendar_of
from server.services.house import House
from web.answers import go, head_of, show
from web.forms import read_form, read_time, wrong_of
from web.hosting import RotaView, draw_rota
from web.pages.jams import obtain
from web.views import Choice, JamHead

_BLANK = {"username": "", "bio": "", "forum": "", "host": "", "starts_at": "", "ends_at": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaPage:
    """The rota with its forms. Values are the very strings that were typed."""

    jam: JamHead
    rota: RotaView
    forums: tuple[Choice, ...]
    hosts: tuple[Choice, ...]
    values: dict[str, str]
    wrong: dict[str, str] = field(default_factory=dict)


async def show_rota(request: web.Request) -> web.Response:
    """GET /jams/{jam}/rota"""
    return await _rota(request, {}, {}, 200)


async def _rota(request: web.Request, typed: dict[str, str], wrong: dict[str, str], status: int) -> web.Response:
    house, member, jam = await obtain(request)
    member.require("jams")
    head = head_of(jam, jam.state_at(house.now()), "settings")
    own = [forum for forum in await forums.list_forums(house, member, jam) if forum.is_local]
    rota = await draw_rota(house, member, jam, own, head.url)
    values = {**_BLANK, **typed}
    page = RotaPage(
        jam=head,
        rota=rota,
        forums=tuple(Choice(value=one.id, words=one.title, chosen=one.id == values["forum"]) for one in own),
        hosts=tuple(
            Choice(
                value=f"{one.forum.url.rpartition('/')[2]}/{one.id}", words=f"{one.person.name}, {one.forum.text}"
            )
            for one in rota.hosts
        ),
        values=values,
        wrong=wrong,
    )
    return show(request, "organising/rota.html", page, status=status)


async def change_rota(request: web.Request) -> web.Response:
    """POST /jams/{jam}/rota: make a host, end one, plan a slot or take one off, as `act` says."""
    house, member, jam = await obtain(request)
    form = await read_form(request)
    try:
        await _act(house, member, jam, form)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _rota(request, form, wrong_of(refusal), refusal.status)
    return go(request, f"{head_of(jam, jam.state).url}/rota", "saved")


async def _act(house: House, member: Member, jam: Jam, form: dict[str, str]) -> None:
    forum_id, _, host_id = form.get("host", "").partition("/")
    forum = await _forum(house, member, jam, form.get("forum") or forum_id)
    match form.get("act"):
        case "host":
            await hosting.put_host(house, member, forum, form.get("username", ""), form.get("bio", ""))
        case "end":
            await hosting.drop_host(house, member, forum, host_id)
        case "plan":
            starts_at, ends_at = read_time(form, "starts_at"), read_time(form, "ends_at")
            await hosting.add_slot(house, member, jam, forum, host_id, starts_at, ends_at)
        case "unplan":
            await hosting.drop_slot(house, member, forum, form.get("slot", ""))
        case other:
            raise Missing("choice", f"act={other}")


async def _forum(house: House, member: Member, jam: Jam, forum_id: str) -> Forum:
    forum = await forums.obtain_forum(house, member, forum_id)
    if forum.jam_id != jam.id:
        raise Missing("forum", f"{forum_id} is not of {jam.id}")
    return forum


async def download_calendar(request: web.Request) -> web.Response:
    """GET /jams/{jam}/calendar.ics: opening hours and hosts' hours, to add to a calendar."""
    house, member, jam = await obtain(request)
    named = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{jam.slug}.ics"'}
    body = await calendar_of(house, member, jam)
    return web.Response(body=body, content_type="text/calendar", charset="utf-8", headers=named)
