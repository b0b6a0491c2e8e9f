"""Partners over the API."""

from __future__ import annotations

from server.domain.actors import Member
from server.domain.errors import NotAllowed
from server.services import partners
from web.api.boundary_shapes import (
    NewPartner,
    PartnerAnswer,
    PartnerChanges,
    show_partner,
)
from web.api.calls import Call
from web.api.paging import slice_of
from web.api.shapes import Page, Paging

DUTIES = ("review", "ledger", "rules", "partners")


def require_console(member: Member) -> None:
    """Raise NotAllowed for a person without any duty at the boundary."""
    if not any(member.may(duty) for duty in DUTIES):
        raise NotAllowed("Your role here does not include the boundary.", f"{member.id} has no such duty")



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
