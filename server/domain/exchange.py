"""Who answers whom across units and servers, how evenly people speak, and how much there is to read. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LEAST = 5
LETTERS_A_MINUTE = 1_000
"""What an adult reads silently in a minute: about 200 words of five letters."""
Group = tuple[str, str]
"""("unit", name) of our own people, ("host", name) of another server's; ("small", "") for units of fewer than five."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """`answers` maps (who answers, who is answered) to replies. `half` of `people` said half of all that was said.

    `gini` is 0 where all who spoke said as much, near 1 where one said it all. `minutes` is how long it takes to read
    what the last 24 hours brought; `alone` of `ideas` have no reply.
    """

    answers: Mapping[tuple[Group, Group], int]
    people: int
    half: int
    gini: float
    minutes: int
    alone: int
    ideas: int

    @property
    def groups(self) -> list[Group]:
        """The groups that answer or are answered, in an order that does not change while people write."""
        return sorted({group for pair in self.answers for group in pair})

    @property
    def across(self) -> int:
        """Replies from one group to another."""
        return sum(count for (by, to), count in self.answers.items() if by != to)

    @property
    def total(self) -> int:
        return sum(self.answers.values())


def told_apart(answers: Sequence[tuple[Group, Group, int]], sizes: Mapping[str, int]) -> dict[tuple[Group, Group], int]:
    """Add up replies between groups; units of fewer than LEAST people count as one group."""
    found: dict[tuple[Group, Group], int] = {}
    for by, to, count in answers:
        pair = (told_as(by, sizes), told_as(to, sizes))
        found[pair] = found.get(pair, 0) + count
    return found


def told_as(group: Group, sizes: Mapping[str, int]) -> Group:
    """Return the group as which it is counted: units of fewer than LEAST people are one."""
    return ("small", "") if group[0] == "unit" and sizes.get(group[1], 0) < LEAST else group


def half_of(said: Sequence[int]) -> int:
    """Return how few people, those who said most, said half of it."""
    total, so_far = sum(said), 0
    for number, count in enumerate(sorted(said, reverse=True), start=1):
        so_far += count
        if 2 * so_far >= total:
            return number
    return 0


def gini(said: Sequence[int]) -> float:
    """Return the Gini coefficient of counts, 0 for none (Gini 1912; by the formula for sorted values)."""
    total, count = sum(said), len(said)
    if not total:
        return 0.0
    weighted = sum(place * number for place, number in enumerate(sorted(said), start=1))
    return 2 * weighted / (count * total) - (count + 1) / count
