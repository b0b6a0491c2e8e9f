"""Requests under way to other servers: those that are answered soon never wait for those that are not."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

PROMPT = 384
SLOW = 192
PATIENCE = 1.0


@dataclass(slots=True)
class _Call:
    host: str
    is_aside: bool = False
    timer: asyncio.TimerHandle | None = None


class Lines:
    """At most `prompt` requests at a time, and `slow` more that have waited longer than `patience` seconds.

    A request that waits longer is set aside and gives its line to the next; where `slow` are aside already, it keeps
    it. So connections are bounded, and servers that accept and never answer hold up nobody but each other.
    """

    def __init__(self, prompt: int = PROMPT, slow: int = SLOW, patience: float = PATIENCE) -> None:
        self._free = asyncio.Semaphore(prompt)
        self._room = slow
        self._patience = patience
        self._slow: Counter[str] = Counter()

    @property
    def slow_hosts(self) -> frozenset[str]:
        """The servers that have a request set aside."""
        return frozenset(self._slow)

    @asynccontextmanager
    async def line(self, host: str) -> AsyncIterator[None]:
        """Hold a line to a server while a request is under way."""
        await self._free.acquire()
        call = _Call(host)
        self._watch(call)
        try:
            yield
        finally:
            self._hang_up(call)

    def _watch(self, call: _Call) -> None:
        call.timer = asyncio.get_running_loop().call_later(self._patience, self._set_aside, call)

    def _set_aside(self, call: _Call) -> None:
        if not self._room:
            self._watch(call)
            return
        self._room -= 1
        self._slow[call.host] += 1
        call.is_aside = True
        self._free.release()

    def _hang_up(self, call: _Call) -> None:
        if call.timer is not None:
            call.timer.cancel()
        if not call.is_aside:
            self._free.release()
            return
        self._room += 1
        self._slow[call.host] -= 1
        self._slow += Counter()  # forgets the hosts that have none left
