"""What was decided, crossings and refusals alike, and why, over the API."""

from __future__ import annotations

from server.domain.crossings import EVERYONE, KeptVerdict
from server.domain.errors import Invalid
from server.services import explain
from server.services.explain import Wanted
from web.api.calls import Call
from web.api.decision_shapes import (
    DecisionAnswer,
    DecisionsQuery,
    ExplanationAnswer,
    show_decision,
    show_explanation,
)
from web.api.paging import page_of, read_time
from web.api.shapes import Page


async def list_decisions(call: Call, query: DecisionsQuery) -> Page[DecisionAnswer]:
    wanted = Wanted(
        about=query.object,
        audience=EVERYONE if query.audience == "public" else query.audience.strip().lower(),
        verdict=query.verdict,
        rule=query.rule,
        direction=query.direction,
    )
    found = await explain.list_decisions(call.house, call.member, wanted, _place(query.after), query.limit + 1)
    made = await explain.contributions_of(call.house, found)
    return page_of(found, query, lambda kept: show_decision(call.house, kept, made.get(kept.subject_id)), cursor_of)


def cursor_of(kept: KeptVerdict) -> str:
    """Return where a list goes on after this verdict."""
    at = kept.verdict.decided_at
    return f"{at.timestamp() if at else 0.0!r}~{kept.verdict.id}"


def _place(after: str) -> tuple[float, str] | None:
    if not after:
        return None
    time, mark, id_ = after.partition("~")
    at = read_time(time)
    if at is None or not mark or len(id_) > 32:
        raise Invalid("after", "Give what `next` said in the page before.")
    return at, id_


async def read_decision(call: Call) -> ExplanationAnswer:
    return show_explanation(call.house, await explain.explain(call.house, call.member, call.path["decision"]))
