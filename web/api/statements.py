"""Statements and ratings over the API."""

from __future__ import annotations

from server.services import jams, ratings, statements
from web.api.asking_shapes import (
    AxesAnswer,
    AxesBody,
    AxisSpread,
    DecisionBody,
    NewRatings,
    NewStatement,
    OpinionBody,
    ResultAnswer,
    StatementAnswer,
    Turn,
    show_result,
    show_spread,
    show_statement,
)
from web.api.calls import Call
from web.api.ideas import contribution_of
from web.api.shapes import Page


async def read_ratings(call: Call) -> Page[AxisSpread]:
    found = await ratings.spreads_of(call.house, call.member, await contribution_of(call))
    return Page(data=[show_spread(one) for one in found], next=None)


async def rate_idea(call: Call, body: NewRatings) -> Page[AxisSpread]:
    found = await ratings.rate(call.house, call.member, await contribution_of(call), body.values)
    return Page(data=[show_spread(one) for one in found], next=None)


async def read_axes(call: Call) -> AxesAnswer:
    jam = await jams.obtain_jam(call.house, call.member, call.path["jam"])
    return AxesAnswer(axes=list(await ratings.axes_of(call.house, jam)))


async def set_axes(call: Call, body: AxesBody) -> AxesAnswer:
    jam = await jams.obtain_jam(call.house, call.member, call.path["jam"])
    return AxesAnswer(axes=list(await ratings.set_axes(call.house, call.member, jam, body.axes)))


async def next_statement(call: Call) -> Turn:
    jam = await jams.obtain_jam(call.house, call.member, call.path["jam"])
    turn = await statements.next_for(call.house, call.member, jam)
    shown = show_statement(turn.statement) if turn.statement else None
    return Turn(statement=shown, answered=turn.done, total=turn.all)


async def draft_statement(call: Call, body: NewStatement) -> StatementAnswer:
    jam = await jams.obtain_jam(call.house, call.member, call.path["jam"])
    return show_statement(await statements.draft(call.house, call.member, jam, body.text, body.sources))


async def list_waiting(call: Call) -> Page[StatementAnswer]:
    jam = await jams.obtain_jam(call.house, call.member, call.path["jam"])
    found = await statements.waiting(call.house, call.member, jam)
    return Page(data=[show_statement(one) for one in found], next=None)


async def answer_statement(call: Call, body: OpinionBody) -> Turn:
    jam = await jams.obtain_jam(call.house, call.member, call.path["jam"])
    await statements.vote(call.house, call.member, jam, call.path["statement"], body.vote)
    return await next_statement(call)


async def decide_statement(call: Call, body: DecisionBody) -> StatementAnswer:
    jam = await jams.obtain_jam(call.house, call.member, call.path["jam"])
    made = await statements.decide(
        call.house, call.member, jam, call.path["statement"], body.decision, body.note
    )  # fmt: skip
    return show_statement(made)


async def list_results(call: Call) -> Page[ResultAnswer]:
    jam = await jams.obtain_jam(call.house, call.member, call.path["jam"])
    report = await statements.report(call.house, call.member, jam)
    mine = await statements.answers_of(call.house, call.member, jam)
    shown = [
        show_result(one, mine.get(one.statement.id, ""), divides=part is report.divided)
        for part in (report.common, report.divided, report.others)
        for one in part
    ]
    return Page(data=shown, next=None)
