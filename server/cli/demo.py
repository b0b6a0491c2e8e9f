"""`demo`: three organisations on this machine hold one jam."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path

import click

from server.demo.check import check
from server.demo.show import show
from server.demo.sites import FIRST_PORT


@click.command()
@click.option("--check", "checks", is_flag=True, help="Play the story without a person; exit 0 or 1.")
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/demo"),
    show_default=True,
    help="Where the organisations' homes are made; emptied at each start.",
)
@click.option("--speed", type=click.FloatRange(0), default=30.0, show_default=True, help="Statements a minute.")
@click.option(
    "--port-base",
    type=click.IntRange(1024, 65_000),
    default=FIRST_PORT,
    show_default=True,
    help="Acme's edge; its inside is one higher, Globex's and Initech's 100 and 200.",
)
def demo(checks: bool, home: Path, speed: float, port_base: int) -> None:
    """Let three organisations hold one jam on this machine, with real text, until Ctrl-C."""
    if checks:
        sys.exit(_run(check(home, port_base)) or 0)
    _run(show(home, port_base, speed))


def _run(work: Coroutine[None, None, int | None]) -> int | None:
    with contextlib.suppress(KeyboardInterrupt):
        return asyncio.run(_until_stopped(work))
    return 130


async def _until_stopped(work: Coroutine[None, None, int | None]) -> int | None:
    """Do the work; let it clean up when the terminal or the system asks us to stop."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(name, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        click.echo("Stopped.", err=True)
        return 130
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from group
