"""One line for each thing that was looked at, and the sum at the end."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterator

from rich.console import Console

from federation.transport import TransportError
from server.demo.api import PAUSE, Refused
from server.domain.errors import Refusal

LONGEST_SEEN = 600


class Report:
    """Counts what held and what did not, and says so at once."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = time.monotonic()
        self.passed = 0
        self.failed = 0

    def expect(self, sentence: str, held: object, seen: object = "") -> bool:
        """Write one line: `sentence` is what should be so, `held` whether it is, `seen` what was there instead."""
        if held:
            self.passed += 1
            self._write(f"ok    {sentence}")
        else:
            self.failed += 1
            self._write(f"FAIL  {sentence}\n      seen: {str(seen)[:LONGEST_SEEN] or 'nothing'}", "red")
        return bool(held)

    async def await_that(
        self, sentence: str, look: Callable[[], Awaitable[object]], wanted: object = True, seconds: float = 20.0
    ) -> bool:
        """Expect what `look` returns to become `wanted` within a time."""
        end, seen = time.monotonic() + seconds, None
        while True:
            try:
                seen = await look()
            except (Refused, TransportError) as error:
                seen = error
            if seen == wanted:
                return self.expect(sentence, True)
            if time.monotonic() > end:
                return self.expect(sentence, False, f"{seen} instead of {wanted} after {seconds:.0f} s")
            await asyncio.sleep(PAUSE)

    @contextlib.contextmanager
    def part(self, name: str) -> Iterator[None]:
        """A part of the check; what ends it early is one failed line, and the next part goes on."""
        self._write(f"-- {name} ({time.monotonic() - self._began:.0f} s)", "bold")
        try:
            yield
        except (Refusal, TransportError, TimeoutError) as error:
            self.expect(f"“{name}” comes to its end", False, f"{type(error).__name__}: {error}")

    def close(self) -> int:
        """Write the sum; return the exit code."""
        self._write(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0

    def _write(self, text: str, style: str = "") -> None:
        self._console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
