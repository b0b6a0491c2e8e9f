"""Columns: what grouping asks of every document, as arrays beside the sheets: a million are looked at in one go."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analytics.tokens import LANGUAGES

if TYPE_CHECKING:
    from analytics.shelf import Sheet

Marks = NDArray[np.uint64]

_NUMBERS = {code: number for number, code in enumerate(LANGUAGES, 1)}

SHAPE = 3
"""Meaningful words from which a document can be a filled-in template."""


class Columns:
    """One number a row: of who and what it is only marks (hashes), never names or words. An empty row is all zeros.

    `speaks`: more than thanks and nods; `placeable`: it has a meaningful word, or three of any kind; `shaping`: it
    speaks and has a meaningful word; `print`: the same for copies; `shape`: the same for documents of the very same
    meaningful words, 0 where they are few; `author`: 0 where unknown; `at`: seconds since 1970; `language`: the place
    in LANGUAGES, from 1, 0 where unknown.
    """

    def __init__(self) -> None:
        self._count = 0
        self._flags = np.zeros((64, 3), dtype=np.bool_)
        self._marks = np.zeros((64, 3), dtype=np.uint64)
        self._at = np.zeros(64)
        self._language = np.zeros(64, dtype=np.uint8)

    def __len__(self) -> int:
        return self._count

    @property
    def speaks(self) -> NDArray[np.bool_]:
        return self._flags[: self._count, 0]

    @property
    def placeable(self) -> NDArray[np.bool_]:
        return self._flags[: self._count, 1]

    @property
    def shaping(self) -> NDArray[np.bool_]:
        return self._flags[: self._count, 2]

    @property
    def print(self) -> Marks:
        return self._marks[: self._count, 0]

    @property
    def shape(self) -> Marks:
        return self._marks[: self._count, 1]

    @property
    def author(self) -> Marks:
        return self._marks[: self._count, 2]

    @property
    def at(self) -> NDArray[np.float64]:
        return self._at[: self._count]

    @property
    def language(self) -> NDArray[np.uint8]:
        return self._language[: self._count]

    def append(self, sheet: Sheet) -> None:
        """Put the marks of a sheet on the next row."""
        row = self._count
        if row == len(self._at):
            self._flags, self._marks = widened(self._flags), widened(self._marks)
            self._at, self._language = widened(self._at), widened(self._language)
        self._count += 1
        worded = len(sheet.keys) > 0
        self._flags[row] = not sheet.chatter, worded or sheet.words >= 3, worded and not sheet.chatter
        shape = _mark(sheet.keys.tobytes()) if len(sheet.keys) >= SHAPE else 0
        author = _mark(sheet.about.author.encode("utf-8", "replace")) if sheet.about.author else 0
        self._marks[row] = int.from_bytes(sheet.print[:8], "big"), shape, author
        self._at[row] = sheet.about.at
        self._language[row] = _NUMBERS.get(sheet.language, 0)

    def clear(self, row: int) -> None:
        """Leave nothing of a row."""
        self._flags[row] = False
        self._marks[row] = 0
        self._at[row] = 0.0
        self._language[row] = 0


def _mark(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big")


def widened(rows: NDArray[Any]) -> NDArray[Any]:
    """Return `rows` with as much room again at their end, zeros that take no memory until they are written."""
    wide = np.zeros((2 * len(rows), *rows.shape[1:]), dtype=rows.dtype)
    wide[: len(rows)] = rows
    return wide
