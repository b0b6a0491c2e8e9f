"""What becomes of ideas, and work streams, over the API."""

from __future__ import annotations

from datetime import datetime

from server.domain.outcomes import Outcome
from server.domain.streams import Course
from server.services import ideas_read, outcomes, streams
from web.api.calls import Call
from web.api.jams import jam_of
from web.api.shapes import Answer, Body


class StreamWords(Body, frozen=True, kw_only=True):
    """A work stream to open; `owner` is the username of who answers for it."""

    title: str
    owner: str
    purpose: str = ""


class Decision(Body, frozen=True, kw_only=True):
    """What becomes of an idea: `stream` (with the id of the work stream), `done`, `later` or `declined`, and why."""

    kind: str
    reason: str
    stream: str = ""


class OutcomeAnswer(Answer, frozen=True, kw_only=True):
    """A decision on an idea. `replaced_at` is null for the one that stands."""

    idea: str
    kind: str
    stream: str
    stream_title: str
    reason: str
    by: str
    decided_at: datetime
    replaced_at: datetime | None


class MilestoneWords(Body, frozen=True, kw_only=True):
    """What is to be done, by whom (a username; "" for who answers for the stream), and by which day (YYYY-MM-DD)."""

    title: str
    due_on: str
    who: str = ""


class MilestoneState(Body, frozen=True, kw_only=True):
    done: bool


class NewsWords(Body, frozen=True, kw_only=True):
    """What is said about a work stream; `ends` says that it ends with that."""

    text: str
    ends: bool = False


class Silence(Body, frozen=True, kw_only=True):
    """After how many days without a word the work streams of a jam are silent."""

    days: int


class MilestoneAnswer(Answer, frozen=True, kw_only=True):
    """`due_on` is a day (YYYY-MM-DD); `done_at` is null until it is done."""

    id: str
    title: str
    who: str
    due_on: str
    done_at: datetime | None


class NewsAnswer(Answer, frozen=True, kw_only=True):
    by: str
    text: str
    at: datetime
    ends: bool


class StreamAnswer(Answer, frozen=True, kw_only=True):
    """A work stream with the decisions that put ideas into it. `silent` after `silent_after_days` without a word."""

    id: str
    title: str
    purpose: str
    owner: str
    made_at: datetime
    said_at: datetime
    ended_at: datetime | None
    silent: bool
    silent_after_days: int
    milestones: list[MilestoneAnswer]
    news: list[NewsAnswer]
    ideas: list[OutcomeAnswer]


class OutcomesAnswer(Answer, frozen=True, kw_only=True):
    """What became of the ideas of a jam; `undecided` counts those that wait."""

    streams: list[StreamAnswer]
    others: list[OutcomeAnswer]
    decided: int
    undecided: int


class OutcomeHistory(Answer, frozen=True, kw_only=True):
    """All decisions on an idea, the one that stands first."""

    data: list[OutcomeAnswer]


async def list_outcomes(call: Call) -> OutcomesAnswer:
    jam = await jam_of(call)
    found = await outcomes.read_outcomes(call.house, call.member, jam)
    courses = await streams.courses_of(call.house, call.member, jam)
    return OutcomesAnswer(
        streams=[
            _stream(call, courses[stream.id], [_show(one.outcome) for one in ideas_])
            for stream, ideas_ in found.streams
            if stream.id in courses
        ],
        others=[_show(one.outcome) for one in found.others],
        decided=found.decided_count,
        undecided=found.open_count,
    )


async def open_stream(call: Call, body: StreamWords) -> StreamAnswer:
    made = await outcomes.open_stream(call.house, call.member, await jam_of(call), body.title, body.purpose, body.owner)
    return await _read(call, made.id)


async def read_stream(call: Call) -> StreamAnswer:
    return await _read(call, call.path["id"])


async def plan_milestone(call: Call, body: MilestoneWords) -> StreamAnswer:
    await streams.plan_milestone(call.house, call.member, call.path["id"], body.title, body.who, body.due_on)
    return await _read(call, call.path["id"])


async def set_milestone(call: Call, body: MilestoneState) -> StreamAnswer:
    made = await streams.set_done(call.house, call.member, call.path["id"], done=body.done)
    return await _read(call, made.stream_id)


async def tell_news(call: Call, body: NewsWords) -> StreamAnswer:
    await streams.tell_news(call.house, call.member, call.path["id"], body.text, ends=body.ends)
    return await _read(call, call.path["id"])


async def set_silence(call: Call, body: Silence) -> OutcomesAnswer:
    await streams.set_silence(call.house, call.member, await jam_of(call), str(body.days))
    return await list_outcomes(call)


async def _read(call: Call, stream_id: str) -> StreamAnswer:
    course, jam = await streams.obtain_stream(call.house, call.member, stream_id)
    found = await outcomes.read_outcomes(call.house, call.member, jam)
    decided = next((ideas_ for stream, ideas_ in found.streams if stream.id == stream_id), ())
    return _stream(call, course, [_show(one.outcome) for one in decided])


async def decide(call: Call, body: Decision) -> OutcomeAnswer:
    idea = await ideas_read.obtain(call.house, call.member, call.path["id"])
    return _show(await outcomes.decide(call.house, call.member, idea, body.kind, body.reason, body.stream))


async def read_history(call: Call) -> OutcomeHistory:
    idea = await ideas_read.obtain(call.house, call.member, call.path["id"])
    return OutcomeHistory(data=[_show(one) for one in await outcomes.outcomes_of(call.house, idea)])


def _show(one: Outcome) -> OutcomeAnswer:
    return OutcomeAnswer(
        idea=one.idea_id,
        kind=one.kind,
        stream=one.stream_id,
        stream_title=one.stream_title,
        reason=one.reason,
        by=one.by_name,
        decided_at=one.decided_at,
        replaced_at=one.replaced_at,
    )


def _stream(call: Call, course: Course, found: list[OutcomeAnswer]) -> StreamAnswer:
    one = course.stream
    return StreamAnswer(
        id=one.id, title=one.title, purpose=one.purpose, owner=one.owner_name, made_at=one.made_at,
        said_at=course.said_at, ended_at=course.ended_at, silent=course.is_silent(call.house.now()),
        silent_after_days=course.days, ideas=found,
        milestones=[
            MilestoneAnswer(id=it.id, title=it.title, who=it.member_name, due_on=str(it.due_on), done_at=it.done_at)
            for it in course.milestones
        ],
        news=[NewsAnswer(by=it.by_name, text=it.text, at=it.at, ends=it.ends) for it in course.news],
    )  # fmt: skip
