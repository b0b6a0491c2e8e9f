"""When to try again: pure functions of what happened before."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Literal

LONGEST = 3600.0
GIVE_UP_AFTER = 30 * 24 * 3600.0
LONGEST_ASKED = 24 * 3600.0
POISON_TRIES = 3
#: What says nothing of a document, but of us: 401 where another key of ours is known, 403 where we are shut out.
OF_US = (401, 403)
PATIENT_TRIES = 36


def pause_after(failures: int) -> float:
    """Return how long to leave a server alone after so many failures in a row: 1.25ⁿ seconds, at most an hour."""
    return min(LONGEST, 1.25 ** min(failures, 60))


def verdict_on(status: int) -> Literal["sent", "peer failed", "refused"]:
    """Read an HTTP status: taken, the server is in trouble, or this document was refused."""
    if 200 <= status < 300:
        return "sent"
    return "peer failed" if status >= 500 or status in (408, 425, 429) else "refused"


def is_poison(attempts: int, status: int) -> bool:
    """Say whether a document refused so often (attempts before this one) becomes a dead letter.

    A 401 or 403 says nothing of the document: the server knows another key of ours than the one in use, as GoToSocial
    does for six hours after an exchange, or has paused what it exchanges with us. That is tried for a day.
    """
    return attempts + 1 >= (PATIENT_TRIES if status in OF_US else POISON_TRIES)


def pause_for(attempts: int, status: int) -> float:
    """Return how many seconds a refused document waits, refused so often before."""
    return min(LONGEST, 2.0 ** min(attempts + 1, 12)) if status in OF_US else 2.0 * (attempts + 1)


def retry_after(header: str | None, now: float) -> float:
    """Read Retry-After (RFC 9110 §10.2.3: seconds, or an HTTP date) as seconds from now, at most a day; else 0."""
    if header and header.isascii() and header.isdigit():
        return min(LONGEST_ASKED, float(header))
    try:
        until = parsedate_to_datetime(header or "").timestamp()
    except (ValueError, OverflowError):
        return 0.0
    return min(LONGEST_ASKED, max(0.0, until - now))
