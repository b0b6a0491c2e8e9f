"""Holds and partners over the API."""

from __future__ import annotations

from server.domain.actors import Member
from server.domain.crossings import Hold
from server.domain.errors import NotAllowed
from server.services import holds, ideas, partners
from web.api.boundary_shapes import (
    HoldAnswer,
    HoldsQuery,
    NewPartner,
    PartnerAnswer,
    PartnerChanges,
    Refusal,
    show_hold,
    show_partner,
)
from web.api.calls import Call
from web.api.jam_shapes import NoWords
from web.api.paging import read_time, slice_of
from web.api.shapes import Page, Paging

DUTIES = ("review", "ledger", "rules", "partners")


def require_console(member: Member) -> None:
    """Raise NotAllowed for a person without any duty at the boundary."""
    if not any(member.may(duty) for duty in DUTIES):
        raise NotAllowed("Your role here does not include the boundary.", f"{member.handle} has no such duty")


# --- holds ---


async def list_holds(call: Call, query: HoldsQuery) -> Page[HoldAnswer]:
    after = read_time(query.after) or 0.0
    found = await holds.list_holds(call.house, call.member, query.state, after, query.limit + 1)
    kept = found[: query.limit]
    return Page(
        data=[await _hold(call, hold) for hold in kept],
        next=repr(kept[-1].asked_at.timestamp()) if len(found) > len(kept) else None,
    )


async def _hold(call: Call, hold: Hold) -> HoldAnswer:
    made = await ideas.by_id(call.house, hold.contribution_id) if hold.contribution_id else None
    return show_hold(call.house, hold, made.uri if made else None)


async def release_hold(call: Call, body: NoWords) -> HoldAnswer:
    return await _hold(call, await holds.release(call.house, call.member, call.path["hold"]))


async def refuse_hold(call: Call, body: Refusal) -> HoldAnswer:
    return await _hold(call, await holds.refuse(call.house, call.member, call.path["hold"], body.reason))


# --- partners ---


async def list_partners(call: Call, query: Paging) -> Page[PartnerAnswer]:
    found = await partners.list_partners(call.house)
    return slice_of(found, query, lambda partner: show_partner(call.house, partner))


async def add_partner(call: Call, body: NewPartner) -> PartnerAnswer:
    made = await partners.add_partner(call.house, call.member, body.host, body.tier, body.clearance, body.name)
    return show_partner(call.house, made)


async def change_partner(call: Call, body: PartnerChanges) -> PartnerAnswer:
    changed = await partners.change_partner(
        call.house, call.member, call.path["host"], state=body.state, tier=body.tier, clearance=body.clearance,
        name=body.name,
    )  # fmt: skip
    return show_partner(call.house, changed)
