"""Who is on the list of a forum that is for its members alone: inviting, letting go, leaving."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web

from server.domain.errors import Missing, Refusal
from server.services import memberships
from web.answers import go, head_of, show
from web.forms import read_form, wrong_of
from web.pages.forums import obtain
from web.people import names_of_hosts, person_of
from web.views import JamHead, Link, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    id: str
    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersPage:
    """The list. `keeps`: the reader may change it; `on_it`: the reader can leave."""

    jam: JamHead
    forum: Link
    url: str
    members: tuple[MemberRow, ...]
    keeps: bool
    on_it: bool
    me: str
    values: dict[str, str]
    wrong: dict[str, str] = field(default_factory=dict)


async def show_members(request: web.Request) -> web.Response:
    """GET /forums/{forum}/members"""
    return await _members(request, {}, {}, 200)


async def _members(request: web.Request, typed: dict[str, str], wrong: dict[str, str], status: int) -> web.Response:
    house, member, forum, jam = await obtain(request)
    if not forum.members_only:
        raise Missing("page", f"{forum.id} has no list")
    names = await names_of_hosts(house)
    found = await memberships.list_members(house, member, forum)
    page = MembersPage(
        jam=head_of(jam, jam.state_at(house.now())),
        forum=Link(text=forum.title, url=f"/forums/{forum.id}"),
        url=f"/forums/{forum.id}/members",
        members=tuple(MemberRow(id=one.id, person=person_of(one.member, names)) for one in found),
        keeps=await memberships.may_keep(house, member, forum),
        on_it=forum.is_local and any(one.member.id == member.id for one in found),
        me=member.id,
        values={"username": "", **typed},
        wrong=wrong,
    )
    return show(request, "organising/members.html", page, status=status)


async def change_members(request: web.Request) -> web.Response:
    """POST /forums/{forum}/members: put somebody on the list or take somebody off, as `act` says."""
    house, member, forum, _jam = await obtain(request)
    form = await read_form(request)
    try:
        match form.get("act"):
            case "invite":
                await memberships.invite(house, member, forum, form.get("username", ""))
            case "remove":
                await memberships.remove(house, member, forum, form.get("member", ""))
            case other:
                raise Missing("choice", f"act={other}")
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _members(request, form, wrong_of(refusal), refusal.status)
    if form.get("member") == member.id and not member.may("jams"):
        return go(request, "/", "saved")
    return go(request, f"/forums/{forum.id}/members", "saved")
