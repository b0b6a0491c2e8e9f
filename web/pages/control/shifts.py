"""The first page of the control room; the rota, beginning and ending a shift, and what is handed on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from aiohttp import web
from markupsafe import Markup

from server.domain.actors import Member
from server.domain.errors import Missing, NotAllowed, Refusal, SignInNeeded
from server.domain.facilitation import Shift
from server.domain.jams import Jam
from server.services import heat, moderation, people, radar, shifts
from server.services.house import House
from server.services.text import render
from web.answers import go, show
from web.forms import read_form, read_time, write_time, wrong_of
from web.language import _
from web.pages.control.duty import facilitator, room_head
from web.pages.control.shift_views import EndPage, FrontPage, NoteRow, RotaPage, ShiftRow
from web.views import Choice


def _note(shift: Shift, url: str) -> NoteRow:
    # Rendered from Markdown and sanitised: server.services.text.
    html = Markup(render(shift.note))  # noqa: S704
    at = shift.ended_at or shift.ends_at
    return NoteRow(name=shift.member_name, html=html, at=at, read_url=f"{url}/shifts/{shift.id}/read")


async def show_front(request: web.Request) -> web.Response:
    """GET /jams/{jam}/control: what was handed to the reader stands first."""
    house, member, jam = await facilitator(request)
    head = room_head(house, jam)
    url = f"{head.url}/control"
    mine = await shifts.running(house, member, jam)
    page = FrontPage(
        jam=head,
        notes=tuple(_note(one, url) for one in await shifts.handed_to(house, member, jam)),
        since=mine.begun_at if mine else None,
        end_url=f"{url}/shifts/end" if mine else "",
        neglected=len(await radar.neglected(house, member, jam, 1000)),
        cases=len(await moderation.queue(house, member, jam, ("open", "asked"), 1000)),
        heated=len(await heat.warnings(house, member, jam)),
        counted_at=house.now(),
        stream_url=f"/jams/{jam.id}/stream",
    )
    return show(request, "control/front.html", page)


async def show_rota(request: web.Request) -> web.Response:
    """GET /jams/{jam}/control/shifts"""
    return await _rota(request, {}, {}, 200)


async def _rota(
    request: web.Request, typed: Mapping[str, str], wrong: Mapping[str, str], status: int
) -> web.Response:
    house, member, jam = await facilitator(request)
    head, now = room_head(house, jam), house.now()
    found = await shifts.rota(house, member, jam)
    values = {"starts_at": write_time(now), "ends_at": write_time(now + shifts.USUAL), "username": "", **typed}
    over = sorted((one for one in found if one.ended_at), key=lambda one: one.ended_at or now, reverse=True)
    page = RotaPage(
        jam=head,
        shifts=tuple(_row(one, f"{head.url}/control", now) for one in found if one.ended_at is None),
        earlier=tuple(_note(one, f"{head.url}/control") for one in over[:20]),
        people=tuple(
            Choice(value=one.username, words=one.name, chosen=one.username == values["username"])
            for one in await facilitators(house)
        ),
        values=values,
        wrong=wrong,
    )
    return show(request, "control/shifts.html", page, status=status)


async def facilitators(house: House) -> list[Member]:
    """Everybody here who moderates."""
    return [one for one in await people.list_people(house, limit=5000) if one.is_local and one.may("moderate")]


def _row(shift: Shift, url: str, now: datetime) -> ShiftRow:
    running = shift.is_running
    missed = not running and shift.ends_at < now
    state = _("running") if running else _("nobody came") if missed else _("planned")
    return ShiftRow(
        id=shift.id,
        name=shift.member_name,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        state=state,
        tone="inside" if running else "denied" if missed else "held",
        drop_url="" if running else f"{url}/shifts/{shift.id}/drop",
    )


async def plan(request: web.Request) -> web.Response:
    """POST /jams/{jam}/control/shifts: put somebody on the rota."""
    house, member, jam = await facilitator(request)
    form = await read_form(request)
    try:
        starts_at, ends_at = read_time(form, "starts_at"), read_time(form, "ends_at")
        await shifts.plan(house, member, jam, form.get("username", ""), starts_at, ends_at)
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _rota(request, form, wrong_of(refusal), refusal.status)
    return go(request, f"/jams/{jam.slug}/control/shifts", "saved")


async def act(request: web.Request) -> web.Response:
    """POST /jams/{jam}/control/shifts/{shift}/drop and …/read"""
    house, member, jam = await facilitator(request)
    shift_id, verb = request.match_info["shift"], request.match_info["verb"]
    if verb == "read":
        await shifts.mark_read(house, member, shift_id)
        return go(request, f"/jams/{jam.slug}/control", "saved")
    try:
        await shifts.unplan(house, member, shift_id)
    except (Missing, NotAllowed):
        raise
    except Refusal as refusal:
        return await _rota(request, {}, wrong_of(refusal), refusal.status)
    return go(request, f"/jams/{jam.slug}/control/shifts", "saved")


async def begin(request: web.Request) -> web.Response:
    """POST /jams/{jam}/control/shifts/begin"""
    house, member, jam = await facilitator(request)
    try:
        await shifts.begin(house, member, jam)
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _rota(request, {}, wrong_of(refusal), refusal.status)
    return go(request, f"/jams/{jam.slug}/control", "begun")


async def show_end(request: web.Request) -> web.Response:
    """GET /jams/{jam}/control/shifts/end: the note, drafted from the log."""
    house, member, jam = await facilitator(request)
    mine = await _mine(house, member, jam)
    upcoming = await shifts.next_up(house, member, jam)
    note = await shifts.draft(house, member, jam, mine)
    return await _end(request, note, upcoming.member_id if upcoming else "", {}, 200)


async def _mine(house: House, member: Member, jam: Jam) -> Shift:
    found = await shifts.running(house, member, jam)
    if found is None:
        raise Missing("shift", f"{member.id} is in no shift")
    return found


async def _end(
    request: web.Request, note: str, to: str, wrong: Mapping[str, str], status: int
) -> web.Response:
    house, member, jam = await facilitator(request)
    head = room_head(house, jam)
    anybody = Choice(value="", words=_("Whoever comes next"), chosen=not to)
    page = EndPage(
        jam=head,
        action=f"{head.url}/control/shifts/end",
        note=note,
        to=(anybody, *(Choice(value=one.id, words=one.name, chosen=one.id == to)
                       for one in await facilitators(house) if one.id != member.id)),
        wrong=wrong,
    )  # fmt: skip
    return show(request, "control/end.html", page, status=status)


async def end(request: web.Request) -> web.Response:
    """POST /jams/{jam}/control/shifts/end"""
    house, member, jam = await facilitator(request)
    form = await read_form(request)
    mine = await _mine(house, member, jam)
    try:
        await shifts.end(house, member, mine.id, form.get("note", ""), form.get("to", ""))
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        wrong = wrong_of(refusal)
        wrong = {"note" if key == "text" else key: said for key, said in wrong.items()}
        return await _end(request, form.get("note", ""), form.get("to", ""), wrong, refusal.status)
    return go(request, f"/jams/{jam.slug}/control", "handed")
