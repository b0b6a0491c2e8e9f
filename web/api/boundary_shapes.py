"""Bodies and answers about the ledger, holds and partners."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta

from federation.outside.ledger import Holding
from server.domain.crossings import Hold, HoldState, Partner, PartnerState, Tier
from server.services.house import House
from web.api.idea_shapes import Name
from web.api.shapes import Body, Paging, Thing


class CrossingsQuery(Paging, frozen=True, kw_only=True):
    object: Annotated[str, Meta(max_length=2000, description="id or URI of a contribution, or any URI of ours")] = ""
    peer: Annotated[str, Meta(max_length=300, description="a host, or * for everybody")] = ""


class CrossingAnswer(Thing, frozen=True, kw_only=True):
    """One object that one server ("*": anybody) was granted.

    `how`: delivered, queued, fetched or granted. `recall` is the receipt of a withdrawal: "" (none asked),
    queued, accepted or unreachable.
    """

    type: str
    audience: str
    peer: str
    version: int
    how: str
    released_at: datetime
    revoked_at: datetime | None
    recall: str


class RecallFrom(Body, frozen=True, kw_only=True):
    """`peer` narrows the recall of something public to one server."""

    peer: Annotated[str, Meta(max_length=300)] = ""


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


def show_crossing(holding: Holding, page: str) -> CrossingAnswer:
    return CrossingAnswer(
        id=str(holding.id),
        uri=holding.uri,
        url=page,
        type=holding.type,
        audience="public" if holding.audience == "*" else holding.audience,
        peer=holding.peer,
        version=holding.version,
        how=holding.how,
        released_at=_moment(holding.released_at),
        revoked_at=None if holding.revoked_at is None else _moment(holding.revoked_at),
        recall=holding.recall,
    )


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


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
