"""Token buckets: how many things may come through, in bursts and on the average. The time is an argument."""

from __future__ import annotations

from dataclasses import dataclass, replace

HOUR = 3600.0
# What is missing to a whole token after rounding is nothing.
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket that holds ``per_hour`` tokens and gets as many in an hour, evenly; each thing takes one.

    ``tokens`` is what was in it at ``at`` (unix seconds). A bucket that nobody has taken from for an hour is full.
    """

    per_hour: int
    tokens: float
    at: float

    def __post_init__(self) -> None:
        if self.per_hour < 1 or not 0 <= self.tokens <= self.per_hour:
            raise ValueError("a bucket holds between none and all of one or more tokens")

    @classmethod
    def full(cls, per_hour: int, now: float) -> Bucket:
        """Return a bucket that nobody has taken from."""
        return cls(per_hour, per_hour, now)

    def at_time(self, now: float) -> Bucket:
        """Return the bucket as it is at ``now``; a clock that went back adds nothing."""
        if now <= self.at:
            return self
        gained = (now - self.at) * self.per_hour / HOUR
        return replace(self, tokens=min(float(self.per_hour), self.tokens + gained), at=now)

    @property
    def wait(self) -> float:
        """Seconds from ``at`` until there is a token to take; 0 when there is one."""
        missing = 1.0 - self.tokens
        return 0.0 if missing <= TINY else missing * HOUR / self.per_hour

    def spend(self) -> Bucket:
        """Return the bucket with one token less. Raises ValueError when there is none: see ``wait``."""
        if self.wait:
            raise ValueError("there is no token to take")
        return replace(self, tokens=max(0.0, self.tokens - 1.0))
