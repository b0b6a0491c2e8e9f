"""Tongues: languages that the sentence encoder does not know, brought to where the others lie.

Of a text in such a language a vector says above all which language it is; what it says else, by names, numbers and
words that languages share, is small beside that. So the middle of such a language is laid on the middle of those that
the encoder knows, and what is left is stretched as wide as theirs. Themes are then less often languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.columns import Columns
from analytics.groups import Indices, Numbers
from analytics.tokens import LANGUAGES
from analytics.vectors import SPOKEN, Vectors, unit

KNOWN = np.array([number for number, code in enumerate(LANGUAGES, 1) if code in SPOKEN])
LEAST = 20
"""Documents from which the middle of a language is told."""
SHARE = 0.02
"""Share of all documents from which a language is no mistake of guessing."""
MOST = 4_000


@dataclass(frozen=True, slots=True)
class Shift:
    """From the middle of a language to that of the known ones, and how much wider these are."""

    origin: Vectors
    target: Vectors
    stretch: float


def learn(columns: Columns, vectors: NDArray[np.floating], weights: Numbers) -> dict[int, Shift]:
    """Return a shift for each language (its number in the columns) that the encoder does not know and many write."""
    rows = np.flatnonzero((weights > 0) & (columns.language > 0))
    spoken = columns.language[rows]
    known = rows[np.isin(spoken, KNOWN)]
    counts = np.bincount(spoken, minlength=len(LANGUAGES) + 1)
    counts[KNOWN] = 0
    least = max(LEAST, SHARE * len(rows))
    foreign = np.flatnonzero(counts >= least).tolist()
    if len(known) < least or not foreign:
        return {}
    target, width = _middle(columns, vectors, known)
    found = {}
    for number in foreign:
        origin, own = _middle(columns, vectors, rows[spoken == number])
        if own > 1e-6:
            found[number] = Shift(origin, target, width / own)
    return found


def _middle(columns: Columns, vectors: NDArray[np.floating], rows: Indices) -> tuple[Vectors, float]:
    """Return the mean of some rows and how far on average they lie from it."""
    if len(rows) > MOST:
        rows = np.sort(rows[np.argsort(columns.print[rows], kind="stable")[:MOST]])
    some = vectors[rows].astype(np.float64)
    mean = some.mean(axis=0)
    return mean.astype(np.float32), float(np.sqrt(((some - mean) ** 2).sum(axis=1)).mean())


def shifted(rows: Vectors, languages: NDArray[np.integer], shifts: Mapping[int, Shift]) -> Vectors:
    """Return float32 `rows`, those in a language with a shift moved by it; `rows` may be written to."""
    for number, shift in shifts.items():
        own = np.flatnonzero(languages == number)
        if len(own):
            rows[own] = unit((rows[own] - shift.origin) * np.float32(shift.stretch) + shift.target)
    return rows
