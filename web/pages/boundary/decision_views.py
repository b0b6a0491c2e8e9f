"""What the pages about decisions show: frozen, complete, already permitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from web.views import VERDICT_ICONS, Choice, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """One verdict in the list. `object_words` are the title or the beginning of what it is about."""

    object_words: str
    url: str
    receiver: str
    inward: bool
    act: str
    verdict: Verdict
    rules: tuple[str, ...]
    reason: str
    at: datetime | None

    @property
    def icon(self) -> str:
        return VERDICT_ICONS[self.verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionsPage:
    rows: tuple[DecisionRow, ...]
    audiences: tuple[Choice, ...]
    verdicts: tuple[Choice, ...]
    rules: tuple[Choice, ...]
    directions: tuple[Choice, ...]
    about: str
    older_url: str
    waiting_holds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedRow:
    id: str
    kind: str
    sentence: str
    note: str
    decides: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRow:
    """What a detector found; `words` are shown here and nowhere else, "" where they are gone."""

    what: str
    where: str
    words: str
    masked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionPage:
    """Everything about one verdict."""

    row: DecisionRow
    heading: str
    object_url: str
    version: int
    rule_set: int
    past: bool
    ruled: str
    matched: tuple[MatchedRow, ...]
    facts: tuple[tuple[str, str], ...]
    found: tuple[FoundRow, ...]
    taken_out: str
    changes: tuple[str, ...]
    replay: Literal["same", "in other words", "otherwise", "not kept"]
    replay_words: str
    earlier: tuple[DecisionRow, ...]
    waiting_holds: int
    wrong: Mapping[str, str]
