"""Bodies and answers about the ledger, holds and partners."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from server.domain.crossings import Partner, PartnerState, Tier
from server.services.house import House
from web.api.idea_shapes import Name
from web.api.shapes import Body, Thing


class NewPartner(Body, frozen=True, kw_only=True):
    host: Annotated[str, Meta(max_length=300)]
    tier: Tier = "partner"
    clearance: Name = "GREEN"
    name: str = ""


class PartnerChanges(Body, frozen=True, kw_only=True):
    state: PartnerState | None = None
    tier: Tier | None = None
    clearance: Name | None = None
    name: Annotated[str, Meta(max_length=200)] | None = None


class PartnerAnswer(Thing, frozen=True, kw_only=True):
    """A server with which there is an agreement; `id` is its host."""

    host: str
    name: str
    tier: Tier
    clearance: str
    state: PartnerState
    added_at: datetime


def show_partner(house: House, partner: Partner) -> PartnerAnswer:
    return PartnerAnswer(
        id=partner.host,
        uri=None,
        url=f"{house.addresses.inside_url}/boundary/partners",
        host=partner.host,
        name=partner.name,
        tier=partner.tier,
        clearance=partner.clearance,
        state=partner.state,
        added_at=partner.added_at,
    )


