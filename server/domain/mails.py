"""Mails: what somebody wants to be mailed, when it is due, and how much a mail may say. Pure.

States of a mail: waiting → sending → sent; sending → waiting where the other server did not take it; failed after a
day or where it refused for good; dropped where there was nothing left to say; lost where we stopped between handing it
over and hearing the answer. A mail that is lost may have arrived, and is never sent again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MailKind = Literal["at_once", "digest", "confirm"]
MailState = Literal["waiting", "sending", "sent", "failed", "dropped", "lost"]
Says = Literal["counts", "titles", "words"]
SAYS: tuple[Says, ...] = get_args(Says)

BUNDLE = timedelta(minutes=10)
GIVE_UP = timedelta(hours=24)
PAUSES = (60.0, 300.0, 900.0, 3600.0)
LONGEST_ADDRESS = 254
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailChoices:
    """What somebody wants. `hour`, `quiet_from` and `quiet_until` are hours of the day in `zone`, an IANA name.

    Up to the notices `digest_to` and `at_once_to` everything was dealt with; `digest_day` is the last digest's date.
    `language` is the code of the one they chose for the pages, "" for whoever never chose.
    """

    member_id: str
    address: str = ""
    confirmed: bool = False
    asked: str = ""
    digest: bool = True
    hour: int = 8
    zone: str = "UTC"
    at_once: bool = True
    quiet_from: int | None = None
    quiet_until: int | None = None
    digest_day: str = ""
    digest_to: int = 0
    at_once_to: int = 0
    language: str = ""

    def local(self, now: datetime) -> datetime:
        """Return a moment on this person's clock; UTC where their zone is not known here any more."""
        return now.astimezone(zone_of(self.zone) or UTC)

    def is_quiet(self, now: datetime) -> bool:
        """Say whether this person wants no mail now. Quiet hours may go over midnight."""
        if self.quiet_from is None or self.quiet_until is None or self.quiet_from == self.quiet_until:
            return False
        hour = self.local(now).hour
        if self.quiet_from < self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until

    def digest_due(self, now: datetime) -> str:
        """Return the local date whose digest is due now, or "": one a day, at the hour or as soon as it can be."""
        local = self.local(now)
        day = local.date().isoformat()
        due = self.digest and day > self.digest_day and local.hour >= self.hour and not self.is_quiet(now)
        return day if due else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail: it speaks of the notices above `after`, up to `up_to`."""

    id: int
    member_id: str
    kind: MailKind
    message_id: str
    after: int
    up_to: int
    state: MailState
    made_at: datetime
    tried_at: datetime | None
    tries: int
    error: str


def zone_of(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def domain_of(address: str) -> str:
    """Return the domain of a mail address in lower case, or "" for what is none."""
    found = _ADDRESS.fullmatch(address) if len(address) <= LONGEST_ADDRESS else None
    return found[1].lower() if found and ".." not in address else ""


def pause(tries: int) -> float:
    """Return the seconds to wait after so many tries."""
    return PAUSES[min(tries, len(PAUSES)) - 1] if tries else 0.0
