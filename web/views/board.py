"""The live board: figures, minutes, the map of themes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from web.views.jams import Figure, IdeaCard
from web.views.parts import JamHead

if TYPE_CHECKING:
    from web.river import River


COLOURS, WEAVES = 8, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """`share` is 0 to 100, of the figure that `of` names."""

    words: str
    count: int
    share: float
    of: str
    outside: bool = False
    url: str = ""
    goal: str = ""
    reached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    at: datetime
    ideas: int
    replies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One rectangle of the theme map, in units of its view box."""

    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    title: str
    hue: int
    weave: int
    number: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeRow:
    """One theme. `place` is its cell in the unit square, zeros where none was given; `spark` SVG points.

    `human` says that a person changed it; `counts` are by the hour, the newest last.
    """

    id: str
    label: str
    words: str
    size: int
    share: float
    trend: str
    hue: int
    url: str
    rising: bool = False
    representative: tuple[str, ...] = ()
    place: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    spark: str = ""
    human: bool = False
    counts: tuple[int, ...] = ()

    @property
    def weave(self) -> int:
        """The pattern on its colour: 0 none, 1 stripes, 2 dots, as there are more themes than colours."""
        number = self.id[1:]
        return (int(number) - 1) // COLOURS % WEAVES if number.isdecimal() and int(number) else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTheme:
    """A theme that emerged: the word that gave it away, when, and in how many ideas and replies."""

    label: str
    url: str
    word: str
    count: int
    at: datetime
    behind_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    jam: JamHead
    emerging: tuple[NewTheme, ...] = ()
    figures: tuple[Figure, ...]
    minutes: tuple[Minute, ...]
    units: tuple[Bar, ...]
    servers: tuple[Bar, ...]
    cells: tuple[Cell, ...]
    themes: tuple[ThemeRow, ...]
    themes_of: str
    rising: tuple[IdeaCard, ...]
    marked: tuple[IdeaCard, ...]
    stream_url: str
    counted_at: datetime
    edit_url: str = ""
    river: River
    countries: tuple[Bar, ...] = ()
    elsewhere: int = 0
    left_out: int = 0
