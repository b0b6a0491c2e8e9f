"""`export`: everything that people made, as JSON lines; or one jam, as those or as a zip file."""

from __future__ import annotations

from pathlib import Path

import click
import orjson

from server.cli.home import at_home, open_house, operator, run
from server.domain.errors import Refusal
from server.services import archive, jams
from server.services.export import export_all


@click.command()
@at_home
@click.option("--jam", default="", help="Slug or id of one jam; else all of them.")
@click.option(
    "--zip",
    "packed",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write that jam to a zip file with tables, in place of JSON lines.",
)
def export(home: Path, jam: str, packed: Path | None) -> None:
    """Print all jams, forums, ideas, replies and marks as JSON lines, each with its kind. It holds inside data."""
    if packed and not jam:
        raise click.UsageError("--zip needs --jam: a zip file holds one jam.")
    run(_export(home, jam, packed))


async def _export(home: Path, key: str, packed: Path | None) -> None:
    async with open_house(home) as house:
        admin = await operator(house)
        if not key:
            async for record in export_all(house, admin):
                click.echo(orjson.dumps(record))
            return
        jam = await jams.obtain_jam(house, admin, key)
        if packed is None:
            async for record in archive.export_jam(house, admin, jam):
                click.echo(orjson.dumps(record))
            return
        try:
            with packed.open("xb") as file:
                await archive.pack_jam(house, admin, jam, file)
        except OSError as error:
            raise Refusal(f"{packed} cannot be written: {error.strerror}.") from error
        click.echo(f"Wrote {packed}")
