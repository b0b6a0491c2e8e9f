"""The servers of the demo as processes of their own, none of which outlives it."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from server.app import Role
from server.demo.sites import NETWORKS, Site
from server.domain.errors import Refusal
from server.settings import child_environment

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 8.0
PR_SET_PDEATHSIG = 1


class Died(Refusal):
    """A server of the demo ended by itself."""


@dataclass(frozen=True, slots=True)
class Running:
    """One server process."""

    site: Site
    role: Role
    process: asyncio.subprocess.Process
    log: Path

    @property
    def ended(self) -> bool:
        return self.process.returncode is not None

    def last_words(self, lines: int = 12) -> str:
        """Return the end of its log."""
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])


class Processes:
    """Starts and ends servers. Each is the head of a group of its own and dies with us, however we die."""

    def __init__(self) -> None:
        self.running: list[Running] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.end()

    async def start(self, site: Site, role: Role = "all", **settings: str) -> Running:
        """Run `serve` for a site; its log is HOME/serve-ROLE.log."""
        log = site.home / f"serve-{role}.log"
        environment = child_environment({"MARMALADE_PEER_NETWORKS": NETWORKS, **settings})
        with log.open("ab") as out:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "server", "serve", "--home", str(site.home.resolve()), "--role", role),
                cwd=ROOT, env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out,
                start_new_session=True, preexec_fn=_die_with_parent(),
            )  # fmt: skip
        made = Running(site, role, process, log)
        self.running.append(made)
        return made

    async def kill(self, running: Running) -> None:
        """End one as a power cut would (SIGKILL)."""
        _signal(running, signal.SIGKILL)
        await running.process.wait()
        self.running.remove(running)

    def require_alive(self) -> None:
        """Raise Died for the first that ended unasked."""
        for one in self.running:
            if one.ended:
                raise Died(f"{one.site.name}'s server ({one.role}) ended. Its last words:\n{one.last_words()}")

    async def end(self) -> None:
        """Ask all to stop; kill what has not stopped in time."""
        for one in self.running:
            _signal(one, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await asyncio.gather(*(one.process.wait() for one in self.running))
        for one in self.running:
            _signal(one, signal.SIGKILL)
        await asyncio.gather(*(one.process.wait() for one in self.running))
        self.running.clear()


def _signal(running: Running, number: signal.Signals) -> None:
    if not running.ended:
        with contextlib.suppress(ProcessLookupError):
            running.process.send_signal(number)


def _die_with_parent() -> Callable[[], None] | None:
    """Return what a child does before it becomes the server: on Linux, ask to be killed when its parent dies."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None, use_errno=True)

    def ask() -> None:
        library.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    return ask


async def run_verb(*words: str, **settings: str) -> str:
    """Run `python -m server WORDS…` to its end; return what it printed, or raise Died with what it complained of."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server", *words), cwd=ROOT, env=child_environment(settings),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        preexec_fn=_die_with_parent(),
    )  # fmt: skip
    out, complaint = await process.communicate()
    if process.returncode:
        raise Died(f"`{' '.join(words[:2])}` failed: {complaint.decode('utf-8', 'replace').strip()}")
    return out.decode("utf-8", "replace")
