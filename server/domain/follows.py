"""What people follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

FollowKind = Literal["forum", "idea", "person", "theme"]
FOLLOWED: tuple[FollowKind, ...] = get_args(FollowKind)


@dataclass(frozen=True, slots=True)
class Follow:
    """That somebody follows a forum, an idea or a person by id, or a theme of the jam `jam_id`."""

    member_id: str
    kind: FollowKind
    subject_id: str
    jam_id: str
    made_at: datetime
