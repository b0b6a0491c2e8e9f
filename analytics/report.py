"""What the analysis says: themes with their words, places and trends, as plain values and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import compress
from typing import Any

from analytics.groups import Indices, Numbers
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
class ThemeReport:
    """Themes, largest first, and for each document the id of its theme; None where it could not be placed.

    `closeness` is the cosine of each placed document to the middle of its theme: low means unsure. `cuts` names the
    theme that came of each split which a person asked for, by the split's id. `emerging` are the newest bursts, the
    newest first: theme, word, at (seconds since 1970) and ids of the documents that gave it away. `within` is the id
    of the sub-theme of each document whose theme has any.
    """

    themes: tuple[Theme, ...]
    assignment: dict[str, str | None]
    seconds: float
    closeness: dict[str, float] = field(default_factory=dict)
    cuts: dict[str, str] = field(default_factory=dict)
    emerging: tuple[dict[str, Any], ...] = ()
    within: dict[str, str] = field(default_factory=dict)

    def divided(self, parts: Mapping[str, tuple[SubTheme, ...]], within: dict[str, str]) -> ThemeReport:
        """Return this report with the sub-themes of themes, and where documents stand among them."""
        themes = tuple(replace(theme, subthemes=parts.get(theme.id, ())) for theme in self.themes)
        return replace(self, themes=themes, within=within)

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON values: `themes`, `assignment`, `seconds` and the number `unplaced`."""
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
            "assignment": dict(self.assignment),
            "unplaced": sum(theme is None for theme in self.assignment.values()),
            "seconds": round(self.seconds, 3),
            "cuts": dict(self.cuts),
            "emerging": [dict(burst) for burst in self.emerging],
            "within": dict(self.within),
        }


def assemble(
    shelf: Shelf,
    labels: Indices,
    closeness: Numbers,
    names: Sequence[str],
    themes: Sequence[Theme],
    seconds: float,
    cuts: dict[str, str] | None = None,
) -> ThemeReport:
    """Put a report together: themes by size, and where each document stands."""
    ids, rows = shelf.standing()
    placed = labels[rows]
    told = [*names, None]
    assignment = dict(zip(ids, [told[number] for number in placed.tolist()], strict=True))
    known = (placed >= 0).tolist()
    close = dict(zip(compress(ids, known), compress(closeness[rows].round(4).tolist(), known), strict=True))
    ordered = sorted(themes, key=lambda theme: (-theme.size, int(theme.id[1:])))
    return ThemeReport(tuple(ordered), assignment, seconds, close, cuts or {})
