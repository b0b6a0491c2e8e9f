"""Waiting for an effect."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


class NotSeen(Exception):
    """What should have come did not come in time, or came otherwise."""


async def until(what: str, look: Callable[[], Awaitable[T]], seconds: float = 30) -> T:
    """Look again and again until there is something; raise NotSeen with `what` otherwise."""
    end = asyncio.get_running_loop().time() + seconds
    while not (found := await look()):
        if asyncio.get_running_loop().time() > end:
            raise NotSeen(f"not within {seconds:.0f} s: {what}")
        await asyncio.sleep(0.25)
    return found
