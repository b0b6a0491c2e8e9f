"""The control room over the API."""

from __future__ import annotations

from server.services import ideas, moderation, radar
from server.services.visitors import visitors
from web.api.calls import Call
from web.api.control_shapes import (
    CaseAnswer,
    Hiding,
    MarkReasonAnswer,
    NewDecision,
    NewFlag,
    show_case,
    show_reason,
)
from web.api.idea_shapes import ContributionAnswer, show_contribution
from web.api.ideas import contribution_of
from web.api.jams import jam_of
from web.api.paging import slice_of
from web.api.shapes import Page, Paging


async def list_neglected(call: Call, query: Paging) -> Page[ContributionAnswer]:
    found = await radar.neglected(call.house, call.member, await jam_of(call), 1000)
    known = await visitors(call.house)
    return slice_of(found, query, lambda made: show_contribution(call.house, made, known))


async def list_reasons(call: Call, query: Paging) -> Page[MarkReasonAnswer]:
    made = await contribution_of(call)
    thread = await ideas.read_thread(call.house, call.member, made.thread_id)
    said = await ideas.reasons_of_marks(call.house, call.member, thread)
    return slice_of([one for one in said if one.contribution_id == made.id], query, show_reason)


async def flag(call: Call, body: NewFlag) -> CaseAnswer:
    case = await moderation.flag(call.house, call.member, await contribution_of(call), body.reason)
    seen = case if call.member.may("moderate") else moderation.as_seen_by(call.member, case)
    return show_case(seen, call.house.now())


async def hide(call: Call, body: Hiding) -> CaseAnswer:
    case = await moderation.hide(call.house, call.member, await contribution_of(call), body.note)
    return show_case(case, call.house.now())


async def list_cases(call: Call, query: Paging) -> Page[CaseAnswer]:
    found = await moderation.queue(call.house, call.member, await jam_of(call))
    return slice_of(found, query, lambda case: show_case(case, call.house.now()))


async def list_log(call: Call, query: Paging) -> Page[CaseAnswer]:
    found = await moderation.log(call.house, call.member, await jam_of(call))
    return slice_of(found, query, lambda case: show_case(case, call.house.now()))


async def decide_case(call: Call, body: NewDecision) -> CaseAnswer:
    await moderation.obtain_case(call.house, call.member, call.path["case"])
    case = await moderation.decide(call.house, call.member, call.path["case"], body.decision, body.note)
    return show_case(case, call.house.now())
