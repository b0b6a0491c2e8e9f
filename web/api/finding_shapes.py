"""Queries and answers about finding."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from web.api.idea_shapes import Author, ContributionAnswer
from web.api.shapes import Answer, Body, Paging, Query

Word = Annotated[str, Meta(max_length=300)]


class SearchQuery(Paging, frozen=True, kw_only=True):
    """Words, and what narrows them. An unknown value of a facet finds nothing."""

    q: Annotated[str, Meta(max_length=1000, description='words; each must occur; "in quotes" together, -word not')]
    kind: Annotated[Word, Meta(description="idea or reply")] = ""
    jam: Annotated[Word, Meta(description="id of a jam")] = ""
    forum: Annotated[Word, Meta(description="id of a forum")] = ""
    author: Annotated[Word, Meta(description="id of a person")] = ""
    unit: Annotated[Word, Meta(description="a unit of our own people")] = ""
    server: Annotated[Word, Meta(description="host of whoever wrote, or here")] = ""
    label: Annotated[Word, Meta(description="a level")] = ""
    intent: Annotated[Word, Meta(description="what it says that it is")] = ""
    mark: Annotated[Word, Meta(description="emerging or best")] = ""
    date: Annotated[Word, Meta(description="day, week or month: written within it")] = ""
    order: Literal["best", "newest"] = "best"


class HitAnswer(ContributionAnswer, frozen=True, kw_only=True):
    """Something found. `snippet` is the place that says most; `matched` are the words in it that were looked for."""

    snippet: str
    matched: list[str]


class FacetAnswer(Answer, frozen=True, kw_only=True):
    value: str
    name: str
    count: int


class SearchAnswer(Answer, frozen=True, kw_only=True):
    """A page of what was found. Where `more` is true, `total` and `facets` count the newest matches only."""

    data: list[HitAnswer]
    next: str | None
    total: int
    more: bool
    facets: dict[str, list[FacetAnswer]]


class SimilarAnswer(ContributionAnswer, frozen=True, kw_only=True):
    """An idea that says something similar. `partner` is the organisation whose server holds it, null for our own.

    `likeness` is the cosine of what both mean, and more where they share rare words; that of words alone (0 to 1)
    where the meaning is not known.
    """

    partner: Partner | None
    likeness: float


class Partner(Answer, frozen=True, kw_only=True):
    """The organisation that something stands with: `tier` is partner, customer or stranger."""

    host: str
    name: str
    tier: str


class NotSimilar(Body, frozen=True, kw_only=True):
    """That `idea` is not similar to what the caller writes; `subject` is its forum, or the idea that is changed."""

    subject: Annotated[str, Meta(max_length=32)]
    idea: Annotated[str, Meta(max_length=32)]
    text: Annotated[str, Meta(max_length=10_000)]


class SimilarQuery(Query, frozen=True, kw_only=True):
    text: Annotated[str, Meta(max_length=10_000, description="what is being written")]
    forum: Annotated[str, Meta(max_length=2000, description="only in this forum")] = ""
    limit: Annotated[int, Meta(ge=1, le=50)] = 5


class AnsweredQuery(Query, frozen=True, kw_only=True):
    text: Annotated[str, Meta(max_length=10_000, description="the question that is being written")]
    limit: Annotated[int, Meta(ge=1, le=20)] = 3


class AnsweredAnswer(Answer, frozen=True, kw_only=True):
    """A question that was asked before, and its best answer."""

    question: ContributionAnswer
    answer: ContributionAnswer


class AnsweredList(Answer, frozen=True, kw_only=True):
    data: list[AnsweredAnswer]


class ExpertsQuery(Query, frozen=True, kw_only=True):
    q: Annotated[str, Meta(max_length=1000, description="what somebody wants to know")]
    limit: Annotated[int, Meta(ge=1, le=50)] = 10


class ExpertAnswer(Answer, frozen=True, kw_only=True):
    """Somebody who knows, with what shows it. There is no score: read the evidence."""

    person: Author
    evidence: list[ContributionAnswer]


class ExpertList(Answer, frozen=True, kw_only=True):
    data: list[ExpertAnswer]
