"""Which documents may shape themes: no wordless ones, no thanks and nods, no copies, no author's flood."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from analytics.groups import Numbers
from analytics.shelf import Sheet
from analytics.vectors import Vectors

FLOOD = 20
"""Documents of one author from which a stream of near-repeats counts as a flood."""
ALIKE = 0.55
"""Mean cosine between an author's documents from which they are near-repeats."""


def placeable(sheet: Sheet | None) -> bool:
    """Say whether a document can be placed at all: it has a meaningful word, or three of any kind."""
    return sheet is not None and (len(sheet.keys) > 0 or sheet.words >= 3)


def weigh(sheets: Sequence[Sheet | None], vectors: Vectors) -> Numbers:
    """Return one weight a row: 1 for a document that shapes themes, 0 for one that is only placed."""
    weights = np.zeros(len(sheets))
    seen: set[bytes] = set()
    for row, sheet in enumerate(sheets):
        if sheet is None or sheet.chatter or not len(sheet.keys) or sheet.print in seen:
            continue
        seen.add(sheet.print)
        weights[row] = 1.0
    weights[flooded(sheets, vectors)] = 0.0
    if not weights.any():
        weights[_first_of_each(sheets)] = 1.0
    return weights


def _first_of_each(sheets: Sequence[Sheet | None]) -> list[int]:
    firsts: dict[bytes, int] = {}
    for row, sheet in enumerate(sheets):
        if sheet is not None and placeable(sheet) and not sheet.chatter:
            firsts.setdefault(sheet.print, row)
    return sorted(firsts.values())


def flooded(sheets: Sequence[Sheet | None], vectors: Vectors) -> list[int]:
    """Return the rows of authors who said much the same 20 times or more, and were not alone in the room."""
    by_author: dict[str, list[int]] = defaultdict(list)
    for row, sheet in enumerate(sheets):
        if sheet is not None and sheet.about.author:
            by_author[sheet.about.author].append(row)
    if len(by_author) < 3:
        return []
    return [row for rows in by_author.values() if len(rows) >= FLOOD and alike(vectors[rows]) for row in rows]


def alike(rows: Vectors) -> bool:
    """Say whether rows are near-repeats of each other: their mean pairwise cosine is high."""
    count = len(rows)
    whole = rows.astype(np.float64).sum(axis=0)
    pairs = (float(whole @ whole) - count) / max(1, count * (count - 1))
    return pairs > ALIKE
