"""Host hours: a host answers questions in a forum, by name, for a while. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from server.domain.errors import Conflict, Invalid
from server.domain.sentences import later

HourState = Literal["planned", "open", "over"]
QuestionState = Literal["waiting", "answered", "set aside", "taken back"]
SHORTEST, LONGEST = timedelta(minutes=10), timedelta(hours=4)
LONGEST_QUESTION = 1_000
MOST_WAITING = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """A time at which a host answers. `idea_id` is the thread of its transcript, "" before the first answer."""

    id: str
    jam_id: str
    forum_id: str
    host_id: str
    host_name: str
    title: str
    starts_at: datetime
    ends_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    idea_id: str

    def state_at(self, now: datetime) -> HourState:
        if now < self.starts_at:
            return "planned"
        return "open" if now < self.ends_at and self.ended_at is None else "over"

    def require(self, now: datetime, *states: HourState) -> None:
        """Raise Conflict, with the sentence that says why, unless it is in one of these states."""
        state = self.state_at(now)
        if state not in states:
            raise Conflict(
                {
                    "planned": later("This hour has not begun; the host answers once it has."),
                    "open": later("This hour is under way."),
                    "over": later("This hour is over; its answers stand in the forum."),
                }[state]
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class HourQuestion:
    """A question in the queue; `mine` says that the reader supports it. The ids are those of the transcript."""

    id: str
    hour_id: str
    author_id: str
    author_name: str
    text: str
    state: QuestionState
    asked_at: datetime
    support: int
    mine: bool
    question_id: str
    answer_id: str


def check_times(
    starts_at: datetime, ends_at: datetime, now: datetime, jam_opens: datetime, jam_closes: datetime,
    theirs: Iterable[Hour],
) -> None:  # fmt: skip
    """Raise Invalid for times that make no hour within the jam, Conflict where the host has another then."""
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise Invalid("starts_at", "A time needs its offset from UTC, as in 2026-11-23T09:00:00Z.")
    if not SHORTEST <= ends_at - starts_at <= LONGEST:
        raise Invalid("ends_at", "An hour lasts from ten minutes to four hours.")
    if ends_at <= now:
        raise Invalid("ends_at", "An hour ends in the future.")
    if starts_at < jam_opens or ends_at > jam_closes:
        raise Invalid("starts_at", "An hour lies within the jam, from its opening to its end.")
    if any(one.starts_at < ends_at and starts_at < one.ends_at and one.ended_at is None for one in theirs):
        raise Conflict("This host has another hour at that time.")
