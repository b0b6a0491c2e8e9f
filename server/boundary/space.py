"""All requests that some rules can tell apart, walked without listing them one by one.

Facts have endlessly many values, but rules tell only few sorts apart, and most facts stop mattering once
others are fixed. The walk fixes one fact after the other and keeps only the mask of the rules that can still
match; the same mask at the same depth is visited once. What it finds, and what it rules out, is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from server.boundary.facts import Facts
from server.boundary.labels import Level
from server.boundary.masks import LONG_AGO, Dimension, Times, dimensions
from server.boundary.rule import Rule

MOST_SAMPLES = 32_768
MOST_SORTS = 4_096
WORK = 400_000


class Unproven(Exception):
    """The question needs more work than was allowed. Whoever asked must assume the worse answer."""

    def __init__(self) -> None:
        super().__init__("It could not be proven in the time allowed that these rules open nothing.")


class Space:
    """The requests, at all times from ``now`` on (None: at all times ever), that ``rules`` can tell apart.

    ``findings`` takes the place of the dimension of findings, and is fixed first. ``work`` bounds the steps of
    all walks together and ``each`` those of one walk; beyond it they raise Unproven.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        now: datetime | None = None,
        work: int = WORK,
        each: int = WORK,
        findings: Dimension | None = None,
    ) -> None:
        self.rules = tuple(rules)
        self.everything = (1 << len(self.rules)) - 1
        self._work = work
        self._each = self._left = each
        self._leading = findings
        self._dimensions: list[tuple[Dimension, list[tuple[int, tuple[Any, ...]]]]] = []
        for dimension in (*dimensions(self.rules), Times(self.rules)):
            chosen = findings if findings and dimension.facts == ("findings",) else dimension
            self._dimensions.append((chosen, self._sorts(chosen, now)))

    def _sorts(self, dimension: Dimension, now: datetime | None) -> list[tuple[int, tuple[Any, ...]]]:
        samples = list(islice(dimension.samples(), MOST_SAMPLES + 1))
        if len(samples) > MOST_SAMPLES:
            raise Unproven
        if dimension.facts == ("now",):
            begin = now or LONG_AGO
            samples = [(begin,), *(sample for sample in samples if sample[0] > begin)]
        sorts: dict[int, tuple[Any, ...]] = {}
        for sample in samples:
            sorts.setdefault(dimension.mask(*sample), sample)
        if len(sorts) > MOST_SORTS:
            raise Unproven
        return list(sorts.items())

    def walk(
        self, wanted: Callable[[int, int], bool], first: int = 0, avoid: int = 0, among: int = -1
    ) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Yield the masks of rules that match together, each with facts (and ``now``) for which they do.

        ``wanted(possible, certain)`` says whether to go on where only the rules ``possible`` can still match
        and the rules ``certain`` will. Facts that the rules ``first`` ask about are fixed first, which ends
        hopeless walks early; requests that few of the rules ``avoid`` match come first, which finds examples
        early. Only the rules ``among`` are looked at.
        """
        self._left = self._each
        order = sorted(self._dimensions, key=lambda each: (each[0] is not self._leading, not each[0].asking & first))
        later = [0]
        for dimension, _ in reversed(order):
            later.insert(0, later[0] | dimension.asking)
        seen: set[tuple[int, int]] = set()
        stack: list[tuple[int, int, tuple[tuple[Any, ...], ...]]] = [(0, self.everything & among, ())]
        while stack:
            depth, possible, chosen = stack.pop()
            if (depth, possible) in seen or not wanted(possible, possible & ~later[depth]):
                continue
            seen.add((depth, possible))
            if depth == len(order):
                yield possible, self._facts(order, chosen, possible)
                continue
            stack += self._branches(order[depth], depth, possible, chosen, avoid)

    def _branches(
        self,
        dimension: tuple[Dimension, list[tuple[int, tuple[Any, ...]]]],
        depth: int,
        possible: int,
        chosen: tuple[tuple[Any, ...], ...],
        avoid: int,
    ) -> list[tuple[int, int, tuple[tuple[Any, ...], ...]]]:
        asked, sorts = dimension
        if not asked.asking & possible:
            return [(depth + 1, possible, (*chosen, sorts[0][1]))]
        self._work -= len(sorts)
        self._left -= len(sorts)
        if min(self._work, self._left) < 0:
            raise Unproven
        narrowed: dict[int, tuple[Any, ...]] = {}
        for mask, sample in sorts:
            narrowed.setdefault(mask & possible, sample)
        ordered = sorted(narrowed.items(), key=lambda each: (each[0] & avoid).bit_count())
        return [(depth + 1, mask, (*chosen, sample)) for mask, sample in reversed(ordered)]

    def _facts(
        self,
        order: Sequence[tuple[Dimension, list[tuple[int, tuple[Any, ...]]]]],
        chosen: Sequence[tuple[Any, ...]],
        matching: int,
    ) -> dict[str, Any]:
        """Return the chosen facts by name, with likelier ones where they make no difference to the rules."""
        values: dict[str, Any] = {}
        for (dimension, _), sample in zip(order, chosen, strict=True):
            values |= dict(zip(dimension.facts, sample, strict=True))
        home = values["forum"].partition("/")[0]
        likely: list[dict[str, Any]] = [{"jam": home}]
        if values["direction"] == "in" and values["peer"] == "*":
            peer = "elsewhere.example"
            likely += [{"peer": peer, "tier": tier} for tier in ("stranger", "customer", "partner")]
        for change in likely:
            if self._matching(values | change) == matching:
                values |= change
        return values

    def _matching(self, values: Mapping[str, Any]) -> int:
        mask = self.everything
        for dimension, _ in self._dimensions:
            mask &= dimension.mask(*(values[name] for name in dimension.facts))
        return mask


def facts_of(values: Mapping[str, Any]) -> Facts:
    """Return the facts of one step of a walk; the peer is cleared for the label, or for GREEN at least."""
    named = {name: value for name, value in values.items() if name not in ("now", "findings_after")}
    return Facts(clearance=max(values["label"], Level.GREEN), cleared_for=values["categories"], **named)
