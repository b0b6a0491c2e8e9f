"""Links by which people join on their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

InvitationState = Literal["open", "used up", "ended", "too old"]
MOST_USES, MOST_DAYS = 5_000, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Whoever has its link joins as a member of `unit`, `uses` times at most, until `ends_at`."""

    id: str
    note: str
    unit: str
    uses: int
    used: int
    made_by: str
    made_at: datetime
    ends_at: datetime
    ended_at: datetime | None

    def state_at(self, now: datetime) -> InvitationState:
        if self.ended_at is not None:
            return "ended"
        if now >= self.ends_at:
            return "too old"
        return "used up" if self.used >= self.uses else "open"
