"""Bodies and answers about catching up, following, saved searches, feeds and people."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from web.api.idea_shapes import Author, ContributionAnswer, Name
from web.api.notice_shapes import NoticeAnswer
from web.api.shapes import Answer, Body, Query

FeedWord = Literal["forum", "idea", "person", "theme", "search"]


class CatchUpQuery(Query, frozen=True, kw_only=True):
    hours: Annotated[int, Meta(ge=0, le=2000, description="so far back; 0: since the last visit")] = 0


class CatchUpEntry(Answer, frozen=True, kw_only=True):
    """One thing. Which members it has depends on what it is; `number` counts new people or things said since."""

    notice: NoticeAnswer | None
    contribution: ContributionAnswer | None
    jam: str | None
    theme: str | None
    mark: str
    number: int
    is_new: bool


class CatchUpSection(Answer, frozen=True, kw_only=True):
    kind: Literal["for_you", "decisions", "rising", "themes"]
    entries: list[CatchUpEntry]
    left_out: int


class CatchUpAnswer(Answer, frozen=True, kw_only=True):
    """What came since a moment, within five minutes of reading."""

    since: datetime
    seconds: int
    sections: list[CatchUpSection]


class FollowBody(Body, frozen=True, kw_only=True):
    """What to follow; `jam` for a theme alone."""

    kind: Literal["forum", "idea", "person", "theme"]
    subject: Name
    jam: Name = ""


class FollowAnswer(Answer, frozen=True, kw_only=True):
    kind: str
    subject: str
    jam: str
    name: str
    url: str
    made_at: datetime


class FollowList(Answer, frozen=True, kw_only=True):
    data: list[FollowAnswer]


class SearchBody(Body, frozen=True, kw_only=True):
    """`query` is the part of a search's address after the question mark."""

    name: Annotated[str, Meta(max_length=100)]
    query: Annotated[str, Meta(max_length=4000)]


class SavedAnswer(Answer, frozen=True, kw_only=True):
    """A saved search. `new` counts what was written since its owner last opened it."""

    id: int
    name: str
    query: str
    new: int


class SavedList(Answer, frozen=True, kw_only=True):
    data: list[SavedAnswer]


class FeedBody(Body, frozen=True, kw_only=True):
    """`subject` is an id, jam/theme for a theme, or the query of a search."""

    kind: FeedWord
    subject: Annotated[str, Meta(max_length=4000)]
    name: Annotated[str, Meta(max_length=200)] = ""


class NewFeed(Answer, frozen=True, kw_only=True):
    """The address of a feed just made, told this once. Whoever has it reads as its owner."""

    url: str


class FeedAnswer(Answer, frozen=True, kw_only=True):
    id: int
    kind: FeedWord
    subject: str
    name: str
    made_at: datetime
    used_at: datetime | None


class FeedList(Answer, frozen=True, kw_only=True):
    data: list[FeedAnswer]


class TrustAnswer(Answer, frozen=True, kw_only=True):
    """How far somebody from outside is known, and from what. It opens nothing at the boundary."""

    level: Literal["new", "known", "trusted", "watched"]
    standing: int
    released: int
    refused: int
    removed: int
    mailed_at_once: bool


class KnownAnswer(Answer, frozen=True, kw_only=True):
    theme: str
    evidence: list[ContributionAnswer]


class BuiltOnAnswer(Answer, frozen=True, kw_only=True):
    idea: ContributionAnswer
    by: int


class ProfileAnswer(Answer, frozen=True, kw_only=True):
    """A person by what they answered and what became of their ideas. `trust` is null for our own people."""

    person: Author
    expertise: list[KnownAnswer]
    adopted: list[ContributionAnswer]
    built_on: list[BuiltOnAnswer]
    trust: TrustAnswer | None


class IntroductionAnswer(Answer, frozen=True, kw_only=True):
    person: Author
    threads: list[ContributionAnswer]
    themes: list[str]


class IntroductionList(Answer, frozen=True, kw_only=True):
    data: list[IntroductionAnswer]
