"""The label of one idea or reply, changed by itself: by its author, or by whoever may lower it."""

from __future__ import annotations

from aiohttp import web

from server.boundary.labels import Label
from server.domain.errors import NotAllowed, Refusal, SignInNeeded
from server.services import ideas
from server.services.labels import may_declassify
from server.services.text import excerpt
from web import views
from web.answers import go, head_of, show
from web.cards import url_of
from web.composing import draw_levels, draw_wishes, label_in
from web.forms import read_form, wrong_of
from web.pages.threads import obtain
from web.views import Link


async def show_label(request: web.Request) -> web.Response:
    """GET /ideas/{idea}/label"""
    return await _label(request, {}, {}, 200)


async def _label(request: web.Request, typed: dict[str, str], wrong: dict[str, str], status: int) -> web.Response:
    house, member, made, _, jam = await obtain(request)
    lowers = may_declassify(member)
    if not member.wrote(made.author_id) and not lowers:
        raise NotAllowed("Only its author, a reviewer or an admin can change its label.")
    label = Label.parse(made.label)
    page = views.LabelPage(
        jam=head_of(jam, jam.state_at(house.now())),
        back=Link(text=made.title or excerpt(made.text, 80), url=url_of(made)),
        label=made.label,
        action=f"/ideas/{made.id}/label",
        labels=draw_levels(typed.get("label") or str(label.level)),
        categories=typed.get("categories", " ".join(sorted(label.categories))),
        wishes=draw_wishes(made.label, typed.get("onward", "")),
        lowers=lowers,
        wrong=wrong,
    )
    return show(request, "label.html", page, status=status)


async def change_label(request: web.Request) -> web.Response:
    """POST /ideas/{idea}/label"""
    house, member, made, _, _ = await obtain(request)
    form = await read_form(request)
    try:
        changed = await ideas.relabel(house, member, made, label_in(form) or made.label)
    except SignInNeeded:
        raise
    except Refusal as refusal:
        return await _label(request, form, {"label": refusal.public} | wrong_of(refusal), refusal.status)
    return go(request, url_of(changed), "saved")
