"""Bodies and answers about the rule table and its versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from msgspec import Meta

from server.boundary.rules import Rule, RuleSet, sentence
from server.domain.crossings import EVERYONE, RulesOrigin, RulesState, ShadowDifference, StoredRules, VerdictWord
from server.services.dry_run import Rehearsal
from server.services.house import House
from server.services.rules import Change
from server.services.shadow import ShadowReport
from web.api.shapes import Answer, Body, Query, Thing

MOST_FLIPS = 1000
Note = Annotated[str, Meta(max_length=2000)]


class RulesText(Body, frozen=True, kw_only=True):
    """A rule table as TOML. Sent as application/toml, the body is the text itself."""

    text: Annotated[str, Meta(max_length=4_000_000)]


class NewRules(RulesText, frozen=True, kw_only=True):
    """A proposed table. `starts_at` lets it begin later; `base` is the version that it was made from.

    Where `base` is given and is no longer in force, nothing is written (409).
    """

    note: Note = ""
    starts_at: datetime | None = None
    base: int | None = None


class NewRulesQuery(Query, frozen=True, kw_only=True):
    """The same for a table sent as application/toml."""

    note: Note = ""
    starts_at: Annotated[str, Meta(description="a time with its zone, 2027-01-31T08:00:00Z")] = ""
    base: int | None = None


class Approval(Body, frozen=True, kw_only=True):
    """`against` is the version that the approver saw it compared with; by default that of its author."""

    against: int | None = None


class Rollback(Body, frozen=True, kw_only=True):
    """`base` is the version in force that the person has seen, if that is to be checked."""

    base: int | None = None


class RuleAnswer(Answer, frozen=True, kw_only=True):
    """One rule in words, with how often it decided and when last.

    `lacks` are acts that it would name besides if its forum were made today; what they say is refused until then.
    """

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
    lacks: tuple[str, ...] = ()


class RulesAnswer(Thing, frozen=True, kw_only=True):
    """The table in force. `waiting`, `scheduled` and `shadow` are numbers of versions in these states, or null."""

    version: int
    state: RulesState
    text: str
    rules: list[RuleAnswer]
    waiting: int | None
    scheduled: int | None
    shadow: int | None


class RulesCheck(Answer, frozen=True, kw_only=True):
    """What a table would change against the version `against`, which is in force.

    `findings` are remarks on rules without effect; `opens` examples, in words, of what it newly lets through:
    `opening` says that it has to wait for a second approver. `proven` is false when the search for them ended
    early, which counts as opening.
    """

    against: int
    diff: list[str]
    findings: list[str]
    opens: list[str]
    proven: bool
    opening: bool
    sentences: list[str]


class RulesChange(Thing, frozen=True, kw_only=True):
    """What became of a proposed table; the rest as in RulesCheck."""

    version: int
    state: RulesState
    starts_at: datetime | None
    diff: list[str]
    findings: list[str]
    opens: list[str]
    proven: bool


class RulesVersion(Thing, frozen=True, kw_only=True):
    """One version. `base` is the version that it was compared with; `origin` what it came from."""

    version: int
    state: RulesState
    author_id: str
    approver_id: str
    note: str
    text: str
    created_at: datetime
    starts_at: datetime | None
    base: int
    origin: RulesOrigin


class WholeVersion(RulesVersion, frozen=True, kw_only=True):
    """One version with what it changed against its base, in sentences."""

    diff: list[str]


class FlipAnswer(Answer, frozen=True, kw_only=True):
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


class DryRunAnswer(Answer, frozen=True, kw_only=True):
    """`judged` counts the verdicts gone over, `total` all flips, `opening` those that open; `flips` are the newest.

    Where the table looks for other words, what people wrote was looked at again.
    """

    judged: int
    total: int
    opening: int
    sentence: str
    flips: list[FlipAnswer]


class ShadowText(RulesText, frozen=True, kw_only=True):
    note: Note = ""


class DifferenceAnswer(Answer, frozen=True, kw_only=True):
    """A verdict that the table in the shadow would have made otherwise; `opens` when less strictly."""

    audience: str
    act: str
    before: VerdictWord
    after: VerdictWord
    rules: list[str]
    reason: str
    opens: bool
    decided_at: datetime
    contribution_id: str | None


class ShadowAnswer(Answer, frozen=True, kw_only=True):
    """What the table in the shadow would have made of the `judged` verdicts since it is there.

    `version` is null when none is in the shadow. `differences` holds the first thousand, opening ones first.
    """

    version: int | None
    since: datetime | None
    judged: int
    otherwise: int
    opening: int
    sentence: str
    differences: list[DifferenceAnswer]


def show_rules(
    house: House,
    stored: StoredRules,
    rules: RuleSet,
    hits: Mapping[str, tuple[int, float]],
    others: Sequence[StoredRules],
    lacks: Mapping[str, Sequence[str]],
) -> RulesAnswer:
    newest = {one.state: one.version for one in reversed(others)}
    return RulesAnswer(
        id=str(stored.version),
        uri=None,
        url=rules_page(house),
        version=stored.version,
        state=stored.state,
        text=stored.text,
        rules=[_rule(rule, hits.get(rule.id), lacks.get(rule.id, ())) for rule in rules.rules],
        waiting=newest.get("waiting"),
        scheduled=newest.get("scheduled"),
        shadow=newest.get("shadow"),
    )


def rules_page(house: House) -> str:
    return f"{house.addresses.inside_url}/boundary"


def _rule(rule: Rule, hit: tuple[int, float] | None, lacks: Sequence[str]) -> RuleAnswer:
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
        last_hit=datetime.fromtimestamp(hit[1], UTC) if hit else None,
        lacks=tuple(lacks),
    )


def show_check(change: Change) -> RulesCheck:
    return RulesCheck(
        against=change.against,
        diff=list(change.diff),
        findings=list(change.findings),
        opens=list(change.opens),
        proven=change.proven,
        opening=change.is_opening,
        sentences=[sentence(rule) for rule in change.rules.rules],
    )


def show_change(house: House, stored: StoredRules, change: Change) -> RulesChange:
    return RulesChange(
        id=str(stored.version),
        uri=None,
        url=_version_page(house, stored),
        version=stored.version,
        state=stored.state,
        starts_at=stored.starts_at,
        diff=list(change.diff),
        findings=list(change.findings),
        opens=list(change.opens),
        proven=change.proven,
    )


def show_version(house: House, stored: StoredRules) -> RulesVersion:
    return RulesVersion(**_version_parts(house, stored))


def show_whole_version(house: House, stored: StoredRules, diff: Sequence[str]) -> WholeVersion:
    return WholeVersion(**_version_parts(house, stored), diff=list(diff))


def _version_page(house: House, stored: StoredRules) -> str:
    return f"{house.addresses.inside_url}/boundary/rules/versions#version-{stored.version}"


def _version_parts(house: House, stored: StoredRules) -> dict[str, Any]:
    return {
        "id": str(stored.version),
        "uri": None,
        "url": _version_page(house, stored),
        "version": stored.version,
        "state": stored.state,
        "author_id": stored.author_id,
        "approver_id": stored.approver_id,
        "note": stored.note,
        "text": stored.text,
        "created_at": stored.created_at,
        "starts_at": stored.starts_at,
        "base": stored.base,
        "origin": stored.origin,
    }


def show_dry_run(done: Rehearsal) -> DryRunAnswer:
    shown = [
        FlipAnswer(
            id=flip.key,
            audience="public" if flip.facts.peer == "*" else flip.facts.peer,
            forum=flip.facts.forum,
            act=flip.facts.act,
            before=flip.before.effect,
            after=flip.after.effect,
            rules=list(flip.after.rules),
            reason=flip.after.reason,
            opens=flip.opens,
            facts=flip.facts.to_json(),
        )
        for flip in done.flips[:MOST_FLIPS]
    ]
    return DryRunAnswer(
        judged=done.judged, total=done.total, opening=done.opening, sentence=done.sentence, flips=shown
    )


def show_shadow(report: ShadowReport | None) -> ShadowAnswer:
    if report is None:
        return ShadowAnswer(
            version=None,
            since=None,
            judged=0,
            otherwise=0,
            opening=0,
            sentence="There is no table in the shadow.",
            differences=[],
        )
    return ShadowAnswer(
        version=report.stored.version,
        since=report.stored.began_at,
        judged=report.judged,
        otherwise=report.otherwise,
        opening=report.opening,
        sentence=report.sentence,
        differences=[_difference(one) for one in report.differences],
    )


def _difference(one: ShadowDifference) -> DifferenceAnswer:
    return DifferenceAnswer(
        audience="public" if one.audience == EVERYONE else one.audience,
        act=one.act.removeprefix("in "),
        before=one.before,
        after=one.after,
        rules=list(one.rules),
        reason=one.reason,
        opens=one.opens,
        decided_at=one.decided_at,
        contribution_id=None if one.act.startswith("in ") else one.subject_id,
    )
