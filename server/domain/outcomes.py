"""What becomes of ideas: a decision on each, and the work streams that carry some of them on. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

OutcomeKind = Literal["stream", "done", "later", "declined"]
OUTCOMES: tuple[OutcomeKind, ...] = get_args(OutcomeKind)
LONGEST_STREAM = 120
LONGEST_REASON = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A work stream: ideas of a jam that somebody carries on, by name. `purpose` is plain text."""

    id: str
    jam_id: str
    title: str
    purpose: str
    owner_id: str
    owner_name: str
    owner_unit: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A decision on an idea, with its reason in plain text. `stream_id` is "" but for the kind "stream".

    A later decision takes the place of an earlier one, which stays with the moment at which it was replaced.
    """

    idea_id: str
    jam_id: str
    kind: OutcomeKind
    stream_id: str
    stream_title: str
    reason: str
    by_name: str
    decided_at: datetime
    replaced_at: datetime | None = None
