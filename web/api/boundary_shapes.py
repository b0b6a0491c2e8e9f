"""Bodies and answers about rules, the ledger, holds and partners."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from msgspec import Meta

from federation.outside.ledger import Holding
from server.boundary.rules import Rule, RuleSet, sentence
from server.domain.crossings import Hold, HoldState, Partner, PartnerState, StoredRules, Tier
from server.services.house import House
from web.api.idea_shapes import Name
from web.api.shapes import Answer, Body, Paging, Thing

RulesState = Literal["active", "waiting", "retired", "refused"]


class RulesText(Body, frozen=True, kw_only=True):
    """A rule table as TOML. Sent as application/toml, the body is the text itself."""

    text: Annotated[str, Meta(max_length=2_000_000)]
    note: Annotated[str, Meta(max_length=2000)] = ""


class RuleAnswer(Answer, frozen=True, kw_only=True):
    """One rule in words, with how often it decided and when last."""

    id: str
    kind: str
    direction: str
    effect: str
    sentence: str
    note: str
    starts_at: datetime | None
    expires_at: datetime | None
    hits: int
    last_hit: datetime | None


class RulesAnswer(Thing, frozen=True, kw_only=True):
    """A version of the table. `waiting` is the number of a version that waits for a second approver, or null."""

    version: int
    state: RulesState
    text: str
    rules: list[RuleAnswer]
    waiting: int | None


class RulesChange(Thing, frozen=True, kw_only=True):
    """What became of a proposed table.

    `opens` are examples, in words, of what it newly lets through; such a change waits for a second approver.
    `proven` is false when the search for them ended early, which counts as opening.
    """

    version: int
    state: RulesState
    diff: list[str]
    findings: list[str]
    opens: list[str]
    proven: bool


class RulesVersion(Thing, frozen=True, kw_only=True):
    version: int
    state: RulesState
    author_id: str
    approver_id: str
    note: str
    text: str
    created_at: datetime


class Flip(Answer, frozen=True, kw_only=True):
    """A stored crossing that the other table decides otherwise; `opens` when less strictly."""

    id: str
    audience: str
    forum: str
    act: str
    before: str
    after: str
    rules: list[str]
    reason: str
    opens: bool
    facts: dict[str, Any]


class DryRun(Answer, frozen=True, kw_only=True):
    """`total` counts all flips; `flips` holds the first thousand; `opening` counts those that open."""

    total: int
    opening: int
    flips: list[Flip]


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


def show_rules(
    house: House, stored: StoredRules, rules: RuleSet, hits: dict[str, tuple[int, float]], waiting: int | None
) -> RulesAnswer:
    return RulesAnswer(
        id=str(stored.version),
        uri=None,
        url=rules_page(house),
        version=stored.version,
        state=stored.state,
        text=stored.text,
        rules=[_rule(rule, hits.get(rule.id)) for rule in rules.rules],
        waiting=waiting,
    )


def rules_page(house: House) -> str:
    return f"{house.addresses.inside_url}/boundary/rules"


def _rule(rule: Rule, hit: tuple[int, float] | None) -> RuleAnswer:
    return RuleAnswer(
        id=rule.id,
        kind=rule.kind,
        direction=rule.direction,
        effect=rule.effect,
        sentence=sentence(rule),
        note=rule.note,
        starts_at=rule.starts_at,
        expires_at=rule.expires_at,
        hits=hit[0] if hit else 0,
        last_hit=_moment(hit[1]) if hit else None,
    )


def show_version(house: House, stored: StoredRules) -> RulesVersion:
    return RulesVersion(
        id=str(stored.version),
        uri=None,
        url=rules_page(house),
        version=stored.version,
        state=stored.state,
        author_id=stored.author_id,
        approver_id=stored.approver_id,
        note=stored.note,
        text=stored.text,
        created_at=stored.created_at,
    )


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
