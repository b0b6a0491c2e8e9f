"""The control room over the API."""

from __future__ import annotations

from server.domain.errors import Invalid, Missing
from server.services import forums, ideas_read, locking, moderation, moves, radar
from server.services.visitors import visitors
from web.api.calls import Call
from web.api.control_shapes import (
    CaseAnswer,
    Hiding,
    LockAnswer,
    MarkReasonAnswer,
    MoveAnswer,
    NewDecision,
    NewFlag,
    NewLock,
    NewMerge,
    NewMove,
    NewSplit,
    show_case,
    show_lock,
    show_move,
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
    thread = await ideas_read.read_thread(call.house, call.member, made.thread_id)
    said = await ideas_read.reasons_of_marks(call.house, call.member, thread)
    return slice_of([one for one in said if one.contribution_id == made.id], query, show_reason)


async def lock(call: Call, body: NewLock) -> LockAnswer:
    return show_lock(await locking.lock(call.house, call.member, await contribution_of(call), body.reason))


async def unlock(call: Call) -> None:
    await locking.unlock(call.house, call.member, await contribution_of(call))


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


async def move(call: Call, body: NewMove) -> MoveAnswer:
    made = await contribution_of(call)
    try:
        forum = await forums.obtain_forum(call.house, call.member, body.forum)
    except Missing as missing:
        raise Invalid("forum", missing.public) from missing
    return show_move(await moves.move(call.house, call.member, made, forum, body.reason))


async def merge(call: Call, body: NewMerge) -> MoveAnswer:
    made, known = await contribution_of(call), await ideas_read.by_uri(call.house, body.into)
    try:
        into = await ideas_read.obtain(call.house, call.member, known.id if known else body.into)
    except Missing as missing:
        raise Invalid("into", missing.public) from missing
    return show_move(await moves.merge(call.house, call.member, made, into, body.reason))


async def split(call: Call, body: NewSplit) -> MoveAnswer:
    made = await contribution_of(call)
    return show_move(await moves.split(call.house, call.member, made, body.title, body.reason))


async def list_moves(call: Call, query: Paging) -> Page[MoveAnswer]:
    return slice_of(await moves.list_moves(call.house, call.member, await jam_of(call)), query, show_move)


async def undo_move(call: Call) -> MoveAnswer:
    return show_move(await moves.undo(call.house, call.member, call.path["move"]))
