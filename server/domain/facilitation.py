"""What facilitators say and do: reasons of marks, moves, asides, shifts and summaries. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from server.domain.ideas import MarkKind

# An idea that nobody has answered for this long is neglected.
NEGLECTED_AFTER = timedelta(hours=2)
REASON_LIMIT = 1_000
MoveKind = Literal["move", "merge", "split"]
MOVES: tuple[MoveKind, ...] = get_args(MoveKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkReason:
    """Why a mark was set ("" where none was given), and when it fell (None while it stands)."""

    contribution_id: str
    kind: MarkKind
    member_id: str
    member_name: str
    reason: str
    made_at: datetime
    taken_by: str
    taken_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A thread in which nothing is answered any more, since `made_at`; `ended_at` is when that ended (None: it stands).

    `member_id` is "" where the server that holds the forum locked it: then `reason` is "" too.
    """

    idea_id: str
    member_id: str
    member_name: str
    reason: str
    made_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A thread moved to another forum, an idea merged into another, or a branch split off as an idea.

    `contribution_id` is what was moved, `thread_id` where it stands since; `before` is what it was before.
    """

    id: str
    kind: MoveKind
    jam_id: str
    contribution_id: str
    thread_id: str
    member_id: str
    member_name: str
    reason: str
    before: dict[str, Any]
    made_at: datetime
    undone_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """Something that facilitators say to each other about a thread. `html` is rendered and sanitised."""

    id: str
    thread_id: str
    member_id: str
    member_name: str
    text: str
    html: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A facilitator's time in the control room. `note` is handed to `handed_to` ("" for whoever comes next)."""

    id: str
    jam_id: str
    member_id: str
    member_name: str
    starts_at: datetime
    ends_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    note: str
    handed_to: str
    read_at: datetime | None

    @property
    def is_running(self) -> bool:
        return self.begun_at is not None and self.ended_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One version of a thread's "summary so far". `cites` are ids of contributions of the thread, in order."""

    thread_id: str
    number: int
    member_id: str
    member_name: str
    text: str
    html: str
    cites: tuple[str, ...]
    written_at: datetime
