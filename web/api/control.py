"""The control room over the API."""

from __future__ import annotations

from server.services import ideas, radar
from server.services.visitors import visitors
from web.api.calls import Call
from web.api.control_shapes import MarkReasonAnswer, show_reason
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
