"""Breakout rooms: some people work something out by themselves and bring a summary back. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.domain.errors import Conflict

MOST_PEOPLE = 50
LONGEST_TASK = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room of a thread, open until its summary stands there. `people` maps member ids to names."""

    id: str
    jam_id: str
    thread_id: str
    title: str
    task: str
    owed_by: str
    due_at: datetime
    opened_by: str
    opened_at: datetime
    closed_at: datetime | None
    summary_id: str
    people: dict[str, str]

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def owed_by_name(self) -> str:
        return self.people.get(self.owed_by, "")

    def is_overdue(self, now: datetime) -> bool:
        return self.is_open and now > self.due_at

    def require_open(self) -> None:
        if not self.is_open:
            raise Conflict("This room has returned its summary; it can be read but no longer written to.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomMessage:
    """Something said in a room; `html` is rendered and sanitised."""

    id: str
    author_id: str
    author_name: str
    html: str
    said_at: datetime
