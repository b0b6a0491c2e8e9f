"""Bodies and answers about what facilitators do."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from server.domain.facilitation import REASON_LIMIT, MarkReason
from web.api.shapes import Answer, Body

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
