"""What the analysis says: themes with their words, places and trends, as plain values and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import compress
from typing import Any

from analytics.groups import Flags, Indices
from analytics.shelf import Shelf


@dataclass(frozen=True)
class SubTheme:
    """A part of a theme: `id` is the theme's and a number, `words` tell it from the theme's other parts."""

    id: str
    label: str
    words: tuple[str, ...]
    size: int
    representative: tuple[str, ...]


@dataclass(frozen=True)
class Theme:
    """One thing that people talk about.

    `words` are ten single words as people wrote them, lower case; `label` a phrase and two words;
    `representative` the ids of documents that say it best, by different authors where there are; `trend`
    counts per hour, newest last; `x`, `y`, `w`, `h` its cell of the map in the unit square; `hue` one of
    eight colours (0 to 7), its own for good; `coherence` how much its words go together (NPMI, −1 to 1);
    `subthemes` are its parts, largest first, none where it is small.
    """

    id: str
    label: str
    words: tuple[str, ...]
    size: int
    representative: tuple[str, ...]
    trend: tuple[int, ...] = ()
    x: float = 0.0
    y: float = 0.0
    w: float = 0.0
    h: float = 0.0
    hue: int = 0
    coherence: float = 0.0
    subthemes: tuple[SubTheme, ...] = ()

    def titled(self, title: str | None) -> Theme:
        """Return this theme under a person's title, where there is one."""
        return replace(self, label=title) if title else self


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a theme: `kind` is birth, split or merge; `other` where it came from or went."""

    kind: str
    theme: str
    other: str
    at: float


@dataclass(frozen=True)
class Outline:
    """Themes, largest first, without where each document stands: it does not grow with them.

    `documents` stand in all, `unplaced` of them in no theme; `seconds` is what the last reckoning took. `cuts` names
    the theme that came of each split which a person asked for, by the split's id. `emerging` are the newest bursts,
    the newest first: theme, born (the theme's id when it was announced, which may be part of another since), word, at
    (seconds since 1970) and ids of the documents that gave it away.
    """

    themes: tuple[Theme, ...]
    documents: int = 0
    unplaced: int = 0
    seconds: float = 0.0
    cuts: dict[str, str] = field(default_factory=dict)
    emerging: tuple[dict[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the outline as JSON values."""
        return {
            "themes": [
                asdict(theme)
                | {
                    "words": list(theme.words),
                    "representative": list(theme.representative),
                    "trend": list(theme.trend),
                }
                for theme in self.themes
            ],
            "documents": self.documents,
            "unplaced": self.unplaced,
            "seconds": round(self.seconds, 3),
            "cuts": dict(self.cuts),
            "emerging": [dict(burst) for burst in self.emerging],
        }


@dataclass(frozen=True, kw_only=True)
class ThemeReport(Outline):
    """Themes, and for each document the id of its theme; None where it could not be placed.

    `unsure` are the ids of those that lie about as near to another theme. `within` is the id of the sub-theme of each
    document whose theme has any.
    """

    assignment: dict[str, str | None]
    unsure: frozenset[str]
    within: dict[str, str] = field(default_factory=dict)


def by_size(themes: Sequence[Theme]) -> tuple[Theme, ...]:
    """Return themes, the largest first."""
    return tuple(sorted(themes, key=lambda theme: (-theme.size, int(theme.id[1:]))))


def assemble(
    shelf: Shelf, labels: Indices, unsure: Flags, names: Sequence[str], outline: Outline, stands: Indices
) -> ThemeReport:
    """Add to an outline where each document stands; `stands` are the numbers of rows' sub-themes, 0 for none."""
    ids, rows = shelf.standing()
    placed = labels[rows].tolist()
    told = [*names, None]
    assignment = dict(zip(ids, [told[number] for number in placed], strict=True))
    between = frozenset(compress(ids, unsure[rows].tolist()))
    parts = zip(ids, placed, stands[rows].tolist(), strict=True)
    within = {id_: f"{names[number]}.{part}" for id_, number, part in parts if part}
    told_of = {one.name: getattr(outline, one.name) for one in fields(Outline)}
    return ThemeReport(**told_of, assignment=assignment, unsure=between, within=within)
