"""What the analysis says: themes with their words, places and trends, as plain values and as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Theme:
    """One thing that people talk about.

    `words` are ten single words as people wrote them, lower case; `label` a phrase and two words;
    `representative` the ids of documents that say it best, by different authors where there are; `trend`
    counts per hour, newest last; `x`, `y`, `w`, `h` its cell of the map in the unit square; `hue` one of
    eight colours (0 to 7), its own for good; `coherence` how much its words go together (NPMI, −1 to 1).
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


@dataclass(frozen=True)
class ThemeReport:
    """Themes, largest first, and for each document the id of its theme; None where it could not be placed.

    `closeness` is the cosine of each placed document to the middle of its theme: low means unsure.
    """

    themes: tuple[Theme, ...]
    assignment: dict[str, str | None]
    seconds: float
    closeness: dict[str, float] = field(default_factory=dict)

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
        }
