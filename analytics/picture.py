"""The picture of themes: from groups of rows to words, labels, quotes, trends and a place on the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analytics import labels as labelling
from analytics import words
from analytics.groups import Indices, Numbers
from analytics.labels import Label
from analytics.map import Layout, treemap
from analytics.report import SubTheme, Theme
from analytics.shelf import Shelf
from analytics.trends import hourly, last_hour

WORDS = 10
READ = 1_000
"""Documents of a theme from which its words are learnt."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """What a theme says of itself: word ids, words as written, its label, and the ids of its quotes."""

    keys: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    label: Label = field(default_factory=Label)
    quotes: tuple[str, ...] = ()
    coherence: float = 0.0


def follow(shelf: Shelf, labels: Indices) -> None:
    """Give chatter (thanks, nods) the theme of the idea that it answers; −1 where there is none."""
    thanks = np.flatnonzero(~shelf.columns.speaks)
    ideas = answered(shelf, thanks)
    labels[thanks] = -1
    labels[thanks] = np.where(ideas >= 0, labels[ideas], -1)


def answered(shelf: Shelf, rows: Indices) -> Indices:
    """Return the row of the idea in whose thread each row stands; −1 where there is none, or it is that itself."""
    sheets = [shelf.sheets[row] for row in rows.tolist()]
    ideas = [shelf.row_of.get(sheet.about.thread, -1) if sheet is not None else -1 for sheet in sheets]
    found = np.array(ideas, dtype=np.int64)
    return np.where(found == rows, -1, found)


def portray(
    shelf: Shelf,
    labels: Indices,
    closeness: Numbers,
    weights: Numbers,
    before: Sequence[Portrait],
) -> list[Portrait]:
    """Portray the groups 0, 1, … of rows (−1: none). `before`, one a group, are the portraits that people know.

    Known words have a small advantage and a known label stays until another is clearly better.
    """
    k = len(before)
    shaping, mass = _some(labels, weights, k)
    rows, own = shaping.tolist(), labels[shaping]
    forms, source = shelf.forms(rows)
    uses, some = shelf.uses(len(rows), forms, source)
    spoken = words.mainly(shelf.columns.language[shaping], own, k, mass)
    often = _often(uses, spoken, shelf.columns.language[shaping], mass)
    uses, some = uses[:, often], [some[face] for face in often.tolist()]
    scores, firm = words.scored_as_spoken(uses, own, spoken, shelf.columns.language[shaping], mass)
    keys, names = np.array([key for key, _ in some], dtype=np.int64), [written for _, written in some]
    tells = words.telling(uses, own, spoken, shelf.columns.language[shaping], mass)
    for number, portrait in enumerate(before):
        scores[number, np.isin(keys, portrait.keys)] *= words.KNOWN
    found = words.candidates(scores, firm, keys, names, WORDS)
    chosen = words.choose(scores, found, uses.tocsc(), mass, WORDS)
    pairs = labelling.phrases(shelf, rows, own, k)
    wanted = {int(keys[face]) for faces, _ in chosen for face in faces}
    wanted |= {key for mine in pairs for pair in mine.values() for key in pair}
    wanted |= {key for portrait in before for part in portrait.label.parts for key in part}
    spelt = labelling.spellings(shelf, forms, wanted)
    portraits = []
    for number, (faces, coherence) in enumerate(chosen):
        worth = np.zeros(len(shelf.tokens))
        np.maximum.at(worth, keys, tells[number])
        kept = [int(keys[face]) for face in faces]
        label = labelling.settle(before[number].label, kept, pairs[number], spelt, worth)
        quotes = labelling.quotes(shelf, np.flatnonzero(labels == number), closeness, weights)
        shown = tuple(names[face] for face in faces)
        portraits.append(Portrait(tuple(kept), shown, label, quotes, round(coherence, 4)))
    return portraits


def _often(uses: sparse.csr_matrix, spoken: Indices, languages: NDArray[np.integer], mass: Numbers) -> Indices:
    """Return the words that are said often enough to be scored at all: half of all words are said once."""
    counted = [float(mass[languages == number].sum()) for number in np.unique(spoken[spoken >= 0]).tolist()]
    least = min(words.seldom_from(total) for total in (float(mass.sum()), *counted))
    return np.flatnonzero(uses.T @ mass >= least - 1e-6)


def _some(labels: Indices, weights: Numbers, k: int) -> tuple[Indices, Numbers]:
    """Return rows that shape the themes, evenly some of the largest themes', and how much each stands for."""
    parts, masses = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for number in range(k):
        members = np.flatnonzero((labels == number) & (weights > 0))
        some = members[:: len(members) // READ + 1]
        parts.append(some)
        masses.append(weights[some] * (weights[members].sum() / max(1e-9, weights[some].sum())))
    rows = np.concatenate(parts)
    order = np.argsort(rows, kind="stable")
    return rows[order], np.concatenate(masses)[order]


def draw(
    shelf: Shelf,
    labels: Indices,
    names: Sequence[str],
    portraits: Sequence[Portrait],
    layout: Layout | None,
    parts: Mapping[str, tuple[SubTheme, ...]],
) -> tuple[tuple[Theme, ...], Layout]:
    """Draw themes as they stand now, in the order of their groups.

    `layout` is the map that people know; `parts` are the sub-themes of those themes that have any.
    """
    k = len(names)
    times = shelf.columns.at
    newest = last_hour(times)
    sizes = np.bincount(labels[labels >= 0], minlength=k)
    layout = treemap(sizes.tolist(), layout.rows if layout else ())
    themes = []
    for number, (name, portrait, cell) in enumerate(zip(names, portraits, layout.cells, strict=True)):
        theme = Theme(
            id=name,
            label=portrait.label.text or name,
            words=portrait.words,
            size=int(sizes[number]),
            representative=portrait.quotes,
            trend=hourly(times[labels == number], newest),
            hue=(int(name[1:]) - 1) % 8,
            coherence=portrait.coherence,
            subthemes=parts.get(name, ()),
        )
        themes.append(replace(theme, x=cell.x, y=cell.y, w=cell.w, h=cell.h))
    return tuple(themes), layout
