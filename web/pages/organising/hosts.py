"""How a host is shown: their words and their picture, for the host and for organisers."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.web_request import FileField

from server.domain.actors import Member
from server.domain.errors import Missing, Refusal
from server.domain.hosting import Host
from server.domain.jams import Forum
from server.keys import HOUSE
from server.services import hosting
from server.services.house import House
from web.answers import go, head_of, show
from web.forms import read_form, wrong_of
from web.hosting import picture_url
from web.pages.files import headers_of
from web.pages.forums import obtain
from web.session import member_of
from web.views import JamHead, Link, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPage:
    """The form. Values are the very strings that were typed; `picture_url` is "" where there is no picture yet."""

    jam: JamHead
    forum: Link
    person: Person
    url: str
    picture_url: str
    values: dict[str, str]
    wrong: dict[str, str] = field(default_factory=dict)


async def show_host(request: web.Request) -> web.Response:
    """GET /forums/{forum}/hosts/{host}"""
    return await _host(request, {}, {}, 200)


async def _host(request: web.Request, typed: dict[str, str], wrong: dict[str, str], status: int) -> web.Response:
    house, member, forum, jam = await obtain(request)
    host = await hosting.obtain_host(house, member, forum, request.match_info["host"])
    page = HostPage(
        jam=head_of(jam, jam.state_at(house.now())),
        forum=Link(text=forum.title, url=f"/forums/{forum.id}"),
        person=Person(name=host.name, handle=host.handle, unit=host.unit),
        url=f"/forums/{forum.id}/hosts/{host.member_id}",
        picture_url=picture_url(host),
        values={"bio": host.bio, "alt": host.picture_alt, **typed},
        wrong=wrong,
    )
    return show(request, "organising/host.html", page, status=status)


async def change_host(request: web.Request) -> web.Response:
    """POST /forums/{forum}/hosts/{host}: save words and picture, or take the picture away, as `act` says."""
    house, member, forum, _ = await obtain(request)
    host = await hosting.obtain_host(house, member, forum, request.match_info["host"])
    form = await read_form(request)
    try:
        await _act(request, house, member, forum, host, form)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        wrong = wrong_of(refusal)
        return await _host(request, form, {"file": wrong["text"]} if "text" in wrong else wrong, refusal.status)
    return go(request, f"/forums/{forum.id}/hosts/{host.member_id}", "saved")


async def _act(
    request: web.Request, house: House, member: Member, forum: Forum, host: Host, form: dict[str, str]
) -> None:
    match form.get("act"):
        case "save":
            await hosting.put_host(house, member, forum, host.handle, form.get("bio", ""))
            sent = (await request.post()).get("file")
            if isinstance(sent, FileField) and sent.filename:
                with sent.file as opened:
                    body = opened.read()
                alt = form.get("alt", "")
                await hosting.put_picture(house, member, forum, host.member_id, sent.filename, body, alt)
            elif host.picture_id:
                await hosting.describe_picture(house, member, forum, host.member_id, form.get("alt", ""))
        case "bare":
            await hosting.drop_picture(house, member, forum, host.member_id)
        case other:
            raise Missing("choice", f"act={other}")


async def show_picture(request: web.Request) -> web.Response:
    """GET /pictures/{picture}: a host's face, for those who may read the forum."""
    found, body = await hosting.picture(request.app[HOUSE], member_of(request), request.match_info["picture"])
    headers = headers_of(found.sha)
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, content_type="image/webp", headers=headers)
