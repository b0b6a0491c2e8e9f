"""Trends: how many documents an hour, newest last."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

HOUR = 3_600.0
SHOWN = 48
LATEST = 253_402_300_800.0
"""The end of the year 9999."""


def last_hour(times: Sequence[float] | NDArray[np.float64]) -> int:
    """Return the number of the newest hour (since 1970) that can be believed; 0 where no time is known.

    A clock that jumped ahead for one document in a thousand (and at least one in ten) does not move it.
    """
    known = np.sort(_known(times))
    if not len(known):
        return 0
    behind = known[-1 - max(1, len(known) // 1_000)] if len(known) > 10 else known[-1]
    newest = known[-1] if known[-1] - behind <= 24 * HOUR else behind
    return int(newest // HOUR)


def hourly(times: Sequence[float] | NDArray[np.float64], newest: int, hours: int = SHOWN) -> tuple[int, ...]:
    """Count `times` (seconds since 1970) in the `hours` up to hour `newest`; () where no time is known."""
    if newest <= 0:
        return ()
    known = _known(times)
    back = newest - np.floor_divide(known, HOUR).astype(np.int64)
    inside = back[(back >= 0) & (back < hours)]
    return tuple(np.bincount(hours - 1 - inside, minlength=hours).tolist())


def _known(times: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    found = np.asarray(times, dtype=np.float64)
    return found[np.isfinite(found) & (found > 0) & (found < LATEST)]
