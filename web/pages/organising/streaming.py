"""A work stream as it goes on: its milestones, what was said about it, and the forms of those who carry it on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web

from server.domain.actors import Member
from server.domain.errors import Missing, Refusal
from server.domain.streams import Course
from server.keys import HOUSE
from server.language.figures import day
from server.services import streams
from server.services.house import House
from web.answers import go, head_of, show
from web.forms import read_form, wrong_of
from web.language import spoken
from web.session import member_of
from web.views import JamHead, Person

_BLANK = {"title": "", "who": "", "due_on": "", "text": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneView:
    """`due_on` is a day in words; `may_set` says that the reader may say that it is done, or not yet."""

    id: str
    title: str
    who: str
    due_on: str
    done_at: datetime | None
    late: bool
    may_set: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsView:
    by: str
    text: str
    at: datetime
    ends: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseView:
    """How a stream goes on. `silent_days` is 0 unless nothing was said for too long."""

    url: str
    silent_days: int
    said_at: datetime
    ended_at: datetime | None
    milestones: tuple[MilestoneView, ...]
    news: tuple[NewsView, ...]
    may_tell: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamPage:
    jam: JamHead
    title: str
    purpose: str
    owner: Person
    course: CourseView
    days: int
    values: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)


def draw_course(house: House, member: Member, course: Course, *, held_here: bool) -> CourseView:
    now, may = house.now(), held_here and streams.may_tell(member, course.stream)
    return CourseView(
        url=f"/streams/{course.stream.id}",
        silent_days=course.quiet_days(now) if held_here and course.is_silent(now) else 0,
        said_at=course.said_at,
        ended_at=course.ended_at,
        milestones=tuple(
            MilestoneView(
                id=one.id, title=one.title, who=one.member_name, due_on=day(one.due_on, spoken()), done_at=one.done_at,
                late=course.ended_at is None and one.is_late(now),
                may_set=course.ended_at is None and (may or (held_here and one.member_id == member.id)),
            )
            for one in course.milestones
        ),
        news=tuple(NewsView(by=one.by_name, text=one.text, at=one.at, ends=one.ends) for one in course.news),
        may_tell=may,
    )  # fmt: skip


async def show_stream(request: web.Request) -> web.Response:
    """GET /streams/{stream}"""
    return await _stream(request, {}, {}, 200)


async def _stream(
    request: web.Request, typed: Mapping[str, str], wrong: Mapping[str, str], status: int
) -> web.Response:
    house, member = request.app[HOUSE], member_of(request)
    course, jam = await streams.obtain_stream(house, member, request.match_info["stream"])
    stream = course.stream
    page = StreamPage(
        jam=head_of(jam, jam.state_at(house.now()), "report"),
        title=stream.title,
        purpose=stream.purpose,
        owner=Person(name=stream.owner_name, handle="", unit=stream.owner_unit),
        course=draw_course(house, member, course, held_here=not jam.host),
        days=course.days,
        values={**_BLANK, **typed},
        wrong=wrong,
    )
    return show(request, "organising/stream.html", page, status=status)


async def change(request: web.Request) -> web.Response:
    """POST /streams/{stream}: a milestone, that one is done, news, or the end, as `act` says."""
    house, member, stream_id = request.app[HOUSE], member_of(request), request.match_info["stream"]
    form = await read_form(request)
    try:
        await _act(house, member, stream_id, form)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _stream(request, form, wrong_of(refusal), refusal.status)
    return go(request, f"/streams/{stream_id}", "saved")


async def _act(house: House, member: Member, stream_id: str, form: dict[str, str]) -> None:
    match form.get("act"):
        case "plan":
            said = (form.get("title", ""), form.get("who", ""), form.get("due_on", ""))
            await streams.plan_milestone(house, member, stream_id, *said)
        case "done" | "undone":
            await streams.set_done(house, member, form.get("milestone", ""), done=form["act"] == "done")
        case "tell" | "end":
            await streams.tell_news(house, member, stream_id, form.get("text", ""), ends=form["act"] == "end")
        case other:
            raise Missing("choice", f"act={other}")
