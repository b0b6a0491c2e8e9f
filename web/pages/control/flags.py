"""Flagging something, and what facilitators may do with one idea or reply."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from server.domain.actors import Member
from server.domain.errors import Missing, NotAllowed, Refusal, SignInNeeded
from server.domain.ideas import Contribution
from server.services import ideas_read, locking, moderation
from server.services.house import House
from server.services.text import excerpt
from web.answers import go, head_of, show
from web.cards import url_of
from web.forms import read_form, wrong_of
from web.language import _
from web.pages.control.views import ReasonPage, Tool, ToolsPage
from web.pages.threads import obtain
from web.views import Link


async def show_flag(request: web.Request) -> web.Response:
    """GET /ideas/{idea}/flag"""
    return await _ask(request, {}, {}, 200)


async def _ask(
    request: web.Request, typed: Mapping[str, str], wrong: Mapping[str, str], status: int, *, hide: bool = False
) -> web.Response:
    house, _member, made, _forum, jam = await obtain(request)
    page = ReasonPage(
        jam=head_of(jam, jam.state_at(house.now())),
        heading=_("Hide this from others") if hide else _("Flag this for the facilitators"),
        sentence=made.title or excerpt(made.text, 200),
        action=f"/ideas/{made.id}/{'hide' if hide else 'flag'}",
        button=_("Hide it") if hide else _("Flag it"),
        icon="eye-off" if hide else "flag",
        back=Link(text=made.title or _("Back to the thread"), url=url_of(made)),
        hint=_("Its author reads it. Copies that crossed are taken back.")
        if hide
        else _("Only facilitators read it. You see in the moderation log what became of it."),
        values=typed,
        wrong=wrong,
    )
    return show(request, "control/reason.html", page, status=status)


async def flag(request: web.Request) -> web.Response:
    """POST /ideas/{idea}/flag"""
    house, member, made, _forum, _jam = await obtain(request)
    form = await read_form(request)
    try:
        await moderation.flag(house, member, made, form.get("reason", ""))
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _ask(request, form, wrong_of(refusal), refusal.status)
    return go(request, url_of(made), "flagged")


async def show_tools(request: web.Request) -> web.Response:
    """GET /ideas/{idea}/tools: what a facilitator may do with it."""
    house, member, made, _forum, jam = await obtain(request)
    if not member.may("moderate"):
        raise Missing("page", f"{member.id} does not moderate")
    page = f"/ideas/{made.id}"
    tools = [] if made.hidden else [Tool(
        url=f"{page}/hide", words=_("Hide it"), icon="eye-off",
        hint=_("A moderation hold: others see a sentence in its place, and its copies are taken back from outside."),
    )]  # fmt: skip
    if not made.hidden:
        tools += await _locking(house, member, made)
        tools += _moving(made)
    if made.hidden:
        tools.append(Tool(
            url=f"/jams/{jam.slug}/control/cases", words=_("Restore it"), icon="eye",
            hint=_("Its case stands in the queue."),
        ))  # fmt: skip
    view = ToolsPage(
        jam=head_of(jam, jam.state_at(house.now())),
        back=Link(text=made.title or _("Back to the thread"), url=url_of(made)),
        words=made.title or excerpt(made.text, 200),
        tools=tuple(tools),
    )
    return show(request, "control/tools.html", view)


async def _locking(house: House, member: Member, made: Contribution) -> list[Tool]:
    thread = await ideas_read.read_head(house, member, made.thread_id)
    if thread.lock is not None or not await locking.may_lock(house, member, made):
        return []
    return [Tool(
        url=f"/ideas/{made.id}/lock", words=_("Lock the thread"), icon="lock",
        hint=_("It stays readable, and nobody can answer in it any more, here or on other servers."),
    )]  # fmt: skip


def _moving(made: Contribution) -> list[Tool]:
    page = f"/ideas/{made.id}"
    if made.kind == "reply":
        return [Tool(
            url=f"{page}/split", words=_("Split it off"), icon="git-branch",
            hint=_("It becomes an idea of its author’s, with all that hangs on it."),
        )]  # fmt: skip
    return [
        Tool(
            url=f"{page}/move", words=_("Move it to another forum"), icon="route",
            hint=_("With its replies. Who may read it outside is judged anew."),
        ),
        Tool(
            url=f"{page}/merge", words=_("Merge it into another idea"), icon="layers",
            hint=_("It stands there as a reply by its author, with all its replies; this address leads there."),
        ),
    ]  # fmt: skip


async def show_hide(request: web.Request) -> web.Response:
    """GET /ideas/{idea}/hide"""
    _house, member, _made, _forum, _jam = await obtain(request)
    member.require("moderate")
    return await _ask(request, {}, {}, 200, hide=True)


async def hide(request: web.Request) -> web.Response:
    """POST /ideas/{idea}/hide"""
    house, member, made, _forum, _jam = await obtain(request)
    member.require("moderate")
    form = await read_form(request)
    try:
        await moderation.hide(house, member, made, form.get("reason", ""))
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        wrong = wrong_of(refusal)
        wrong["reason"] = wrong.pop("note", wrong.get("reason", ""))
        return await _ask(request, form, wrong, refusal.status, hide=True)
    return go(request, url_of(made), "hidden")
