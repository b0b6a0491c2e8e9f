"""A way to call verbs on a home."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from federation.outside.store import Outside
from server.cli import verbs
from server.cli.home import open_house, open_sealed
from server.services.house import House


@dataclass(frozen=True)
class Cli:
    """Calls verbs on one home."""

    home: Path

    def __call__(self, *words: object, stdin: str | None = None) -> Result:
        return CliRunner().invoke(verbs, [*map(str, words), "--home", str(self.home)], input=stdin)

    def ok(self, *words: object, stdin: str | None = None) -> str:
        result = self(*words, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *words: object) -> Any:
        return json.loads(self.ok(*words, "--json"))

    def refused(self, *words: object, stdin: str | None = None) -> str:
        """Return the one sentence with which a verb fails."""
        result = self(*words, stdin=stdin)
        assert result.exit_code != 0, result.output
        assert isinstance(result.exception, SystemExit), repr(result.exception)
        assert result.stdout == ""
        assert result.stderr.startswith("Error: "), result.stderr
        return result.stderr.removeprefix("Error: ").strip()

    def within(self, work: Callable[[House], Awaitable[Any]]) -> Any:
        """Do something with the inside of the home."""

        async def run() -> Any:
            async with open_house(self.home) as house:
                return await work(house)

        return asyncio.run(run())

    def outside(self, work: Callable[[Outside], Awaitable[Any]]) -> Any:
        """Do something with the outside store of the home."""

        async def run() -> Any:
            async with open_sealed(self.home) as outside:
                return await work(outside)

        return asyncio.run(run())

    def gate(self) -> None:
        """Let the gate deal with every event."""
        from federation.gate.plan import Gateway
        from federation.gate.release import Release

        async def run() -> None:
            async with open_house(self.home) as house, open_sealed(self.home) as outside:
                release = Release(Gateway(house, outside), lambda event, error: pytest.fail(f"{event}: {error}"))
                while await release.run_once():
                    pass

        asyncio.run(run())
