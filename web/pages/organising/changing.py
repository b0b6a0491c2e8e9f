"""Changing a forum: name, question, place, hosts, whether it takes new ideas; before anybody wrote also for whom."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web

from server.boundary.labels import Label
from server.domain.actors import Member
from server.domain.errors import Invalid, Missing, Refusal
from server.domain.jams import AUDIENCES, Forum, Jam
from server.services import forum_changes, forums, hosting
from server.services.forum_changes import Changes, Fixed
from server.services.house import House
from web.answers import go, head_of, show
from web.forms import read_choices, read_form, wrong_of
from web.hosting import RotaView, draw_rota
from web.language import _
from web.pages.forums import obtain
from web.pages.jams import audience_choices, label_choices, partner_choices
from web.views import Choice, JamHead


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePage:
    """The form. Values are the very strings that were typed; `fixed` says what changes no more, and why."""

    jam: JamHead
    title: str
    url: str
    takes_ideas: bool
    fixed: Fixed
    rota: RotaView
    places: tuple[Choice, ...]
    audiences: tuple[Choice, ...]
    partners: tuple[Choice, ...]
    labels: tuple[Choice, ...]
    values: dict[str, str]
    wrong: dict[str, str] = field(default_factory=dict)


async def show_change(request: web.Request) -> web.Response:
    """GET /forums/{forum}/change"""
    return await _change(request, {}, {}, 200)


async def _change(request: web.Request, typed: dict[str, str], wrong: dict[str, str], status: int) -> web.Response:
    house, member, forum, jam = await obtain(request)
    member.require("jams")
    head = head_of(jam, jam.state_at(house.now()), "settings")
    values = {
        "title": forum.title, "question": forum.question, "audience": forum.audience, "username": "", "bio": "",
        "label": str(Label.parse(forum.label).level), **typed,
    }  # fmt: skip
    page = ChangePage(
        jam=head,
        title=forum.title,
        url=f"/forums/{forum.id}",
        takes_ideas=forum.closed_at is None,
        fixed=await forum_changes.fixed(house, forum, jam),
        rota=await draw_rota(house, member, jam, [forum], head.url),
        places=await _places(house, member, jam, forum, typed.get("place", "")),
        audiences=audience_choices(house, values["audience"]),
        partners=await partner_choices(house, await read_choices(request, "peers") if typed else forum.peers),
        labels=label_choices(values["label"]),
        values=values,
        wrong=wrong,
    )
    return show(request, "organising/forum.html", page, status=status)


async def _places(house: House, member: Member, jam: Jam, forum: Forum, typed: str) -> tuple[Choice, ...]:
    own = await forums.list_forums(house, member, jam)
    now = typed or str(1 + [one.id for one in own].index(forum.id))
    words = [_("%(number)s. (now %(title)s)") % {"number": at, "title": one.title} for at, one in enumerate(own, 1)]
    return tuple(Choice(value=str(at), words=words[at - 1], chosen=str(at) == now) for at in range(1, len(own) + 1))


async def change_forum(request: web.Request) -> web.Response:
    """POST /forums/{forum}/change: save it, close or open it to ideas, name a host or end one, as `act` says."""
    house, member, forum, _jam = await obtain(request)
    form = await read_form(request)
    try:
        await _act(request, house, member, forum, form)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _change(request, form, wrong_of(refusal), refusal.status)
    return go(request, f"/forums/{forum.id}/change", "saved")


async def _act(request: web.Request, house: House, member: Member, forum: Forum, form: dict[str, str]) -> None:
    match form.get("act"):
        case "save":
            await forum_changes.change_forum(house, member, forum, await _wish(request, forum, form))
        case "close":
            await forum_changes.change_forum(house, member, forum, Changes(takes_ideas=False))
        case "open":
            await forum_changes.change_forum(house, member, forum, Changes(takes_ideas=True))
        case "host":
            await hosting.put_host(house, member, forum, form.get("username", ""), form.get("bio", ""))
        case "end":
            await hosting.drop_host(house, member, forum, form.get("host", ""))
        case other:
            raise Missing("choice", f"act={other}")


async def _wish(request: web.Request, forum: Forum, form: dict[str, str]) -> Changes:
    place = form.get("place", "")
    if place and not (place.isascii() and place.isdigit() and len(place) < 6):
        raise Invalid("place", "Choose one of the places.")
    label = form.get("label", "")
    return Changes(
        title=form.get("title"),
        question=form.get("question"),
        place=int(place) if place else None,
        audience=next((one for one in AUDIENCES if one == form.get("audience")), None),
        peers=await read_choices(request, "peers") if "audience" in form else None,
        # The form offers levels; a label with categories keeps them as long as its level stays.
        label=label if label and label != str(Label.parse(forum.label).level) else None,
    )
