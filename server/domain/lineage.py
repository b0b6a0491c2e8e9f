"""From which jam another grew, and which ideas it took along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from server.domain.jams import AUDIENCES, Forum

OriginKind = Literal["clone", "second", "rehearsal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JamOrigin:
    """A jam was made from another."""

    jam_id: str
    origin_id: str
    kind: OriginKind
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """An idea taken over into a forum. `idea_id` is the copy, "" where the origin is linked only."""

    forum_id: str
    origin_id: str
    idea_id: str


def opens(source: Forum, target: Forum) -> bool:
    """Say whether words carried from one forum to another could reach somebody new by the forum's audience.

    Carrying never opens: whoever wrote in a forum wrote for its audience.
    """
    if target.audience == "inside":
        return False
    if AUDIENCES.index(target.audience) != AUDIENCES.index(source.audience):
        return AUDIENCES.index(target.audience) > AUDIENCES.index(source.audience)
    if target.audience == "public" or not source.peers:
        return False
    return not target.peers or not set(target.peers) <= set(source.peers)
