"""What the templates of the console show: frozen, complete, already permitted. Times are aware datetimes in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from web.views import Choice, Health, RuleSentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """The very bytes on offer for some audiences."""

    audience: str
    text: str
    digests: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRow:
    id: str
    direction: Literal["out", "in"]
    title: str
    excerpt: str
    author: str
    forum: str
    audience: str
    reason: str
    rules: tuple[RuleSentence, ...]
    at: datetime
    copies: tuple[Copy, ...]
    action: str
    may_decide: bool
    why_not: str = ""
    object_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldsPage:
    holds: tuple[HoldRow, ...]
    waiting_holds: int
    wrong: Mapping[str, str] = field(default_factory=dict)
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerRow:
    host: str
    name: str
    tier: str
    clearance: str
    state: str
    health: Health
    health_words: str
    backlog: int
    last_at: datetime | None
    held_by_them: int
    action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnersPage:
    partners: tuple[PartnerRow, ...]
    values: Mapping[str, str]
    tiers: tuple[Choice, ...]
    clearances: tuple[Choice, ...]
    waiting_holds: int
    may_change: bool
    wrong: Mapping[str, str] = field(default_factory=dict)
