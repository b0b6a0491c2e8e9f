"""What became of a jam's ideas, as everybody inside reads it, and the pages on which it is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from server.domain.actors import Member
from server.domain.errors import NotAllowed, Refusal
from server.domain.ideas import Contribution
from server.domain.jams import Jam
from server.domain.outcomes import Stream
from server.keys import HOUSE
from server.services import forums, ideas_read, outcomes, streams
from server.services.house import House
from server.services.outcomes import Decided
from web.answers import go, head_of, show
from web.cards import url_of
from web.forms import read_form, wrong_of
from web.language import _
from web.outcomes import OutcomeView, draw_outcome
from web.pages.jams import obtain
from web.pages.organising.streaming import CourseView, draw_course
from web.session import member_of
from web.views import Choice, JamHead, Link, Person

_BLANK = {"title": "", "purpose": "", "owner": "", "reason": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedView:
    """An idea with the decision that stands on it. `author` is who it is signed by."""

    idea: Link
    author: str
    outcome: OutcomeView


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamView:
    id: str
    title: str
    purpose: str
    owner: Person
    course: CourseView
    ideas: tuple[DecidedView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomesPage:
    """What became of a jam's ideas. `open` are undecided ones with the address at which they are decided."""

    jam: JamHead
    promise: str
    decide_by: str
    streams: tuple[StreamView, ...]
    others: tuple[DecidedView, ...]
    open: tuple[tuple[Link, str], ...]
    open_count: int
    decided_count: int
    may_decide: bool
    silent_count: int
    days: int
    values: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidePage:
    """The form that decides on one idea; `earlier` are the decisions that were taken on it before."""

    jam: JamHead
    idea: Link
    action: str
    kinds: tuple[Choice, ...]
    streams: tuple[Choice, ...]
    earlier: tuple[OutcomeView, ...]
    values: Mapping[str, str]
    wrong: Mapping[str, str]


async def show_outcomes(request: web.Request) -> web.Response:
    """GET /jams/{jam}/outcomes"""
    return await _outcomes(request, {}, {}, 200)


async def open_stream(request: web.Request) -> web.Response:
    """POST /jams/{jam}/outcomes: open a work stream."""
    house, member, jam = await obtain(request)
    form = await read_form(request)
    try:
        await outcomes.open_stream(
            house, member, jam, form.get("title", ""), form.get("purpose", ""), form.get("owner", "")
        )
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _outcomes(request, form, wrong_of(refusal), refusal.status)
    return go(request, f"{head_of(jam, jam.state).url}/outcomes", "saved")


async def set_silence(request: web.Request) -> web.Response:
    """POST /jams/{jam}/silence: after how many days a work stream is silent."""
    house, member, jam = await obtain(request)
    form = await read_form(request)
    try:
        await streams.set_silence(house, member, jam, form.get("days", ""))
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _outcomes(request, form, wrong_of(refusal), refusal.status)
    return go(request, f"{head_of(jam, jam.state).url}/outcomes", "saved")


async def _outcomes(
    request: web.Request, typed: Mapping[str, str], wrong: Mapping[str, str], status: int
) -> web.Response:
    house, member, jam = await obtain(request)
    became = await outcomes.read_outcomes(house, member, jam)
    courses = await streams.courses_of(house, member, jam)
    drawn = {id_: draw_course(house, member, one, held_here=not jam.host) for id_, one in courses.items()}
    may = member.may("jams") and not jam.host and jam.state != "draft"
    page = OutcomesPage(
        jam=head_of(jam, jam.state_at(house.now()), "report"),
        promise=jam.charter.promise,
        decide_by=jam.charter.decide_by,
        streams=tuple(
            _stream(stream, found, drawn[stream.id]) for stream, found in became.streams if stream.id in drawn
        ),
        others=tuple(_decided(one) for one in became.others),
        open=tuple((_link(one), f"/ideas/{one.id}/outcome" if may else "") for one in became.open),
        open_count=became.open_count,
        decided_count=became.decided_count,
        may_decide=may,
        silent_count=sum(one.silent_days > 0 for one in drawn.values()),
        days=await streams.silence_of(house, jam),
        values={**_BLANK, **typed},
        wrong=wrong,
    )
    return show(request, "organising/outcomes.html", page, status=status)


def _link(idea: Contribution) -> Link:
    return Link(text=idea.title, url=url_of(idea))


def _decided(one: Decided) -> DecidedView:
    return DecidedView(idea=_link(one.idea), author=one.idea.author_name, outcome=draw_outcome(one.outcome))


def _stream(stream: Stream, found: Sequence[Decided], course: CourseView) -> StreamView:
    return StreamView(
        id=stream.id,
        title=stream.title,
        purpose=stream.purpose,
        owner=Person(name=stream.owner_name, handle="", unit=stream.owner_unit),
        course=course,
        ideas=tuple(_decided(one) for one in found),
    )


async def show_decision(request: web.Request) -> web.Response:
    """GET /ideas/{idea}/outcome"""
    return await _decision(request, {}, {}, 200)


async def decide(request: web.Request) -> web.Response:
    """POST /ideas/{idea}/outcome"""
    house, member, idea, _jam = await _asked(request)
    form = await read_form(request)
    try:
        await outcomes.decide(house, member, idea, form.get("kind", ""), form.get("reason", ""), form.get("stream", ""))
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _decision(request, form, wrong_of(refusal), refusal.status)
    return go(request, url_of(idea), "saved")


async def _asked(request: web.Request) -> tuple[House, Member, Contribution, Jam]:
    """The idea of the address for whoever may decide on it."""
    house, member = request.app[HOUSE], member_of(request)
    idea = await ideas_read.obtain(house, member, request.match_info["idea"])
    _forum, jam = await forums.forum_and_jam(house, idea.forum_id)
    if not await outcomes.may_decide(house, member, idea):
        raise NotAllowed("Organisers decide what becomes of ideas.")
    return house, member, idea, jam


async def _decision(
    request: web.Request, typed: Mapping[str, str], wrong: Mapping[str, str], status: int
) -> web.Response:
    house, member, idea, jam = await _asked(request)
    known = await outcomes.outcomes_of(house, idea)
    stands = next((one for one in known if one.replaced_at is None), None)
    kind = typed.get("kind") or (stands.kind if stands else "")
    stream = typed.get("stream") or (stands.stream_id if stands else "")
    page = DecidePage(
        jam=head_of(jam, jam.state_at(house.now()), "report"),
        idea=_link(idea),
        action=f"/ideas/{idea.id}/outcome",
        kinds=_kinds(kind, whole=member.may("jams")),
        streams=tuple(
            Choice(value=one.id, words=one.title, chosen=one.id == stream)
            for one in await outcomes.streams_of(house, member, jam)
        ),
        earlier=tuple(draw_outcome(one) for one in known),
        values={**_BLANK, **typed},
        wrong=wrong,
    )
    return show(request, "organising/decide.html", page, status=status)


def _kinds(chosen: str, *, whole: bool) -> tuple[Choice, ...]:
    words = {
        "stream": _("A work stream carries it on"),
        "done": _("It is done"),
        "later": _("Later: not now, but not forgotten"),
        "declined": _("It is not carried on"),
    }
    return tuple(
        Choice(value=kind, words=said, chosen=kind == chosen) for kind, said in words.items() if whole or kind == "done"
    )
