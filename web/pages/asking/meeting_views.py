"""What the pages of host hours, rooms and words entered for others show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from web.views import Choice, JamHead, Link, Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class HourCard:
    url: str
    title: str
    host: str
    forum: Link
    state: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """One question; the addresses are "" where the reader cannot do that."""

    id: str
    text: str
    author: str
    at: datetime
    state: str
    support: int
    mine: bool
    support_url: str
    answer_url: str
    back_url: str
    back_words: str
    answer_link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HourPage:
    jam: JamHead
    hour: HourCard
    waiting: tuple[QuestionView, ...]
    answered: tuple[QuestionView, ...]
    set_aside: int
    ask_url: str
    end_url: str
    thread_url: str
    stream_url: str
    typed: Mapping[str, str]
    wrong: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HourForm:
    jam: JamHead
    url: str
    forums: tuple[Choice, ...]
    names_host: bool
    typed: Mapping[str, str]
    wrong: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomCard:
    url: str
    title: str
    thread: Link
    owed_by: str
    due_at: datetime
    open: bool
    overdue: bool
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    id: str
    author: str
    html: Markup
    at: datetime
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomPage:
    jam: JamHead
    room: RoomCard
    task: str
    names: tuple[str, ...]
    messages: tuple[Said, ...]
    older_url: str
    within: bool
    may_hand_on: bool
    summary_url: str
    due_value: str
    reach: Reach | None
    typed: Mapping[str, str]
    wrong: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomForm:
    jam: JamHead
    back: Link
    action: str
    typed: Mapping[str, str]
    wrong: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyForm:
    """`titled` for an idea; `forum` is where it goes."""

    jam: JamHead
    back: Link
    action: str
    titled: bool
    reach: Reach
    labels: tuple[Choice, ...]
    typed: Mapping[str, str]
    wrong: Mapping[str, str]
