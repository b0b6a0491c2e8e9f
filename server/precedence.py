"""Whoever answers goes before whoever computes: among the tasks of one process, as niceness has it among processes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

#: How long a piece of work waits at most: what came is dealt with, however long others have to be answered.
PATIENCE = 0.5
LOOK_AGAIN = 0.02
#: A process that computes for less of the time than this has room for both.
BUSY = 0.6


class Precedence:
    """Asked by whoever works on what has come already, before each piece of it.

    `is_answering` says whether somebody waits for an answer of this process now; a thread may ask it too. `spent` tells
    the processor time that the process has used.
    """

    def __init__(
        self, is_answering: Callable[[], bool] = bool, spent: Callable[[], float] = time.process_time
    ) -> None:
        self.is_answering = is_answering
        self._spent = spent

    async def stand_back(self) -> None:
        """Let others have the event loop: a moment, or while the process is busy answering, PATIENCE at most."""
        await asyncio.sleep(0)
        ends, busy = time.monotonic() + PATIENCE, True
        while busy and self.is_answering() and time.monotonic() < ends:
            began, spent = time.monotonic(), self._spent()
            await asyncio.sleep(LOOK_AGAIN)
            busy = self._spent() - spent > BUSY * (time.monotonic() - began)


#: Where nobody is answered: a process that only works.
NOBODY_WAITS = Precedence()
