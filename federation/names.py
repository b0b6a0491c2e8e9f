"""Names of other servers, looked up in threads of their own.

The system's resolver blocks, for up to half a minute where a name's server is dead. Names that were slow are asked for
by a few threads apart, so that dead ones keep nobody else from being found.
"""

from __future__ import annotations

import asyncio
import functools
import socket
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

THREADS = 48
SLOW_THREADS = 4
PATIENCE = 2.0
SLOW_SECONDS = 600.0
REMEMBERED = 10_000
LookUp = Callable[..., list[Any]]


class Names(AbstractResolver):
    """`socket.getaddrinfo` for the connector; `look_up` stands in for it in tests."""

    def __init__(
        self, look_up: LookUp = socket.getaddrinfo, threads: int = THREADS, patience: float = PATIENCE
    ) -> None:
        self._look_up = look_up
        self._patience = patience
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="names")
        self._apart = ThreadPoolExecutor(SLOW_THREADS, thread_name_prefix="slow-names")
        self._slow: OrderedDict[str, float] = OrderedDict()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a name; raises OSError where there is none."""
        began = time.monotonic()
        was_slow = began - self._slow.get(host, float("-inf")) < SLOW_SECONDS
        ask = functools.partial(
            self._look_up, host, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
        )
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._apart if was_slow else self._threads, ask)
        finally:
            self._note(host, is_slow=time.monotonic() - began > self._patience)
        return [
            ResolveResult(
                hostname=host,
                host=where[0],
                port=where[1],
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, protocol, _, where in found
        ]

    def _note(self, host: str, *, is_slow: bool) -> None:
        self._slow.pop(host, None)
        if is_slow:
            self._slow[host] = time.monotonic()
        while len(self._slow) > REMEMBERED:
            self._slow.popitem(last=False)

    async def close(self) -> None:
        """Wait for no thread: those at work end by themselves."""
        for threads in (self._threads, self._apart):
            threads.shutdown(wait=False, cancel_futures=True)
