"""How much something shows that its author knows. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from server.domain.ideas import Contribution, Intent

T = TypeVar("T")

# What a reply says that it is. A question or a concern shows no knowledge, however good it is.
WEIGHTS: Mapping[Intent, float] = {"answer": 2.0, "evidence": 1.5, "experience": 1.5, "": 1.0, "idea": 0.5}
IDEA_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Evidence(Generic[T]):
    """One thing that shows knowledge, and how much."""

    weight: float
    of: T


def weight_of(made: Contribution) -> float:
    """Return what a contribution shows: by what it is, the support it got and whether a facilitator marked it."""
    kind = IDEA_WEIGHT if made.kind == "idea" else WEIGHTS.get(made.intent, 0.0)
    received = 1 + math.log2(1 + made.support) + (2.0 if made.best else 1.0 if made.emerging else 0.0)
    return kind * received


def weigh(evidence: Iterable[Evidence[T]]) -> float:
    """Return what somebody's evidence comes to: the best counts whole, the second half, the third a third…

    So that one good answer weighs more than many that nobody needed.
    """
    weights = sorted((one.weight for one in evidence), reverse=True)
    return sum(weight / place for place, weight in enumerate(weights, 1))
