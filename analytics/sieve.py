"""Which documents may shape themes: no wordless ones, no thanks and nods, no copies or templates, no author's flood."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.columns import Columns, Marks
from analytics.groups import Indices, Numbers
from analytics.shelf import Sheet
from analytics.vectors import Vectors, wide

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


Verdicts = dict[int, tuple[int, int, bool]]
"""For an author: how many documents, the row of the last, and whether they are a flood. It holds as long as both do,
and until vectors are written anew: a row is only ever taken down, or put behind all others."""


def weigh(columns: Columns, vectors: NDArray[np.floating], known: Verdicts | None = None) -> Numbers:
    """Return one weight a row: 1 for a document that shapes themes, 0 for one that is only placed.

    Documents that differ in numbers and small words alone (a template, filled in) share the weight of twenty.
    What is `known` of authors is not looked at again; what is found is added to it.
    """
    weights = np.zeros(len(columns))
    shaping = _first_of_each(columns.print, np.flatnonzero(columns.shaping))
    weights[shaping] = 1.0
    _thin(columns, shaping, weights)
    weights[flooded(columns, vectors, {} if known is None else known)] = 0.0
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


def flooded(columns: Columns, vectors: NDArray[np.floating], known: Verdicts) -> Indices:
    """Return the rows of authors who said much the same 20 times or more, and were not alone in the room."""
    rows = np.flatnonzero(columns.author)
    rows = rows[np.argsort(columns.author[rows], kind="stable")]
    authors = columns.author[rows]
    starts = np.flatnonzero(np.diff(authors, prepend=~authors[:1]))
    if len(starts) < 3:
        return np.zeros(0, dtype=np.int64)
    ends = np.append(starts[1:], len(rows))
    found = [rows[:0]]
    for place in np.flatnonzero(ends - starts >= FLOOD).tolist():
        own = rows[starts[place] : ends[place]]
        author, count, last = int(authors[starts[place]]), len(own), int(own[-1])
        verdict = known.get(author)
        if verdict is None or verdict[:2] != (count, last):
            verdict = known[author] = count, last, alike(wide(vectors[own[:: count // READ + 1]]))
        if verdict[2]:
            found.append(own)
    return np.sort(np.concatenate(found))


def alike(rows: Vectors) -> bool:
    """Say whether rows are near-repeats of each other: their mean pairwise cosine is high."""
    count = len(rows)
    whole = rows.astype(np.float64).sum(axis=0)
    pairs = (float(whole @ whole) - count) / max(1, count * (count - 1))
    return pairs > ALIKE
