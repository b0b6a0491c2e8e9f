"""A role beside the server: the analysis as a process of its own, so that nobody who waits for a page waits for it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from pathlib import Path

import structlog

STOP_SECONDS = 5.0
log = structlog.get_logger("beside")


class Ended(Exception):
    """The process beside ended by itself, with this exit status."""


def worth_it() -> bool:
    """Say whether a second process would have a core to compute on."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return usable > 1


class Beside:
    """Keeps one role of an organisation at work as a process of its own; it ends with this one, however that ends."""

    def __init__(self, home: Path, role: str) -> None:
        self._home, self._role = home, role

    async def run_once(self) -> int:
        """Start the process and wait for its end, which raises Ended; stop it when this is cancelled."""
        words = ("-m", "server", "serve", "--home", str(self._home), "--role", self._role, "--beside")
        process = await asyncio.create_subprocess_exec(sys.executable, *words, stdin=asyncio.subprocess.PIPE)
        log.info("started", role=self._role, process=process.pid)
        try:
            raise Ended(f"{self._role} ended with status {await process.wait()}")
        finally:
            await _stop(process)


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def end_with_parent() -> None:
    """End this process at once when whoever started it is gone, and leave it to them to be interrupted by hand.

    Standard input is a pipe that they alone hold open. Nothing has to be put away: what is on disk is whole at any
    moment, and a restarted server starts this role anew.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_wait_for_the_end, name="parent", daemon=True).start()


def _wait_for_the_end() -> None:
    while os.read(0, 1_024):
        pass
    os._exit(1)
