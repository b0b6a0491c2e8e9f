"""What becomes of ideas, and work streams, over the API."""

from __future__ import annotations

from datetime import datetime

from server.domain.outcomes import Outcome, Stream
from server.services import ideas, outcomes
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


class StreamAnswer(Answer, frozen=True, kw_only=True):
    """A work stream with the decisions that put ideas into it."""

    id: str
    title: str
    purpose: str
    owner: str
    made_at: datetime
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
    found = await outcomes.read_outcomes(call.house, call.member, await jam_of(call))
    return OutcomesAnswer(
        streams=[_stream(stream, [_show(one.outcome) for one in ideas_]) for stream, ideas_ in found.streams],
        others=[_show(one.outcome) for one in found.others],
        decided=found.decided_count,
        undecided=found.open_count,
    )


async def open_stream(call: Call, body: StreamWords) -> StreamAnswer:
    made = await outcomes.open_stream(
        call.house, call.member, await jam_of(call), body.title, body.purpose, body.owner
    )
    return _stream(made, [])


async def decide(call: Call, body: Decision) -> OutcomeAnswer:
    idea = await ideas.obtain(call.house, call.member, call.path["id"])
    return _show(await outcomes.decide(call.house, call.member, idea, body.kind, body.reason, body.stream))


async def read_history(call: Call) -> OutcomeHistory:
    idea = await ideas.obtain(call.house, call.member, call.path["id"])
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


def _stream(one: Stream, found: list[OutcomeAnswer]) -> StreamAnswer:
    return StreamAnswer(
        id=one.id, title=one.title, purpose=one.purpose, owner=one.owner_name, made_at=one.made_at, ideas=found
    )
