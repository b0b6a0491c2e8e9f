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
class AgreementCard:
    """One version of an agreement. `acts` are what may be done about it: (act, words, what it does)."""

    id: str
    title: str
    state: str
    tone: str
    state_words: str
    sentences: tuple[str, ...]
    history: tuple[tuple[str, datetime], ...]
    note: str
    action: str
    acts: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferForm:
    """What can be offered, with what was typed and ticked before."""

    forums: tuple[Choice, ...]
    tiers: tuple[Choice, ...]
    directions: tuple[Choice, ...]
    clearances: tuple[Choice, ...]
    onwards: tuple[Choice, ...]
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerPage:
    """One other server, a partner or not. `standing` says what it is to us."""

    host: str
    name: str
    state: str
    standing: str
    health: Health
    health_words: str
    facts: tuple[tuple[str, str], ...]
    held_by_them: int | None
    held_by_us: int
    pausing: str
    removing: str
    open_cards: tuple[AgreementCard, ...]
    closed_cards: tuple[AgreementCard, ...]
    offer: OfferForm
    may_change: bool
    waiting_holds: int
    wrong: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnersPage:
    """`asking` are the servers whose offer of an agreement waits for our answer."""

    partners: tuple[PartnerRow, ...]
    asking: tuple[str, ...]
    values: Mapping[str, str]
    tiers: tuple[Choice, ...]
    clearances: tuple[Choice, ...]
    waiting_holds: int
    may_change: bool
    wrong: Mapping[str, str] = field(default_factory=dict)
