"""What every peer brings: where it is installed, how it is started, and the process that is its own."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import ssl
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar


@dataclass
class Peer:
    """A server of other software. `installed` is what `find()` gave; `folder` is where it may write.

    `environment` has what makes it trust the room's authority. `lacks` names what this software does not have, with
    the reason, so that it is not tried; `limits` what it does otherwise, so that not to see it is no failure.
    """

    installed: Path
    folder: Path
    environment: dict[str, str]
    tls: ssl.SSLContext
    version: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    name = ""
    host = ""
    port = 0
    variable = ""
    program = ""
    #: Somebody's name and password there, and as what its sign-in form knows them ("" for their name).
    account = ("", "")
    enters_as = ""
    #: Whether our people can join a forum that it holds, as the journeys know to drive it.
    holds_forums = False
    lacks: ClassVar[dict[str, str]] = {}
    limits: ClassVar[dict[str, str]] = {}

    @classmethod
    def find(cls) -> Path | None:
        """Return where this software is installed: what its variable names, else what PATH has, else None."""
        named = os.environ.get(cls.variable, "")
        if named:
            return Path(named) if Path(named).exists() else None
        found = shutil.which(cls.program) if cls.program else None
        return Path(found) if found else None

    async def start(self) -> None:
        raise NotImplementedError

    def run(
        self,
        *words: str | Path,
        given: str = "",
        fine: tuple[int, ...] = (0,),
        cwd: Path | None = None,
        **more: str,
    ) -> str:
        """Run a command of the peer's to its end; return what it printed. `fine` are exit codes that mean well."""
        done = subprocess.run(
            [str(word) for word in words],
            input=given,
            cwd=cwd or self.folder,
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        if done.returncode not in fine:
            raise RuntimeError(
                f"{words[0]} {words[1:2]} ended with {done.returncode}: {done.stderr[-2000:]}{done.stdout[-2000:]}"
            )
        return done.stdout + done.stderr

    def spawn(self, *words: str | Path, cwd: Path | None = None, **more: str) -> None:
        """Start a process of the peer's that runs until `end()`."""
        with (self.folder / "log.txt").open("ab") as log:
            self.processes.append(
                subprocess.Popen(
                    [str(word) for word in words],
                    cwd=cwd or self.folder,
                    env={**self.environment, **more},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )

    async def end(self) -> None:
        for process in reversed(self.processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            try:
                await asyncio.to_thread(process.wait, 10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)

    async def let_a_day_pass(self) -> None:
        """Have it know for a day whom it met just now, where it takes less of others. Before each feature."""

    async def is_up(self) -> bool:
        """Say whether something listens at our port; raise where the process has ended."""
        if any(process.poll() is not None for process in self.processes):
            raise RuntimeError(f"{self.name} ended by itself: {(self.folder / 'log.txt').read_text()[-3000:]}")
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True
