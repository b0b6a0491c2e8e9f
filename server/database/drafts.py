"""Compare a store's rows with its migrations, and write the migration that is missing. Needs no database."""

import importlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.writer import MigrationWriter, format_migration_name

from server.database import schema
from server.database.connection import connect, create_file
from server.database.inspect import known_migrations
from server.database.migration import App, bound, prepare
from server.database.sqlite import StoreClient

HEADER = "# ruff: noqa\n"


async def due(rows: str, migrations: str, *, label: str | None = None) -> list[str]:
    """What the rows module says and no migration does, one sentence a change; empty when they agree."""
    async with _writers(rows, migrations, label) as writers:
        return [operation.describe() for writer in writers for operation in writer.operations]


async def write(rows: str, migrations: str, name: str, *, label: str | None = None) -> Path | None:
    """Write the next migration file into the package `migrations`; its path, or None when nothing is due.

    `name`: what changes, in a few words; becomes part of the file's name.
    """
    async with _writers(rows, migrations, label) as writers:
        for writer in writers:
            number = int(writer.name.split("_", 1)[0])
            if name:
                writer.name = format_migration_name(number, name)
            return _written(writer)
    return None


async def write_schema(rows: str, migrations: str, *, label: str | None = None) -> Path | None:
    """Write the schema of a new store beside its migrations; its path, or None where it says so already."""
    app = App(label or App.label_of(rows), rows, migrations)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite"
        create_file(path)
        await prepare(path, app, by_schema=False)
        connection = connect(path)
        text = schema.draw(connection)
        connection.close()
    target = schema.path_of(migrations)
    if target.exists() and target.read_text("utf-8") == text:
        return None
    target.write_text(text, "utf-8")
    return target


def schema_lacks(migrations: str) -> list[str]:
    """Return the migrations that the schema, where there is one, does not hold, or holds and are not there."""
    path = schema.path_of(migrations)
    if not path.exists():
        return []
    return sorted(set(schema.named_in(path.read_text("utf-8"))) ^ known_migrations(migrations))


def _written(writer: MigrationWriter) -> Path:
    path = Path(writer.write())
    path.write_text(HEADER + path.read_text("utf-8"), "utf-8")
    return path


@asynccontextmanager
async def _writers(rows: str, migrations: str, label: str | None) -> AsyncIterator[list[MigrationWriter]]:
    importlib.import_module(migrations)
    app = App(label or App.label_of(rows), rows, migrations)
    async with bound(app, StoreClient(app.alias)) as context:
        assert context.apps is not None
        yield await MigrationAutodetector(context.apps, app.config()["apps"]).changes()
