"""Why people comment, and what stands behind the board's numbers, over the API."""

from __future__ import annotations

from server.domain.behind import Number
from server.domain.goals import Goal
from server.services import behind, emerging, goals, reasons
from server.services.visitors import visitors
from web.api.calls import Call
from web.api.idea_shapes import show_contribution
from web.api.insight_shapes import (
    BehindList,
    BehindQuery,
    EvidenceAnswer,
    EvidenceList,
    GoalAnswer,
    GoalList,
    NewGoals,
    RepliesQuery,
    WhyAnswer,
    show_learnt,
    show_reasons,
)
from web.api.jams import jam_of
from web.api.paging import read_count


async def read_why(call: Call) -> WhyAnswer:
    found = await reasons.read_why(call.house, call.member, await jam_of(call))
    return WhyAnswer(
        whole=show_reasons(found.whole),
        themes=[show_reasons(one) for one in found.themes],
        learnt=show_learnt(found.learnt),
    )


async def list_replies(call: Call, query: RepliesQuery) -> EvidenceList:
    jam, first = await jam_of(call), read_count(query.after)
    if query.by == "support":
        found = await reasons.supported(call.house, call.member, jam, query.theme, first, query.limit)
    else:
        found = await reasons.evidence(
            call.house, call.member, jam, query.theme, query.intent, query.by, first, query.limit
        )
    known, after = await visitors(call.house), first + query.limit
    return EvidenceList(
        data=[
            EvidenceAnswer(
                contribution=show_contribution(call.house, made, known), sure=sure if query.by == "machine" else None
            )
            for made, _, sure in found.found
        ],
        next=str(after) if after < found.total else None,
        total=found.total,
    )


async def list_behind(call: Call, query: BehindQuery) -> BehindList:
    jam, first = await jam_of(call), read_count(query.after)
    number = Number(query.of, query.name, query.to)
    found = await behind.list_behind(call.house, call.member, jam, number, first, query.limit)
    known, after = await visitors(call.house), first + query.limit
    return BehindList(
        data=[show_contribution(call.house, made, known) for made in found.found],
        next=str(after) if after < found.total else None,
        total=found.total,
        people=found.people,
    )


async def dismiss_emerging(call: Call) -> None:
    await emerging.dismiss(call.house, call.member, await jam_of(call), call.path["theme"])


async def restore_emerging(call: Call) -> None:
    await emerging.dismiss(call.house, call.member, await jam_of(call), call.path["theme"], again=True)


async def list_goals(call: Call) -> GoalList:
    return _goals(await goals.list_goals(call.house, call.member, await jam_of(call)))


async def set_goals(call: Call, body: NewGoals) -> GoalList:
    jam = await jam_of(call)
    await goals.set_goals(call.house, call.member, jam, body.shares, body.countries)
    return _goals(await goals.list_goals(call.house, call.member, jam))


def _goals(found: list[Goal]) -> GoalList:
    return GoalList(
        data=[GoalAnswer(unit=one.unit, people=one.people, share=one.share, country=one.country) for one in found]
    )
