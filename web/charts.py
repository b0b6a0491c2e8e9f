"""Pictures that the server draws: the treemap of themes.

Squarified treemap after Bruls, Huizing and van Wijk (2000): rows of rectangles laid along the shorter side,
each row closed when the next rectangle would make its worst aspect ratio worse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from web.language import say
from web.views import Cell, ThemeRow

WIDTH, HEIGHT = 1000.0, 420.0
_LETTER, _SMALL_LETTER, _LINE, _PADDING = 9.6, 7.9, 21.0, 28.0
_LEAST_NOTED, _LEAST_SPARK = 90, 2
#: So many letters of a word that is cut still say something.
SHORTEST = 5


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float


def squarify(sizes: Sequence[float], box: Box) -> list[Box]:
    """Divide `box` into one rectangle for each size, in order; sizes are positive, largest first."""
    total = sum(sizes)
    if not sizes or total <= 0:
        return []
    areas = [size * box.width * box.height / total for size in sizes]
    placed: list[Box] = []
    while areas:
        side = min(box.width, box.height)
        taken = 1
        while taken < len(areas) and _worst(areas[: taken + 1], side) <= _worst(areas[:taken], side):
            taken += 1
        row, box = _lay(areas[:taken], box)
        placed += row
        areas = areas[taken:]
    return placed


def _worst(row: Sequence[float], side: float) -> float:
    """The worst aspect ratio of a row of areas along `side`; 1 is a square."""
    total = sum(row)
    return max(side * side * max(row) / total**2, total**2 / (side * side * min(row)))


def _lay(row: Sequence[float], box: Box) -> tuple[list[Box], Box]:
    """Place a row along the shorter side of `box`; returns its rectangles and what is left of the box."""
    depth = sum(row) / min(box.width, box.height)
    placed = []
    along = 0.0
    for area in row:
        length = area / depth
        if box.width >= box.height:
            placed.append(Box(box.x, box.y + along, depth, length))
        else:
            placed.append(Box(box.x + along, box.y, length, depth))
        along += length
    if box.width >= box.height:
        return placed, Box(box.x + depth, box.y, box.width - depth, box.height)
    return placed, Box(box.x, box.y + depth, box.width, box.height - depth)


def draw_treemap(themes: Sequence[ThemeRow]) -> tuple[Cell, ...]:
    """The theme map, in a view box of 1000 × 420. Small cells carry their words in the title only.

    Themes that know their places keep them, so that the picture does not jump; else they are laid out here.
    """
    shown = sorted((theme for theme in themes if theme.size > 0), key=lambda theme: -theme.size)
    if all(theme.place[2] > 0 and theme.place[3] > 0 for theme in shown):
        boxes = [Box(x * WIDTH, y * HEIGHT, w * WIDTH, h * HEIGHT) for x, y, w, h in (one.place for one in shown)]
    else:
        boxes = squarify([theme.size for theme in shown], Box(0, 0, WIDTH, HEIGHT))
    number = {theme.id: at for at, theme in enumerate(themes, 1)}
    return tuple(_cell(theme, box, number[theme.id]) for theme, box in zip(shown, boxes, strict=True))


def _cell(theme: ThemeRow, box: Box, number: int) -> Cell:
    room = int((box.height - _PADDING) // _LINE)
    lines = wrap(theme.label, int((box.width - _PADDING) // _LETTER), max(0, room - 1))
    notes: tuple[str, ...] = ()
    if lines and box.width > _LEAST_NOTED:
        more = wrap(theme.words, int((box.width - _PADDING) // _SMALL_LETTER), max(0, room - len(lines) - 1))
        notes = (f"{theme.size:,} · {theme.share:.0f} %", *more)
    return Cell(
        x=box.x,
        y=box.y,
        width=box.width,
        height=box.height,
        lines=lines,
        notes=notes,
        title=say(
            "%(label)s: %(size)s said, %(share)s %%, %(trend)s",
            label=theme.label,
            size=theme.size,
            share=round(theme.share),
            trend=theme.trend,
        ),
        hue=theme.hue,
        weave=theme.weave,
        number=number,
        url=theme.url,
    )


def draw_spark(counts: Sequence[int]) -> str:
    """The points of an SVG polyline in a view box of 100 × 24 for counts over time, "" for fewer than two."""
    if len(counts) < _LEAST_SPARK:
        return ""
    step, top = 100 / (len(counts) - 1), max(*counts, 1)
    return " ".join(f"{index * step:.1f},{22 - 20 * number / top:.1f}" for index, number in enumerate(counts))


def wrap(words: str, letters: int, most: int) -> tuple[str, ...]:
    """Break `words` into at most `most` lines of `letters`; a first word that does not fit is cut.

    () where there is room for fewer than SHORTEST letters.
    """
    lines: list[str] = []
    for word in words.split():
        if lines and len(lines[-1]) + 1 + len(word) <= letters:
            lines[-1] += f" {word}"
        elif len(word) <= letters and len(lines) < most:
            lines.append(word)
        elif lines:
            if len(lines[-1]) < letters:
                lines[-1] += "…"
            break
        elif most > 0 and letters >= SHORTEST:
            return (word[: letters - 1] + "…",)
        else:
            return ()
    return tuple(lines)
