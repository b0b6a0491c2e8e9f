"""A decision on an idea, as pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.domain.ideas import Contribution
from server.domain.outcomes import Outcome
from server.services import outcomes
from server.services.house import House
from web.language import _

ICONS = {"stream": "route", "done": "check", "later": "timer", "declined": "x"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeView:
    """A decision in words. `stream_url` leads to the work stream, "" where there is none."""

    icon: str
    words: str
    stream: str
    stream_url: str
    reason: str
    by: str
    at: datetime
    stands: bool


def draw_outcome(one: Outcome) -> OutcomeView:
    words = {
        "stream": _("In a work stream"),
        "done": _("Done"),
        "later": _("Later"),
        "declined": _("Not carried on"),
    }[one.kind]
    return OutcomeView(
        icon=ICONS[one.kind],
        words=words,
        stream=one.stream_title,
        stream_url=f"/jams/{one.jam_id}/outcomes#s-{one.stream_id}" if one.stream_id else "",
        reason=one.reason,
        by=one.by_name,
        at=one.decided_at,
        stands=one.replaced_at is None,
    )


async def outcome_of(house: House, idea: Contribution) -> OutcomeView | None:
    """Return the decision that stands on an idea."""
    found = await outcomes.standing_on(house, idea.id)
    return draw_outcome(found[0]) if found else None
