"""Themes while people write: placed at once, refreshed from where they stood, under names that stay."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping
from typing import Any, Self

import numpy as np

from analytics import sieve, snapshot
from analytics.branches import Branch, Stood, describe, divide, due, stand, subthemes
from analytics.corpus import Document, name_words
from analytics.emerging import Burst, Watch
from analytics.groups import (
    PART,
    STEPS,
    Flags,
    Indices,
    Numbers,
    centre,
    group,
    halve,
    improve,
    nearest,
    split,
    suited,
    unsure,
)
from analytics.map import Layout
from analytics.picture import Portrait, answered, draw, follow, portray
from analytics.places import Place, Places, Told
from analytics.report import Change, Outline, ThemeReport, assemble, by_size
from analytics.shelf import Shelf
from analytics.similar import find
from analytics.vectors import FindEncoder, Vectors, sentence_encoder, unit

FIRST = 10
"""Documents from which there are themes."""
FEW, EVERY = 12, 200
"""New documents: for fewer no refresh is made, after so many one is made among some thousands."""
STAY = 0.02
"""A placed document moves only to a theme whose middle is at least this much nearer."""
SAME = 0.93
"""Themes whose middles are nearer than this are one."""
SHAPING = 12_000
"""Documents that move the middles of themes in a refresh, some of each theme; all are placed."""
WEIGHED = 6_000
"""Documents whose vectors are brought in line in a refresh; a twentieth of all where that is more."""
LOOKED_AT = 10_000
"""Documents of which is told how near they usually are to the middle of their theme, evenly from all."""
DIVIDED = 3
"""Themes that are divided in a refresh, those that changed most."""
YOUNG = 5
"""Refreshes in which a theme that emerged has to keep what gave it away."""
TOLD = 12
"""Bursts that a report names."""


class LiveThemes:
    """The themes of one corpus, kept current.

    The same documents in the same order with the same refreshes give the same themes, names and places to the
    last bit, also across `dump` and `load`. Not for several threads at once: one worker owns it.
    """

    def __init__(self, seed: str, names: Iterable[str] = (), find_encoder: FindEncoder = sentence_encoder) -> None:
        """`seed` is the id of the jam; `names` are participants' names, which never become themes."""
        self._find_encoder = find_encoder
        self.start(seed, names)

    def start(self, seed: str, names: Iterable[str]) -> None:
        """Begin with nothing."""
        self.seed = seed
        self.participants: dict[str, None] = dict.fromkeys(names)
        self.shelf = Shelf(self.participants, self._find_encoder)
        self.names: list[str] = []
        self.events: list[Change] = []
        self.emerging: list[Burst] = []
        self.titles: dict[str, str] = {}
        self.kept: dict[str, None] = {}
        self.cuts: dict[str, str] = {}
        self.centres: Vectors = np.zeros((0, self.shelf.vectors.shape[1]), dtype=np.float32)
        self.portraits: list[Portrait] = []
        self.layout: Layout | None = None
        self.branches: dict[str, Branch] = {}
        self.pruned: dict[str, None] = {}
        self.young: dict[str, int] = {}
        self.named = self.refreshes = self.new = self.counted = self.learnt = 0
        self.weighed = self.weighing = 0
        self.stale = False
        self.seconds = 0.0
        self.watch = Watch()
        self._labels = np.full(64, -1, dtype=np.int64)
        self._closeness = np.zeros(64)
        self._unsure = np.zeros(64, dtype=np.bool_)
        self._stood = Stood()
        self._told = Told()
        self._floods: sieve.Verdicts = {}

    def places(self) -> tuple[Indices, Numbers]:
        """Return for each row of the shelf the number of its theme (−1: none) and the cosine to its middle."""
        return self._labels[: len(self.shelf)], self._closeness[: len(self.shelf)]

    def unsure(self) -> Flags:
        """Return for each row of the shelf whether it lies about as near to another theme."""
        return self._unsure[: len(self.shelf)]

    def place_all(self, labels: Indices, closeness: Numbers, unsure: Flags) -> None:
        """Take over where every row of the shelf stands."""
        self._labels, self._closeness, self._unsure = labels.copy(), closeness.copy(), unsure.copy()

    # What the worker calls as people write.

    def meet(self, name: str) -> None:
        """Take note of a participant's name; what is written from here on has no theme on it."""
        if name not in self.participants:
            self.participants[name] = None
            self.shelf.names.update(name_words([name]))

    def add(self, document: Document) -> str | None:
        """Place a document at once; return the id of its theme, None while there is none. A known id changes."""
        if document.id in self.shelf.row_of:
            return self.change(document)
        row = self._put(document)
        self.new += 1
        self.counted += 1
        if self.counted % Watch.SOON == 0 and len(self.centres):
            self._look_out(self.counted % Watch.EVERY == 0)
        return self._name(int(self._labels[row]))

    def change(self, document: Document) -> str | None:
        """Take the new text of a document; the old one leaves no trace. Return the id of its theme now."""
        self.remove(document.id)
        row = self._put(document)
        return self._name(int(self._labels[row]))

    def remove(self, document_id: str) -> None:
        """Forget a document: out of sizes, words and quotes at once. Unknown ids are ignored."""
        self._told.forget(document_id)
        row = self.shelf.take(document_id)
        if row is None:
            return
        name = self._name(int(self._labels[row]))
        if name in self.branches:
            self.pruned[name] = None
        self._labels[row] = -1
        self._closeness[row] = 0.0
        self._unsure[row] = False
        self.stale = True
        self.emerging = [burst for old in self.emerging if (burst := old.without(document_id)) is not None]
        self.watch.reported.intersection_update(self.shelf.dictionary.token2id)

    def rename(self, theme_id: str, title: str) -> None:
        """Give a theme a person's title; it stays with the id until renamed to ""."""
        if title:
            self.titles[theme_id] = title
        else:
            self.titles.pop(theme_id, None)

    def keep(self, theme_id: str) -> None:
        """Leave a theme standing that a person has touched: no refresh merges it away."""
        if theme_id in self.names:
            self.kept[theme_id] = None

    def cut(self, edit: str, theme_id: str) -> str | None:
        """Split a theme in two because a person asked; return the new one's id, None when it cannot be split."""
        if theme_id not in self.names:
            return None
        which = self.names.index(theme_id)
        rows, vectors, weights = self._shaping()
        halves = split(vectors, self._labels[rows], which, weights, self._number("cut", edit))
        if halves is None:
            return None
        self.centres[which] = halves[0][0]
        name = self._bear(halves[0][1], "split", theme_id)
        self.cuts[edit] = name
        self.keep(theme_id)
        self.keep(name)
        members = np.flatnonzero(self._labels[: len(self.shelf)] == which)
        own = np.array([which, len(self.names) - 1])
        near = self.shelf.lying(members) @ self.centres.T
        self._labels[members] = own[near[:, own].argmax(axis=1)]
        self._closeness[members] = near[:, own].max(axis=1)
        self._unsure[members] = unsure(near, self._labels[members])
        follow(self.shelf, self._labels)
        self.stale = True
        return name

    def mend(self, edit: str) -> None:
        """Put back together what `cut` took apart."""
        name = self.cuts.pop(edit, "")
        origin = next((one.other for one in self.events if one.theme == name and one.kind == "split"), "")
        origin = self._became(origin)
        if name not in self.names or origin not in self.names:
            return
        gone, into = self.names.index(name), self.names.index(origin)
        self.kept.pop(name, None)
        self.events.append(Change("merge", name, origin, self._now()))
        self._drop(gone, into)
        rows, vectors, weights = self._shaping()
        self.centres = _means(vectors, self._labels[rows], self.centres, weights)
        self.stale = True

    def _shaping(self, weights: Numbers | None = None) -> tuple[Indices, Vectors, Numbers]:
        """Return the rows that shape themes, of very many some, their vectors, and how much each counts."""
        columns = self.shelf.columns
        if weights is None:
            weights = self._weights()
        rows = np.flatnonzero(weights > 0)
        rows, counts = sieve.some(rows, self._labels[rows], columns.print[rows], weights[rows], SHAPING)
        return rows, self.shelf.lying(rows), counts

    def _weights(self) -> Numbers:
        return sieve.weigh(self.shelf.columns, self.shelf.vectors, self._floods)

    def due(self) -> bool:
        """Say whether it is time to refresh: an eighth more documents, 200 more (one in fifty of many) at most."""
        if not self.new:
            return False
        total = len(self.shelf.row_of)
        first = total - self.new < FIRST <= total
        return first or self.new >= max(min(EVERY, max(FEW, total // 8)), total // 50)

    def refresh(self) -> None:
        """Improve the themes from where they stand; learn words and labels anew."""
        started = time.perf_counter()
        self.refreshes += 1
        self.new = 0
        if self.shelf.dictionary.num_docs >= 2 * self.learnt:
            self.learnt = self.shelf.dictionary.num_docs
            self.weighed, self.weighing = 0, len(self.shelf)
        self._weigh_more()
        weights = self._weights()
        self.shelf.learn_tongues(weights)
        rows, vectors, counts = self._shaping(weights)
        if len(rows):
            self._regroup(rows, vectors, counts)
        self._portray(weights)
        self._divide(rows, vectors, counts, weights)
        self._stood.forget()
        self.seconds = time.perf_counter() - started

    def _weigh_more(self) -> None:
        """Bring vectors in line with how rare words are by now: of very many documents some in each refresh."""
        rows = self.shelf.standing()[1]
        rows = rows[np.searchsorted(rows, self.weighed) : np.searchsorted(rows, self.weighing)]
        rows = rows[: max(WEIGHED, len(self.shelf.row_of) // 20)]
        if not len(rows):
            return
        self._floods.clear()
        self.shelf.weigh(rows.tolist())
        self.weighed = int(rows[-1]) + 1

    def report(self) -> ThemeReport:
        """Return the themes as they stand now, and where every document stands."""
        outline, stands = self._outline()
        return assemble(self.shelf, self.places()[0], self.unsure(), self.names, outline, stands)

    def tell(self) -> tuple[Outline, Places]:
        """Return the themes as they stand now, and where documents stand that `told` did not hear of yet."""
        outline, stands = self._outline()
        return outline, self._told.news(self.shelf, self.places()[0], self.names, stands, self.unsure())

    def told(self, places: Places) -> None:
        """Take note that this was told, and kept."""
        self._told.keep(self.shelf, places)

    def hear(self, stands: Mapping[str, Place]) -> None:
        """Take note of what was told of these documents before."""
        self._told.hear(self.shelf, stands)

    def _outline(self) -> tuple[Outline, Indices]:
        """Draw the themes; words and quotes of what was removed are gone. Return the sub-theme of each row too."""
        if self.stale:
            self._portray(self._weights())
        self._prune()
        labels = self._labels[: len(self.shelf)]
        stands = stand(self.shelf, self.shelf.lying, labels, self.names, self.branches, self._stood)
        parts = subthemes(self.shelf, labels, self.names, self.branches, stands)
        themes, self.layout = draw(self.shelf, labels, self.names, self.portraits, self.layout, parts)
        titled = by_size([theme.titled(self.titles.get(theme.id)) for theme in themes])
        documents = len(self.shelf.row_of)
        unplaced = documents - int((labels >= 0).sum())
        return Outline(titled, documents, unplaced, self.seconds, dict(self.cuts), self._emerging()), stands

    def _emerging(self) -> tuple[dict[str, Any], ...]:
        """Return the newest bursts, each under the theme that it has become part of."""
        told = []
        for burst in self.emerging[: -TOLD - 1 : -1]:
            theme = self._became(burst.theme)
            if theme in self.names:
                found = {"theme": theme, "born": burst.theme, "word": burst.word, "at": burst.at}
                told.append(found | {"ids": list(burst.ids)})
        return tuple(told)

    def _became(self, theme: str) -> str:
        """Return the theme of which one is a part now; itself where it stands, or was dropped."""
        gone = {change.theme: change.other for change in self.events if change.kind == "merge"}
        while theme not in self.names and theme in gone:
            theme = gone[theme]
        return theme

    def similar(self, text: str, count: int = 5) -> list[tuple[str, float]]:
        """Return the ids of the documents nearest in meaning to `text` and their cosines, nearest first."""
        return find(self.shelf, self._labels[: len(self.shelf)], self.centres, text, count)

    def dump(self) -> bytes:
        """Return everything as bytes (npz and JSON inside, no pickle); nothing of removed documents is in it."""
        return snapshot.dump(self)

    @classmethod
    def load(cls, data: bytes, find_encoder: FindEncoder = sentence_encoder) -> Self:
        """Return what was dumped; it goes on exactly as the original would. Raises ValueError on other bytes."""
        live = cls("", (), find_encoder)
        snapshot.load(live, data)
        return live

    # How it is done.

    def _put(self, document: Document) -> int:
        row = self.shelf.put([document])[0]
        if row >= len(self._labels):
            more = max(64, len(self._labels))
            self._labels = np.concatenate([self._labels, np.full(more, -1, dtype=np.int64)])
            self._closeness = np.concatenate([self._closeness, np.zeros(more)])
            self._unsure = np.concatenate([self._unsure, np.zeros(more, dtype=np.bool_)])
        self._place(row)
        return row

    def _place(self, row: int) -> None:
        sheet = self.shelf.sheets[row]
        self._labels[row], self._unsure[row] = -1, False
        if sheet is None or not len(self.centres) or not self.shelf.columns.placeable[row]:
            return
        if sheet.chatter:
            idea = int(answered(self.shelf, np.array([row]))[0])
            self._labels[row] = self._labels[idea] if idea >= 0 else -1
            return
        near = self.shelf.lying([row]) @ self.centres.T
        self._labels[row] = near[0].argmax()
        self._closeness[row] = near[0].max()
        self._unsure[row] = unsure(near, self._labels[[row]])[0]

    def _name(self, label: int) -> str | None:
        return self.names[label] if label >= 0 else None

    def _number(self, *about: object) -> int:
        text = "\0".join([self.seed, *map(str, about)])
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big")

    def _new_name(self) -> str:
        self.named += 1
        return f"t{self.named}"

    def _now(self) -> float:
        return max((sheet.about.at for sheet in self.shelf.sheets[-50:] if sheet is not None), default=0.0)

    def _regroup(self, rows: Indices, vectors: Vectors, weights: Numbers) -> None:
        wanted = suited(float((weights > 0).sum()))
        if not len(self.centres):
            started = group(vectors, wanted, weights, self._number("start"))
            self._name_groups(started.centres, started.nearest)
        else:
            labels = self._labels[rows]
            kept = _means(vectors, labels, self.centres, weights)
            self.centres = improve(vectors, kept, weights, STEPS).centres
        self._follow_bursts()
        self._merge(vectors, weights)
        self._split(vectors, weights, wanted)
        self._settle()

    def _name_groups(self, centres: Vectors, labels: Indices) -> None:
        sizes = np.bincount(labels, minlength=len(centres))
        order = np.argsort(-sizes, kind="stable")
        order = order[sizes[order] > 0]
        self.centres = centres[order]
        self.names = [self._new_name() for _ in order]
        self.portraits = [Portrait()] * len(order)
        self.events += [Change("birth", name, "", self._now()) for name in self.names]

    def _follow_bursts(self) -> None:
        """Let a theme that emerged of late be one with that to which most went over that gave it away.

        Of two that are much the same one may draw all to itself, and the other would go on as something else under the
        name by which it was announced.
        """
        for burst in self.emerging:
            if burst.theme not in self.young:
                continue
            rows = [self.shelf.row_of[name] for name in burst.ids if name in self.shelf.row_of]
            if burst.theme in self.names and burst.theme not in self.kept and rows:
                own = self.names.index(burst.theme)
                found = np.bincount(nearest(self.shelf.lying(rows), self.centres)[0], minlength=len(self.centres))
                into = int(found.argmax())
                if 2 * found[into] > len(rows) and 4 * found[own] <= len(rows):
                    self.events.append(Change("merge", burst.theme, self.names[into], self._now()))
                    self._drop(own, into)
            self.young[burst.theme] -= 1
        self.young = {name: left for name, left in self.young.items() if left and name in self.names}

    def _merge(self, vectors: Vectors, weights: Numbers) -> None:
        """Drop themes that nobody is in, and the later of two whose middles are the same.

        None that a person touched is dropped.
        """
        while len(self.centres) > 1:
            labels, _ = nearest(vectors, self.centres)
            sizes = np.bincount(labels, weights=weights, minlength=len(self.centres))
            alike = np.triu(self.centres @ self.centres.T, 1)
            kept = np.array([name in self.kept for name in self.names])
            sizes[kept] = np.maximum(sizes[kept], 1)
            alike[np.ix_(kept, kept)] = -1.0
            first, later = np.unravel_index(int(alike.argmax()), alike.shape)
            if sizes.min() < 1:
                gone = int(sizes.argmin())
                into = int(np.where(np.arange(len(sizes)) == gone, -2.0, self.centres @ self.centres[gone]).argmax())
            elif alike[first, later] > SAME:
                gone, into = (int(first), int(later)) if kept[later] else (int(later), int(first))
            else:
                return
            self.events.append(Change("merge", self.names[gone], self.names[into], self._now()))
            self._drop(gone, into)

    def _drop(self, gone: int, into: int) -> None:
        self.centres = np.delete(self.centres, gone, axis=0)
        self.branches.pop(self.names[gone], None)
        self.pruned.pop(self.names[gone], None)
        del self.names[gone], self.portraits[gone]
        labels = self._labels
        labels[labels == gone] = into
        labels[labels > gone] -= 1

    def _split(self, vectors: Vectors, weights: Numbers, wanted: int) -> None:
        """While there are fewer themes than suit, cut the one whose middle explains least."""
        tried: set[int] = set()

        def seed(which: int) -> int:
            return self._number("split", self.refreshes, which)

        while len(self.centres) < wanted and (cut := halve(vectors, self.centres, weights, seed, tried)):
            which, centres = cut
            self.centres = centres[:-1]
            self._bear(centres[-1], "split", self.names[which])

    def _bear(self, centre: Vectors, kind: str, other: str) -> str:
        name = self._new_name()
        self.centres = np.concatenate([self.centres, centre[None, :]])
        self.names.append(name)
        self.portraits.append(Portrait())
        self.events.append(Change(kind, name, other, self._now()))
        return name

    def _settle(self) -> None:
        """Place every row; one that stands already moves only where it is clearly nearer."""
        placeable = np.flatnonzero(self.shelf.columns.placeable)
        stood = self._labels[placeable]
        self._labels[: len(self.shelf)] = -1
        self._unsure[: len(self.shelf)] = False
        for start in range(0, len(placeable), PART):
            rows, before = placeable[start : start + PART], stood[start : start + PART]
            near = self.shelf.lying(rows) @ self.centres.T
            best, cosine = near.argmax(axis=1), near.max(axis=1)
            there = near[np.arange(len(rows)), np.maximum(before, 0)]
            stay = (before >= 0) & (there >= cosine - STAY)
            self._labels[rows] = np.where(stay, before, best)
            self._unsure[rows] = unsure(near, self._labels[rows])
            self._closeness[rows] = np.where(stay, there, cosine)
        follow(self.shelf, self._labels)

    def _portray(self, weights: Numbers) -> None:
        labels = self._labels[: len(self.shelf)]
        self.portraits = portray(self.shelf, labels, self._closeness[: len(self.shelf)], weights, self.portraits)
        self.stale = False

    def _divide(self, rows: Indices, vectors: Vectors, counts: Numbers, weights: Numbers) -> None:
        """Divide some themes into sub-themes; `rows` lie at `vectors` and count so much, of all that shape themes."""
        labels = self._labels[rows]
        sizes = np.bincount(labels[labels >= 0], weights=counts[labels >= 0], minlength=len(self.names))
        for name in due(self.branches, dict(zip(self.names, sizes.tolist(), strict=True)), DIVIDED):
            own = labels == self.names.index(name)
            seed = self._number("divide", name)
            before = self.branches.get(name)
            self.branches[name] = divide(self.shelf, rows[own], vectors[own], counts[own], weights, before, seed)

    def _prune(self) -> None:
        """Learn anew what sub-themes say of themselves of which something was taken out."""
        weights = self._weights() if self.pruned else np.zeros(0)
        for name in sorted(self.pruned):
            if (branch := self.branches[name]).numbers:
                members = np.flatnonzero((self._labels[: len(self.shelf)] == self.names.index(name)) & (weights > 0))
                self.branches[name] = describe(self.shelf, members, self.shelf.lying(members), weights, branch)
        self.pruned.clear()

    def _look_out(self, for_places: bool) -> None:
        """Look for what suddenly many people speak of and no theme explains; each becomes a theme of its own.

        Bursts of words are looked for at once, crowded places (`for_places`) seldom: that takes far longer.
        """
        labels = self._labels[: len(self.shelf)]
        born = {burst.theme for burst in self.emerging}
        born |= {change.theme for change in self.events if change.kind == "split" and change.other in born}
        told = [number for number, name in enumerate(self.names) if name in born]
        ids = [name for burst in self.emerging for name in burst.ids]
        some = slice(None, None, len(labels) // LOOKED_AT + 1)
        near = self._closeness[: len(self.shelf)][some][(labels[some] >= 0) & self.shelf.columns.speaks[some]]
        usual = float(np.median(near)) if len(near) else 0.0
        for burst in self.watch.look(self.shelf, labels, self.centres, usual, told, ids, for_places):
            vectors = self.shelf.lying(list(burst.rows))
            middle = unit(vectors.sum(axis=0, keepdims=True, dtype=np.float32))[0]
            name = self._bear(middle, "birth", "")
            for row in burst.rows:
                self._place(row)
            self.emerging.append(Burst(name, burst.word, self._now(), burst.ids))
            self.young[name] = YOUNG
            self.stale = True


def _means(vectors: Vectors, labels: Indices, centres: Vectors, weights: Numbers) -> Vectors:
    """Return the means of groups as they stand, the old centre where a group has nobody."""
    placed = labels >= 0
    fresh = centre(vectors[placed], labels[placed], len(centres), weights[placed])
    empty = np.abs(fresh).sum(axis=1) == 0
    return np.where(empty[:, None], centres, fresh).astype(np.float32)
