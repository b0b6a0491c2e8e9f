"""Who is invited to a jam, came to it, and is there now, also by unit. Pure.

Units of fewer than LEAST people are not told apart, nor are cells of fewer: none, however, is told, because a unit
that nobody came from is what an organiser looks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

LEAST = 5
# Whoever opened a page of the jam, or holds one open, within this time is here now.
HERE = timedelta(minutes=10)
Counts = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class UnitPresence:
    """A unit's figures; None stands for a number too small to be told."""

    unit: str
    invited: int
    visited: int | None
    here: int | None


@dataclass(frozen=True, slots=True)
class Presence:
    """`invited` are all of our own active people. `units` is None for those who are not granted it.

    `left_out` says that some units are too small to be told apart.
    """

    invited: int
    visited: int
    here: int
    units: tuple[UnitPresence, ...] | None = None
    left_out: bool = False


def by_unit(counts: Mapping[str, Counts]) -> tuple[tuple[UnitPresence, ...], bool]:
    """Return the units that may be told apart, largest first, and whether some may not; (invited, visited, here)."""
    kept = _told({unit: one[0] for unit, one in counts.items()})
    visited = _told({unit: one[1] for unit, one in counts.items()}, kept)
    here = _told({unit: one[2] for unit, one in counts.items()}, kept)
    told = [
        UnitPresence(unit, kept[unit], visited.get(unit), here.get(unit))
        for unit in sorted(kept, key=lambda unit: (-kept[unit], unit))
    ]
    return tuple(told), len(kept) < len(counts)


def _told(numbers: Mapping[str, int], among: Mapping[str, int] | None = None) -> dict[str, int]:
    """Return the numbers that may be told: none, and those of LEAST people and more.

    Whoever knows the sum can subtract: where the rest would be fewer than LEAST people, the smallest number that
    could be told is left out as well.
    """
    fine = {
        name: number
        for name, number in numbers.items()
        if (number >= LEAST or (number == 0 and among is not None)) and (among is None or name in among)
    }
    rest = sum(number for name, number in numbers.items() if name not in fine)
    while 0 < rest < LEAST and any(fine.values()):
        smallest = min((name for name in fine if fine[name]), key=lambda name: (fine[name], name))
        rest += fine.pop(smallest)
    return fine
