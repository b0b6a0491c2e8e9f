"""Locking a thread in the browser, and opening it again."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from server.domain.errors import Missing, NotAllowed, Refusal, SignInNeeded
from server.services import locking
from web.answers import go, head_of, show
from web.cards import url_of
from web.forms import read_form, wrong_of
from web.language import _
from web.pages.control.views import ReasonPage
from web.pages.threads import obtain
from web.views import Link


async def show_lock(request: web.Request) -> web.Response:
    """GET /ideas/{idea}/lock: why should nobody answer any more?"""
    return await _ask(request, {}, {}, 200)


async def _ask(
    request: web.Request, typed: Mapping[str, str], wrong: Mapping[str, str], status: int
) -> web.Response:
    house, member, made, _forum, jam = await obtain(request)
    if not await locking.may_lock(house, member, made):
        raise Missing("page", f"{member.id} may not lock {made.id}")
    page = ReasonPage(
        jam=head_of(jam, jam.state_at(house.now())),
        heading=_("Lock the thread"),
        sentence=made.title,
        action=f"/ideas/{made.id}/lock",
        button=_("Lock it"),
        icon="lock",
        back=Link(text=made.title or _("Back to the thread"), url=url_of(made)),
        hint=_("Everybody here reads it above the thread. It can be undone."),
        values=typed,
        wrong=wrong,
    )
    return show(request, "control/reason.html", page, status=status)


async def lock(request: web.Request) -> web.Response:
    """POST /ideas/{idea}/lock"""
    house, member, made, _forum, _jam = await obtain(request)
    form = await read_form(request)
    try:
        await locking.lock(house, member, made, form.get("reason", ""))
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _ask(request, form, wrong_of(refusal), refusal.status)
    return go(request, url_of(made), "locked")


async def unlock(request: web.Request) -> web.Response:
    """POST /ideas/{idea}/unlock"""
    house, member, made, _forum, _jam = await obtain(request)
    await locking.unlock(house, member, made)
    return go(request, url_of(made), "unlocked")
