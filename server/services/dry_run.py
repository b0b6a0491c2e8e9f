"""A dry run: everything that was ever decided, decided by another table."""

from __future__ import annotations

import asyncio
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson

from server.boundary.analyse import Flip, looser, weight
from server.boundary.decide import decide
from server.boundary.detectors import Detectors
from server.boundary.facts import KINDS, LIST_PREFIX, NUMBERS, PATTERN_PREFIX, Facts, FactsError, upgraded
from server.boundary.rules import RuleSet
from server.domain.sentences import say
from server.services.house import House, make_detectors, read_table
from server.services.rules import rules_in_force
from server.storage import contributions, people
from server.storage import verdicts as verdict_rows

PAGE = 5_000
MOST_FLIPS = 1_000
MOST_KNOWN = 50_000
# Kinds of findings that other detectors than those of the table see to.
OTHERS = frozenset({"quote", "lookalike"})
Row = tuple[str, str, int, str, float]
Words = Mapping[tuple[str, int], tuple[str, str]]


@dataclass(slots=True)
class Rehearsal:
    """What another table would have made of the verdicts that are kept.

    `judged` counts them all, `total` those that would come out otherwise, `opening` those less strictly; `flips`
    are the newest of these. `unreadable` counts verdicts whose facts cannot be read.
    """

    judged: int = 0
    total: int = 0
    opening: int = 0
    unreadable: int = 0
    flips: list[Flip] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        if not self.judged:
            return say("Nothing has been decided yet, so there is nothing to compare.")
        if not self.total:
            return say("All %(n)s decisions that are kept would come out the same.", n=self.judged)
        return say(
            "%(n)s of %(all)s decisions that are kept would come out otherwise, %(opening)s of them more openly.",
            n=self.total,
            all=self.judged,
            opening=self.opening,
        )


async def dry_run(house: House, text: str, most: int | None = None) -> Rehearsal:
    """Decide what is kept, or the newest `most` of it, by another table. Raises RuleErrors.

    Where the table has other words to look for, what people wrote is looked at again, as far as it is still there.
    """
    new = await asyncio.to_thread(read_table, text)
    _, old = await rules_in_force(house)
    detectors: Detectors | None = None
    if _sought(new) != _sought(old):
        names = await people.names_without_consent(house.store)
        detectors = await asyncio.to_thread(make_detectors, new, names)
    done, before, left = Rehearsal(), None, most if most is not None else math.inf
    comparison = _Comparison(old, new, detectors, house.now())
    while page := await verdict_rows.facts_page(house.store, before, int(min(PAGE, left))):
        words = await contributions.words_of(house.store, list({row[1] for row in page})) if detectors else {}
        await asyncio.to_thread(comparison.go_over, done, page, words)
        before, left = (page[-1][4], page[-1][0]), left - len(page)
    return done


def _sought(rules: RuleSet) -> object:
    return frozenset(rules.code_names), rules.lists, rules.patterns


class _Comparison:
    """Two tables at one moment. Most decisions differ only in facts that no rule asks about: a sort is decided once."""

    def __init__(self, old: RuleSet, new: RuleSet, detectors: Detectors | None, now: datetime) -> None:
        self._old, self._new, self._now = old, new, now
        self._detectors = detectors
        asked = sorted(old.compiled.asks | new.compiled.asks)
        # Of a number it matters only between which bounds of the rules it lies.
        self._asked = [
            (name, sorted({*old.compiled.steps(name), *new.compiled.steps(name)}) if name in NUMBERS else [])
            for name in asked
        ]
        self._known: dict[tuple[object, ...], tuple[bool, bool]] = {}

    def go_over(self, done: Rehearsal, page: Sequence[Row], words: Words) -> None:
        seen: dict[tuple[str, int], frozenset[str]] = {}
        for id_, subject_id, version, stored, _ in page:
            try:
                values = upgraded(orjson.loads(stored))
                findings: frozenset[str] | None = None
                said = words.get((subject_id, version)) if values.get("direction") == "out" else None
                if self._detectors is not None and said is not None:
                    if (subject_id, version) not in seen:
                        seen[subject_id, version] = self._detectors.kinds("\n".join(said))
                    others = [kind for kind in values["findings"] if not _of_a_table(kind)]
                    findings = seen[subject_id, version].union(others)
                self._note(done, id_, values, findings)
                done.judged += 1
            except (FactsError, TypeError, AttributeError, KeyError, orjson.JSONDecodeError):
                done.unreadable += 1

    def _note(self, done: Rehearsal, id_: str, values: dict[str, Any], findings: frozenset[str] | None) -> None:
        """Count one decision; `findings` are what the new table's detectors find, None for the same as before."""
        key = (findings, *[_sort(values.get(name), bounds) for name, bounds in self._asked])
        known = self._known.get(key)
        if known is None:
            known = self._compare(*_both(values, findings))
            if len(self._known) < MOST_KNOWN:
                self._known[key] = known
        differs, opens = known
        if not differs:
            return
        if len(done.flips) < MOST_FLIPS:
            facts, anew = _both(values, findings)
            words = decide(facts, self._old, self._now), decide(anew, self._new, self._now)
            done.flips.append(Flip(id_, anew, *words, opens))
        done.total += 1
        done.opening += opens

    def _compare(self, facts: Facts, anew: Facts) -> tuple[bool, bool]:
        """Say whether the new table decides otherwise, and whether less strictly."""
        before = self._old.compiled.verdict(facts, self._now)
        after = self._new.compiled.verdict(anew, self._now)
        return weight(before) != weight(after), looser(before, after)


def _sort(value: object, bounds: list[int]) -> object:
    """Return what of a stored fact rules can tell apart, fit to be looked up by."""
    if type(value) is int and bounds:
        return bisect_right(bounds, value)
    return tuple(value) if type(value) is list else value


def _both(values: dict[str, Any], findings: frozenset[str] | None) -> tuple[Facts, Facts]:
    facts = Facts.from_json(values)
    return facts, facts if findings is None else replace(facts, findings=findings)


def _of_a_table(kind: str) -> bool:
    """Say whether the detectors that go with a table see to this kind of finding."""
    return (kind in KINDS and kind not in OTHERS) or kind.startswith((PATTERN_PREFIX, LIST_PREFIX))
