"""Whoever answers goes before whoever computes: among the tasks of one process, as niceness has it among processes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

#: How long a piece of work waits at most: what came is dealt with, however long others have to be answered.
PATIENCE = 0.25
LOOK_AGAIN = 0.01


class Precedence:
    """Asked by whoever works on what has come already, before each piece of it.

    `is_answering` says whether somebody waits for an answer of this process now; a thread may ask it too.
    """

    def __init__(self, is_answering: Callable[[], bool] = bool) -> None:
        self.is_answering = is_answering

    async def stand_back(self) -> None:
        """Let others have the event loop: a moment, or until nobody waits for an answer, PATIENCE at most."""
        await asyncio.sleep(0)
        ends = time.monotonic() + PATIENCE
        while self.is_answering() and time.monotonic() < ends:
            await asyncio.sleep(LOOK_AGAIN)


#: Where nobody is answered: a process that only works.
NOBODY_WAITS = Precedence()
