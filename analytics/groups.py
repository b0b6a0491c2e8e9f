"""Groups: spherical k-means over vectors, started with care, continued from where it stood, always the same.

All arrays are float32 with rows of length one. `weights` says how much each row counts; rows of weight zero
are placed but move nothing. Nothing here depends on anything but its arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analytics.vectors import Vectors, unit

Indices = NDArray[np.int64]
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

FEWEST, MOST = 8, 30
STEPS = 6
"""Lloyd's steps by which groups go on from where they stood."""
PART = 4_096
"""Rows that are compared at a time."""
UNSURE = 0.03
"""How much nearer a row lies, at least, to the middle of its own group than to any other where it is sure of it."""
SAMPLE = 6_000
"""Rows on which several starts are tried; the rest joins for the last steps."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """`centres` (k, d); for each row its `nearest` group and the `closeness` (cosine) to that centre."""

    centres: Vectors
    nearest: Indices
    closeness: Vectors


def suited(documents: float) -> int:
    """Return how many themes suit so many documents: 2.2 times the fourth root, 8 to 30; one in six of very few."""
    if documents < 48:
        return max(1, round(documents / 6))
    return int(min(MOST, max(FEWEST, round(2.2 * documents**0.25))))


def nearest(rows: NDArray[np.floating], centres: Vectors) -> tuple[Indices, Vectors]:
    """Return for each row the index of the closest centre and the cosine to it. `rows` may be float16."""
    best = np.empty(len(rows), dtype=np.int64)
    cosine = np.empty(len(rows), dtype=np.float32)
    for start in range(0, len(rows), PART):
        near = rows[start : start + PART].astype(np.float32, copy=False) @ centres.T
        best[start : start + PART] = near.argmax(axis=1)
        cosine[start : start + PART] = near.max(axis=1)
    return best, cosine


def unsure(near: Vectors, own: Indices) -> Flags:
    """Tell which rows lie about as near to another group as to their own. `near` are the cosines to all (rows, k)."""
    if near.shape[1] < 2:
        return np.zeros(len(near), dtype=np.bool_)
    there = np.take_along_axis(near, own[:, None], axis=1)[:, 0]
    others = near.copy()
    np.put_along_axis(others, own[:, None], -1.0, axis=1)
    return np.asarray(there - others.max(axis=1) < UNSURE)


def centre(rows: Vectors, labels: Indices, k: int, weights: Numbers) -> Vectors:
    """Return the (k, d) directions of the weighted sums of each group's rows; zero where a group is empty."""
    member = sparse.csr_matrix((weights.astype(np.float32), (labels, np.arange(len(rows)))), shape=(k, len(rows)))
    return unit(np.asarray(member @ rows, dtype=np.float32))


def improve(rows: Vectors, centres: Vectors, weights: Numbers, steps: int = 30) -> Grouping:
    """Run Lloyd's steps from `centres` until nothing moves. An empty group takes the worst-placed row."""
    k = len(centres)
    labels, cosine = nearest(rows, centres)
    for _ in range(steps):
        centres = _fill(rows, centre(rows, labels, k, weights), labels, cosine, weights)
        moved, cosine = nearest(rows, centres)
        if np.array_equal(moved, labels):
            break
        labels = moved
    return Grouping(centres, labels, cosine)


def _fill(rows: Vectors, centres: Vectors, labels: Indices, cosine: Vectors, weights: Numbers) -> Vectors:
    counts = np.bincount(labels, weights=weights, minlength=len(centres))
    empty = np.flatnonzero(counts <= 0)
    if not len(empty):
        return centres
    loss = np.where(weights > 0, 1 - cosine.astype(np.float64), -1.0)
    worst = np.argsort(-loss, kind="stable")[: len(empty)]
    centres = centres.copy()
    centres[empty[: len(worst)]] = rows[worst]
    return centres


def scatter(rows: Vectors, k: int, weights: Numbers, rng: np.random.Generator) -> Vectors:
    """Choose `k` first centres far apart (k-means++, Arthur and Vassilvitskii 2007)."""
    tries = 2 + int(np.log(k + 1))
    mass = weights / weights.sum()
    first = int(rng.choice(len(rows), p=mass))
    chosen = [first]
    gap = np.maximum(1 - (rows @ rows[first]).astype(np.float64), 0)
    for _ in range(1, k):
        odds = gap * weights
        total = odds.sum()
        if total <= 1e-9:
            break
        drawn = np.searchsorted(np.cumsum(odds), rng.random(tries) * total).clip(0, len(rows) - 1)
        gaps = np.minimum(gap, np.maximum(1 - (rows[drawn] @ rows.T).astype(np.float64), 0))
        best = int((gaps @ weights).argmin())
        chosen.append(int(drawn[best]))
        gap = gaps[best]
    return rows[chosen]


def group(rows: Vectors, k: int, weights: Numbers, seed: int, starts: int = 4) -> Grouping:
    """Group `rows` into `k`, fewer where fewer differ: the best of a few starts on a sample, then on all."""
    rng = np.random.default_rng(seed)
    counted = np.flatnonzero(weights > 0)
    if len(counted) > SAMPLE:
        counted = np.sort(rng.choice(counted, SAMPLE, replace=False))
    part, mass = rows[counted], weights[counted]
    found: Grouping | None = None
    best = -np.inf
    for _ in range(starts):
        tried = improve(part, scatter(part, k, mass, rng), mass)
        score = float(tried.closeness.astype(np.float64) @ mass)
        if score > best + 1e-9:
            found, best = tried, score
    assert found is not None
    return improve(rows, found.centres, weights)


def split(rows: Vectors, labels: Indices, which: int, weights: Numbers, seed: int) -> tuple[Vectors, Indices] | None:
    """Cut group `which` in two: both centres (larger half first), the rows of the smaller half; or None."""
    members = np.flatnonzero((labels == which) & (weights > 0))
    if len(members) < 4:
        return None
    halves = group(rows[members], 2, weights[members], seed)
    sizes = np.bincount(halves.nearest, weights=weights[members], minlength=2)
    if len(halves.centres) < 2 or sizes.min() < 2:
        return None
    large = int(sizes.argmax())
    order = np.array([large, 1 - large])
    return halves.centres[order], members[halves.nearest != large]


def unexplained(labels: Indices, cosine: Vectors, weights: Numbers, k: int) -> Numbers:
    """Return for each group the weighted sum of what its centre leaves unexplained (1 − cosine²)."""
    loss = weights * (1 - cosine.astype(np.float64) ** 2)
    return np.bincount(labels, weights=loss, minlength=k).astype(np.float64)


def halve(
    rows: Vectors, centres: Vectors, weights: Numbers, seed: Callable[[int], int], tried: set[int]
) -> tuple[int, Vectors] | None:
    """Cut the group in two whose centre explains least, but for those `tried` in vain, to which others are added.

    Return which was cut, and the (k + 1, d) centres, that of its smaller half last; None where none can be cut.
    `seed` tells the seed for a group.
    """
    labels, cosine = nearest(rows, centres)
    lost = unexplained(labels, cosine, weights, len(centres))
    while len(tried) < len(centres):
        which = max((group for group in range(len(lost)) if group not in tried), key=lambda group: float(lost[group]))
        halves = split(rows, labels, which, weights, seed(which))
        if halves is not None:
            cut = np.concatenate([centres, halves[0][1:]])
            cut[which] = halves[0][0]
            return which, improve(rows, cut, weights, 2).centres
        tried.add(which)
    return None
