"""Bodies and answers about what facilitators do."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from server.domain.facilitation import REASON_LIMIT, Lock, MarkReason, Move
from server.domain.moderation import Case
from web.api.shapes import Answer, Body

Decided = Annotated[str, Meta(max_length=20, description="dismiss, ask, hide or restore")]
Said = Annotated[str, Meta(max_length=REASON_LIMIT)]


class MarkWords(Body, frozen=True, kw_only=True):
    """`reason` says why something is emerging or best; everybody in the jam reads it. Support needs none."""

    reason: Said = ""


class MarkReasonAnswer(Answer, frozen=True, kw_only=True):
    """Why a mark was set; "" where none was given. `ended_at` is null while the mark stands."""

    idea: str
    mark: str
    by: str
    by_name: str
    reason: str
    at: datetime
    ended_at: datetime | None


def show_reason(one: MarkReason) -> MarkReasonAnswer:
    return MarkReasonAnswer(
        idea=one.contribution_id,
        mark=one.kind,
        by=one.member_id,
        by_name=one.member_name,
        reason=one.reason,
        at=one.made_at,
        ended_at=one.taken_at,
    )


class NewLock(Body, frozen=True, kw_only=True):
    """Everybody who reads the thread reads the reason; nobody outside does."""

    reason: Said


class LockAnswer(Answer, frozen=True, kw_only=True):
    """Why nobody can answer in a thread any more: `reason` is "" where the server that holds its forum locked it."""

    by_name: str
    reason: str
    at: datetime


def show_lock(one: Lock) -> LockAnswer:
    return LockAnswer(by_name=one.member_name, reason=one.reason, at=one.made_at)


class NewFlag(Body, frozen=True, kw_only=True):
    """Only facilitators read the reason."""

    reason: Said


class NewDecision(Body, frozen=True, kw_only=True):
    """The author reads `note`; a dismissal needs none."""

    decision: Decided
    note: Said = ""


class Hiding(Body, frozen=True, kw_only=True):
    """The author reads `note`."""

    note: Said


class CaseLine(Answer, frozen=True, kw_only=True):
    """A flag or a decision. `by` and `by_name` are "" where the caller is not told.

    `host` is a server that flagged for somebody of its own.
    """

    act: str
    by: str
    by_name: str
    host: str
    note: str
    at: datetime


class CaseAnswer(Answer, frozen=True, kw_only=True):
    """What was flagged. `overdue`: nobody decided within the target. Others' flags are told to facilitators alone."""

    id: str
    idea: str
    state: str
    opened_at: datetime
    changed_at: datetime
    overdue: bool
    flags: list[CaseLine]
    decisions: list[CaseLine]


def show_case(case: Case, now: datetime) -> CaseAnswer:
    return CaseAnswer(
        id=case.id,
        idea=case.contribution_id,
        state=case.state,
        opened_at=case.opened_at,
        changed_at=case.changed_at,
        overdue=case.is_overdue(now),
        flags=[
            CaseLine(act="flag", by=one.member_id, by_name=one.member_name, host=one.host, note=one.reason,
                     at=one.made_at)
            for one in case.flags
        ],
        decisions=[
            CaseLine(act=one.act, by=one.member_id, by_name=one.member_name, host="", note=one.note, at=one.made_at)
            for one in case.steps
        ],
    )  # fmt: skip


class NewMove(Body, frozen=True, kw_only=True):
    """`forum` is an id, key, handle or slug of another forum of the jam."""

    forum: Annotated[str, Meta(max_length=2000)]
    reason: Said


class NewMerge(Body, frozen=True, kw_only=True):
    """`into` is the id or URI of the idea that stays."""

    into: Annotated[str, Meta(max_length=2000)]
    reason: Said


class NewSplit(Body, frozen=True, kw_only=True):
    """`title` is that of the idea which the reply becomes."""

    title: str
    reason: Said


class MoveAnswer(Answer, frozen=True, kw_only=True):
    """`kind` is move, merge or split; `idea` what was moved, `thread` the idea in whose thread it stands since."""

    id: str
    kind: str
    idea: str
    thread: str
    by: str
    by_name: str
    reason: str
    at: datetime
    undone_at: datetime | None


def show_move(one: Move) -> MoveAnswer:
    return MoveAnswer(
        id=one.id,
        kind=one.kind,
        idea=one.contribution_id,
        thread=one.thread_id,
        by=one.member_id,
        by_name=one.member_name,
        reason=one.reason,
        at=one.made_at,
        undone_at=one.undone_at,
    )
