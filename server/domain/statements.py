"""Statements that people agree or disagree with, and what may be said of the answers. Pure.

Groups of fewer than LEAST people are not told apart, nor is a rest so small that it could be worked out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

Opinion = Literal["agree", "pass", "disagree"]
OPINIONS: tuple[Opinion, ...] = get_args(Opinion)
StatementState = Literal["proposed", "approved", "declined"]
LONGEST_STATEMENT = 300
MOST_SOURCES = 12
# So many are put to a person one after the other before a pause is offered.
AT_ONCE = 10
LEAST = 5
# From this share of those who took a side on, a group agrees (or disagrees).
AGREED = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement drawn from contributions. `sources` are their ids."""

    id: str
    jam_id: str
    text: str
    sources: tuple[str, ...]
    state: StatementState
    author_id: str
    author_name: str
    made_at: datetime
    decided_by: str
    note: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How many agreed, passed and disagreed."""

    agree: int = 0
    passed: int = 0
    disagree: int = 0

    @property
    def people(self) -> int:
        return self.agree + self.passed + self.disagree

    @property
    def agreement(self) -> float | None:
        """The share, 0 to 1, that agree of those who took a side; None where nobody did."""
        sides = self.agree + self.disagree
        return self.agree / sides if sides else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was answered to one statement. `whole` is None below LEAST people, of whom only `people` is said.

    `groups` are (kind, name, tally) of units and servers that are large enough; `left_out` says that some are not.
    """

    statement: Statement
    people: int
    whole: Tally | None
    groups: tuple[tuple[str, str, Tally], ...]
    left_out: bool

    @property
    def shares(self) -> tuple[float, ...]:
        """The agreement of the whole and of each group in which somebody took a side."""
        tallies = [self.whole, *(tally for _, _, tally in self.groups)] if self.whole else []
        return tuple(share for one in tallies if (share := one.agreement) is not None)

    @property
    def is_agreed(self) -> bool:
        """Say whether everybody agrees: the whole, and each group that is told apart."""
        return bool(self.shares) and min(self.shares) >= AGREED

    @property
    def is_refused(self) -> bool:
        """Say whether everybody disagrees."""
        return bool(self.shares) and max(self.shares) <= 1 - AGREED

    @property
    def division(self) -> float:
        """How much it divides, 0 to 1: all on one side is 0; halves, or groups on opposite sides, are 1."""
        whole = self.whole.agreement if self.whole else None
        if whole is None:
            return 0.0
        return max(1 - abs(2 * whole - 1), max(self.shares) - min(self.shares))


def told_apart(groups: Mapping[str, Tally]) -> tuple[dict[str, Tally], bool]:
    """Return the groups that may be told apart, and whether some may not.

    Whoever knows the whole can subtract: where the rest would be fewer than LEAST people, the smallest group that
    could be told is left out as well.
    """
    kept = {name: tally for name, tally in groups.items() if tally.people >= LEAST}
    rest = sum(tally.people for name, tally in groups.items() if name not in kept)
    left_out = rest > 0
    while 0 < rest < LEAST and kept:
        smallest = min(kept, key=lambda name: (kept[name].people, name))
        rest += kept.pop(smallest).people
    return kept, left_out


def result_of(statement: Statement, answers: Mapping[str, Mapping[str, Tally]], whole: Tally) -> Result:
    """Return what may be said; `answers` maps "unit" and "server" to the tallies of each."""
    found, left_out = [], False
    for kind, groups in answers.items() if whole.people >= LEAST else ():
        kept, some_left_out = told_apart(groups)
        left_out = left_out or some_left_out
        # A single group that is everybody says nothing that the whole does not.
        found += [(kind, name, tally) for name, tally in sorted(kept.items()) if len(groups) > 1]
    return Result(
        statement=statement,
        people=whole.people,
        whole=whole if whole.people >= LEAST else None,
        groups=tuple(found),
        left_out=left_out,
    )


def sorted_out(results: Sequence[Result]) -> tuple[list[Result], list[Result], list[Result]]:
    """Return (what everybody agrees on or refuses, what divides, the others), each most telling first."""
    common = [one for one in results if one.is_agreed or one.is_refused]
    divided = [one for one in results if one not in common and one.division >= 0.5]
    others = [one for one in results if one not in common and one not in divided]
    common.sort(key=lambda one: (-abs(0.5 - (one.whole or Tally()).agree / max(one.people, 1)), one.statement.id))
    divided.sort(key=lambda one: (-one.division, -one.people, one.statement.id))
    others.sort(key=lambda one: (-one.people, one.statement.id))
    return common, divided, others
