"""What waits for reviewers, and what they decide, over the API: it takes effect at once unless asked otherwise."""

from __future__ import annotations

from server.domain.crossings import EVERYONE
from server.domain.errors import Invalid
from server.domain.holds import Hold, Sought
from server.services import holds, ideas_read
from server.services.holds import for_me
from server.services.profiles import trust_behind
from web.api.calls import Call
from web.api.hold_shapes import (
    Batch,
    BatchName,
    Chosen,
    Decisions,
    HoldAnswer,
    HoldsQuery,
    Refusal,
    Release,
    Undone,
    show_hold,
    show_said,
)
from web.api.jam_shapes import NoWords
from web.api.paging import read_time_and_id
from web.api.shapes import Page


async def list_holds(call: Call, query: HoldsQuery) -> Page[HoldAnswer]:
    sought = Sought(
        state=query.state,
        direction=query.direction,
        audience=EVERYONE if query.audience == "public" else query.audience,
        forum_id=query.forum,
        mine=for_me(call.member) if query.mine else None,
    )
    found = await holds.list_holds(call.house, call.member, sought, read_time_and_id(query.after), query.limit + 1)
    kept = found[: query.limit]
    return Page(
        data=[await _show(call, hold) for hold in kept],
        next=f"{kept[-1].asked_at.timestamp()!r}/{kept[-1].id}" if len(found) > len(kept) else None,
    )


async def _show(call: Call, hold: Hold) -> HoldAnswer:
    made = await ideas_read.by_id(call.house, hold.contribution_id) if hold.contribution_id else None
    why_not = await holds.why_not_mine(call.house, call.member, hold)
    trust = await trust_behind(call.house, call.member, hold, made)
    return show_hold(call.house, hold, made.uri if made else None, why_not, trust)


async def read_hold(call: Call) -> HoldAnswer:
    return await _show(call, await holds.obtain_hold(call.house, call.member, call.path["hold"]))


async def release_hold(call: Call, body: Release) -> HoldAnswer:
    hold = await holds.release(
        call.house, call.member, call.path["hold"], offer=body.offer, undo_seconds=body.undo_seconds
    )  # fmt: skip
    return await _show(call, hold)


async def refuse_hold(call: Call, body: Refusal) -> HoldAnswer:
    hold = await holds.refuse(
        call.house, call.member, call.path["hold"], body.reason, offer=body.offer, undo_seconds=body.undo_seconds
    )  # fmt: skip
    return await _show(call, hold)


async def decide_holds(call: Call, body: Decisions) -> Batch:
    chosen = [(one.id, one.offer) if isinstance(one, Chosen) else (one, "") for one in body.holds]
    if any(len(hold_id) > 64 for hold_id, _ in chosen):
        raise Invalid("holds", "An id is not that long.")
    batch, said = await holds.decide_all(
        call.house, call.member, body.decision, chosen, body.reason, body.undo_seconds
    )  # fmt: skip
    return Batch(batch=batch, data=[show_said(one) for one in said])


async def undo_hold(call: Call, body: NoWords) -> HoldAnswer:
    return await _show(call, await holds.undo(call.house, call.member, call.path["hold"]))


async def undo_batch(call: Call, body: BatchName) -> Undone:
    undone = await holds.undo_batch(call.house, call.member, body.batch)
    return Undone(data=[await _show(call, hold) for hold in undone])
