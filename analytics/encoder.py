"""The sentence encoder's arithmetic, ordered so that most of it is done once for each piece of the vocabulary.

A text's vector is made of its pieces: each is projected and normalised, two convolutions look at its neighbours,
and the sum is put through four small layers. Up to the products of the first convolution all depends on
the piece alone, and pieces are used again and again: these numbers are remembered, and only added up.

A row's bits are the same wherever it stands in a product and beside what (`Product`): so what is remembered never
changes a vector, and a vector depends on its text alone, not on those beside it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analytics.segments import Segments

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Whole = NDArray[np.int64]

SLOTS: Final = 4096
"""Pieces remembered, at 6.5 KB each: 27 MB once all are taken."""
TOGETHER: Final = 120
"""Pieces of texts that go through the layers together: their numbers fit the processor's cache."""
LONGEST: Final = SLOTS // 2
"""Pieces of a text that are read: far more than 800 characters usually have."""
FINE: Final = 64
"""Remembered numbers are whole steps of 1/64 …"""
MOST: Final = 5461
"""… and at most so many, that six of them still fit sixteen bits: 85, where the largest of the vocabulary is 71."""
LEARNT: Final = 48
"""New pieces that are computed together."""

EMBED: Final = 512
WIDE: Final = 256
ORDERS: Final = ((2, 0), (3, 1), (5, 2))
"""Pieces that a branch looks at together, and how many of them stand before."""
LEFT: Final = max(before for _, before in ORDERS)
RIGHT: Final = max(order - 1 - before for order, before in ORDERS)
BRANCHES: Final = WIDE * len(ORDERS)
FEATURES: Final = EMBED + BRANCHES
HALF: Final = 320
CHUNKS: Final = 17
"""The package keeps its table of pieces in so many parts, each with its own scale."""

TERMS: Final = (
    ((0, 0), (1, 0), (2, 0)),
    ((0, 1), (1, 1), (2, 1), (2, 2)),
    ((1, -1), (2, -1), (2, -2)),
)
"""Branch and distance of each product that is remembered of a piece: of itself, of the next ones, of those before."""
ROW: Final = BRANCHES + WIDE * sum(len(group) for group in TERMS)


class Unlike(Exception):
    """The package's inside is not what is known here."""


