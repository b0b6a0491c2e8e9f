"""Decide whether a thing may cross. Pure and total: whatever goes wrong refuses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.boundary.engine import Outcome
from server.boundary.explain import reason, would_allow
from server.boundary.facts import Facts
from server.boundary.rule import Duty, Effect, Expires, Notify, Review
from server.boundary.ruleset import RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the rules say, and why.

    ``rules`` are the sorted ids of the rules that decided (empty when none did: default deny, clearance,
    failure); ``matched`` those of all rules that matched. ``redactions`` must be carried out before the thing
    crosses, ``duties`` when it does. ``reason`` is a sentence; ``would_allow`` names a single change that
    would let a refused or held thing cross, e.g. "S-lifts would allow it if the label were GREEN".
    """

    effect: Effect
    rules: tuple[str, ...] = ()
    redactions: frozenset[str] = frozenset()
    duties: tuple[Duty, ...] = ()
    reason: str = ""
    would_allow: str | None = None
    matched: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the decision as a JSON object with a stable order, to be stored with its facts."""
        return {
            "effect": self.effect,
            "rules": list(self.rules),
            "matched": list(self.matched),
            "redactions": sorted(self.redactions),
            "duties": [_duty_json(duty) for duty in self.duties],
            "reason": self.reason,
            "would_allow": self.would_allow,
        }


FAILED = Decision(effect="deny", reason="The decision could not be made, so this is refused.")


def decide(facts: Facts, rule_set: RuleSet, now: datetime) -> Decision:
    """Return whether the thing described by ``facts`` may cross at ``now`` (a time with a zone).

    Default deny; deny > hold > redact > allow; the order of rules means nothing; redactions and duties of all
    matching rules unite. A label above the peer's clearance, an act or finding that we do not know, a failed
    detector, facts that are missing or ill-typed and any error refuse. Never raises.
    """
    try:
        facts.check()
        compiled = rule_set.compiled
        outcome: Outcome = compiled.verdict(facts, now)
        blocked = outcome.effect in ("deny", "hold") and outcome.cause in ("rules", "no permit", "clearance")
        return Decision(
            effect=outcome.effect,
            rules=outcome.rules,
            redactions=outcome.redactions,
            duties=outcome.duties,
            reason=reason(outcome, facts, compiled, now),
            would_allow=would_allow(facts, compiled, now) if blocked else None,
            matched=outcome.matched,
        )
    except Exception:
        return FAILED


def _duty_json(duty: Duty) -> dict[str, Any]:
    if isinstance(duty, Notify):
        return {"notify": duty.whom}
    if isinstance(duty, Expires):
        return {"expires_at": duty.at.isoformat()}
    if isinstance(duty, Review):
        return {"approvals": duty.approvals, "reviewers": list(duty.reviewers), "within_hours": duty.within_hours}
    return {"rate": duty.per_hour} if duty.per == "peer" else {"rate": duty.per_hour, "rate_per": duty.per}
