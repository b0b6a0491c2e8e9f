"""Which documents may shape themes: no wordless ones, no thanks and nods, no copies or templates, no author's flood."""

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


COPIES = 20
"""Documents of the very same meaningful words that count in full; more of them weigh no more together."""
SHAPE = 3
"""Meaningful words from which a document can be a filled-in template."""
LONG = 6
OVERLAP = 0.6
"""Share of words in common from which a document is another one, filled in or pasted again."""


def placeable(sheet: Sheet | None) -> bool:
    """Say whether a document can be placed at all: it has a meaningful word, or three of any kind."""
    return sheet is not None and (len(sheet.keys) > 0 or sheet.words >= 3)


def weigh(sheets: Sequence[Sheet | None], vectors: Vectors) -> Numbers:
    """Return one weight a row: 1 for a document that shapes themes, 0 for one that is only placed.

    Documents that differ in numbers and small words alone (a template, filled in) share the weight of twenty.
    """
    weights = np.zeros(len(sheets))
    seen: set[bytes] = set()
    for row, sheet in enumerate(sheets):
        if sheet is None or sheet.chatter or not len(sheet.keys) or sheet.print in seen:
            continue
        seen.add(sheet.print)
        weights[row] = 1.0
    _thin(sheets, weights)
    weights[flooded(sheets, vectors)] = 0.0
    if not weights.any():
        weights[_first_of_each(sheets)] = 1.0
    return weights


def _thin(sheets: Sequence[Sheet | None], weights: Numbers) -> None:
    shapes: dict[bytes, list[int]] = defaultdict(list)
    for row in np.flatnonzero(weights).tolist():
        sheet = sheets[row]
        if sheet is not None and len(sheet.keys) >= SHAPE:
            shapes[sheet.keys.tobytes()].append(row)
    for rows in shapes.values():
        if len(rows) > COPIES:
            weights[rows] = COPIES / len(rows)


def differing(sheets: Sequence[Sheet], enough: int) -> int:
    """Count documents that are not one another pasted or filled in again, up to `enough`.

    What different people say in much the same words differs; where authors are unknown, words alone decide.
    """
    kept: list[tuple[str, set[int]]] = []
    for sheet in sheets:
        author, words = sheet.about.author, set(sheet.keys.tolist())
        if not any(author == by and _pasted(words, other) for by, other in kept):
            kept.append((author, words))
            if len(kept) >= enough:
                break
    return len(kept)


def _pasted(words: set[int], other: set[int]) -> bool:
    """Say whether one is the other again. Of a few words, what many say in their own way is much the same."""
    shorter = min(len(words), len(other))
    return words == other if shorter < LONG else len(words & other) >= OVERLAP * shorter


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
