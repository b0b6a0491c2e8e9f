"""Where rows lie by who their neighbours are: the slow directions of a graph, in which groups are plain to see.

What is one group by meaning can lie far apart in the vectors, and stand together through a chain of neighbours.
Everything here depends on its arguments alone, to the last bit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analytics.groups import Indices
from analytics.vectors import Vectors, unit

SPARE = 10
"""Directions looked for beside those that are wanted: the last ones of a block come slowly."""
ROUNDS, DEGREE, CUT = 6, 8, 0.7
"""Rounds of filtering, by a polynomial of so many steps that damps what lies below the cut."""
SLOW = 4
"""How many steps along the graph a direction is worth: fast ones fade."""
HALVINGS = 40


def strengths(cosine: Vectors) -> Vectors:
    """Return (n, m) strengths from 0 to 1 of links to neighbours, nearest first, by their cosines.

    The nearest neighbour counts whole, the others by how much farther they are, on a scale of the row's own,
    so that all links of a row come to log2(m) (McInnes, Healy, Melville 2018, section 3.1).
    """
    farther = np.maximum(cosine[:, :1] - cosine, 0).astype(np.float64)
    low, high = np.full(len(cosine), 1e-4), np.full(len(cosine), 10.0)
    for _ in range(HALVINGS):
        scale = (low + high) / 2
        wide = np.exp(-farther / scale[:, None]).sum(axis=1) > np.log2(cosine.shape[1])
        low, high = np.where(wide, low, scale), np.where(wide, scale, high)
    return np.asarray(np.exp(-farther / scale[:, None]), dtype=np.float32)


def linked(found: Indices, cosine: Vectors) -> sparse.csr_matrix:
    """Return the (n, n) links of rows with their neighbours (−1: none), either way, each row of weight one."""
    total, width = found.shape
    there = found.ravel() >= 0
    cells = (np.repeat(np.arange(total), width)[there], found.ravel()[there])
    one_way = sparse.csr_matrix((strengths(cosine).ravel()[there], cells), shape=(total, total))
    links = one_way + one_way.T - one_way.multiply(one_way.T)
    degree = np.maximum(np.asarray(links.sum(axis=1)).ravel(), 1e-9)
    scale = sparse.diags((1 / np.sqrt(degree)).astype(np.float32))
    return (scale @ links @ scale).tocsr()


def slowest(links: sparse.csr_matrix, rows: Vectors, count: int, seed: int) -> tuple[NDArray[np.float32], Vectors]:
    """Return the `count` largest eigenvalues of `links` and their (n, count) directions, largest first.

    Found by a block of random mixtures of `rows`, filtered again and again (Zhou, Saad 2007): near enough to group by.
    """
    mixtures = np.random.default_rng(seed).standard_normal((rows.shape[1], count + SPARE)).astype(np.float32)
    block = np.linalg.qr(rows @ mixtures)[0]
    middle, half = (CUT - 1) / 2, (CUT + 1) / 2
    for _ in range(ROUNDS):
        before, now = block, (links @ block - middle * block) / half
        for _ in range(DEGREE - 1):
            before, now = now, 2 * (links @ now - middle * now) / half - before
        block = np.linalg.qr(now)[0].astype(np.float32)
    values, turns = np.linalg.eigh(block.T @ (links @ block))
    return values[::-1][:count], np.asarray((block @ turns)[:, ::-1][:, :count], dtype=np.float32)


def lie_by_links(rows: Vectors, found: Indices, cosine: Vectors, count: int, seed: int) -> Vectors:
    """Return (n, count) unit vectors: rows that hang together through neighbours lie together.

    `found` and `cosine` are (n, m) neighbours of `rows`, nearest first.
    """
    values, directions = slowest(linked(found, cosine), rows, count, seed)
    return unit(np.ascontiguousarray(directions * np.maximum(values, 0) ** SLOW))
