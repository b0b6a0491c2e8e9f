"""What of a decision somebody would notice, and a stored one that would come out otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.boundary.decide import Decision
from server.boundary.engine import Outcome
from server.boundary.facts import Facts
from server.boundary.rule import Duty, Expires


@dataclass(frozen=True, slots=True)
class Flip:
    """A stored case that the new rules decide otherwise; ``opens`` if less strictly."""

    key: str
    facts: Facts
    before: Decision
    after: Decision
    opens: bool


def lasting(duties: Iterable[Duty]) -> list[Duty]:
    """Return the duties without expiries: a later end makes nothing else of what crosses now."""
    return [duty for duty in duties if not isinstance(duty, Expires)]


def weight(outcome: Outcome) -> tuple[object, ...]:
    """Return what of an outcome somebody would notice: effect, redactions, duties."""
    return outcome.effect, outcome.redactions, lasting(outcome.duties) if outcome.effect != "deny" else ()
