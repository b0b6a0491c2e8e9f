"""The fair order of ideas: by who stands behind them and what facilitators judged, never by clicks. Pure.

How often an idea was looked at, and how much one person wrote about it, count for nothing. Each new idea is shown to
MINIMUM people before the order may pass it over.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

MINIMUM = 20
# Of so many places in a row one is kept for an idea that few have seen.
EVERY = 3
HALF_LIFE_HOURS = 24.0
MARKED = {"best": 4.0, "emerging": 2.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the order knows of an idea. People, units and servers are those who answered or supported it, its author
    apart; `age_hours` counts from its posting; `views` is to how many people a list has shown it.
    """

    id: str
    people: int = 0
    units: int = 0
    servers: int = 0
    emerging: bool = False
    best: bool = False
    age_hours: float = 0.0
    views: int = 0


@dataclass(frozen=True, slots=True)
class Ranked:
    """An idea in its place. `fresh` says that it stands here because few have seen it yet."""

    standing: Standing
    score: float
    fresh: bool = False


def score(one: Standing) -> float:
    """Return what an idea's place comes from: the spread of those behind it, facilitators' marks, and freshness.

    A second unit weighs as much as doubling the people of one, a second server half as much again.
    """
    fresh = math.exp2(-max(0.0, one.age_hours) / HALF_LIFE_HOURS)
    return lasting(one.people, one.units, one.servers, one.emerging, one.best) + fresh


@lru_cache(10_000)
def lasting(people: int, units: int, servers: int, emerging: bool, best: bool) -> float:
    """Return the part of an idea's score that time does not change; freshness adds between 0 and 1."""
    spread = math.log2(1 + people) + math.log2(max(1, units)) + 1.5 * math.log2(max(1, servers))
    return spread + (MARKED["best"] if best else MARKED["emerging"] if emerging else 0.0)


def rank(ideas: Sequence[Standing], most: int | None = None) -> list[Ranked]:
    """Return the first `most` ideas in their fair order, or all: every third place goes to the one that fewest have
    seen, until it is seen.

    The same ideas give the same order, whichever way they come in; what is asked for changes nothing of it.
    """
    wanted = len(ideas) if most is None else min(most, len(ideas))
    # No more than all places before, and those that were given as unseen meanwhile, can be looked at.
    scored = iter(heapq.nsmallest(2 * wanted, ideas, key=lambda one: (-score(one), one.age_hours, one.id)))
    unseen = (one for one in ideas if one.views < MINIMUM)
    new = iter(heapq.nsmallest(2 * wanted, unseen, key=lambda one: (one.views, -one.age_hours, one.id)))
    placed: list[Ranked] = []
    done: set[str] = set()
    while len(placed) < wanted:
        kept = len(placed) % EVERY == EVERY - 1
        one = next((it for it in new if it.id not in done), None) if kept else None
        fresh = one is not None
        one = one or next(it for it in scored if it.id not in done)
        done.add(one.id)
        placed.append(Ranked(one, score(one), fresh))
    return placed
