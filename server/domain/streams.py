"""How a work stream goes on: milestones, what is said about it, and silence. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server.domain.outcomes import Stream

# So many days without a word, unless an organiser chose another number.
USUAL_SILENCE = 14
LONGEST_SILENCE = 365
LONGEST_MILESTONE = 200
LONGEST_NEWS = 2_000
MOST_MILESTONES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """What is to be done, by whom, and by the end of which day."""

    id: str
    stream_id: str
    title: str
    member_id: str
    member_name: str
    due_on: date
    made_at: datetime
    done_at: datetime | None = None

    def is_late(self, now: datetime) -> bool:
        return self.done_at is None and now.date() > self.due_on


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What somebody said about a stream, in plain text; `ends` is what it ended with."""

    by_name: str
    text: str
    at: datetime
    ends: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A work stream as it goes on. `days` without a word make it silent; milestones by day, news newest first."""

    stream: Stream
    days: int
    said_at: datetime
    ended_at: datetime | None
    milestones: tuple[Milestone, ...] = ()
    news: tuple[News, ...] = ()

    def quiet_days(self, now: datetime) -> int:
        """For how many whole days nothing was said."""
        return max(0, (now - self.said_at).days)

    def is_silent(self, now: datetime) -> bool:
        """Say whether nothing was said for too long about a stream that has not ended."""
        return self.ended_at is None and now - self.said_at >= timedelta(days=self.days)
