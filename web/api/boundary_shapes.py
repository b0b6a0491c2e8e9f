"""Bodies and answers about the ledger, holds and partners."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from server.domain.crossings import Hold, HoldState, Partner, PartnerState, Tier
from server.services.house import House
from web.api.idea_shapes import Name
from web.api.shapes import Body, Paging, Thing


class HoldsQuery(Paging, frozen=True, kw_only=True):
    state: HoldState = "waiting"


class Refusal(Body, frozen=True, kw_only=True):
    """The author reads the reason."""

    reason: Annotated[str, Meta(max_length=5000)] = "No reason was given."


class HoldAnswer(Thing, frozen=True, kw_only=True):
    """Something that waits for a reviewer. `copies` maps audiences to the SHA-256 of the bytes on offer."""

    direction: Literal["out", "in"]
    contribution_id: str | None
    version: int
    activity_uri: str | None
    peer: str
    forum_id: str
    author: str
    preview: str
    copies: dict[str, str]
    rules: list[str]
    reason: str
    state: HoldState
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    note: str


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


def show_hold(house: House, hold: Hold, uri: str | None) -> HoldAnswer:
    return HoldAnswer(
        id=hold.id,
        uri=uri or hold.activity_uri or None,
        url=f"{house.addresses.inside_url}/boundary/holds#hold-{hold.id}",
        direction=hold.direction,
        contribution_id=hold.contribution_id or None,
        version=hold.version,
        activity_uri=hold.activity_uri or None,
        peer=hold.peer,
        forum_id=hold.forum_id,
        author=hold.author,
        preview=hold.preview,
        copies=hold.copies,
        rules=list(hold.rules),
        reason=hold.reason,
        state=hold.state,
        asked_at=hold.asked_at,
        decided_by=hold.decided_by or None,
        decided_at=hold.decided_at,
        note=hold.note,
    )


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


