"""The theme map: a treemap whose cells keep their order and, while they can, their rows.

Squarified treemap (Bruls, Huizing, van Wijk 2000) without its sorting: cells stay in the order given, so that
a theme stays where people saw it. Pure arithmetic.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """A rectangle in the unit square, from its upper left corner."""

    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Cells in the order of the sizes, and how many of them share each row."""

    cells: tuple[Cell, ...]
    rows: tuple[int, ...]


WIDEST = 8
"""Cells in a row at most."""

WORST = 4.5
"""Rows from before are kept while no cell is more than this much longer than wide."""


def treemap(sizes: Sequence[float], before: Sequence[int] = (), aspect: float = 1.6) -> Layout:
    """Lay out `sizes` (≥ 0; none may be negative) in the unit square, shown `aspect` times wider than high.

    `before` are the rows of an earlier layout; they are kept when they still fit, and new cells join at the
    end. A size of nothing still gets a cell, a hundredth of the mean.
    """
    if not sizes:
        return Layout((), ())
    total = sum(sizes)
    least = total / len(sizes) / 100 if total > 0 else 1.0
    areas = [max(size, least) for size in sizes]
    scale = sum(areas)
    areas = [area / scale for area in areas]
    if before and sum(before) <= len(areas):
        kept = _extend(areas, tuple(before), aspect)
        if _worst(areas, kept, aspect) <= WORST:
            return Layout(_place(areas, kept), kept)
    rows = _break(areas, aspect)
    return Layout(_place(areas, rows), rows)


def _extend(areas: Sequence[float], before: tuple[int, ...], aspect: float) -> tuple[int, ...]:
    """Keep the rows; new cells join the last of them or make rows of their own."""
    if sum(before) == len(areas):
        return before
    return before[:-1] + _break(areas[sum(before[:-1]) :], aspect)


def _break(areas: Sequence[float], aspect: float) -> tuple[int, ...]:
    """Return how many cells each row takes so that cells are nearest to squares (dynamic programming)."""
    best: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    for end in range(1, len(areas) + 1):
        offers = []
        for start in range(max(0, end - WIDEST), end):
            worth, rows = best[start]
            row = areas[start:end]
            offers.append((worth + _longest(row, aspect) * len(row), (*rows, end - start)))
        best.append(min(offers))
    return best[-1][1]


def _longest(row: Sequence[float], aspect: float) -> float:
    high = sum(row)
    shapes = [aspect * (area / high) / high for area in row]
    return max(max(shape, 1 / shape) for shape in shapes)


def _worst(areas: Sequence[float], rows: Sequence[int], aspect: float) -> float:
    worst, start = 1.0, 0
    for count in rows:
        worst = max(worst, _longest(areas[start : start + count], aspect))
        start += count
    return worst


def _place(areas: Sequence[float], rows: Sequence[int]) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    y, start = 0.0, 0
    for count in rows:
        row = areas[start : start + count]
        high = sum(row)
        x = 0.0
        for area in row:
            cells.append(Cell(round(x, 6), round(y, 6), round(area / high, 6), round(high, 6)))
            x += area / high
        y += high
        start += count
    return tuple(cells)
