"""What the pages that ask the crowd show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from server.domain.statements import Statement
from web.pages.asking.meeting_views import HourCard, RoomCard
from web.views import Choice, JamHead, Link, Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class PollForm:
    """The form for a new poll. `reach` says who will see it."""

    jam: JamHead
    back: Link
    action: str
    typed: Mapping[str, str]
    wrong: Mapping[str, str]
    reach: Reach
    labels: tuple[Choice, ...]
    latest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementPage:
    """The next statement to answer; none when all are answered, or a pause is due."""

    jam: JamHead
    url: str
    statement: Statement | None
    sources: tuple[Link, ...]
    done: int
    total: int
    answered: int
    pause: bool
    open: bool
    waiting: int
    moderates: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A statement that is not approved: it waits, or was declined for the reason in `note`."""

    id: str
    text: str
    author: str
    at: datetime
    sources: tuple[Link, ...]
    state: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementForm:
    jam: JamHead
    url: str
    typed: Mapping[str, str]
    wrong: Mapping[str, str]
    longest: int
    moderates: bool
    waiting: tuple[Drafted, ...]


Row = tuple[str, int, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultView:
    """What was answered to a statement; rows are (name, people, agree, pass, disagree)."""

    id: str
    text: str
    sources: tuple[Link, ...]
    people: int
    whole: Row | None
    groups: tuple[Row, ...]
    left_out: bool
    refused: bool
    mine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    jam: JamHead
    url: str
    common: tuple[ResultView, ...]
    divided: tuple[ResultView, ...]
    others: tuple[ResultView, ...]
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingPage:
    """All ways of asking the crowd in a jam."""

    jam: JamHead
    axes: tuple[str, ...]
    may_set_axes: bool
    statements: int
    answered: int
    hours: tuple[HourCard, ...]
    hour_url: str
    rooms: tuple[RoomCard, ...]
    may_moderate: bool
    forums: tuple[Link, ...]
    wrong: Mapping[str, str]
