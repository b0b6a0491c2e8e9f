"""What facilitators said and did about a thread, as its readers see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.domain.actors import Member
from server.services import ideas
from server.services.house import House
from server.services.ideas import Thread
from web.threads import MARK_WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a mark stands, or stood until `fell_at`."""

    words: str
    icon: str
    name: str
    reason: str
    at: datetime
    fell_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlThread:
    """`reasons` are of marks that stand, `earlier` of those that fell."""

    reasons: tuple[Reason, ...]
    earlier: tuple[Reason, ...]


async def draw_control(house: House, member: Member, thread: Thread) -> ControlThread:
    said = [
        Reason(
            words=MARK_WORDS[one.kind][0],
            icon=MARK_WORDS[one.kind][1],
            name=one.member_name,
            reason=one.reason,
            at=one.made_at,
            fell_at=one.taken_at,
        )
        for one in await ideas.reasons_of_marks(house, member, thread)
    ]
    return ControlThread(
        reasons=tuple(one for one in said if one.fell_at is None),
        earlier=tuple(one for one in said if one.fell_at is not None),
    )
