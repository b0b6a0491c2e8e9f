"""Sub-themes: what a theme of many documents is about in its parts.

A theme is divided by the same means as the whole, among its own documents: middles that go on from where they stood,
words that are typical of a part beside the other parts of its theme. Where a document stands among them is told when
it is asked for. Ids (`t3.2`) are kept as long as the part is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.groups import PART, STEPS, Indices, Numbers, group, halve, improve, nearest
from analytics.picture import Portrait, answered, portray
from analytics.report import SubTheme
from analytics.shelf import Shelf
from analytics.vectors import Vectors

FEWEST, MOST = 2, 6
LEAST = 40
"""Documents from which a theme is divided."""
GROWN, SHRUNK = 1.2, 0.7
"""How many times as many documents there are when a theme is divided anew."""
TYPICAL = 300
"""Documents of a part, the nearest to its middle, from which its words are learnt."""

Lying = Callable[[Indices], Vectors]


@dataclass(frozen=True, slots=True)
class Branch:
    """How a theme is divided. For each part its middle, its number (never given again) and its portrait.

    Of no part where the theme is small, or all much the same. `counted` is how many documents there were, `named` how
    many numbers were given.
    """

    centres: Vectors
    numbers: tuple[int, ...]
    portraits: tuple[Portrait, ...]
    counted: float
    named: int


def parts_suited(documents: float) -> int:
    """Return into how many parts a theme of so many documents is divided; 0: not at all."""
    return 0 if documents < LEAST else int(np.clip(round(np.sqrt(documents) / 8) + 1, FEWEST, MOST))


def due(branches: Mapping[str, Branch], sizes: Mapping[str, float], most: int) -> list[str]:
    """Return the themes to divide now, at most so many: those that grew or shrank most since they were divided."""
    wanted = []
    for name, size in sizes.items():
        branch = branches.get(name)
        if branch is None and size >= LEAST:
            wanted.append((-np.inf, -size, name))
        elif branch is not None and not SHRUNK * branch.counted <= size <= GROWN * branch.counted:
            wanted.append((-abs(np.log(max(size, 1.0) / branch.counted)), -size, name))
    return [name for _, _, name in sorted(wanted)[:most]]


def divide(
    shelf: Shelf, members: Indices, rows: Vectors, mass: Numbers, weights: Numbers, before: Branch | None, seed: int
) -> Branch:
    """Return how a theme is divided now, from where it stood.

    `members` are the places on the shelf of documents that shape it, `rows` where they lie, `mass` what each counts;
    `weights` is what every document of the shelf counts.
    """
    wanted = parts_suited(float(mass.sum()))
    whole = Branch(rows[:0], (), (), float(mass.sum()), before.named if before else 0)
    if not wanted:
        return whole
    if before is None or not before.numbers:
        found = group(rows, wanted, mass, seed)
        order = np.argsort(-np.bincount(found.nearest, weights=mass, minlength=len(found.centres)), kind="stable")
        centres, numbers = found.centres[order], tuple(range(whole.named + 1, whole.named + len(order) + 1))
        portraits: tuple[Portrait, ...] = (Portrait(),) * len(order)
    else:
        centres = improve(rows, before.centres, mass, STEPS).centres
        numbers, portraits = before.numbers, before.portraits
    named = max(whole.named, *numbers)
    tried: set[int] = set()
    while len(centres) < wanted and (cut := halve(rows, centres, mass, lambda _: seed, tried)):
        centres = cut[1]
        named += 1
        numbers, portraits = (*numbers, named), (*portraits, Portrait())
    if len(centres) < FEWEST:
        return whole
    branch = Branch(centres, numbers, portraits, float(mass.sum()), named)
    return describe(shelf, members, rows, weights, branch)


def describe(shelf: Shelf, members: Indices, rows: Vectors, weights: Numbers, branch: Branch) -> Branch:
    """Return a branch with the words, labels and quotes of its parts learnt anew from these documents."""
    near, cosine = nearest(rows, branch.centres)
    labels, closeness = np.full(len(shelf), -1, dtype=np.int64), np.zeros(len(shelf))
    for number in range(len(branch.centres)):
        own = np.flatnonzero(near == number)
        own = own[np.argsort(-cosine[own], kind="stable")[:TYPICAL]]
        labels[members[own]], closeness[members[own]] = number, cosine[own]
    portraits = portray(shelf, labels, closeness, weights, branch.portraits)
    return Branch(branch.centres, branch.numbers, tuple(portraits), branch.counted, branch.named)


class Stood:
    """Where documents stood among the sub-themes of their theme when it was last told.

    To be forgotten when documents come to lie elsewhere, as a refresh has them.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._divided: dict[str, Branch] = {}
        self._theme, self._part = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)

    def among(self, name: str, branch: Branch, own: Indices, lie: Lying, room: int) -> Indices:
        """Return the number of the part in which each row of `own` stands, all of one theme; new ones are placed."""
        if len(self._theme) < room:
            more = np.zeros(2 * room - len(self._theme), dtype=np.int64)
            self._theme, self._part = np.concatenate([self._theme, more]), np.concatenate([self._part, more])
        theme = int(name[1:])
        fresh = own if self._divided.get(name) is not branch else own[self._theme[own] != theme]
        for start in range(0, len(fresh), PART):
            rows = fresh[start : start + PART]
            self._part[rows] = np.array(branch.numbers)[nearest(lie(rows), branch.centres)[0]]
        self._theme[fresh] = theme
        self._divided[name] = branch
        return self._part[own]


