"""Who answers whom across units and servers, how evenly people speak, and how much there is to read. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LEAST = 5
LETTERS_A_MINUTE = 1_000
"""What an adult reads silently in a minute: about 200 words of five letters."""
Group = tuple[str, str]
"""("unit", name) of our own people, ("host", name) of another server's; ("small", "") for units of fewer than five."""
SMALL: Group = ("small", "")


@dataclass(frozen=True, slots=True)
class Exchange:
    """`answers` maps (who answers, who is answered) to replies. `half` of `people` said half of all that was said.

    `gini` is 0 where all who spoke said as much, near 1 where one said it all. `minutes` is how long it takes to read
    what the last 24 hours brought; `alone` of `ideas` have no reply. `left_out` units are too small to be told.
    """

    answers: Mapping[tuple[Group, Group], int]
    people: int
    half: int
    gini: float
    minutes: int
    alone: int
    ideas: int
    left_out: int = 0

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
    """Add up replies between groups; units of fewer than LEAST people count as one, or not at all (`told_as`)."""
    found: dict[tuple[Group, Group], int] = {}
    for by, to, count in answers:
        pair = pair_of(by, to, sizes)
        if pair is not None:
            found[pair] = found.get(pair, 0) + count
    return found


def told_as(group: Group, sizes: Mapping[str, int]) -> Group | None:
    """Return the group as which it is counted: units of fewer than LEAST people are one.

    None where even these together are fewer than LEAST people: then they are not told at all.
    """
    if group[0] != "unit" or sizes.get(group[1], 0) >= LEAST:
        return group
    return SMALL if sum(size for size in sizes.values() if size < LEAST) >= LEAST else None


def pair_of(by: Group, to: Group, sizes: Mapping[str, int]) -> tuple[Group, Group] | None:
    """Return as which groups two are counted that answer each other; None where one of them is not told."""
    one, other = told_as(by, sizes), told_as(to, sizes)
    return None if one is None or other is None else (one, other)


def not_told(sizes: Mapping[str, int]) -> int:
    """Return how many units are told nowhere."""
    return sum(told_as(("unit", unit), sizes) is None for unit in sizes)


def members_of(group: Group, sizes: Mapping[str, int]) -> list[str]:
    """Return the units that are counted as a group; none where it is not told."""
    return [unit for unit in sizes if told_as(("unit", unit), sizes) == group]


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
