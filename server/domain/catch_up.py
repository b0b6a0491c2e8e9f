"""Catching up within a reading budget. Pure: the same entries give the same page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

SectionKind = Literal["for_you", "decisions", "rising", "themes"]
BUDGET_SECONDS = 300
WORDS_A_MINUTE = 220
# Seconds for looking at an entry at all.
GLANCE = 4
# In each round a section may put forward so many entries: nothing crowds the rest out.
SHARES: dict[SectionKind, int] = {"for_you": 3, "decisions": 2, "rising": 2, "themes": 1}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Section(Generic[T]):
    """Entries of one kind, in order, and how many did not fit."""

    kind: SectionKind
    entries: tuple[T, ...]
    left_out: int


def reading_seconds(words: str) -> int:
    """Return how long it takes to read some words, in whole seconds."""
    return GLANCE + round(60 * len(words.split()) / WORDS_A_MINUTE)


def fit(
    offered: Sequence[tuple[SectionKind, Sequence[tuple[int, T]]]], budget: int = BUDGET_SECONDS
) -> tuple[list[Section[T]], int]:
    """Choose what fits into a budget, in rounds over the sections; return them and the seconds it takes.

    `offered` holds for each section its entries with the seconds that each takes, weightiest first.
    """
    taken: dict[SectionKind, int] = {kind: 0 for kind, _ in offered}
    spent, moved = 0, True
    while moved:
        moved = False
        for kind, entries in offered:
            for seconds, _ in entries[taken[kind] : taken[kind] + SHARES[kind]]:
                if spent + seconds > budget:
                    break
                spent, taken[kind], moved = spent + seconds, taken[kind] + 1, True
    sections = [
        Section(kind, tuple(one for _, one in entries[: taken[kind]]), len(entries) - taken[kind])
        for kind, entries in offered
    ]
    return sections, spent
