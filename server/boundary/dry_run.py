"""Stored cases decided by two rule sets: which come out otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from server.boundary.decide import Decision, decide
from server.boundary.engine import Outcome
from server.boundary.facts import Facts
from server.boundary.openings import looser
from server.boundary.rule import Duty, Expires
from server.boundary.ruleset import RuleSet


@dataclass(frozen=True, slots=True)
class Flip:
    """A stored case that the new rules decide otherwise; ``opens`` if less strictly."""

    key: str
    facts: Facts
    before: Decision
    after: Decision
    opens: bool


def flips(old: RuleSet, new: RuleSet, cases: Iterable[tuple[str, Facts]], now: datetime) -> tuple[Flip, ...]:
    """Decide stored cases (key, facts) by both rule sets at ``now``; return those that come out otherwise."""
    was, becomes = old.compiled, new.compiled
    found: list[Flip] = []
    for key, facts in cases:
        before, after = was.verdict(facts, now), becomes.verdict(facts, now)
        if weight(before) != weight(after):
            words = decide(facts, old, now), decide(facts, new, now)
            found.append(Flip(key, facts, *words, looser(before, after)))
    return tuple(found)


def lasting(duties: Iterable[Duty]) -> list[Duty]:
    return [duty for duty in duties if not isinstance(duty, Expires)]


def weight(outcome: Outcome) -> tuple[object, ...]:
    return outcome.effect, outcome.redactions, lasting(outcome.duties) if outcome.effect != "deny" else ()
