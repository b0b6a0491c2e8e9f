"""Bodies and answers about agreements with other servers, and how those servers do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from federation.outside.health import Health
from server.domain.agreements import Agreement, AgreementState, Direction
from server.domain.crossings import Partner, PartnerState, Tier
from server.services.agreements import Wish, in_sentences
from server.services.house import House
from web.api.idea_shapes import Name
from web.api.shapes import Answer, Body, Thing


class NewAgreement(Body, frozen=True, kw_only=True):
    """What is offered. `forums` are ids, keys (`jam/forum`) or URIs, or `*` for all that they may see."""

    forums: Annotated[tuple[Annotated[str, Meta(max_length=2000)], ...], Meta(min_length=1, max_length=100)]
    direction: Direction = "both"
    clearance: Name = "GREEN"
    retention_days: Annotated[int, Meta(ge=0, le=3650)] = 30
    onward: Name = "organisation"
    tier: Tier = "partner"
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def wish(self) -> Wish:
        return Wish(
            forums=self.forums,
            direction=self.direction,
            clearance=self.clearance,
            retention_days=self.retention_days,
            onward=self.onward,
            tier=self.tier,
            starts_at=_aware(self.starts_at),
            ends_at=_aware(self.ends_at),
        )


class Reason(Body, frozen=True, kw_only=True):
    """The other server's admin reads the reason."""

    reason: Annotated[str, Meta(max_length=500)] = ""


class AgreedForum(Answer, frozen=True, kw_only=True):
    uri: str
    title: str


class AgreementAnswer(Thing, frozen=True, kw_only=True):
    """One version of an agreement, as we see it: `direction` out is from us to them, `tier` what they are to us.

    `document` is the offer as its server signed it, `acceptance` the answer as the other signed it,
    `statement` what it signed after the end: that it holds nothing of ours any more. `stated_at` is when we said so.
    """

    host: str
    version: int
    ours: bool
    state: AgreementState
    in_force: bool
    forums: list[AgreedForum]
    direction: Direction
    clearance: str
    retention_days: int
    onward: str
    tier: Tier
    starts_at: datetime
    ends_at: datetime
    sentences: list[str]
    note: str
    made_at: datetime
    answered_at: datetime | None
    closed_by: str | None
    closed_at: datetime | None
    purged_at: datetime | None
    purged: int
    stated_at: datetime | None
    told_at: datetime | None
    statement: dict[str, Any] | None
    document: dict[str, Any] | None
    acceptance: dict[str, Any] | None


class HealthAnswer(Answer, frozen=True, kw_only=True):
    """How a server does. `given_up` counts deliveries that ended without being taken, `refused` those that wait
    because it takes nothing from us (HTTP 403).
    """

    software: str
    failures: int
    last_delivery_at: datetime | None
    last_failure_at: datetime | None
    error: str
    waiting: int
    oldest_waiting_at: datetime | None
    next_try_at: datetime | None
    given_up: int
    refused: int


class PartnerView(Thing, frozen=True, kw_only=True):
    """A server with its standing (null where it is no partner), its health, and who holds how much of whose."""

    host: str
    name: str
    tier: Tier | None
    clearance: str | None
    state: PartnerState | None
    agreement: AgreementAnswer | None
    health: HealthAnswer | None
    held_by_them: int | None
    held_by_us: int


def show_agreement(house: House, agreement: Agreement) -> AgreementAnswer:
    terms = agreement.terms
    return AgreementAnswer(
        id=agreement.id,
        uri=agreement.uri,
        url=f"{house.addresses.inside_url}/boundary/partners/{agreement.host}#agreement-{agreement.id}",
        host=agreement.host,
        version=agreement.version,
        ours=agreement.ours,
        state=agreement.state,
        in_force=agreement.in_force(house.now()),
        forums=[AgreedForum(uri=one.uri, title=one.title) for one in terms.forums],
        direction=terms.direction,
        clearance=terms.clearance,
        retention_days=terms.retention_days,
        onward=terms.onward,
        tier=terms.tier,
        starts_at=terms.starts_at,
        ends_at=terms.ends_at,
        sentences=list(in_sentences(house, agreement)),
        note=agreement.note,
        made_at=agreement.made_at,
        answered_at=agreement.answered_at,
        closed_by=agreement.closed_by or None,
        closed_at=agreement.closed_at,
        purged_at=agreement.purged_at,
        purged=agreement.purged,
        stated_at=agreement.stated_at,
        told_at=agreement.told_at,
        statement=_document(agreement.statement),
        document=_document(agreement.document),
        acceptance=_document(agreement.acceptance),
    )


def show_partner_view(
    house: House,
    host: str,
    partner: Partner | None,
    agreement: Agreement | None,
    health: Health | None,
    held_by_us: int,
) -> PartnerView:
    return PartnerView(
        id=host,
        uri=None,
        url=f"{house.addresses.inside_url}/boundary/partners/{host}",
        host=host,
        name=partner.name if partner else host,
        tier=partner.tier if partner else None,
        clearance=partner.clearance if partner else None,
        state=partner.state if partner else None,
        agreement=show_agreement(house, agreement) if agreement else None,
        health=None if health is None else _health(health),
        held_by_them=None if health is None else health.held,
        held_by_us=held_by_us,
    )


def _health(health: Health) -> HealthAnswer:
    return HealthAnswer(
        software=health.software,
        failures=health.failures,
        last_delivery_at=_moment(health.success_at),
        last_failure_at=_moment(health.failure_at),
        error=health.answer,
        waiting=health.waiting,
        oldest_waiting_at=_moment(health.oldest_at),
        next_try_at=_moment(health.next_try_at),
        given_up=health.given_up,
        refused=health.refused,
    )


def _document(text: str) -> dict[str, Any] | None:
    return msgspec.json.decode(text, type=dict[str, Any]) if text else None


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _aware(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at
