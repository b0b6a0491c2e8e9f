"""`serve`: listen and work, in one process or split into roles."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import cast

import click

from server.app import ROLES, Role, run
from server.beside import end_with_parent
from server.cli.home import at_home
from server.logs import set_up_logs
from server.settings import Settings

#: How long a thread that computes keeps the interpreter from one that waits for it, in seconds. With the usual
#: 5 ms whoever answers a request waits for the themes at each step (docs/measurements.md).
TURN_SECONDS = 0.0005
#: What may come later gives way, as a process of its own, to pages and the inbox, which somebody waits for. On a core
#: that they keep busy the gate still has a tenth of the time, and the analysis a twentieth.
GIVES_WAY = {"gate": 10, "analytics": 12}


@click.command()
@at_home
@click.option("--role", type=click.Choice(ROLES), default="all", show_default=True)
@click.option("--inside-listen", default="", metavar="HOST:PORT", help="Listen here instead of at the inside URL.")
@click.option("--edge-listen", default="", metavar="HOST:PORT", help="Listen here instead of at the edge URL.")
@click.option("--beside", is_flag=True, hidden=True, help="End when standard input ends, with whoever started this.")
def serve(home: Path, role: str, inside_listen: str, edge_listen: str, beside: bool) -> None:
    """Serve until stopped. The roles of one organisation may run as processes of their own over the same stores."""
    settings = Settings.from_env(home)
    set_up_logs(settings.log_level)
    sys.setswitchinterval(TURN_SECONDS)
    os.nice(GIVES_WAY.get(role, 0))
    asyncio.run(_until_stopped(settings, cast(Role, role), inside_listen, edge_listen, beside))


async def _until_stopped(settings: Settings, role: Role, inside_listen: str, edge_listen: str, beside: bool) -> None:
    work = asyncio.create_task(run(settings, role, inside_listen, edge_listen))
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, work.cancel)
    if beside:
        end_with_parent()
    with contextlib.suppress(asyncio.CancelledError):
        await work
