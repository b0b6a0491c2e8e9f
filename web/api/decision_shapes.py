"""Answers about what was decided, and why."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta

from server.domain.crossings import EVERYONE, KeptVerdict, VerdictWord
from server.domain.ideas import Contribution
from server.services.explain import Explanation, MatchedRule, Place, Replay
from server.services.house import House
from web.api.shapes import Answer, Paging, Thing


class DecisionsQuery(Paging, frozen=True, kw_only=True):
    object: Annotated[
        str, Meta(max_length=2000, description="id or URI of a contribution, or the id of an activity")
    ] = ""
    audience: Annotated[str, Meta(max_length=300, description="a host, or public")] = ""
    verdict: VerdictWord | Literal[""] = ""
    rule: Annotated[str, Meta(max_length=300, description="the id of a rule that decided")] = ""
    direction: Literal["in", "out", ""] = ""


class DecisionAnswer(Thing, frozen=True, kw_only=True):
    """One verdict. `contribution_id` is null for what another server sent us; `rules` decided."""

    contribution_id: str | None
    version: int
    act: str
    direction: Literal["in", "out"]
    audience: str
    verdict: VerdictWord
    rules: list[str]
    reason: str
    advice: str
    redactions: list[str]
    rule_set: int
    decided_at: datetime | None
    superseded: bool


class MatchedAnswer(Answer, frozen=True, kw_only=True):
    """A rule that matched, in the words of the version that decided; `decides` if the outcome is its."""

    id: str
    kind: str
    effect: str
    sentence: str
    note: str
    decides: bool


class FactAnswer(Answer, frozen=True, kw_only=True):
    """A fact in words."""

    name: str
    value: str


class PlaceAnswer(Answer, frozen=True, kw_only=True):
    """What a detector found, by kind and place, never the words: characters of the title or the text."""

    kind: str
    detail: str
    where: str
    start: int
    end: int
    masked: bool


class ExplanationAnswer(DecisionAnswer, frozen=True, kw_only=True):
    """A verdict with everything behind it.

    `ruled` is what the rules alone came to ("" where that was not kept), `ruled_because` their reason: where the
    verdict is another, something above the rules (a pause, a recall, a reviewer) made it so. `changes` are single
    changes that would let it cross. `replay` says whether deciding again gives the same bytes. `earlier` are ids.
    """

    ruled: str
    ruled_because: str
    matched: list[MatchedAnswer]
    facts: dict[str, Any]
    facts_in_words: list[FactAnswer]
    found: list[PlaceAnswer]
    changes: list[str]
    replay: Replay
    earlier: list[str]


def show_decision(house: House, kept: KeptVerdict, made: Contribution | None) -> DecisionAnswer:
    return DecisionAnswer(**_parts(house, kept, made))


def _parts(house: House, kept: KeptVerdict, made: Contribution | None) -> dict[str, Any]:
    verdict = kept.verdict
    return {
        "id": verdict.id,
        "uri": made.uri if made else None,
        "url": f"{house.addresses.inside_url}/boundary/crossings/{verdict.id}",
        "contribution_id": kept.subject_id if kept.direction == "out" else None,
        "version": kept.version,
        "act": kept.act.removeprefix("in "),
        "direction": kept.direction,
        "audience": "public" if verdict.audience == EVERYONE else verdict.audience,
        "verdict": verdict.verdict,
        "rules": list(verdict.rules),
        "reason": verdict.reason,
        "advice": verdict.advice,
        "redactions": sorted(verdict.redactions),
        "rule_set": verdict.rule_set,
        "decided_at": verdict.decided_at,
        "superseded": kept.past,
    }


def show_explanation(house: House, told: Explanation) -> ExplanationAnswer:
    return ExplanationAnswer(
        **_parts(house, told.kept, told.contribution),
        ruled=told.ruled,
        ruled_because=told.ruled_because,
        matched=[_rule(rule) for rule in told.matched],
        facts=json.loads(told.kept.verdict.facts),
        facts_in_words=[FactAnswer(name=name, value=value) for name, value in told.facts],
        found=[_place(place) for place in told.places],
        changes=list(told.changes),
        replay=told.replay,
        earlier=[one.verdict.id for one in told.earlier],
    )


def _rule(rule: MatchedRule) -> MatchedAnswer:
    return MatchedAnswer(
        id=rule.id,
        kind=rule.kind,
        effect=rule.effect,
        sentence=rule.sentence,
        note=rule.note,
        decides=rule.decides,
    )


def _place(place: Place) -> PlaceAnswer:
    return PlaceAnswer(
        kind=place.kind,
        detail=place.detail,
        where=place.where,
        start=place.start,
        end=place.end,
        masked=place.masked,
    )
