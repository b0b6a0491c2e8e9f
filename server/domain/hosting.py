"""Who hosts a forum, and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.errors import Conflict, Invalid

BIO_LIMIT = 1_000
ALT_LIMIT = 300
# Faces are small: at most so many pixels a side are kept.
PICTURE_SIDE = 320
LONGEST_SLOT = timedelta(hours=24)
# A rota begins before the jam does at most this long, for those who welcome people, and ends as long after it.
MARGIN = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Somebody who hosts a forum. `picture_id` is "" until they have a picture, which shows what `picture_alt` says."""

    forum_id: str
    member_id: str
    name: str
    handle: str
    unit: str
    bio: str
    picture_id: str
    picture_alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of a host as it is kept: WebP, sizes in pixels, `sha` the SHA-256 of the bytes."""

    id: str
    alt: str
    width: int
    height: int
    sha: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A span of time in which a host is there."""

    id: str
    forum_id: str
    member_id: str
    name: str
    starts_at: datetime
    ends_at: datetime

    def meets(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Say whether it shares any time with another span."""
        return self.starts_at < ends_at and starts_at < self.ends_at


def check_slot(
    starts_at: datetime, ends_at: datetime, jam_from: datetime, jam_until: datetime, theirs: Iterable[Slot]
) -> None:
    """Raise Invalid or Conflict where a slot is none, lies outside of the jam or meets another of that host's."""
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise Invalid("starts_at", "A time needs its offset from UTC, as in 2026-11-23T09:00:00Z.")
    if ends_at <= starts_at:
        raise Invalid("ends_at", "It ends after it starts.")
    if ends_at - starts_at > LONGEST_SLOT:
        raise Invalid("ends_at", "A slot lasts at most 24 hours: nobody stays awake longer.")
    if ends_at <= jam_from - MARGIN or starts_at >= jam_until + MARGIN:
        raise Invalid("starts_at", "That is more than a day before the jam opens, or after it closes.")
    if any(slot.meets(starts_at, ends_at) for slot in theirs):
        raise Conflict("This host is planned for another slot at that time.")
