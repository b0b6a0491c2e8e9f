"""A dry run: everything that was ever decided, decided by another table."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from server.boundary.analyse import Flip, looser
from server.boundary.decide import decide
from server.boundary.detectors import Detectors
from server.boundary.engine import Outcome
from server.boundary.facts import KINDS, LIST_PREFIX, PATTERN_PREFIX, Facts, FactsError, upgraded
from server.boundary.rules import Expires, RuleSet
from server.services.house import House, make_detectors, read_table
from server.services.rules import rules_in_force
from server.storage import contributions, people
from server.storage import verdicts as verdict_rows

PAGE = 5_000
MOST_FLIPS = 1_000
# Kinds of findings that other detectors than those of the table see to.
OTHERS = frozenset({"quote", "lookalike"})
Row = tuple[str, str, int, str, float]


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
            return "Nothing has been decided yet, so there is nothing to compare."
        if not self.total:
            return f"All {self.judged:,} decisions that are kept would come out the same."
        said = f"{self.total:,} of {self.judged:,} decisions that are kept would come out otherwise"
        return f"{said}, {self.opening:,} of them more openly."


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
    done, before, now = Rehearsal(), None, house.now()
    left = most if most is not None else math.inf
    while page := await verdict_rows.facts_page(house.store, before, int(min(PAGE, left))):
        words = await contributions.words_of(house.store, list({row[1] for row in page})) if detectors else {}
        await asyncio.to_thread(_go_over, done, _cases(done, page, words, detectors), old, new, now)
        before, left = (page[-1][4], page[-1][0]), left - len(page)
    return done


def _sought(rules: RuleSet) -> object:
    return frozenset(rules.code_names), rules.lists, rules.patterns


def _cases(
    done: Rehearsal,
    page: Sequence[Row],
    words: Mapping[tuple[str, int], tuple[str, str]],
    detectors: Detectors | None,
) -> Iterator[tuple[str, Facts, Facts]]:
    """Yield (verdict id, facts as they were, facts with what the new detectors find)."""
    seen: dict[tuple[str, int], frozenset[str]] = {}
    for id_, subject_id, version, stored, _ in page:
        try:
            facts = Facts.from_json(upgraded(json.loads(stored)))
        except FactsError:
            done.unreadable += 1
            continue
        said = words.get((subject_id, version))
        if detectors is None or said is None or facts.direction == "in":
            yield id_, facts, facts
            continue
        if (subject_id, version) not in seen:
            seen[subject_id, version] = detectors.kinds("\n".join(said))
        others = frozenset(kind for kind in facts.findings if not _of_a_table(kind))
        yield id_, facts, replace(facts, findings=seen[subject_id, version] | others)


def _of_a_table(kind: str) -> bool:
    """Say whether the detectors that go with a table see to this kind of finding."""
    return (kind in KINDS and kind not in OTHERS) or kind.startswith((PATTERN_PREFIX, LIST_PREFIX))


def _go_over(
    done: Rehearsal, cases: Iterable[tuple[str, Facts, Facts]], old: RuleSet, new: RuleSet, now: datetime
) -> None:
    was, becomes = old.compiled, new.compiled
    for id_, facts, anew in cases:
        done.judged += 1
        before, after = was.verdict(facts, now), becomes.verdict(anew, now)
        if _weight(before) == _weight(after):
            continue
        opens = looser(before, after)
        done.total += 1
        done.opening += opens
        if len(done.flips) < MOST_FLIPS:
            done.flips.append(Flip(id_, anew, decide(facts, old, now), decide(anew, new, now), opens))


def _weight(outcome: Outcome) -> tuple[object, ...]:
    """Return what of an outcome somebody would notice."""
    duties = [duty for duty in outcome.duties if not isinstance(duty, Expires)]
    return outcome.effect, outcome.redactions, duties if outcome.effect != "deny" else ()
