"""Bodies and answers about shifts, the back-channel, summaries and heat."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from server.domain.facilitation import Aside, Shift, Summary
from server.services.heat import Warm
from web.api.shapes import Answer, Body

Id = Annotated[str, Meta(max_length=100)]


class NewShift(Body, frozen=True, kw_only=True):
    """`username` is somebody who moderates; times are with their zone."""

    username: Id
    starts_at: Annotated[datetime, Meta(tz=True)]
    ends_at: Annotated[datetime, Meta(tz=True)]


class HandOver(Body, frozen=True, kw_only=True):
    """`to` is the id of who is to read it first, "" for whoever comes next."""

    note: str
    to: Id = ""


class ShiftAnswer(Answer, frozen=True, kw_only=True):
    """A shift; `note` is what was handed on, `handed_to` to whom ("" to whoever came next)."""

    id: str
    member: str
    member_name: str
    starts_at: datetime
    ends_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    note: str
    handed_to: str
    read_at: datetime | None


class NoteDraft(Answer, frozen=True, kw_only=True):
    """The note of the caller's running shift, drafted from the log, in Markdown; "" while they are in no shift."""

    note: str


class NewAside(Body, frozen=True, kw_only=True):
    text: str


class AsideAnswer(Answer, frozen=True, kw_only=True):
    """Something said in a thread's back-channel."""

    id: str
    by: str
    by_name: str
    text: str
    html: str
    at: datetime


class NewSummary(Body, frozen=True, kw_only=True):
    """`cites` are ids of contributions of the thread; `base` is the number of the version that it was made from."""

    text: str
    cites: tuple[Id, ...] = ()
    base: int | None = None


class SummaryAnswer(Answer, frozen=True, kw_only=True):
    """One version of a thread's summary so far."""

    thread: str
    number: int
    by: str
    by_name: str
    text: str
    html: str
    cites: list[str]
    at: datetime


class SignalAnswer(Answer, frozen=True, kw_only=True):
    """One count against its limit."""

    name: str
    value: float
    limit: float
    hot: bool
    sentence: str


class WarmAnswer(Answer, frozen=True, kw_only=True):
    """A thread that may be growing heated; `prompt` is what a facilitator could say."""

    idea: str
    replies: int
    signals: list[SignalAnswer]
    prompt: str


def show_shift(one: Shift) -> ShiftAnswer:
    return ShiftAnswer(
        id=one.id, member=one.member_id, member_name=one.member_name, starts_at=one.starts_at, ends_at=one.ends_at,
        begun_at=one.begun_at, ended_at=one.ended_at, note=one.note, handed_to=one.handed_to, read_at=one.read_at,
    )  # fmt: skip


def show_aside(one: Aside) -> AsideAnswer:
    return AsideAnswer(
        id=one.id, by=one.member_id, by_name=one.member_name, text=one.text, html=one.html, at=one.made_at
    )


def show_summary(one: Summary) -> SummaryAnswer:
    return SummaryAnswer(
        thread=one.thread_id, number=one.number, by=one.member_id, by_name=one.member_name, text=one.text,
        html=one.html, cites=list(one.cites), at=one.written_at,
    )  # fmt: skip


def show_warm(one: Warm) -> WarmAnswer:
    return WarmAnswer(
        idea=one.idea.id,
        replies=one.heat.replies,
        signals=[
            SignalAnswer(name=s.name, value=s.value, limit=s.limit, hot=s.is_hot, sentence=s.sentence)
            for s in one.heat.signals
        ],
        prompt=one.prompt,
    )
