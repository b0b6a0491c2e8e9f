"""What is emerging: what suddenly many people speak of, and no theme explains yet.

A word bursts when the documents of late hold it far oftener than those before: Dunning's G² (1993). People also
begin to speak of a thing in words that all use all along: then a place among the vectors is suddenly crowded. Around
each new document the nearest others of late are taken; how many of those before lie as near is what a word's count
is to a word. Either counts only when eight documents and half of all that do, no copies and no one's template filled
in, by four people in three threads speak of it, and when these documents are nearer to their own middle than to the
middles of the themes that they were placed in, and nearer than documents usually are to that of their theme: what many
want or forbid in as many matters is a word, not a theme.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from analytics.groups import Indices, Numbers
from analytics.shelf import Forms, Sheet, Shelf, flatten
from analytics.sieve import differing
from analytics.vectors import Vectors, unit
from analytics.words import surprise

STRONG = 24.0
CROWDED = 23.0
"""G² from which a place is crowded. In 1,700 looks at texts in random order the highest was 20.5."""
CROWDS = {400: (8, 12, 16, 24), 1_000: (12, 16, 24, 36, 48)}
"""How many documents of late are looked at, and the sizes of crowds among them: soon, and surely."""
PAST = 4_000
"""Documents from before that are looked at, evenly from all."""
TIMES = 4.0
FEWEST = 8
PEOPLE = 4
THREADS = 3
NEARER = 0.02
CLOSE = 0.02
"""How much nearer to their own middle than usual documents are that have become a theme of their own."""


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


@dataclass(frozen=True, slots=True)
class _Standing:
    """How documents stand in themes: the number of each one's theme, the themes' middles, how near they usually are."""

    labels: Indices
    centres: Vectors
    usual: float


@dataclass
class Watch:
    """Looks at the words of late every 10 documents, at where they lie every 50; remembers which words it reported."""

    SOON: ClassVar[int] = 10
    EVERY: ClassVar[int] = 50
    WINDOW: ClassVar[int] = 400
    ENOUGH: ClassVar[int] = 600

    reported: set[str] = field(default_factory=set)

    def look(
        self,
        shelf: Shelf,
        labels: Indices,
        centres: Vectors,
        usual: float,
        told: Collection[int] = (),
        ids: Collection[str] = (),
        for_places: bool = True,
    ) -> list[Sighting]:
        """Return what emerges now and was not reported before, the strongest first; at most one a look.

        `usual` is the cosine of documents to the middle of their theme, as it mostly is; `told` are the groups that
        began by emerging, `ids` the documents that gave them away. Crowded places are looked for with `for_places`.
        """
        alive = shelf.speaking()
        if len(alive) < self.ENOUGH:
            return []
        stand = _Standing(labels, centres, usual)
        seen = self._words(shelf, alive[-self.WINDOW :], alive[: -self.WINDOW], stand)
        if seen or not for_places:
            return seen
        before = _evenly(len(alive) - self.WINDOW)
        past = shelf.vectors[alive[before]].astype(np.float32)
        for window in CROWDS:
            if not seen and len(alive) >= (self.ENOUGH if window <= self.WINDOW else 2 * window):
                earlier = past[: np.searchsorted(before, len(alive) - window)]
                seen = self._places(shelf, alive[-window:], earlier, stand, frozenset(told), frozenset(ids))
        return seen

    def _words(self, shelf: Shelf, late: Indices, before: Indices, stand: _Standing) -> list[Sighting]:
        recent, _ = flatten([_keys(shelf.sheets[row]) for row in late.tolist()])
        now = np.bincount(recent, minlength=len(shelf.dictionary)).astype(np.float64)
        words = np.flatnonzero(now >= FEWEST)
        now = now[words]
        held = np.maximum(_held(shelf, words) - now, 0)
        strength = burst(now, held, len(late), len(before))
        for place in np.argsort(-strength, kind="stable").tolist():
            word = shelf.tokens[int(words[place])]
            if strength[place] < STRONG:
                return []
            if word in self.reported:
                continue
            rows = [row for row in late.tolist() if words[place] in _keys(shelf.sheets[row])]
            seen = self._sight(shelf, word, rows, stand)
            if seen is not None:
                self.reported.add(word)
                return [seen]
        return []

    def _places(
        self,
        shelf: Shelf,
        late: Indices,
        before: Vectors,
        stand: _Standing,
        told: frozenset[int],
        ids: frozenset[str],
    ) -> list[Sighting]:
        sizes = CROWDS[len(late)]
        prints = [sheet.print if (sheet := shelf.sheets[row]) else b"" for row in late.tolist()]
        late = late[np.sort(np.unique(np.array(prints), return_index=True)[1])]
        for rows in crowds(shelf.vectors, late, before, self.EVERY, sizes):
            known = sum(stand.labels[row] in told for row in rows.tolist())
            again = sum(sheet.about.id in ids for row in rows.tolist() if (sheet := shelf.sheets[row]))
            if 2 * known > len(rows) or again >= THREADS:
                continue
            word = telling(shelf, rows, shelf.dictionary.num_docs - len(late))
            seen = self._sight(shelf, word, rows.tolist(), stand)
            if seen is not None:
                self.reported.add(seen.word)
                return [seen]
        return []

    def _sight(self, shelf: Shelf, word: str, rows: Sequence[int], stand: _Standing) -> Sighting | None:
        rows = [row for row in rows if stand.labels[row] >= 0]
        sheets = [sheet for row in rows if (sheet := shelf.sheets[row]) is not None]
        prints = {sheet.print for sheet in sheets}
        enough = max(FEWEST, len(sheets) // 2)
        if len(prints) < FEWEST or differing(sheets, enough) < enough or not _spread(sheets):
            return None
        vectors = shelf.lying(rows)
        placed = float(np.mean(np.einsum("ij,ij->i", vectors, stand.centres[stand.labels[rows]])))
        if own_middle(vectors) < max(placed + NEARER, stand.usual + CLOSE):
            return None
        ids = tuple(sheet.about.id for sheet in sheets)
        return Sighting(word, tuple(rows), ids)


def _keys(sheet: Sheet | None) -> Forms:
    return sheet.keys if sheet is not None else np.zeros(0, dtype=np.int32)


def _held(shelf: Shelf, words: NDArray[np.integer]) -> Numbers:
    return np.array([shelf.dictionary.dfs.get(word, 0) for word in words.tolist()], dtype=np.float64)


def _evenly(count: int) -> Indices:
    """Return at most PAST of the places 0, 1, … before `count`, evenly from all."""
    if count <= PAST:
        return np.arange(count)
    return np.linspace(0, count - 1, PAST).astype(np.int64)


def crowds(
    vectors: NDArray[np.float16], late: Indices, before: Vectors, new: int, sizes: Sequence[int]
) -> list[Indices]:
    """Return the crowded places: rows of late documents around one of the `new` newest, the most crowded first.

    `before` are the vectors of some documents from before. The middle of a place is a document, never a mean: a mean
    lies nearer to the documents that it was taken from than to others like them, and every place would look crowded.
    """
    if len(late) <= min(sizes):
        return []
    now = unit(vectors[late].astype(np.float32))
    new = min(new, len(now))
    middles = now[-new:]
    close = middles @ now.T
    close[np.arange(new), np.arange(len(now) - new, len(now))] = 2.0
    past = middles @ before.T
    order = np.argsort(-close, axis=1, kind="stable")[:, : max(sizes) + 1]
    found: list[tuple[float, int, int]] = []
    for size in sizes:
        if size >= order.shape[1]:
            continue
        edge = np.take_along_axis(close, order[:, size : size + 1], axis=1)
        there = (past >= edge).sum(axis=1).astype(np.float64)
        strength = burst(np.full(new, float(size)), there, len(now), len(before))
        found += [(-float(strength[at]), at, size) for at in np.flatnonzero(strength >= CROWDED).tolist()]
    return [np.sort(late[order[at, : size + 1]]) for _, at, size in sorted(found)]


def telling(shelf: Shelf, rows: Indices, before: int) -> str:
    """Return the word that tells these documents best from all others; "" where they have none in common."""
    keys, _ = flatten([_keys(shelf.sheets[row]) for row in rows.tolist()])
    words, counts = np.unique(keys, return_counts=True)
    words, now = words[counts > 1], counts[counts > 1].astype(np.float64)
    if not len(words):
        return ""
    strength = burst(now, np.maximum(_held(shelf, words) - now, 0), len(rows), before)
    return shelf.tokens[int(words[np.lexsort((words, -now, -strength))[0]])]


def _spread(sheets: Sequence[Sheet]) -> bool:
    """Say whether enough different people in enough threads speak; where neither is known, it is not asked."""
    authors = {sheet.about.author for sheet in sheets} - {""}
    threads = {sheet.about.thread or sheet.about.id for sheet in sheets}
    return (not authors or len(authors) >= PEOPLE) and len(threads) >= THREADS


def burst(now: Numbers, before: Numbers, late: int, early: int) -> Numbers:
    """Return Dunning's G² of word counts in `late` documents against `early` ones; 0 where not 4 times as often."""
    oftener = now / max(1, late) > TIMES * np.maximum(before, 0.5) / max(1, early)
    return np.asarray(np.where(oftener, surprise(now, before, float(late), float(early)), 0.0))


def own_middle(vectors: Vectors) -> float:
    """Return the mean cosine of each row to the middle of the other rows."""
    whole = vectors.sum(axis=0, dtype=np.float64)
    others = unit((whole[None, :] - vectors).astype(np.float32))
    return float(np.mean(np.einsum("ij,ij->i", others, vectors)))
