"""The picture of themes: from groups of rows to words, labels, quotes, trends and a place on the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from analytics import labels as labelling
from analytics import words
from analytics.groups import Indices, Numbers
from analytics.labels import Label
from analytics.map import Layout, treemap
from analytics.report import Theme
from analytics.shelf import Shelf
from analytics.trends import hourly, last_hour

WORDS = 10


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
    for row, sheet in enumerate(shelf.sheets):
        if sheet is not None and sheet.chatter:
            labels[row] = follows(shelf, row, labels)


def follows(shelf: Shelf, row: int, labels: Indices) -> int:
    """Return the theme of the idea in whose thread row `row` stands; −1 where there is none."""
    sheet = shelf.sheets[row]
    idea = shelf.row_of.get(sheet.about.thread) if sheet is not None else None
    return int(labels[idea]) if idea is not None and idea != row else -1


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
    shaping = np.flatnonzero((labels >= 0) & (weights > 0))
    sheets = [shelf.sheets[row] for row in shaping.tolist()]
    held = [sheet.keys for sheet in sheets if sheet is not None]
    counts = words.tally(held, labels[shaping], k, len(shelf.dictionary), weights[shaping])
    counts = np.where(words.usable(counts, float(len(shaping))), counts, 0.0)
    scores = words.typical(counts)
    known = [portrait.keys for portrait in before]
    chosen = words.choose(scores, [shelf.order(row) for row in shaping.tolist()], WORDS + 2, known)
    pairs = labelling.phrases(shelf, shaping.tolist(), labels[shaping], k)
    wanted = {key for keys, _ in chosen for key in keys}
    wanted |= {key for portrait in before for part in portrait.label.parts for key in part}
    spelt = labelling.spellings(shelf, shaping.tolist(), wanted)
    portraits = []
    for number, (keys, coherence) in enumerate(chosen):
        written = {spelt[key].lower(): key for key in reversed(keys)}
        kept = [key for key in keys if written[spelt[key].lower()] == key][:WORDS]
        label = labelling.settle(before[number].label, kept, pairs[number], spelt, scores[number])
        members = np.flatnonzero(labels == number)
        quotes = labelling.quotes(shelf, members, closeness, weights)
        shown = tuple(spelt[key].lower() for key in kept)
        portraits.append(Portrait(tuple(kept), shown, label, quotes, round(coherence, 4)))
    return portraits


def draw(
    shelf: Shelf, labels: Indices, names: Sequence[str], portraits: Sequence[Portrait], layout: Layout | None
) -> tuple[tuple[Theme, ...], Layout]:
    """Draw themes as they stand now, in the order of their groups; `layout` is the map that people know."""
    k = len(names)
    times = np.array([sheet.about.at if sheet else 0.0 for sheet in shelf.sheets], dtype=np.float64)
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
        )
        themes.append(replace(theme, x=cell.x, y=cell.y, w=cell.w, h=cell.h))
    return tuple(themes), layout
