"""The theme river: how much was said of each theme, hour by hour, as layers on one another, and as a table.

Layers lie around a middle line (ThemeRiver: Havre, Hetzler and Nowell 2000) in the order in which themes came to be,
each in its theme's own colour: the picture grows at its end, and what was drawn stays where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from web.language import say
from web.views import ThemeRow
from web.views.board import WEAVES

WIDTH, HEIGHT = 1000.0, 300.0
MOST = 12
"""Layers at most: the largest themes; all others flow together in one."""
LEAST_HOURS = 2
_ROOM_FOR_WORDS, _LETTER = 15.0, 8.2


@dataclass(frozen=True, slots=True)
class Layer:
    """One theme's layer: the points of an SVG polygon in 1000 × 300, and where its label stands ("" where no room)."""

    points: str
    hue: int
    weave: int
    url: str
    title: str
    label: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Stream:
    """The same as figures: a theme with its counts, the newest first."""

    label: str
    url: str
    hue: int
    weave: int
    counts: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class River:
    """`hours` are how long ago each count was, the newest first; without layers while there is under two hours."""

    layers: tuple[Layer, ...] = ()
    streams: tuple[Stream, ...] = ()
    hours: tuple[int, ...] = ()
    peak: int = 0


def draw_river(themes: Sequence[ThemeRow], *, linked: bool = True) -> River:
    """Draw the river of a report's themes; on a wall they lead nowhere."""
    streams = tuple(one if linked else replace(one, url="") for one in _streams(themes))
    length = max((len(one.counts) for one in streams), default=0)
    if length < LEAST_HOURS:
        return River(streams=streams, hours=tuple(range(length)))
    peak = max(sum(one.counts[hour] for one in streams) for hour in range(length))
    columns = [list(column) for column in zip(*(_smooth(one.counts) for one in streams), strict=True)][::-1]
    step, unit = WIDTH / (length - 1), (HEIGHT - 10) / max(1, peak)
    tops: list[list[float]] = []
    for column in columns:
        edge = (HEIGHT - unit * sum(column)) / 2
        tops.append([edge, *(edge := edge + unit * count for count in column)])
    layers = tuple(_layer(one, place, tops, step) for place, one in enumerate(streams))
    return River(layers, streams, tuple(range(length)), peak)


def _smooth(counts: Sequence[int]) -> list[float]:
    """Draw an hour a little towards its neighbours: few words an hour would make teeth. The table has the counts."""
    before, after = [counts[0], *counts[:-1]], [*counts[1:], counts[-1]]
    return [(first + 2 * here + last) / 4 for first, here, last in zip(before, counts, after, strict=True)]


def _streams(themes: Sequence[ThemeRow]) -> tuple[Stream, ...]:
    """The largest themes in the order in which they came to be, silence before the first hour left out."""
    told = [theme for theme in themes if any(theme.counts)]
    length = max((len(theme.counts) for theme in told), default=0)
    padded = {theme.id: (0,) * (length - len(theme.counts)) + theme.counts for theme in told}
    first = next((hour for hour in range(length) if any(counts[hour] for counts in padded.values())), 0)
    ordered = sorted(told, key=lambda theme: (-sum(theme.counts), theme.id))
    kept = sorted(ordered[:MOST], key=lambda theme: (len(theme.id), theme.id))
    found = [_stream(one.label, one.url, (one.hue, one.weave), padded[one.id][first:]) for one in kept]
    rest = [padded[one.id][first:] for one in ordered[MOST:]]
    if rest:
        found.append(_stream(say("All other themes"), "", (7, WEAVES - 1), tuple(map(sum, zip(*rest, strict=True)))))
    return tuple(found)


def _stream(label: str, url: str, colour: tuple[int, int], counts: Sequence[int]) -> Stream:
    return Stream(label, url, *colour, tuple(reversed(counts)), sum(counts))


def _layer(one: Stream, place: int, tops: Sequence[Sequence[float]], step: float) -> Layer:
    above = [(hour * step, edges[place]) for hour, edges in enumerate(tops)]
    below = [(hour * step, edges[place + 1]) for hour, edges in enumerate(tops)]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*above, *reversed(below)])
    label, x, y = _label(one.label, [(edges[place], edges[place + 1]) for edges in tops], step)
    title = say(
        "%(label)s: %(total)s said, %(last)s in the last hour", label=one.label, total=one.total, last=one.counts[0]
    )
    return Layer(points, one.hue, one.weave, one.url, title, label, x, y)


def _label(words: str, edges: Sequence[tuple[float, float]], step: float) -> tuple[str, float, float]:
    """Where all of a label, or its first part, lies within its layer: words and middle; "" where it does not fit."""
    for label in (words, words.split(",")[0]):
        half = _LETTER * len(label) / 2 + 4
        reach = int(half // step) + 1
        best = (0.0, 0.0, 0.0)
        for hour in range(len(edges)):
            if not half <= hour * step <= WIDTH - half:
                continue
            near = edges[max(0, hour - reach) : hour + reach + 1]
            top, bottom = max(above for above, _ in near), min(below for _, below in near)
            best = max(best, (bottom - top, hour * step, (top + bottom) / 2))
        if best[0] >= _ROOM_FOR_WORDS:
            return label, round(best[1], 1), round(best[2] + 5, 1)
    return "", 0.0, 0.0
