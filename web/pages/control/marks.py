"""Emerging and Best: a page that asks why, and why they were set."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from server.domain.errors import Missing, NotAllowed, Refusal, SignInNeeded
from server.domain.facilitation import REASON_LIMIT
from server.domain.ideas import Contribution, MarkKind
from server.keys import HOUSE
from server.services import forums, ideas_read, marking
from server.services.text import clean_line
from web.answers import go, head_of, show
from web.cards import url_of
from web.forms import wrong_of
from web.language import _
from web.pages.control.views import ReasonPage
from web.session import member_of
from web.views import Link

REASONED: dict[str, MarkKind] = {"emerging": "emerging", "best": "best"}
ICONS = {"emerging": "sprout", "best": "award"}


async def show_mark(request: web.Request) -> web.Response:
    """GET /ideas/{idea}/marks/{kind}: why is it emerging, or best?"""
    house, member = request.app[HOUSE], member_of(request)
    made = await ideas_read.obtain(house, member, request.match_info["idea"])
    kind = REASONED.get(request.match_info["kind"])
    if kind is None:
        raise Missing("page", request.match_info["kind"])
    member.require("mark")
    return await _ask(request, made, kind, {}, {}, 200)


async def mark_with_reason(
    request: web.Request, made: Contribution, kind: MarkKind, form: Mapping[str, str]
) -> web.Response:
    """Set Emerging or Best; where no reason came, ask for one. Nothing typed is lost."""
    house, member = request.app[HOUSE], member_of(request)
    member.require("mark")
    try:
        reason = clean_line(form.get("reason", ""), "reason", REASON_LIMIT)
        await marking.mark(house, member, made, kind, reason)
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _ask(request, made, kind, form, wrong_of(refusal), refusal.status)
    return go(request, url_of(made), "saved")


async def _ask(
    request: web.Request, made: Contribution, kind: MarkKind, typed: Mapping[str, str], wrong: Mapping[str, str],
    status: int,
) -> web.Response:  # fmt: skip
    house = request.app[HOUSE]
    _forum, jam = await forums.forum_and_jam(house, made.forum_id)
    heading = _("Mark it as emerging") if kind == "emerging" else _("Mark it as best")
    page = ReasonPage(
        jam=head_of(jam, jam.state_at(house.now())),
        heading=heading,
        sentence=made.title,
        action=f"/ideas/{made.id}/marks/{kind}",
        button=heading,
        icon=ICONS[kind],
        back=Link(text=made.title or _("Back to the thread"), url=url_of(made)),
        hint=_("Everybody in the jam reads it: what in this idea should others build on?"),
        extra={"made": "1"},
        values=typed,
        wrong=wrong,
    )
    return show(request, "control/reason.html", page, status=status)
