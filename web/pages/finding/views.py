"""What the pages of finding show: frozen, complete, already permitted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from web.views import AudienceBadge, Choice, Link, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class HitLine:
    """Something found. `snippet` holds (words, whether they are what was looked for)."""

    kind: str
    title: str
    url: str
    author: Person
    at: datetime
    snippet: tuple[tuple[str, bool], ...]
    support: int
    replies: int
    audience: AudienceBadge
    forum: Link
    intent: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetValue:
    words: str
    count: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    words: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """A search. `chips` are the facets that narrow, each with the address without it."""

    query: str
    kept: tuple[tuple[str, str], ...]
    hits: tuple[HitLine, ...]
    total: int
    more: bool
    facets: tuple[Facet, ...]
    chips: tuple[Link, ...]
    orders: tuple[Choice, ...]
    next_url: str
    experts_url: str
    asked: bool
    address: str
    #: Where nothing holds every word: what has rare words in common with them, most alike first.
    near: tuple[HitLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLine:
    words: str
    url: str
    said: str
    support: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertLine:
    person: Person
    url: str
    evidence: tuple[EvidenceLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertsPage:
    query: str
    experts: tuple[ExpertLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredLine:
    question: Link
    answer: str
    url: str
    by: Person
    host: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resembling:
    """Questions like the one that somebody writes, which were answered."""

    answered: tuple[AnsweredLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchUpLine:
    """One thing to catch up with: what happened, of what, and where that is to be read."""

    sentence: str
    title: str
    excerpt: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchUpSection:
    words: str
    lines: tuple[CatchUpLine, ...]
    left_out: int
    more_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchUpPage:
    since: datetime
    first: bool
    minutes: int
    sections: tuple[CatchUpSection, ...]
    spans: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowButton:
    kind: str
    subject: str
    jam: str
    followed: bool
    back: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLine:
    theme: str
    evidence: tuple[EvidenceLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustLine:
    """How far somebody from outside is known: the level in words, where it comes from, and what it changes."""

    level: str
    because: str
    changes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfilePage:
    person: Person
    id: str
    role: str
    active: bool
    own: bool
    wrote_url: str
    expertise: tuple[KnownLine, ...]
    adopted: tuple[Link, ...]
    built_on: tuple[tuple[Link, int], ...]
    trust: TrustLine | None
    follow: FollowButton | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetLine:
    person: Person
    url: str
    threads: tuple[Link, ...]
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetPage:
    people: tuple[MeetLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowLine:
    words: str
    url: str
    kind: str
    subject: str
    jam: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedLine:
    id: int
    name: str
    new: int
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLine:
    id: int
    name: str
    kind: str
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowingPage:
    """What somebody follows, their saved searches and feeds. `address` is that of a feed just made, shown once."""

    follows: tuple[FollowLine, ...]
    searches: tuple[SavedLine, ...]
    feeds: tuple[FeedLine, ...]
    address: str
