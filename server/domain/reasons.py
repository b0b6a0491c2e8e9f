"""Why people comment: what replies are meant as, said by who wrote them or guessed by a machine. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from server.domain.ideas import INTENTS, Intent
from server.domain.statements import Tally

MEANT: tuple[Intent, ...] = tuple(intent for intent in INTENTS if intent)
"""What a reply can be marked as."""
By = Literal["people", "machine", "nobody"]
"""Who says what a reply is meant as: who wrote it, the machine, or nobody where neither does."""
Whose = Literal[By, "anybody"]


@dataclass(frozen=True, slots=True)
class Guess:
    """What a machine takes a reply for: an intent with how sure it is (0 to 1); "" where it does not say."""

    version: int
    intent: Intent
    sure: float


@dataclass(frozen=True, slots=True)
class Learnt:
    """What guesses rest on: `marks` that people gave; `least`, below which nothing is said (above 1: nothing ever is).

    On marks kept apart, `right` is the share of right guesses among those told, `told` the share of replies of
    which one was told. `at` is in unix seconds.
    """

    marks: int
    least: float
    right: float
    told: float
    at: float

    @property
    def guesses(self) -> bool:
        return self.least <= 1


@dataclass(frozen=True, slots=True)
class Meant:
    """A standing reply: what its author said it is, and what the machine takes it for where they said nothing."""

    id: str
    said: Intent
    guess: Intent
    sure: float

    @property
    def by(self) -> By:
        return "people" if self.said else "machine" if self.guess else "nobody"

    @property
    def intent(self) -> Intent:
        return self.said or self.guess


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why people comment on one theme. `said` and `guessed` count replies by intent; each reply counts once.

    `supports` is how often people supported what stands in the theme, on `supported` ideas and replies. `opinions` is
    what people answered to `statements` drawn from it, each answered by enough people; None where there is none.
    """

    theme: str
    label: str
    replies: int
    said: Mapping[Intent, int] = field(default_factory=dict)
    guessed: Mapping[Intent, int] = field(default_factory=dict)
    unjudged: int = 0
    supports: int = 0
    supported: int = 0
    opinions: Tally | None = None
    statements: int = 0


def tallied(meant: Iterable[Meant]) -> tuple[dict[Intent, int], dict[Intent, int], int]:
    """Count replies: by what people said, by what the machine guessed, and those of which neither says anything."""
    said: dict[Intent, int] = dict.fromkeys(MEANT, 0)
    guessed: dict[Intent, int] = dict.fromkeys(MEANT, 0)
    unjudged = 0
    for one in meant:
        if one.by == "people":
            said[one.said] += 1
        elif one.by == "machine":
            guessed[one.guess] += 1
        else:
            unjudged += 1
    return said, guessed, unjudged


def added(tallies: Sequence[Tally]) -> Tally | None:
    """Add up what was answered to several statements; None where there are none."""
    if not tallies:
        return None
    return Tally(sum(t.agree for t in tallies), sum(t.passed for t in tallies), sum(t.disagree for t in tallies))


def of_intent(found: Sequence[Meant], intent: Intent, by: Whose) -> list[Meant]:
    """Return the replies that somebody takes for an intent ("": for any), or of which nobody says anything."""
    return [one for one in found if by in (one.by, "anybody") and (not intent or one.intent == intent)]
