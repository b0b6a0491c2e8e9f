"""Which documents may shape themes: no wordless ones, no thanks and nods, no copies or templates, no author's flood."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.columns import Columns, Marks
from analytics.groups import Indices, Numbers
from analytics.shelf import Sheet
from analytics.vectors import Vectors

FLOOD = 20
"""Documents of one author from which a stream of near-repeats counts as a flood."""
ALIKE = 0.55
"""Mean cosine between an author's documents from which they are near-repeats."""


COPIES = 20
"""Documents of the very same meaningful words that count in full; more of them weigh no more together."""
FEW = 400
"""Documents of a theme that shape it however small a part of all it is."""
READ = 100
"""Documents of an author that are compared, evenly from all."""
LONG = 6
OVERLAP = 0.6
"""Share of words in common from which a document is another one, filled in or pasted again."""


def weigh(columns: Columns, vectors: NDArray[np.floating]) -> Numbers:
    """Return one weight a row: 1 for a document that shapes themes, 0 for one that is only placed.

    Documents that differ in numbers and small words alone (a template, filled in) share the weight of twenty.
    """
    weights = np.zeros(len(columns))
    shaping = _first_of_each(columns.print, np.flatnonzero(columns.shaping))
    weights[shaping] = 1.0
    _thin(columns, shaping, weights)
    weights[flooded(columns, vectors)] = 0.0
    if not weights.any():
        weights[_first_of_each(columns.print, np.flatnonzero(columns.placeable & columns.speaks))] = 1.0
    return weights


def _first_of_each(marks: Marks, rows: Indices) -> Indices:
    return np.sort(rows[np.unique(marks[rows], return_index=True)[1]])


def _thin(columns: Columns, rows: Indices, weights: Numbers) -> None:
    rows = rows[columns.shape[rows] > 0]
    _, which, counts = np.unique(columns.shape[rows], return_inverse=True, return_counts=True)
    many = counts[which] > COPIES
    weights[rows[many]] = COPIES / counts[which][many]


def some(rows: Indices, labels: Indices, marks: Marks, weights: Numbers, most: int) -> tuple[Indices, Numbers]:
    """Return at most about `most` of `rows`, some of each label, and how much each then stands for.

    The same documents are chosen again as long as they are there: those with the smallest marks.
    """
    if len(rows) <= most:
        return rows, weights
    chosen = np.zeros(len(rows), dtype=np.bool_)
    scale = np.ones(len(rows))
    for label in np.unique(labels).tolist():
        members = np.flatnonzero(labels == label)
        share = max(FEW, most * len(members) // len(rows))
        if len(members) > share:
            kept = members[np.sort(np.argsort(marks[members], kind="stable")[:share])]
            scale[kept] = weights[members].sum() / weights[kept].sum()
            members = kept
        chosen[members] = True
    return rows[chosen], (weights * scale)[chosen]


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


def flooded(columns: Columns, vectors: NDArray[np.floating]) -> Indices:
    """Return the rows of authors who said much the same 20 times or more, and were not alone in the room."""
    rows = np.flatnonzero(columns.author)
    rows = rows[np.argsort(columns.author[rows], kind="stable")]
    _, starts = np.unique(columns.author[rows], return_index=True)
    if len(starts) < 3:
        return np.zeros(0, dtype=np.int64)
    many = (own for own in np.split(rows, starts[1:]) if len(own) >= FLOOD)
    found = [own for own in many if alike(vectors[own[:: len(own) // READ + 1]].astype(np.float32))]
    return np.sort(np.concatenate([rows[:0], *found]))


def alike(rows: Vectors) -> bool:
    """Say whether rows are near-repeats of each other: their mean pairwise cosine is high."""
    count = len(rows)
    whole = rows.astype(np.float64).sum(axis=0)
    pairs = (float(whole @ whole) - count) / max(1, count * (count - 1))
    return pairs > ALIKE