def stand(
    shelf: Shelf, lie: Lying, labels: Indices, names: Sequence[str], branches: Mapping[str, Branch], stood: Stood
) -> Indices:
    """Return for each row the number of the part of its theme in which it stands, 0 where that is not divided."""
    stands = np.zeros(len(shelf), dtype=np.int64)
    divided = [label for label, name in enumerate(names) if name in branches and branches[name].numbers]
    for label in divided:
        speaking = np.flatnonzero((labels == label) & shelf.columns.speaks)
        stands[speaking] = stood.among(names[label], branches[names[label]], speaking, lie, len(shelf))
    thanks = np.flatnonzero(np.isin(labels, divided) & ~shelf.columns.speaks)
    ideas = answered(shelf, thanks)
    own = (ideas >= 0) & (labels[ideas] == labels[thanks])
    stands[thanks[own]] = stands[ideas[own]]
    return stands


def subthemes(
    shelf: Shelf, labels: Indices, names: Sequence[str], branches: Mapping[str, Branch], stands: Indices
) -> dict[str, tuple[SubTheme, ...]]:
    """Return the sub-themes of each divided theme, the largest first."""
    found = {}
    for label, name in enumerate(names):
        if name not in branches or not branches[name].numbers:
            continue
        branch = branches[name]
        sizes = np.bincount(stands[labels == label], minlength=branch.named + 1)
        parts = [
            SubTheme(
                id=(id_ := f"{name}.{number}"),
                label=portrait.label.text or id_,
                words=portrait.words,
                size=int(sizes[number]),
                representative=_within(shelf, portrait.quotes, (labels, label), (stands, number)),
            )
            for number, portrait in zip(branch.numbers, branch.portraits, strict=True)
            if sizes[number]
        ]
        found[name] = tuple(sorted(parts, key=lambda one: (-one.size, int(one.id.rpartition(".")[2]))))
    return found


def _within(shelf: Shelf, ids: Sequence[str], *told: tuple[Indices, int]) -> tuple[str, ...]:
    """Return those of some documents of whose row each of these arrays says its number."""
    rows = {id_: shelf.row_of.get(id_) for id_ in ids}
    return tuple(
        id_ for id_, row in rows.items() if row is not None and all(numbers[row] == one for numbers, one in told)
    )
