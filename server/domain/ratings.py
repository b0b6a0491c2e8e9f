"""Ratings of ideas on several axes, 1 to 5. Pure."""

from __future__ import annotations

from dataclasses import dataclass

USUAL_AXES = ("Impact", "Effort", "Evidence")
LOWEST, HIGHEST = 1, 5
MOST_AXES = 6
LONGEST_AXIS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How an idea is rated on one axis: `counts` of each value from LOWEST to HIGHEST, and one reader's own, or 0."""

    axis: str
    counts: tuple[int, ...]
    mine: int = 0

    @property
    def raters(self) -> int:
        return sum(self.counts)

    @property
    def median(self) -> float | None:
        """The middle value, between two where they differ; None without ratings."""
        values = [value for value, count in enumerate(self.counts, LOWEST) for _ in range(count)]
        middle = len(values) // 2
        if not values:
            return None
        return float(values[middle]) if len(values) % 2 else (values[middle - 1] + values[middle]) / 2