class Product:
    """Multiplies rows by a matrix; a row's result is the same to the last bit wherever it stands, beside what.

    BLAS computes the rows and columns at the edges of its blocks by other instructions than those in the middle.
    So the matrix gets empty columns at both ends, and rows come in multiples of twelve. Whether then all places
    are alike is looked at here, once; where they are not, rows are multiplied fewer at a time, at last one by one.
    """

    WAYS: Final = ((12, TOGETHER, 8), (8, 8, 0), (4, 4, 0))
    """Ways to try: rows in multiples of the first number, at most the second at once, so many empty columns."""

    def __init__(self, matrix: Floats, ways: Sequence[tuple[int, int, int]] = WAYS) -> None:
        self.width = matrix.shape[1]
        self.step, self._most, self._edge = 1, 1, 0
        self._parts = [(slice(0, self.width), matrix)]
        for step, most, edge in ways:
            columns = [slice(at, at + WIDE) for at in range(0, self.width, WIDE)]
            parts = [(part, _edged(matrix[:, part], edge)) for part in columns]
            if all(_alike(part, step, most, edge) for part in {part.shape: part for _, part in parts}.values()):
                self.step, self._most, self._edge, self._parts = step, most, edge, parts
                break

    def padded(self, rows: int) -> int:
        """Return how many rows have to be given so that `rows` of them count."""
        return -(-rows // self.step) * self.step

    def into(self, found: Floats, rows: Floats) -> None:
        """Multiply (n, depth) rows, n a multiple of `step`, and write as many of them as `found` has room for."""
        if self.step == 1:
            np.matmul(rows[: len(found), None, :], self._parts[0][1], out=found[:, None, :])
            return
        for start in range(0, len(found), self._most):
            here = found[start : start + self._most]
            for part, matrix in self._parts:
                result = rows[start : start + self._most] @ matrix
                here[:, part] = result[: len(here), self._edge : result.shape[1] - self._edge]

    def __call__(self, rows: Floats) -> Floats:
        """Multiply (n, depth) rows, of any number."""
        count = len(rows)
        if more := self.padded(count) - count:
            rows = np.concatenate([rows, np.zeros((more, rows.shape[1]), dtype=np.float32)])
        found = np.empty((count, self.width), dtype=np.float32)
        self.into(found, rows)
        return found


def _edged(matrix: Floats, edge: int) -> Floats:
    return np.pad(matrix, ((0, 0), (edge, edge))) if edge else matrix


def _alike(matrix: Floats, step: int, most: int, edge: int) -> bool:
    row = np.random.default_rng(1).standard_normal((1, len(matrix))).astype(np.float32)
    seen: set[bytes] = set()
    for count in {step, 2 * step, 3 * step, most}:
        found = np.repeat(row, min(count, most), axis=0) @ matrix
        seen.update(one[edge : len(one) - edge].tobytes() for one in found)
    return len(seen) == 1


class Plain(Product):
    """Multiplies all rows as they come: enough where the same rows always come together."""

    def __init__(self, matrix: Floats) -> None:
        self.width, self.step = matrix.shape[1], 1
        self._matrix = np.ascontiguousarray(matrix)

    def into(self, found: Floats, rows: Floats) -> None:
        """Multiply (n, depth) rows."""
        np.matmul(rows[: len(found)], self._matrix, out=found)


class Pieces:
    """What is known of each piece of the vocabulary alone: its embedding, and the numbers that are remembered."""

    def __init__(self, backend: Any) -> None:
        self.lock = threading.Lock()
        self._table: NDArray[np.uint8] = backend.table
        self._scale: Floats = backend.scale
        self._low: Floats = backend.lo
        self._eps = float(backend.eps)
        self._shift: Floats = backend.proj_b
        self._gamma: Floats = backend.ln_g_all * np.float32(FINE)
        self._beta: Floats = backend.ln_b_all * np.float32(FINE)
        self._project = Product(backend.proj_W)
        self._terms: list[tuple[int, slice, Product]] = []
        at = BRANCHES
        for branch, distance in (term for group in TERMS for term in group):
            first = (ORDERS[branch][1] + distance) * WIDE
            product = Product(backend.w1[branch][first : first + WIDE])
            self._terms.append((branch, slice(at, at + WIDE), product))
            at += WIDE
        self._own = np.concatenate(backend.b1) * np.float32(FINE)
        self._slot_of = np.full(len(self._table), -1, dtype=np.int64)
        self._piece_at = np.full(SLOTS, -1, dtype=np.int64)
        self._rows = np.empty((SLOTS, ROW), dtype=np.int16)
        self._sums = np.empty((SLOTS, 2), dtype=np.float64)
        self._used = np.zeros(SLOTS, dtype=np.int64)
        self._turn = 0
        self._taken = 0

    @property
    def remembered(self) -> int:
        """Return how many pieces are remembered now."""
        return self._taken

    def embedded(self, ids: Whole) -> tuple[Floats, Floats, Floats]:
        """Return the embeddings as whole numbers, with the scale and the lowest value of each."""
        part = ids % CHUNKS
        return np.take(self._table, ids, axis=0).astype(np.float32), self._scale[part], self._low[part]

    def look_up(self, ids: Whole) -> Whole:
        """Return where each piece's numbers stand, of at most LONGEST; they stand there until the next look."""
        self._turn += 1
        slots: Whole = self._slot_of[ids]
        new = slots < 0
        if new.any():
            self._used[slots[~new]] = self._turn
            self._learn(np.unique(ids[new]))
            slots = self._slot_of[ids]
        self._used[slots] = self._turn
        return slots

    def numbers(self, slots: Whole, rows: NDArray[np.int16]) -> Doubles:
        """Fill in the numbers that are remembered there; returns the sums of each embedding and of its squares."""
        np.take(self._rows, slots, axis=0, out=rows, mode="clip")
        return self._sums[slots]

    def _learn(self, ids: Whole) -> None:
        """Remember pieces, in the place of those not used for the longest time where there is none left."""
        slots = np.arange(self._taken, min(SLOTS, self._taken + len(ids)))
        self._taken += len(slots)
        if len(slots) < len(ids):
            oldest = np.argsort(self._used, kind="stable")
            slots = np.concatenate([slots, oldest[~np.isin(oldest, slots)][: len(ids) - len(slots)]])
            gone = self._piece_at[slots]
            self._slot_of[gone[gone >= 0]] = -1
        for start in range(0, len(ids), LEARNT):
            self._compute(ids[start : start + LEARNT], slots[start : start + LEARNT])
        self._slot_of[ids] = slots
        self._piece_at[slots] = ids

    def _compute(self, ids: Whole, slots: Whole) -> None:
        count = len(ids)
        padded = self._project.padded(count)
        embedded, scale, low = self.embedded(np.concatenate([ids, np.zeros(padded - count, dtype=np.int64)]))
        embedded *= scale[:, None]
        embedded += low[:, None]
        self._sums[slots, 0] = embedded[:count].sum(axis=1)
        self._sums[slots, 1] = np.einsum("ij,ij->i", embedded[:count], embedded[:count])

        seen = np.empty((padded, BRANCHES), dtype=np.float32)
        self._project.into(seen, embedded)
        seen += self._shift
        seen -= seen.mean(axis=1, keepdims=True)
        spread = np.einsum("ij,ij->i", seen, seen) / BRANCHES
        seen *= np.reciprocal(np.sqrt(spread + self._eps))[:, None]
        seen *= self._gamma
        seen += self._beta
        rows = np.empty((count, ROW), dtype=np.float32)
        rows[:, :BRANCHES] = seen[:count]
        apart = [np.ascontiguousarray(part) for part in np.split(seen, len(ORDERS), axis=1)]
        for branch, at, product in self._terms:
            product.into(rows[:, at], apart[branch])
        rows[:, BRANCHES : 2 * BRANCHES] += self._own
        np.rint(rows, out=rows)
        np.clip(rows, -MOST, MOST, out=rows)
        self._rows[slots] = rows


class Forward:
    """From the pieces' ids of texts to their vectors; a text's vector depends on nothing but the text.

    There are two ways through the layers, whose vectors differ in their last bits: for texts that come one at a
    time, whose rows are few, and for texts together. A text goes either way by itself.
    """

    def __init__(self, backend: Any, pieces: Pieces, alone: bool) -> None:
        self.alone = alone
        self.pieces = pieces
        kind = Plain if alone else Product
        self._second = [kind(matrix) for matrix in backend.w2]
        self._shift = np.concatenate(backend.b2) * np.float32(FINE)
        self._eps = float(backend.eps)
        inward = np.concatenate([backend.d0, backend.p1], axis=1).astype(np.float64)
        outward = backend.cnn_W.astype(np.float64)
        into = (backend.ln_g.astype(np.float64)[:, None] * outward) @ inward
        constant = (backend.ln_b.astype(np.float64) @ outward + backend.cnn_b) @ inward
        self._constant = constant.astype(np.float32)
        self._inward = kind(into.astype(np.float32))
        self._d1, self._d2 = kind(backend.d1), kind(backend.d2)
        self._last = kind(np.concatenate([backend.p3, backend.d3]))
        self._space = Space(TOGETHER)

    def vectors(self, texts: Sequence[Sequence[int]]) -> Floats:
        """Return (n, 512) vectors of length one of texts that are given as ids of pieces, each of at least two."""
        if self.alone and len(texts) > 1:
            return np.concatenate([self.vectors([text]) for text in texts])
        texts = [text[:LONGEST] for text in texts]
        summed = np.empty((len(texts), FEATURES), dtype=np.float32)
        with self.pieces.lock:
            for first, last in _groups(texts, LONGEST):
                slots = self.pieces.look_up(np.array([piece for text in texts[first:last] for piece in text]))
                at = 0
                for start, stop in _groups(texts[first:last], TOGETHER):
                    part = texts[first + start : first + stop]
                    count = sum(map(len, part))
                    self._layers(part, slots[at : at + count], summed[first + start : first + stop])
                    at += count
        return self._head(summed, np.sqrt(np.array([len(text) for text in texts], dtype=np.float32))[:, None])

    def _head(self, summed: Floats, root: Floats) -> Floats:
        summed *= np.reciprocal(root)
        inner = self._inward(summed)
        inner += root * self._constant
        np.maximum(inner[:, :HALF], 0, out=inner[:, :HALF])
        both = np.empty((len(summed), HALF + EMBED), dtype=np.float32)
        y1, y2 = both[:, :HALF], both[:, HALF:]
        np.add(inner[:, HALF:], self._d1(inner[:, :HALF]), out=y1)
        np.maximum(y1, 0, out=y1)
        np.maximum(self._d2(y1), 0, out=y2)
        found = self._last(both)
        np.tanh(found, out=found)
        found *= np.reciprocal(np.sqrt(np.maximum(np.einsum("ij,ij->i", found, found), self._eps)))[:, None]
        return found

    def _layers(self, texts: Sequence[Sequence[int]], slots: Whole, found: Floats) -> None:
        """Write for each text the sum of its pieces' features, each piece's brought to mean 0 and spread 1."""
        lengths = np.array([len(text) for text in texts])
        ends = np.cumsum(lengths)
        starts = ends - lengths
        ids = np.array([piece for text in texts for piece in text])
        count = len(ids)
        padded = max(product.padded(count) for product in self._second)
        space = self._space if padded <= TOGETHER else Space(padded)
        rows, features = space.rows[:count], space.features[:count]
        apart, together = space.first[:, :count], features.reshape(count, len(ORDERS), WIDE).swapaxes(0, 1)
        sums = self.pieces.numbers(slots, rows)
        np.copyto(apart, _convolved(rows, starts, ends).reshape(count, len(ORDERS), WIDE).swapaxes(0, 1))
        beside = _beside(starts, ends, count, len(space.rows))
        for branch, (product, (order, before)) in enumerate(zip(self._second, ORDERS, strict=True)):
            window = space.window[: padded * order * WIDE].reshape(padded, order, WIDE)
            first = LEFT - before
            np.take(space.first[branch], beside[:, first : first + order], axis=0, out=window[:count], mode="clip")
            at = slice(branch * WIDE, (branch + 1) * WIDE)
            product.into(features[:, at], window.reshape(padded, order * WIDE))
        features += self._shift
        np.maximum(features, 0, out=features)
        together += apart

        mean = (sums[:, 0] + features.sum(axis=1) * (1 / FINE)) / FEATURES
        squares = np.einsum("ij,ij->i", features, features) * (1 / FINE**2)
        spread = (sums[:, 1] + squares) / FEATURES - mean * mean
        scale = np.reciprocal(np.sqrt(np.maximum(spread, 0) + self._eps))
        embedded, part, low = self.pieces.embedded(ids)
        off = np.add.reduceat(np.stack([scale * (mean - low), scale * mean], axis=1), starts, axis=0)
        here = (scale * part).astype(np.float32)
        there = (scale * (1 / FINE)).astype(np.float32)
        for text, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
            np.matmul(here[start:end], embedded[start:end], out=found[text, :EMBED])
            np.matmul(there[start:end], features[start:end], out=found[text, EMBED:])
        found[:, :EMBED] -= off[:, :1]
        found[:, EMBED:] -= off[:, 1:]


def _groups(texts: Sequence[Sequence[int]], most: int) -> Iterator[tuple[int, int]]:
    """Cut into runs of texts that have at most so many pieces together; a longer text is a run of its own."""
    first, count = 0, 0
    for at, text in enumerate(texts):
        if count and count + len(text) > most:
            yield first, at
            first, count = at, 0
        count += len(text)
    if count:
        yield first, len(texts)


def _convolved(rows: NDArray[np.int16], starts: Whole, ends: Whole) -> NDArray[np.int16]:
    """Add up the first convolution from what is remembered; writes over `rows` and returns a part of it."""
    nexts = BRANCHES + WIDE * 3
    second = nexts + WIDE * 3
    befores = second + WIDE
    last = befores + WIDE * 2
    if len(starts) > 1:
        rows[starts, nexts:befores] = 0
        rows[starts + 1, second:befores] = 0
        rows[ends - 1, befores:] = 0
        rows[ends - 2, last:] = 0
    found = rows[:, BRANCHES:nexts]
    found[:-1] += rows[1:, nexts:second]
    found[:-2, 2 * WIDE :] += rows[2:, second:befores]
    found[1:, WIDE:] += rows[:-1, befores:last]
    found[2:, 2 * WIDE :] += rows[:-2, last:]
    np.maximum(found, 0, out=found)
    found += rows[:, :BRANCHES]
    return found


def _beside(starts: Whole, ends: Whole, count: int, nothing: int) -> Whole:
    """Return (count, 5) places of each piece's neighbours; `nothing` where the text ends."""
    found = np.arange(count)[:, None] + np.arange(-LEFT, RIGHT + 1)
    if len(starts) == 1:
        found[found < 0] = nothing
        found[found >= count] = nothing
        return found
    lengths = ends - starts
    outside = (found < np.repeat(starts, lengths)[:, None]) | (found >= np.repeat(ends, lengths)[:, None])
    found[outside] = nothing
    return found


class Space:
    """Room for the numbers of so many pieces."""

    def __init__(self, most: int) -> None:
        self.rows = np.empty((most, ROW), dtype=np.int16)
        self.first = np.zeros((len(ORDERS), most + 1, WIDE), dtype=np.float32)
        self.window = np.zeros(most * WIDE * (LEFT + 1 + RIGHT), dtype=np.float32)
        self.features = np.empty((most, BRANCHES), dtype=np.float32)


def _check(backend: Any) -> None:
    shapes = {
        "scale": (CHUNKS,),
        "lo": (CHUNKS,),
        "proj_W": (EMBED, BRANCHES),
        "proj_b": (BRANCHES,),
        "ln_g_all": (BRANCHES,),
        "ln_b_all": (BRANCHES,),
        "ln_g": (FEATURES,),
        "ln_b": (FEATURES,),
        "cnn_W": (FEATURES, EMBED),
        "cnn_b": (EMBED,),
        "d0": (EMBED, HALF),
        "p1": (EMBED, HALF),
        "d1": (HALF, HALF),
        "d2": (HALF, EMBED),
        "p3": (HALF, EMBED),
        "d3": (EMBED, EMBED),
    }
    arrays = [(name, getattr(backend, name), shape) for name, shape in shapes.items()]
    for index, (order, _) in enumerate(ORDERS):
        arrays += [(name, getattr(backend, name)[index], (order * WIDE, WIDE)) for name in ("w1", "w2")]
        arrays += [(name, getattr(backend, name)[index], (WIDE,)) for name in ("b1", "b2")]
    for name, array, shape in arrays:
        if array.shape != shape or array.dtype != np.float32:
            raise ValueError(f"{name} is {array.dtype} {array.shape}, not float32 {shape}")
    if backend.table.shape[1:] != (EMBED,) or backend.table.dtype != np.uint8:
        raise ValueError(f"the table is {backend.table.dtype} {backend.table.shape}")
    float(backend.eps)


class Quick:
    """Encodes texts as the package's model does, its vectors nearly to the last digit, in less time."""

    def __init__(self, model: Any) -> None:
        """Take the weights of the package's model; Unlike where it is not what is known here."""
        try:
            backend, tokenizer = model._model, model._tokenizer
            _check(backend)
        except (AttributeError, TypeError, ValueError, IndexError) as reason:
            raise Unlike(str(reason)) from reason
        self._backend = backend
        self.segments = Segments(tokenizer)
        self._limit = _limit()
        with self._limit():  # products of weights too: their last bits depend on the number of threads
            self.pieces = Pieces(backend)
            self.alone = Forward(backend, self.pieces, alone=True)
        self._together: Forward | None = None

    @property
    def together(self) -> Forward:
        """Return the way of many texts, made ready when it is first needed."""
        if self._together is None:
            with self._limit():
                self._together = Forward(self._backend, self.pieces, alone=False)
        return self._together

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return (n, 512) vectors of length one."""
        pieces = [self.segments.of(text) for text in texts]
        with self._limit():
            return (self.alone if len(texts) == 1 else self.together).vectors(pieces)


def _limit() -> Callable[[], AbstractContextManager[object]]:
    """Return what keeps BLAS to one thread for as long as a block lasts."""
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return nullcontext
    limit: Callable[[], AbstractContextManager[object]] = partial(
        ThreadpoolController().limit, limits=1, user_api="blas"
    )
    return limit
