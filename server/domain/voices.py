"""Voices: how people appear in a forum whose names are not shown. A voice speaks in one thread and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

Names = Literal["named", "role", "sealed"]
NAMES: tuple[Names, ...] = get_args(Names)
OpeningState = Literal["asked", "opened", "refused"]
# A role or unit is told only where so many people at least share it.
CROWD = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """That somebody asked for the name behind a voice, why, and what a second person said to it."""

    id: str
    voice_id: str
    contribution_id: str
    state: OpeningState
    reason: str
    asked_by: str
    asked_at: datetime
    answered_by: str
    answered_at: datetime | None

    def may_look(self, member_id: str) -> bool:
        """Say whether somebody may read the name: the two who opened it, and nobody else."""
        return self.state == "opened" and member_id in (self.asked_by, self.answered_by)


def voice_name(number: int, role: str = "") -> str:
    """Return the name of the n-th voice of a thread, with a role where that may be told."""
    return f"Voice {number} ({role})" if role else f"Voice {number}"
