"""What is emerging: words that suddenly many people say, about something that no theme explains yet.

A word bursts when the documents of late hold it far oftener than those before: Dunning's G² (1993). It counts
only when eight documents, no copies and no one's template filled in, by four people in three threads hold
it, and when these documents are nearer to their own middle than to the middles of the themes that they were placed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

import numpy as np

from analytics.groups import Indices, Numbers
from analytics.shelf import Forms, Sheet, Shelf, flatten
from analytics.sieve import differing
from analytics.vectors import Vectors, unit

STRONG = 24.0
TIMES = 4.0
FEWEST = 8
PEOPLE = 4
THREADS = 3
NEARER = 0.02


@dataclass(frozen=True, slots=True)
class Burst:
    """An emerging theme: its id, the word that gave it away, when (seconds since 1970), and the documents' ids."""

    theme: str
    word: str
    at: float
    ids: tuple[str, ...]

    def without(self, document_id: str) -> Self | None:
        """Return the burst without a document; None when nothing is left to show for it."""
        if document_id not in self.ids:
            return self
        rest = tuple(name for name in self.ids if name != document_id)
        return replace(self, ids=rest) if len(rest) >= FEWEST // 2 else None


@dataclass(frozen=True, slots=True)
class Sighting:
    """A burst before it has a theme: the word, the rows and the ids of the documents that hold it."""

    word: str
    rows: tuple[int, ...]
    ids: tuple[str, ...]


@dataclass
class Watch:
    """Looks at the documents of late, every 50; remembers which words it has reported."""

    EVERY: ClassVar[int] = 50
    WINDOW: ClassVar[int] = 400
    ENOUGH: ClassVar[int] = 600

    reported: set[str] = field(default_factory=set)

    def look(self, shelf: Shelf, labels: Indices, centres: Vectors, counted: int) -> list[Sighting]:
        """Return what bursts now and was not reported before, strongest first; at most one a look."""
        alive = [row for row, sheet in enumerate(shelf.sheets) if sheet is not None and not sheet.chatter]
        if len(alive) < self.ENOUGH:
            return []
        late = alive[-self.WINDOW :]
        recent, _ = flatten([_keys(shelf.sheets[row]) for row in late])
        now = np.bincount(recent, minlength=len(shelf.dictionary)).astype(np.float64)
        held = np.zeros(len(now))
        dfs = shelf.dictionary.dfs
        words = np.flatnonzero(now >= FEWEST)
        held[words] = [dfs.get(int(word), 0) for word in words]
        before = np.maximum(held - now, 0)
        strength = surprise(now[words], before[words], len(late), len(alive) - len(late))
        for place in np.argsort(-strength, kind="stable").tolist():
            word = shelf.tokens[int(words[place])]
            if strength[place] < STRONG:
                return []
            if word in self.reported:
                continue
            seen = self._sight(shelf, late, int(words[place]), labels, centres)
            if seen is not None:
                self.reported.add(word)
                return [seen]
        return []

    def _sight(self, shelf: Shelf, late: Sequence[int], key: int, labels: Indices, centres: Vectors) -> Sighting | None:
        rows = [row for row in late if key in _keys(shelf.sheets[row]) and labels[row] >= 0]
        sheets = [sheet for row in rows if (sheet := shelf.sheets[row]) is not None]
        prints = {sheet.print for sheet in sheets}
        if len(prints) < FEWEST or differing(sheets, FEWEST) < FEWEST or not _spread(sheets):
            return None
        vectors = shelf.vectors[rows].astype(np.float32)
        if own_middle(vectors) < float(np.mean(np.einsum("ij,ij->i", vectors, centres[labels[rows]]))) + NEARER:
            return None
        ids = tuple(sheet.about.id for sheet in sheets)
        return Sighting(shelf.tokens[key], tuple(rows), ids)


def _keys(sheet: Sheet | None) -> Forms:
    return sheet.keys if sheet is not None else np.zeros(0, dtype=np.int32)


def _spread(sheets: Sequence[Sheet]) -> bool:
    """Say whether enough different people in enough threads speak; where neither is known, it is not asked."""
    authors = {sheet.about.author for sheet in sheets} - {""}
    threads = {sheet.about.thread or sheet.about.id for sheet in sheets}
    return (not authors or len(authors) >= PEOPLE) and len(threads) >= THREADS


def surprise(now: Numbers, before: Numbers, late: int, early: int) -> Numbers:
    """Return Dunning's G² of word counts in `late` documents against `early` ones; 0 where not 4 times as often."""
    total = max(1, late + early)
    expected_now = (now + before) * late / total
    expected_before = (now + before) * early / total
    with np.errstate(divide="ignore", invalid="ignore"):
        first = np.where(now > 0, now * np.log(now / expected_now), 0.0)
        second = np.where(before > 0, before * np.log(before / expected_before), 0.0)
    oftener = now / max(1, late) > TIMES * np.maximum(before, 0.5) / max(1, early)
    return np.asarray(np.where(oftener, 2 * (first + second), 0.0))


def own_middle(vectors: Vectors) -> float:
    """Return the mean cosine of each row to the middle of the other rows."""
    whole = vectors.sum(axis=0, dtype=np.float64)
    others = unit((whole[None, :] - vectors).astype(np.float32))
    return float(np.mean(np.einsum("ij,ij->i", others, vectors)))
