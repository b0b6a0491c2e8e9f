"""How much a store holds: rows and bytes of each table."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from server.database.view import Readable


@dataclass(frozen=True, slots=True)
class TableSize:
    """A table: how many rows, and how many bytes it takes with its indexes."""

    table: str
    rows: int
    size: int


async def table_sizes(database: Readable) -> list[TableSize]:
    """Return every table with its rows and bytes, largest first. Reads the whole file's index pages."""
    objects = await database.fetch(
        "SELECT name, tbl_name, type FROM sqlite_master WHERE type IN ('table', 'index') AND rootpage > 0"
    )
    table_of = {row["name"]: row["tbl_name"] for row in objects}
    sizes: dict[str, int] = defaultdict(int)
    for row in await database.fetch("SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name"):
        sizes[table_of.get(row["name"], row["name"])] += row["bytes"]
    found = []
    for name in sorted({row["tbl_name"] for row in objects}):
        quoted = name.replace('"', '""')
        rows = await database.fetch_value(f'SELECT count(*) FROM "{quoted}"')  # noqa: S608 — a name of the schema
        found.append(TableSize(name, int(rows or 0), sizes[name]))
    return sorted(found, key=lambda one: -one.size)
