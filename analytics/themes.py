"""Themes: what people talk about. `fit` finds them in a finished set, `LiveThemes` while people write."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from analytics import sieve
from analytics.corpus import Document
from analytics.groups import Indices, Numbers, group, nearest, suited
from analytics.live import LiveThemes
from analytics.neighbours import neighbours, smooth
from analytics.picture import Portrait, draw, follow, portray
from analytics.report import Theme, ThemeReport, assemble
from analytics.shelf import Shelf
from analytics.vectors import FindEncoder, Vectors, lexical, sentence_encoder

DRAWN = 0.4
"""How far a document is drawn towards its neighbours, twice, before grouping."""
NEIGHBOURS = 10


def fit(
    documents: Sequence[Document],
    k: int | None = None,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
    find_encoder: FindEncoder = sentence_encoder,
    names: Iterable[str] = (),
) -> ThemeReport:
    """Find the themes of a finished set of documents.

    `k` fixes their number (fewer only where fewer documents differ). The result depends on the documents
    and the seed alone, not on their order, the process or its hash seed. Of documents with the same id the
    last counts. `progress` is told the share done, 0 to 1. Nothing in a document makes it raise; what
    cannot be placed (no words) is None in the assignment. `names` of people never become themes.
    """
    started = time.perf_counter()
    unique = {document.id: document for document in documents}
    shelf = Shelf(names, find_encoder)
    tell = progress or _silent
    shelf.put([unique[name] for name in sorted(unique)], lambda share: tell(0.85 * share))
    vectors = shelf.vectors.astype(np.float32)
    if shelf.encoder is None:
        vectors = lexical([[str(key) for key in shelf.order(row)] for row in range(len(shelf))], seed=seed)
    weights = sieve.weigh(shelf.sheets, vectors)
    rows = np.array([row for row, sheet in enumerate(shelf.sheets) if sieve.placeable(sheet)], dtype=np.int64)
    if not len(rows) or not weights.any():
        return ThemeReport((), dict.fromkeys(unique), time.perf_counter() - started)
    labels, closeness = _group(shelf, vectors, rows, weights, k, seed)
    tell(0.95)
    report = _described(shelf, labels, closeness, weights, started)
    tell(1.0)
    return report


def _silent(share: float) -> None:
    """Tell nobody."""


def _group(
    shelf: Shelf, vectors: Vectors, rows: Indices, weights: Numbers, k: int | None, seed: int
) -> tuple[Indices, Numbers]:
    """Group the rows that shape themes; place the others with their copies or with the nearest group."""
    shaping = rows[weights[rows] > 0]
    wanted = suited(float(len(shaping))) if k is None else max(1, k)
    drawn = vectors[shaping]
    if len(shaping) > 2 * wanted:
        found, cosine = neighbours(drawn, seed, NEIGHBOURS)
        drawn = smooth(smooth(drawn, found, cosine, DRAWN), found, cosine, DRAWN)
    grouping = group(drawn, wanted, weights[shaping], seed)
    labels = np.full(len(shelf), -1, dtype=np.int64)
    closeness = np.zeros(len(shelf))
    labels[rows], closeness[rows] = nearest(vectors[rows], grouping.centres)
    labels[shaping], closeness[shaping] = grouping.nearest, grouping.closeness
    first = {sheet.print: row for row in shaping.tolist() if (sheet := shelf.sheets[row]) is not None}
    for row in rows.tolist():
        sheet = shelf.sheets[row]
        if sheet is not None and sheet.print in first:
            labels[row], closeness[row] = labels[first[sheet.print]], closeness[first[sheet.print]]
    return labels, closeness


def _described(shelf: Shelf, labels: Indices, closeness: Numbers, weights: Numbers, started: float) -> ThemeReport:
    """Turn groups of rows into themes t1, t2, … by size; chatter follows its thread or stays outside."""
    follow(shelf, labels)
    sizes = np.bincount(labels[labels >= 0])
    order = np.argsort(-sizes, kind="stable")
    order = order[sizes[order] > 0]
    rank = np.full(len(sizes), -1, dtype=np.int64)
    rank[order] = np.arange(len(order))
    labels = np.where(labels >= 0, rank[labels], -1)
    names = [f"t{number + 1}" for number in range(len(order))]
    portraits = portray(shelf, labels, closeness, weights, [Portrait()] * len(names))
    themes, _ = draw(shelf, labels, names, portraits, None)
    return assemble(shelf, labels, closeness, names, themes, time.perf_counter() - started)


__all__ = ["LiveThemes", "Theme", "ThemeReport", "fit", "suited"]
