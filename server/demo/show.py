"""`make demo`: build the three organisations, tell the story, then let the jam go on until Ctrl-C."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rich.console import Console
from rich.progress import track

from federation.transport import TransportError
from server.demo.api import Answer, Refused
from server.demo.beats import tell
from server.demo.house import Built, build
from server.demo.jam import draft_jam, join_all, open_jam
from server.demo.replay import Replay
from server.demo.screen import print_places, print_tour
from server.demo.sites import empty_homes, make_sites, require_free_ports
from server.demo.statements import Statement, read_statements

FIRST_BURST = 40
LINE_SECONDS = 10.0


async def show(home: Path, first_port: int, speed: float) -> None:
    """Run the demo until cancelled. `speed` is in statements a minute; 0 posts no more after the first few."""
    console, progress = Console(), Console(stderr=True)
    sites = make_sites(home, first_port)
    require_free_ports(sites)
    statements = read_statements()
    with empty_homes(home, sites):
        async with build(sites, statements, lambda said: progress.print(f"{said} …", style="dim")) as built:
            print_places(console, sites)
            await _begin(built, progress)
            print_tour(console, sites)
            replay = Replay(built.stage, statements)
            for statement in track(statements[:FIRST_BURST], "First statements", console=progress, transient=True):
                await replay.post(statement)
                await replay.mark()
                built.processes.require_alive()
            async with asyncio.TaskGroup() as group:
                group.create_task(_go_on(built, replay, statements[FIRST_BURST:], speed))
                group.create_task(_report(built, replay, console, len(statements)))


async def _begin(built: Built, progress: Console) -> None:
    progress.print("Opening the jam; Globex and Initech join …", style="dim")
    await draft_jam(built.stage)
    await open_jam(built.stage)
    await join_all(built.stage)
    progress.print("Telling the story …", style="dim")
    await tell(built.stage)


async def _go_on(built: Built, replay: Replay, statements: list[Statement], speed: float) -> None:
    """Post the rest at an even pace."""
    if speed <= 0:
        return
    loop = asyncio.get_running_loop()
    for statement in statements:
        due = loop.time() + 60.0 / speed
        await replay.post(statement)
        await replay.mark()
        await asyncio.sleep(max(0.0, due - loop.time()))


async def _report(built: Built, replay: Replay, console: Console, total: int) -> None:
    """Print a line of figures now and then, as Acme's board has them; notice a server that ended."""
    morgan, path = built.stage.cast.admin("acme"), f"/jams/{built.stage.jam_id}"
    while True:
        built.processes.require_alive()
        try:
            board, themes = await morgan.get(f"{path}/board"), await morgan.get(f"{path}/themes")
            holds = await morgan.get("/boundary/holds")
        except (Refused, TransportError) as error:
            console.print(f"Acme's server did not answer: {error}", style="yellow", markup=False)
        else:
            line = _line(board, themes, len(holds["data"]), replay, total)
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        await asyncio.sleep(LINE_SECONDS)


def _line(board: Answer, themes: Answer, waiting: int, replay: Replay, total: int) -> str:
    largest = max(themes["themes"], key=lambda theme: theme.get("size", 0), default=None)
    parts = [
        f"{str(board['at'])[11:19]} UTC",
        f"{len(replay.made)} of {total} statements",
        f"{board['people']} people",
        f"{board['ideas']} ideas, {board['replies']} replies",
        f"{len(board['by_host'])} servers",
        f"{waiting} waiting for review",
    ]
    if replay.skipped:
        parts.append(f"{len(replay.skipped)} could not be posted, the last: {replay.skipped[-1][1]}")
    if largest:
        parts.append(f"{len(themes['themes'])} themes, the largest: {largest.get('label', '')}")
    return " · ".join(parts)
