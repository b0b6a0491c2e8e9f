"""Which words stand for a theme: typical of it, and typical together.

Class TF-IDF (Grootendorst 2022) counted over documents gives candidates; then one after another the word is
taken that is typical and, at the lower bound of what was counted, goes with those taken (NPMI, Bouma 2009).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analytics.groups import Indices, Numbers
from analytics.shelf import Forms, flatten

CANDIDATES = 30
SHARED = 0.7
"""A word stands for a theme when it is there at least this share as typical as where it is most typical."""
STRETCH = 20
"""Counted words that stand near each other: longer documents are cut into stretches of this many."""
PULL = 1.5
KNOWN = 1.2


def tally(held: Sequence[Forms], labels: Indices, k: int, words: int, weights: Numbers) -> Numbers:
    """Return (k, words): how much weight of documents in each group holds each word. Label −1 is nowhere."""
    keys, source = flatten(held)
    counted = labels[source] >= 0
    places = labels[source[counted]] * words + keys[counted]
    counts = np.bincount(places, weights=weights[source[counted]], minlength=k * words)
    return counts.astype(np.float64).reshape(k, words)


def typical(counts: Numbers) -> Numbers:
    """Return the (k, words) class TF-IDF of word counts in groups."""
    totals = counts.sum(axis=1, keepdims=True)
    share = np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)
    rarity = np.log1p(totals.sum() / max(1, len(counts)) / np.maximum(counts.sum(axis=0), 1.0))
    return np.asarray(share * rarity)


def usable(counts: Numbers, documents: float) -> NDArray[np.bool_]:
    """Return which words are held often enough and not everywhere: max(3, 0.05 %) to 50 % of documents.

    Among fewer than 60 documents two are enough, among fewer than 20 one.
    """
    fewest = 1 if documents < 20 else 2 if documents < 60 else max(3.0, documents * 0.0005)
    everywhere = counts.sum(axis=0)
    return np.asarray((everywhere >= fewest) & ((everywhere <= documents * 0.5) | (documents < 20)))


def candidates(scores: Numbers, count: int = 10) -> list[Indices]:
    """Return for each group the ids of the words that may stand for it, most typical first.

    Where fewer than `count` are its own, the words that it shares with others follow.
    """
    own = np.where(scores >= SHARED * scores.max(axis=0, initial=0.0), scores, scores * 1e-6)
    orders = np.argsort(-own, axis=1, kind="stable")[:, :CANDIDATES]
    found = []
    for group, order in enumerate(orders):
        enough = max(count, int((own[group, order] >= scores[group, order]).sum()))
        order = order[:enough]
        found.append(order[scores[group, order] > 0])
    return found


def stretches(orders: Sequence[Forms], ids: Indices, words: int) -> sparse.csc_matrix:
    """Return (stretches, len(ids)): 1 where a stretch of a document holds the word. `orders` are word ids."""
    keys, source = flatten(orders)
    starts = np.concatenate([[0], np.cumsum([len(order) for order in orders])])[source].astype(np.int64)
    parts = np.array([-(-len(order) // STRETCH) for order in orders], dtype=np.int64)
    offset = np.concatenate([[0], np.cumsum(parts)])
    stretch = offset[source] + (np.arange(len(keys)) - starts) // STRETCH
    column = np.full(words, -1, dtype=np.int64)
    column[ids] = np.arange(len(ids))
    wanted = column[keys] >= 0
    cells = np.unique(stretch[wanted] * max(1, len(ids)) + column[keys[wanted]])
    rows, columns = np.divmod(cells, max(1, len(ids)))
    shape = (int(offset[-1]), len(ids))
    return sparse.csc_matrix((np.ones(len(cells)), (rows, columns)), shape=shape)


def together(near: sparse.csc_matrix, columns: Indices) -> Numbers:
    """Return the NPMI of each pair of words, with the pair's count at its lower bound (count − √count)."""
    part = near[:, columns]
    pairs = np.asarray((part.T @ part).todense(), dtype=np.float64)
    single = np.diag(pairs).copy()
    total = max(near.shape[0], 2)
    low = np.maximum(pairs - np.sqrt(pairs), 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        npmi = np.log(low * total / np.outer(single, single)) / -np.log(low / total)
    npmi[~np.isfinite(npmi)] = -1.0
    np.fill_diagonal(npmi, 0.0)
    return np.asarray(np.clip(npmi, -1.0, 1.0))


def choose(
    scores: Numbers,
    orders: Sequence[Forms],
    count: int = 10,
    known: Sequence[Sequence[int]] = (),
    pull: float = PULL,
) -> list[tuple[list[int], float]]:
    """Return for each group up to `count` word ids, best first, and how much they go together (mean NPMI).

    `orders` are the word ids of documents in the order of their texts; `known` the words chosen last time, which
    weigh a fifth more.
    """
    if known:
        scores = scores.copy()
        for group, keys in enumerate(known):
            scores[group, [key for key in keys if key < scores.shape[1]]] *= KNOWN
    found = candidates(scores, count)
    ids = np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)
    near = stretches(orders, ids, scores.shape[1])
    chosen = []
    for group, own in enumerate(found):
        pairs = together(near, np.searchsorted(ids, own).astype(np.int64))
        taken = _pick(scores[group, own], pairs, count, pull)
        among = pairs[np.ix_(taken, taken)]
        mean = float(among.sum() / max(1, len(taken) * (len(taken) - 1)))
        chosen.append(([int(own[place]) for place in taken], mean))
    return chosen


def _pick(scores: Numbers, pairs: Numbers, count: int, pull: float) -> list[int]:
    if not len(scores):
        return []
    weight = scores / scores.max()
    taken = [0]
    while len(taken) < min(count, len(scores)):
        worth = weight + pull * pairs[:, taken].mean(axis=1)
        worth[taken] = -np.inf
        taken.append(int(worth.argmax()))
    return taken
