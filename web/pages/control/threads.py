"""The back-channel of a thread, its summary so far, and threads that may be growing heated."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web
from markupsafe import Markup

from server.domain.errors import NotAllowed, Refusal, SignInNeeded
from server.domain.ideas import Contribution
from server.services import asides, forums, heat, ideas_read, summaries
from server.services.house import House
from web.answers import go, head_of, show
from web.cards import draw_card
from web.forms import read_choices, read_form, wrong_of
from web.language import _
from web.pages.control.duty import facilitator, room_head
from web.pages.control.shift_views import AsideRow, AsidesPage, Cited, HeatPage, SummaryPage, WarmRow
from web.pages.control.summaries import draw_cited, draw_summary
from web.pages.threads import obtain
from web.people import names_of_hosts
from web.views import Link

MOST_OFFERED = 150


async def show_asides(request: web.Request) -> web.Response:
    """GET /ideas/{idea}/asides"""
    return await _asides(request, {}, {}, 200)


async def _asides(
    request: web.Request, typed: Mapping[str, str], wrong: Mapping[str, str], status: int
) -> web.Response:
    house, member, made, _forum, jam = await obtain(request)
    said = await asides.read(house, member, made)
    root = await ideas_read.obtain(house, member, made.thread_id)
    page = AsidesPage(
        jam=head_of(jam, jam.state_at(house.now())),
        back=Link(text=root.title or _("Back to the thread"), url=f"/ideas/{root.id}"),
        # Rendered and sanitised when it was written: server.services.text.
        asides=tuple(AsideRow(name=one.member_name, html=Markup(one.html), at=one.made_at) for one in said),  # noqa: S704
        action=f"/ideas/{root.id}/asides",
        values=typed,
        wrong=wrong,
    )
    return show(request, "control/asides.html", page, status=status)


async def write_aside(request: web.Request) -> web.Response:
    """POST /ideas/{idea}/asides"""
    house, member, made, _forum, _jam = await obtain(request)
    await asides.read(house, member, made)
    form = await read_form(request)
    try:
        await asides.write(house, member, made, form.get("text", ""))
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _asides(request, form, wrong_of(refusal), refusal.status)
    return go(request, f"/ideas/{made.thread_id}/asides", "saved")


async def show_summary(request: web.Request) -> web.Response:
    """GET /ideas/{idea}/summary: all versions, and the form for another."""
    return await _summary(request, None, (), {}, 200)


async def _summary(
    request: web.Request, text: str | None, ticked: tuple[str, ...], wrong: Mapping[str, str], status: int
) -> web.Response:
    house, member, made, _forum, jam = await obtain(request)
    thread = await ideas_read.read_thread(house, member, made.thread_id)
    known = {one.id: one for one in (thread.idea, *thread.replies)}
    found = await summaries.show(house, member, thread.idea)
    newest = found[-1].summary if found else None
    chosen = set(ticked or (newest.cites if newest else ()))
    page = SummaryPage(
        jam=head_of(jam, jam.state_at(house.now())),
        back=Link(text=thread.idea.title or _("Back to the thread"), url=f"/ideas/{thread.idea.id}"),
        versions=tuple(draw_summary(one) for one in reversed(found)),
        may_write=member.may("moderate"),
        action=f"/ideas/{thread.idea.id}/summary",
        text=text if text is not None else newest.text if newest else "",
        base=newest.number if newest else 0,
        choices=_choices(known, chosen),
        wrong=wrong,
    )
    return show(request, "control/summary.html", page, status=status)


def _choices(known: Mapping[str, Contribution], chosen: set[str]) -> tuple[Cited, ...]:
    """What can be cited: what is cited already, then what has most support, as far as it fits on a page."""
    standing = [one for one in known.values() if not one.deleted and one.text]
    ordered = sorted(standing, key=lambda one: (one.id not in chosen, one.kind != "idea", -one.support))
    return tuple(draw_cited(one, chosen=one.id in chosen) for one in ordered[: max(MOST_OFFERED, len(chosen))])


async def write_summary(request: web.Request) -> web.Response:
    """POST /ideas/{idea}/summary"""
    house, member, made, _forum, _jam = await obtain(request)
    member.require("moderate")
    form, cites = await read_form(request), await read_choices(request, "cites")
    base = form.get("base", "")
    idea = await ideas_read.obtain(house, member, made.thread_id)
    try:
        await summaries.write(
            house, member, idea, form.get("text", ""), cites, int(base) if base.isdigit() and len(base) < 9 else None
        )
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _summary(request, form.get("text", ""), cites, wrong_of(refusal), refusal.status)
    return go(request, f"/ideas/{idea.id}", "saved")


async def show_heat(request: web.Request) -> web.Response:
    """GET /jams/{jam}/control/heat"""
    house, member, jam = await facilitator(request)
    page = HeatPage(
        jam=room_head(house, jam),
        threads=tuple([await _warm(house, one) for one in await heat.warnings(house, member, jam)]),
    )
    return show(request, "control/heat.html", page)


async def _warm(house: House, one: heat.Warm) -> WarmRow:
    forum, _jam = await forums.forum_and_jam(house, one.idea.forum_id)
    return WarmRow(
        card=draw_card(house, one.idea, forum, await names_of_hosts(house)),
        signals=tuple((signal.sentence, signal.is_hot) for signal in one.heat.signals),
        prompt=one.prompt,
        prompt_url=f"/ideas/{one.idea.id}/reply?prompt={one.answer_to or ''}",
    )
