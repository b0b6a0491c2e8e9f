"""Waiting for the gate: a page that says that something was withdrawn says so once it is."""

from __future__ import annotations

import asyncio
import time

from federation.outside import errands
from federation.outside.store import Books
from server.domain.errors import Refusal
from server.services import log
from server.services.house import House

PAUSE = 0.03


class NoOutside(Refusal):
    """This process was started without the outside store."""

    status = 503


async def caught_up(house: House, books: Books, seconds: float = 3.0) -> bool:
    """Wait until the gate has dealt with everything that has happened so far; False when it does not in time."""
    newest = await log.newest_event(house)
    end = time.monotonic() + seconds
    while await errands.cursor(books, errands.RELEASE) < newest:
        if time.monotonic() > end:
            return False
        await asyncio.sleep(PAUSE)
    return True
