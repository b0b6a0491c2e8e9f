"""When to try again: pure functions of what happened before."""

from __future__ import annotations

from typing import Literal

LONGEST = 3600.0
GIVE_UP_AFTER = 30 * 24 * 3600.0
POISON_TRIES = 3


def pause_after(failures: int) -> float:
    """Return how long to leave a server alone after so many failures in a row: 1.25ⁿ seconds, at most an hour."""
    return min(LONGEST, 1.25 ** min(failures, 60))


def verdict_on(status: int) -> Literal["sent", "peer failed", "refused"]:
    """Read an HTTP status: taken, the server is in trouble, or this document was refused."""
    if 200 <= status < 300:
        return "sent"
    return "peer failed" if status >= 500 or status in (408, 425, 429) else "refused"


def is_poison(attempts: int) -> bool:
    """Say whether a document refused so often (attempts before this one) becomes a dead letter."""
    return attempts + 1 >= POISON_TRIES


def is_too_old(made_at: float, now: float) -> bool:
    """Say whether a document has waited longer than we keep trying (30 days)."""
    return now - made_at > GIVE_UP_AFTER


def retry_after(header: str | None) -> float:
    """Read Retry-After in seconds (RFC 9110 §10.2.3, the delay form), at most a day; 0 when absent or a date."""
    return min(86_400.0, float(header)) if header and header.isascii() and header.isdigit() else 0.0
