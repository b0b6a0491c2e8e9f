"""A bounded set of named tasks, one for each server, that go on between a worker's rounds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

import structlog

PATIENCE = 1.0
log = structlog.get_logger("tasks")


class Tasks:
    """At most `most` tasks at work (None: as many as are started), no two of one name.

    Of those that are at work for longer than PATIENCE seconds, `slow` do not count: they keep no place from others.
    """

    def __init__(self, most: int | None = None, slow: int = 0) -> None:
        self._most = most
        self._slow = slow
        self._running: dict[str, asyncio.Task[Any]] = {}
        self._began: dict[str, float] = {}

    def sweep(self) -> None:
        """Let go of tasks that ended; a fault of theirs is logged, and their work is found again where it stood."""
        self._running = {name: task for name, task in self._running.items() if not self._ended(task)}
        self._began = {name: self._began[name] for name in self._running}

    def start(self, name: str, work: Coroutine[Any, Any, Any]) -> bool:
        """Begin some work, unless work of that name goes on or too much does; return whether it began."""
        if name in self._running or (self._most is not None and self._taken() >= self._most):
            work.close()
            return False
        self._began[name] = time.monotonic()
        self._running[name] = asyncio.create_task(work, name=name)
        return True

    def _taken(self) -> int:
        """Return how many places are taken."""
        since = time.monotonic() - PATIENCE
        old = sum(began < since for began in self._began.values())
        return len(self._running) - min(old, self._slow)

    def names(self) -> frozenset[str]:
        """The names of the tasks at work."""
        return frozenset(self._running)

    async def settle(self) -> None:
        """Wait until the tasks at work are done."""
        if self._running:
            await asyncio.gather(*self._running.values())

    async def close(self) -> None:
        """Stop all of them."""
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    @staticmethod
    def _ended(task: asyncio.Task[Any]) -> bool:
        if not task.done():
            return False
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("task failed", task=task.get_name(), why=type(error).__name__)
        return True
