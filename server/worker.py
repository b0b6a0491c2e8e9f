"""Keeping a worker at work: call its `run_once`, rest when there is nothing, start again after a fault."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from server.precedence import NOBODY_WAITS, Precedence

REST_SECONDS = 0.1
LONGEST_PAUSE = 5.0
log = structlog.get_logger("worker")


async def keep_at(
    name: str,
    run_once: Callable[[], Awaitable[int]],
    rest: float = REST_SECONDS,
    precedence: Precedence = NOBODY_WAITS,
) -> None:
    """Run until cancelled. This is the one place where any fault is outlived: it is logged, and tried again."""
    faults = 0
    while True:
        await precedence.stand_back()
        try:
            worked = await run_once()
        except Exception as error:
            faults += 1
            log.exception("fault", worker=name, kind=type(error).__name__, faults=faults)
            await asyncio.sleep(min(LONGEST_PAUSE, 0.2 * 2**faults))
            continue
        faults = 0
        await asyncio.sleep(0 if worked else rest)
