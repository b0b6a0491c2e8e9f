"""From facts to a verdict: what the rules say, kept so that it can be explained and decided again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import orjson

from server.boundary.decide import Decision, decide
from server.boundary.detectors import Finding
from server.boundary.facts import Facts
from server.boundary.labels import Level
from server.boundary.rules import Rate, Review
from server.domain.crossings import Demand, Verdict, VerdictWord
from server.services.house import Rulebook

WORDS: dict[str, VerdictWord] = {"allow": "allowed", "redact": "redacted", "hold": "held", "deny": "denied"}


def places_json(found: Sequence[Finding], title: int) -> str:
    """Return what was found by kind and place: [kind, detail, "title" or "text", start, end], never the words.

    `title` is the length of the title, which stands before the text and a line end; characters are counted.
    """
    if not found:
        return "[]"
    told = [
        [one.kind, one.detail, "title", one.start, min(one.end, title)]
        if one.start < title
        else [one.kind, one.detail, "text", max(one.start - title - 1, 0), one.end - title - 1]
        for one in found
    ]
    return orjson.dumps(told).decode()


def verdict_of(book: Rulebook, facts: Facts, now: datetime, places: str = "[]") -> Verdict:
    """Say what the rules in force make of these facts; `places` is what `places_json` made of the findings."""
    decision = decide(facts, book.rules, now)
    asked = [duty for duty in decision.duties if isinstance(duty, Review)]
    return Verdict(
        audience=facts.peer,
        verdict=WORDS[decision.effect],
        rules=decision.rules if decision.rules or decision.effect != "deny" else _denying(book, facts, now),
        reason=decision.reason,
        redactions=decision.redactions,
        duties=tuple(str(duty) for duty in decision.duties),
        rates=tuple((duty.per, duty.per_hour) for duty in decision.duties if isinstance(duty, Rate)),
        approvals=max((duty.approvals for duty in asked), default=1),
        reviewers=tuple(sorted({name for duty in asked for name in duty.reviewers})),
        within_hours=min((duty.within_hours for duty in asked if duty.within_hours), default=None),
        demands=tuple(Demand(duty.approvals, duty.reviewers) for duty in asked),
        advice=decision.would_allow or "",
        facts=orjson.dumps(facts.to_json(), option=orjson.OPT_SORT_KEYS).decode(),
        rule_set=book.version,
        decision=decision_json(decision, now),
        found=places,
    )


def decision_json(decision: Decision, now: datetime) -> str:
    """Return what the rules came to and when, to be kept and compared: equal decisions give equal bytes."""
    said = {"at": now.isoformat(), **decision.to_json()}
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode()


def _denying(book: Rulebook, facts: Facts, now: datetime) -> tuple[str, ...]:
    """Name the rules that would refuse as well, were it not for a clearance that does so first."""
    cleared = decide(replace(facts, clearance=max(Level), cleared_for=facts.categories), book.rules, now)
    return cleared.rules if cleared.effect == "deny" else ()
