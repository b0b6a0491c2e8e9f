"""`export`: everything that people made, as JSON lines."""

from __future__ import annotations

from pathlib import Path

import click
import orjson

from server.cli.home import at_home, open_house, operator, run
from server.services.export import export_all


@click.command()
@at_home
def export(home: Path) -> None:
    """Print all jams, forums, ideas, replies and marks as JSON lines, each with its kind. It holds inside data."""
    run(_export(home))


async def _export(home: Path) -> None:
    async with open_house(home) as house:
        async for record in export_all(house, await operator(house)):
            click.echo(orjson.dumps(record))
