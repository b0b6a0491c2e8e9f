"""Neighbours: for each text the few that lie nearest, found cell by cell, and rows smoothed by theirs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analytics.groups import Indices, nearest, scatter
from analytics.vectors import Vectors, unit

WIDE = 6_000
"""Rows looked at for each; where a cell and its neighbours hold more, every second or third."""

NEAR = 15
"""Neighbours kept for each text."""


def neighbours(rows: Vectors, seed: int, count: int = NEAR, probes: int = 6) -> tuple[Indices, Vectors]:
    """Return (n, count) indices of the nearest other rows and their cosines; −1 and 0 where there are fewer.

    Up to 4,000 rows every pair is compared. Above, rows are sorted into about √n cells and each is compared
    with the rows of its `probes` nearest cells only.
    """
    total = len(rows)
    found = np.full((total, count), -1, dtype=np.int64)
    cosine = np.zeros((total, count), dtype=np.float32)
    if total <= 4_000:
        _search(rows, np.arange(total), np.arange(total), found, cosine)
        return found, cosine
    rng = np.random.default_rng(seed)
    sample = rows[np.sort(rng.choice(total, min(total, 4_000), replace=False))]
    cells = scatter(sample, int(np.sqrt(total) / 2), np.ones(len(sample)), rng)
    for _ in range(3):
        place, _c = nearest(sample, cells)
        cells = _means(sample, place, cells)
    place, _c = nearest(rows, cells)
    order = np.argsort(place, kind="stable")
    bounds = np.searchsorted(place[order], np.arange(len(cells) + 1))
    members = [order[bounds[i] : bounds[i + 1]] for i in range(len(cells))]
    close = np.argsort(-(cells @ cells.T), axis=1, kind="stable")[:, :probes]
    for cell, near in enumerate(close):
        if len(members[cell]):
            _search(rows, members[cell], np.concatenate([members[i] for i in near]), found, cosine)
    return found, cosine


def _means(rows: Vectors, place: Indices, cells: Vectors) -> Vectors:
    sums = np.zeros_like(cells)
    np.add.at(sums, place, rows)
    moved = unit(sums)
    return np.where(np.abs(moved).sum(axis=1, keepdims=True) > 0, moved, cells).astype(np.float32)


def _search(rows: Vectors, asked: Indices, among: Indices, found: Indices, cosine: NDArray[np.float32]) -> None:
    width = min(found.shape[1], len(among) - 1)
    if width < 1:
        return
    if len(among) > WIDE:
        among = among[:: len(among) // WIDE + 1]
    width = min(found.shape[1], len(among) - 1)
    there = rows[among]
    for start in range(0, len(asked), 1_024):
        part = asked[start : start + 1_024]
        near = rows[part] @ there.T
        near[part[:, None] == among[None, :]] = -2.0
        top = np.argpartition(-near, width - 1, axis=1)[:, :width]
        values = np.take_along_axis(near, top, axis=1)
        order = np.argsort(-values, axis=1, kind="stable")
        found[part, :width] = among[np.take_along_axis(top, order, axis=1)]
        cosine[part, :width] = np.take_along_axis(values, order, axis=1)


def smooth(rows: Vectors, found: Indices, cosine: Vectors, share: float) -> Vectors:
    """Return rows drawn towards the mean of their neighbours by `share` (0 leaves them, 1 replaces them)."""
    weight = np.where(found >= 0, np.maximum(cosine, 0), 0).astype(np.float32)
    drawn = np.empty_like(rows)
    for start in range(0, len(rows), 2_048):
        part = slice(start, start + 2_048)
        drawn[part] = np.einsum("ij,ijk->ik", weight[part], rows[found[part]])
    return unit(((1 - share) * rows + share * unit(drawn)).astype(np.float32))
