"""What the templates of the console show: frozen, complete, already permitted. Times are aware datetimes in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from markupsafe import Markup

from web.views import Choice, Health, Person, RuleSentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """The very bytes on offer for some audiences. `text` has what stands for masked words marked."""

    audience: str
    title: str
    text: Markup
    author: str
    digest: str
    masked: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRow:
    """Something that waits. `age` says how long, against the target; `approved` who has approved so far.

    `trust` says how far somebody from outside is known here, "" for our own people.
    `offer` goes back with the answer: it says what was looked at. `own_batch` takes one's own approval back.
    """

    id: str
    direction: Literal["out", "in"]
    title: str
    excerpt: str
    author: Person
    forum: str
    audience: str
    reason: str
    rules: tuple[RuleSentence, ...]
    at: datetime
    age: str
    overdue: bool
    copies: tuple[Copy, ...]
    action: str
    offer: str
    may_decide: bool
    why_not: str = ""
    approved: str = ""
    outdated: str = ""
    object_url: str = ""
    note: str = ""
    chosen: bool = False
    own_batch: str = ""
    trust: str = ""

    @property
    def choice(self) -> str:
        """What a ticked box sends: which hold, and what was looked at."""
        return f"{self.id}.{self.offer}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoable:
    """What was decided together a moment ago and can be taken back for some seconds more; `fate` says what then."""

    batch: str
    words: str
    titles: tuple[str, ...]
    seconds: float
    fate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldsPage:
    """The queue. `path` is its address with the filters, to which answers lead back."""

    holds: tuple[HoldRow, ...]
    waiting_holds: int
    sentence: str
    filtered: bool
    directions: tuple[Choice, ...]
    audiences: tuple[Choice, ...]
    forums: tuple[Choice, ...]
    mine: bool
    path: str
    later_url: str
    undoable: tuple[Undoable, ...]
    may_batch: bool
    batch_note: str = ""
    problems: tuple[str, ...] = ()
    wrong: Mapping[str, str] = field(default_factory=dict)


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
