"""Shifts, the back-channel, summaries and heat over the API."""

from __future__ import annotations

from server.domain.errors import Missing
from server.domain.facilitation import Shift
from server.domain.ideas import Contribution
from server.services import asides, heat, ideas_read, shifts, summaries
from web.api.calls import Call
from web.api.ideas import contribution_of
from web.api.jam_shapes import NoWords
from web.api.jams import jam_of
from web.api.paging import slice_of
from web.api.shapes import Page, Paging
from web.api.shift_shapes import (
    AsideAnswer,
    HandOver,
    NewAside,
    NewShift,
    NewSummary,
    NoteDraft,
    ShiftAnswer,
    SummaryAnswer,
    WarmAnswer,
    show_aside,
    show_shift,
    show_summary,
    show_warm,
)


async def list_shifts(call: Call, query: Paging) -> Page[ShiftAnswer]:
    return slice_of(await shifts.rota(call.house, call.member, await jam_of(call)), query, show_shift)


async def plan_shift(call: Call, body: NewShift) -> ShiftAnswer:
    jam = await jam_of(call)
    return show_shift(
        await shifts.plan(call.house, call.member, jam, body.username, body.starts_at, body.ends_at)
    )


async def drop_shift(call: Call) -> None:
    await shifts.unplan(call.house, call.member, call.path["shift"])


async def begin_shift(call: Call, body: NoWords) -> ShiftAnswer:
    return show_shift(await shifts.begin(call.house, call.member, await jam_of(call)))


async def _running(call: Call) -> Shift:
    found = await shifts.running(call.house, call.member, await jam_of(call))
    if found is None:
        raise Missing("shift", f"{call.member.id} is in no shift")
    return found


async def draft_note(call: Call) -> NoteDraft:
    jam = await jam_of(call)
    shift = await shifts.running(call.house, call.member, jam)
    return NoteDraft(note=await shifts.draft(call.house, call.member, jam, shift) if shift else "")


async def end_shift(call: Call, body: HandOver) -> ShiftAnswer:
    shift = await _running(call)
    return show_shift(await shifts.end(call.house, call.member, shift.id, body.note, body.to))


async def list_handed(call: Call, query: Paging) -> Page[ShiftAnswer]:
    jam = await jam_of(call)
    call.member.require("moderate")
    return slice_of(await shifts.handed_to(call.house, call.member, jam), query, show_shift)


async def read_note(call: Call, body: NoWords) -> None:
    await shifts.mark_read(call.house, call.member, call.path["shift"])


async def list_asides(call: Call, query: Paging) -> Page[AsideAnswer]:
    made = await contribution_of(call)
    return slice_of(await asides.read(call.house, call.member, made), query, show_aside)


async def write_aside(call: Call, body: NewAside) -> AsideAnswer:
    return show_aside(await asides.write(call.house, call.member, await contribution_of(call), body.text))


async def _idea(call: Call) -> Contribution:
    made = await contribution_of(call)
    return await ideas_read.obtain(call.house, call.member, made.thread_id)


async def list_summaries(call: Call, query: Paging) -> Page[SummaryAnswer]:
    found = await summaries.versions(call.house, call.member, await _idea(call))
    return slice_of(found[::-1], query, show_summary)


async def write_summary(call: Call, body: NewSummary) -> SummaryAnswer:
    idea = await _idea(call)
    return show_summary(await summaries.write(call.house, call.member, idea, body.text, body.cites, body.base))


async def list_heat(call: Call, query: Paging) -> Page[WarmAnswer]:
    return slice_of(await heat.warnings(call.house, call.member, await jam_of(call)), query, show_warm)
