"""How much of each unit an organiser hopes to hear, and where units work. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LEAST = 5
"""Units and countries of fewer people have no target and are not told: it would be about people."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A unit of `people` with the share (percent) that is hoped for and where it works; None and "" for none."""

    unit: str
    people: int
    share: int | None
    country: str


@dataclass(frozen=True, slots=True)
class Country:
    """Of how many people in a country how many spoke, and how much they said."""

    name: str
    people: int
    of: int
    contributions: int


def reached(people: int, of: int | None, share: int | None) -> bool | None:
    """Say whether a unit's target is reached; None where it has none, or is too small to be told."""
    if share is None or of is None or of < LEAST:
        return None
    return 100 * people >= share * of


def units_in(country: str, sizes: Mapping[str, int], countries: Mapping[str, str]) -> list[str]:
    """Return the units of a country; none where it is not told."""
    told, _ = by_country([(unit, 0, size, 0) for unit, size in sizes.items()], countries)
    return [unit for unit in sizes if countries.get(unit) == country] if country in {one.name for one in told} else []


def by_country(units: Iterable[tuple[str, int, int, int]], countries: Mapping[str, str]) -> tuple[list[Country], int]:
    """Add up (unit, people who spoke, people, contributions) by country, the largest first.

    Also return how many people work in a country of fewer than LEAST, or in none that was entered.
    """
    sums: dict[str, tuple[int, int, int]] = {}
    for unit, spoke, of, said in units:
        before = sums.get(countries.get(unit, ""), (0, 0, 0))
        sums[countries.get(unit, "")] = (before[0] + spoke, before[1] + of, before[2] + said)
    told = [Country(name, *counts) for name, counts in sums.items() if name and counts[1] >= LEAST]
    rest = sum(of for _, of, _ in sums.values()) - sum(one.of for one in told)
    return sorted(told, key=lambda one: (-one.of, one.name)), rest
