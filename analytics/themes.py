"""Themes: what people talk about. `fit` finds them in a finished set of documents."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from analytics import labels as labelling
from analytics import sieve, words
from analytics.corpus import Document
from analytics.groups import Grouping, Indices, Numbers, group
from analytics.map import Cell, treemap
from analytics.neighbours import neighbours, smooth
from analytics.report import Theme, ThemeReport
from analytics.shelf import Shelf
from analytics.trends import hourly, last_hour
from analytics.vectors import Vectors

DRAWN = 0.4
"""How far a document is drawn towards its neighbours before grouping."""
NEIGHBOURS = 8
FEWEST, MOST = 8, 30


def suited(documents: float) -> int:
    """Return how many themes suit so many documents: √n/5 between 8 and 30; one in six of very few."""
    if documents < 48:
        return max(1, round(documents / 6))
    return int(min(MOST, max(FEWEST, round(np.sqrt(documents) / 5))))


def fit(
    documents: Sequence[Document],
    k: int | None = None,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> ThemeReport:
    """Find the themes of a finished set of documents.

    `k` fixes their number (fewer only where fewer documents differ). The result depends on the documents
    and the seed alone, not on their order, the process or its hash seed. Of documents with the same id the
    last counts. `progress` is told the share done, 0 to 1. Nothing in a document makes it raise; what
    cannot be placed (no words) is None in the assignment.
    """
    started = time.perf_counter()
    unique = {document.id: document for document in documents}
    shelf = Shelf()
    tell = progress or _silent
    shelf.put([unique[name] for name in sorted(unique)], lambda share: tell(0.85 * share))
    vectors = shelf.vectors.astype(np.float32)
    weights = sieve.weigh(shelf.sheets, vectors)
    rows = np.array([row for row, sheet in enumerate(shelf.sheets) if sieve.placeable(sheet)], dtype=np.int64)
    if not len(rows) or not weights.any():
        return ThemeReport((), dict.fromkeys(unique), time.perf_counter() - started)
    grouping = _group(vectors[rows], weights[rows], k, seed)
    tell(0.95)
    themes, assignment, closeness = _describe(shelf, rows, grouping, weights)
    tell(1.0)
    placed = {name: assignment.get(name) for name in unique}
    return ThemeReport(themes, placed, time.perf_counter() - started, closeness)


def _silent(share: float) -> None:
    """Tell nobody."""


def _group(vectors: Vectors, weights: Numbers, k: int | None, seed: int) -> Grouping:
    wanted = suited(float((weights > 0).sum())) if k is None else max(1, k)
    if len(vectors) > 2 * wanted:
        found, cosine = neighbours(vectors, seed, NEIGHBOURS)
        vectors = smooth(vectors, found, cosine, DRAWN)
    return group(vectors, wanted, weights, seed)


def _describe(
    shelf: Shelf, rows: Indices, grouping: Grouping, weights: Numbers
) -> tuple[tuple[Theme, ...], dict[str, str | None], dict[str, float]]:
    """Turn groups of rows into themes t1, t2, … by size; chatter follows its thread or stays outside."""
    labels = np.full(len(shelf), -1, dtype=np.int64)
    labels[rows] = grouping.nearest
    closeness = np.zeros(len(shelf))
    closeness[rows] = grouping.closeness
    follow(shelf, labels)
    sizes = np.bincount(labels[labels >= 0], minlength=len(grouping.centres))
    order = np.argsort(-sizes, kind="stable")
    order = order[sizes[order] > 0]
    rank = np.full(len(sizes), -1, dtype=np.int64)
    rank[order] = np.arange(len(order))
    labels = np.where(labels >= 0, rank[labels], -1)
    names = [f"t{number + 1}" for number in range(len(order))]
    themes = describe(shelf, labels, closeness, weights, names)
    ids = {row: sheet.about.id for row, sheet in enumerate(shelf.sheets) if sheet is not None}
    assignment = {ids[row]: names[label] if label >= 0 else None for row, label in enumerate(labels.tolist())}
    close = {ids[row]: round(float(closeness[row]), 4) for row in ids if labels[row] >= 0}
    return themes, assignment, close


def follow(shelf: Shelf, labels: Indices) -> None:
    """Give chatter (thanks, nods) the theme of the idea that it answers; −1 where there is none."""
    for row, sheet in enumerate(shelf.sheets):
        if sheet is not None and sheet.chatter:
            idea = shelf.row_of.get(sheet.about.thread)
            labels[row] = labels[idea] if idea is not None and idea != row else -1


def describe(
    shelf: Shelf, labels: Indices, closeness: Numbers, weights: Numbers, names: Sequence[str]
) -> tuple[Theme, ...]:
    """Describe the groups 0, 1, … of rows (−1: none) as themes called `names`."""
    k = len(names)
    shaping = np.flatnonzero((labels >= 0) & (weights > 0)).tolist()
    held = [sheet.keys for row in shaping if (sheet := shelf.sheets[row]) is not None]
    counts = words.tally(held, labels[shaping], k, len(shelf.dictionary), weights[shaping])
    counts = np.where(words.usable(counts, float(len(shaping))), counts, 0.0)
    chosen = words.choose(words.typical(counts), [shelf.order(row) for row in shaping])
    spelt = labelling.spellings(shelf, shaping)
    pairs = labelling.phrases(shelf, shaping, labels[shaping], k)
    newest = last_hour([sheet.about.at for sheet in shelf.sheets if sheet is not None])
    sizes = np.bincount(labels[labels >= 0], minlength=k)
    cells = treemap(sizes.tolist()).cells
    themes = []
    for number, name in enumerate(names):
        members = np.flatnonzero(labels == number)
        times = [sheet.about.at for row in members.tolist() if (sheet := shelf.sheets[row]) is not None]
        themes.append(
            _theme(
                name,
                labelling.label(chosen[number], pairs[number], spelt),
                tuple(dict.fromkeys(spelt[word].lower() for word in chosen[number])),
                int(sizes[number]),
                labelling.quotes(shelf, members, closeness, weights),
                hourly(times, newest),
                cells[number],
            )
        )
    return tuple(themes)


def _theme(
    name: str,
    label: str,
    chosen: tuple[str, ...],
    size: int,
    representative: tuple[str, ...],
    trend: tuple[int, ...],
    cell: Cell,
) -> Theme:
    hue = (int(name[1:]) - 1) % 8
    return Theme(
        name, label or name, chosen, size, representative, trend, cell.x, cell.y, cell.w, cell.h, hue
    )
