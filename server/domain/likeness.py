"""How alike two texts are, by meaning and by rare words, and from where on that is worth showing. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

WORDS_WEIGH = 0.2
"""What sharing all rare words adds to the cosine of two meanings."""
NEAR = 0.3
"""From this cosine on shared words count in full."""
USUAL = 0.45
"""From here on ideas are shown as similar while nothing was learnt. Of pairs of statements drawn at random from the
set `polis` one in a thousand is as alike by meaning, of `madrid` 35."""
LOWEST, HIGHEST = 0.35, 0.75
FEWEST = 12
"""Build-on links before anything is learnt from them."""


class Nearness(Protocol):
    """Knows what lies near a text by its meaning."""

    async def nearest(self, text: str, jam_ids: Collection[str], count: int) -> Mapping[str, float] | None:
        """Return the cosines of the nearest ideas and questions of some jams, by id; None while that cannot be told."""

    async def cosines(self, text: str, jam_ids: Collection[str], ids: Collection[str]) -> Mapping[str, float]:
        """Return the cosines of those of some ideas and questions that are of some jams, by id, as far as known."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """From where on ideas are similar, learnt from so many build-on links and refusals; `at` in unix seconds."""

    least: float
    links: int
    refusals: int
    at: float


def joined(cosine: float, shared: float) -> float:
    """Return how alike two texts are: the cosine of their meanings, and how many rare words they share (0 to 1).

    Words count less where the meanings are far apart: in a small jam even common words are rare.
    """
    return cosine + WORDS_WEIGH * shared * min(1.0, max(0.0, cosine) / NEAR)


def learn(alike: Sequence[float], unlike: Sequence[float]) -> float:
    """Return where to part what is alike from what is not, so that the fewest of both stand on the wrong side.

    `alike` are ideas with those that they build on, `unlike` others. USUAL where there are too few.
    """
    if len(alike) < FEWEST or not unlike:
        return USUAL
    return max(
        (round(LOWEST + step / 100, 2) for step in range(round((HIGHEST - LOWEST) * 100) + 1)),
        key=lambda least: (
            sum(one >= least for one in alike) / len(alike) + sum(one < least for one in unlike) / len(unlike),
            -abs(least - USUAL),
        ),
    )
