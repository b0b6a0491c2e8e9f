"""Themes: what people talk about. `fit` finds them in a finished set, `LiveThemes` while people write."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from analytics import sieve, usage
from analytics.branches import Branch, Lying, Stood, divide, stand, subthemes
from analytics.columns import Marks
from analytics.corpus import Document
from analytics.graph import lie_by_links
from analytics.groups import PART, Flags, Indices, Numbers, centre, group, improve, suited, unsure
from analytics.live import LiveThemes
from analytics.neighbours import neighbours, smooth
from analytics.picture import Portrait, draw, follow, portray
from analytics.report import Outline, Theme, ThemeReport, assemble, by_size
from analytics.shelf import Shelf
from analytics.vectors import FindEncoder, sentence_encoder

DRAWN = 0.4
"""How far a document is drawn towards its neighbours, twice, before grouping."""
NEIGHBOURS = 10
SHAPING = 60_000
"""Documents that shape the themes of a finished set; of more, so many and the others placed among them."""


def fit(
    documents: Sequence[Document],
    k: int | None = None,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
    find_encoder: FindEncoder = sentence_encoder,
    names: Iterable[str] = (),
    divided: bool = False,
) -> ThemeReport:
    """Find the themes of a finished set of documents.

    `k` fixes their number (fewer only where fewer documents differ). The result depends on the documents
    and the seed alone, not on their order, the process or its hash seed. Of documents with the same id the
    last counts. `progress` is told the share done, 0 to 1. Nothing in a document makes it raise; what
    cannot be placed (no words) is None in the assignment. `names` of people never become themes.
    With `divided`, larger themes have sub-themes.
    """
    started = time.perf_counter()
    unique = {document.id: document for document in documents}
    shelf = Shelf(names, find_encoder)
    tell = progress or _silent
    shelf.put([unique[name] for name in sorted(unique)], lambda share: tell(0.85 * share))
    lie, weights = _lying(shelf, seed)
    rows = np.flatnonzero(shelf.columns.placeable)
    if not len(rows) or not weights.any():
        nobody = Outline((), len(unique), len(unique), time.perf_counter() - started)
        nowhere = np.full(len(shelf), -1, dtype=np.int64)
        return assemble(shelf, nowhere, nowhere > 0, (), nobody, np.zeros_like(nowhere))
    labels, closeness, between = _group(shelf, lie, rows, weights, k, seed)
    tell(0.95)
    labels, names = _ranked(shelf, labels)
    portraits = portray(shelf, labels, closeness, weights, [Portrait()] * len(names))
    branches = _branches(shelf, lie, labels, names, weights, seed) if divided else {}
    stands = stand(shelf, lie, labels, names, branches, Stood())
    themes, _ = draw(shelf, labels, names, portraits, None, subthemes(shelf, labels, names, branches, stands))
    tell(1.0)
    outline = Outline(by_size(themes), len(shelf), int((labels < 0).sum()), time.perf_counter() - started)
    return assemble(shelf, labels, between, names, outline, stands)


def _silent(share: float) -> None:
    """Tell nobody."""


def _lying(shelf: Shelf, seed: int) -> tuple[Lying, Numbers]:
    """Return where rows lie, and how much each counts."""
    bags = [[str(key) for key in shelf.order(row)] for row in range(len(shelf))]
    if shelf.encoder is None:
        alone = usage.lexical(bags, seed)
        return alone.__getitem__, sieve.weigh(shelf.columns, alone)
    weights = sieve.weigh(shelf.columns, shelf.vectors)
    shelf.learn_tongues(weights)
    if not usage.serves(bags, shelf.columns, weights):
        return shelf.lying, weights
    used = usage.learn(bags, seed, np.flatnonzero(weights > 0).tolist())
    return lambda rows: usage.beside(shelf.lying(rows), used[rows]), weights


def _group(
    shelf: Shelf, lie: Lying, rows: Indices, weights: Numbers, k: int | None, seed: int
) -> tuple[Indices, Numbers, Flags]:
    """Group the rows that shape themes, of very many some; place the others with their copies or nearest.

    `lie` tells where rows lie. Return for each row its group, how near it lies, and whether to another about as near.
    """
    shaping = np.flatnonzero(weights > 0)
    wanted = suited(float(len(shaping))) if k is None else max(1, k)
    everyone = np.zeros(len(shaping), dtype=np.int64)
    shaping, counts = sieve.some(shaping, everyone, shelf.columns.print[shaping], weights[shaping], SHAPING)
    drawn = lie(shaping)
    if len(shaping) > 2 * wanted:
        found, cosine = neighbours(drawn, seed, NEIGHBOURS)
        linked = group(lie_by_links(drawn, found, cosine, wanted, seed), wanted, counts, seed)
        drawn = smooth(smooth(drawn, found, cosine, DRAWN), found, cosine, DRAWN)
        grouping = improve(drawn, centre(drawn, linked.nearest, len(linked.centres), counts), counts)
    else:
        grouping = group(drawn, wanted, counts, seed)
    labels = np.full(len(shelf), -1, dtype=np.int64)
    closeness, between = np.zeros(len(shelf)), np.zeros(len(shelf), dtype=np.bool_)
    labels[shaping], closeness[shaping] = grouping.nearest, grouping.closeness
    for start in range(0, len(rows), PART):
        part = rows[start : start + PART]
        near = lie(part) @ grouping.centres.T
        rest = labels[part] < 0
        labels[part[rest]], closeness[part[rest]] = near[rest].argmax(axis=1), near[rest].max(axis=1)
        between[part] = unsure(near, labels[part]) & shelf.columns.speaks[part]
    _join_copies(shelf.columns.print, shaping, rows, labels, closeness)
    return labels, closeness, between


def _join_copies(prints: Marks, first: Indices, rows: Indices, labels: Indices, closeness: Numbers) -> None:
    """Let every row stand where the first of its copies stands."""
    first = first[np.argsort(prints[first], kind="stable")]
    place = np.minimum(np.searchsorted(prints[first], prints[rows]), len(first) - 1)
    same = prints[first][place] == prints[rows]
    labels[rows[same]] = labels[first[place[same]]]
    closeness[rows[same]] = closeness[first[place[same]]]


def _ranked(shelf: Shelf, labels: Indices) -> tuple[Indices, list[str]]:
    """Name groups of rows t1, t2, … by size; chatter follows its thread or stays outside."""
    follow(shelf, labels)
    sizes = np.bincount(labels[labels >= 0])
    order = np.argsort(-sizes, kind="stable")
    order = order[sizes[order] > 0]
    rank = np.full(len(sizes), -1, dtype=np.int64)
    rank[order] = np.arange(len(order))
    return np.where(labels >= 0, rank[labels], -1), [f"t{number + 1}" for number in range(len(order))]


def _branches(
    shelf: Shelf, lie: Lying, labels: Indices, names: Sequence[str], weights: Numbers, seed: int
) -> dict[str, Branch]:
    """Divide each theme among its own documents."""
    found: dict[str, Branch] = {}
    for label, name in enumerate(names):
        members = np.flatnonzero((labels == label) & (weights > 0))
        found[name] = divide(shelf, members, lie(members), weights[members], weights, None, seed)
    return found


__all__ = ["LiveThemes", "Theme", "ThemeReport", "fit", "suited"]
