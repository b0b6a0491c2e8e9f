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


@dataclass(frozen=True, slots=True, kw_only=True)
class Resembling:
    """What stands here already about what somebody writes."""

    similar: tuple[Link, ...]
    answered: tuple[AnsweredLine, ...]
