"""Who is on the list of a forum that is for its members alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.domain.actors import Member

MOST_MEMBERS = 5_000


@dataclass(frozen=True, slots=True)
class ForumMember:
    """Somebody on a forum's list. `invited_by` is the id of whoever put them there, "" for another server."""

    member: Member
    invited_by: str
    invited_at: datetime
