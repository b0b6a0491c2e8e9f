"""`usage`: how much each store holds."""

from __future__ import annotations

from pathlib import Path

import click

from server.app import open_inside
from server.cli.home import as_json, at_home, open_ledger, run
from server.cli.show import print_json, print_table
from server.database.sizes import TableSize, table_sizes
from server.settings import Settings, read_organisation


@click.command()
@at_home
@as_json
def usage(home: Path, as_json: bool) -> None:
    """Show rows and bytes of both stores, table by table."""
    found = run(_usage(home))
    if as_json:
        print_json(
            {
                store: {
                    "file": str(path),
                    "bytes": path.stat().st_size,
                    "tables": {one.table: {"rows": one.rows, "bytes": one.size} for one in tables},
                }
                for store, (path, tables) in found.items()
            }
        )
        return
    for store, (path, tables) in found.items():
        click.echo(f"{store}: {path}, {path.stat().st_size:,} bytes")
        print_table(("table", "rows", "bytes"), [(one.table, f"{one.rows:,}", f"{one.size:,}") for one in tables])


async def _usage(home: Path) -> dict[str, tuple[Path, list[TableSize]]]:
    read_organisation(home)
    settings = Settings.from_env(home)
    async with open_inside(settings) as inside, open_ledger(home) as ledger:
        return {
            "inside": (settings.inside_path, await table_sizes(inside)),
            "outside": (settings.outside_path, await table_sizes(ledger.store)),
        }
