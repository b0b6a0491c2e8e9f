"""Bringing a store's schema up to date, by one process at a time.

Migrations are tortoise's own: a package with one module per change (`0001_initial.py`, `0002_…`), each with
a class `Migration(tortoise.migrations.Migration)` that lists its `dependencies` and `operations`. To make a
new one, edit the rows module and run

    python -m server.database ROWS MIGRATIONS NAME
    python -m server.database server.storage.rows server.storage.migrations add_summary

which compares the rows with the last migration and writes the next file. Read it before you commit it:

- A new column that may not be null needs `db_default=…` in the row; `default=…` alone gives the existing
  rows nothing, and SQLite refuses the change.
- On SQLite, altering or removing a column rebuilds the table; its indexes and triggers are made again
  afterwards.
- Never edit a migration that was released; make another.
- The command writes `schema.sql` anew as well, by which new stores are laid out (`server.database.schema`).

All pending migrations of a start run in one transaction, with foreign keys checked at its end: a crash or
an error leaves the store as it was. The table `tortoise_migrations` records what was applied, `PRAGMA
user_version` how many.
"""

import asyncio
import contextlib
import fcntl
import importlib
import os
import pkgutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import TortoiseContext, _current_context
from tortoise.exceptions import BaseORMException
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.migrations.graph import MigrationKey
from tortoise.migrations.schema_editor import BaseSchemaEditor, SqliteSchemaEditor
from tortoise.migrations.schema_generator.state import ModelState, State
from tortoise.migrations.schema_generator.state_apps import StateApps
from tortoise.utils import get_schema_sql

from server.database import schema
from server.database.connection import connect
from server.database.errors import (
    CorruptStore,
    DatabaseError,
    MigrationFailed,
    NewerSchema,
    StoreBusy,
    UnwritableHome,
    translate,
)
from server.database.modes import open_or_make
from server.database.sqlite import StoreConnections, WritingClient, statements
from server.database.transaction import Transaction, settled
from server.database.writer import Turn

LOCK_SECONDS = 600.0
LOOK_SECONDS = 0.02
TABLE = "tortoise_migrations"


@dataclass(frozen=True)
class App:
    """One store's rows as tortoise knows them."""

    label: str
    rows: str
    migrations: str | None

    @staticmethod
    def label_of(rows: str) -> str:
        """The label of a rows module: the package that holds it (`server.storage.rows` → `storage`)."""
        return rows.split(".")[-2] if "." in rows else rows

    @property
    def alias(self) -> str:
        """The connection's name: the rows module, so that no two stores share one."""
        return self.rows

    def config(self) -> dict[str, Any]:
        """Tortoise's configuration of this app alone."""
        app: dict[str, Any] = {"models": [self.rows], "default_connection": self.alias}
        if self.migrations:
            app["migrations"] = self.migrations
        return {
            "connections": {self.alias: {"engine": "server.database.sqlite", "credentials": {}}},
            "apps": {self.label: app},
            "use_tz": True,
            "timezone": "UTC",
        }


@contextlib.asynccontextmanager
async def locked(path: Path) -> AsyncIterator[None]:
    """Hold the store's lock file, so that one process at a time opens and migrates. Errors: StoreBusy."""
    beside = path.with_name(path.name + ".lock")
    try:
        descriptor = open_or_make(beside)
    except OSError as error:
        raise UnwritableHome(f"The lock {beside} cannot be made ({error.strerror}).") from error
    try:
        await _lock(descriptor, beside)
        yield
    finally:
        os.close(descriptor)  # lets the lock go


async def _lock(descriptor: int, beside: Path) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if loop.time() > until:
                raise StoreBusy(
                    f"Another process has been preparing this store for long ({beside})."
                ) from None
            await asyncio.sleep(LOOK_SECONDS)
        else:
            return


async def prepare(path: Path, app: App, *, by_schema: bool = True) -> None:
    """Make the schema of the store at `path` what `app` wants; the caller holds the lock.

    A new store is laid out by the schema beside the migrations, unless not `by_schema`.
    Errors: NewerSchema, MigrationFailed, CorruptStore, StoreBusy.
    """
    connection = connect(path)
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store-migration")
    try:
        connection.execute("PRAGMA foreign_keys=OFF")  # a rebuilt table must not cascade; checked at the end
        transaction = Transaction(connection, thread, Turn(asyncio.get_running_loop(), 0.0))
        client = WritingClient(app.alias, transaction, in_thread=True)
        if app.migrations is not None and by_schema:
            loop = asyncio.get_running_loop()
            await settled(loop.run_in_executor(thread, schema.lay, connection, app.label, app.migrations))
        if _is_current(connection, app):
            return
        async with bound(app, client):
            await _bring_up(connection, thread, client, app)
    except (BaseORMException, sqlite3.Error, ValueError) as error:
        raise _refusal(error) from error
    finally:
        thread.shutdown(wait=True)
        connection.close()  # rolls an open transaction back


# The classes of rows that tortoise has prepared in this process, by app.
_PREPARED: dict[App, Any] = {}


def _is_current(connection: sqlite3.Connection, app: App) -> bool:
    """Say whether a store has had all of its migrations, and no others: by their names, without loading them."""
    if app.migrations is None:
        return False
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (TABLE,)).fetchone():
        return False
    folder = importlib.import_module(app.migrations).__path__
    known = {one.name for one in pkgutil.iter_modules(folder) if not one.ispkg and one.name[0] not in "_~"}
    applied = connection.execute(f"SELECT name FROM {TABLE} WHERE app = ?", (app.label,))  # noqa: S608
    return known == {str(name) for (name,) in applied}


@contextlib.asynccontextmanager
async def bound(app: App, client: BaseDBAsyncClient) -> AsyncIterator[TortoiseContext]:
    """A tortoise context in which `app`'s rows use `client`, for the running task."""
    context = TortoiseContext()
    context._connections = StoreConnections(app.alias, lambda: client)
    token = _current_context.set(context)
    try:
        await know(context, app)
        yield context
    finally:
        _current_context.reset(token)


async def know(context: TortoiseContext, app: App) -> None:
    """Have a context know the rows of an app, which all stores of a process share.

    Tortoise prepares their classes whenever it is told of them, which takes longer than all else that opening a store
    does; nothing in them belongs to one store, so once is enough.
    """
    if (prepared := _PREPARED.get(app)) is None:
        await context.init(config=app.config())
        _PREPARED[app] = context.apps
        return
    # The rest of what `init` does.
    config = app.config()
    context._init_timezone(config["use_tz"], config["timezone"])
    context.connections._init_config(config["connections"])
    context._apps = prepared
    context._default_connection = app.alias
    context._inited = True


async def _bring_up(
    connection: sqlite3.Connection, thread: ThreadPoolExecutor, client: WritingClient, app: App
) -> None:
    executor = StoreMigrations(client, app.config()["apps"])
    if app.migrations is not None and not await _pending(executor, app):
        return

    async def run(sql: str) -> None:
        await settled(asyncio.get_running_loop().run_in_executor(thread, connection.execute, sql))

    await run("BEGIN IMMEDIATE")
    if app.migrations is None:
        await client.execute_script(get_schema_sql(client, safe=True))
    else:
        await executor.migrate([MigrationTarget(app.label, "__latest__")], direction="forward")
        _, broken = await client.execute_query("PRAGMA foreign_key_check")
        if broken:
            tables = ", ".join(sorted({str(row["table"]) for row in broken}))
            raise ValueError(f"it would leave broken references in {tables}")
        await run(f"PRAGMA user_version={len(executor.loader.disk_migrations)}")
    await run("COMMIT")


async def _pending(executor: "StoreMigrations", app: App) -> bool:
    await executor.loader.build_graph()
    known = set(executor.loader.disk_migrations)
    applied = {key for key in executor.loader.applied_migrations if key.app_label == app.label}
    newer = sorted(key.name for key in applied - known)
    if newer:
        raise NewerSchema(
            f"This store was written by a newer version of the server (it has {', '.join(newer)}). "
            "Start that version, or restore the backup that was made before the upgrade."
        )
    return bool(known - applied)


def _refusal(error: Exception) -> DatabaseError:
    told = translate(error) if isinstance(error, sqlite3.Error) else error
    if isinstance(told, CorruptStore | StoreBusy):
        return told
    return MigrationFailed(
        f"A change of the store's schema failed ({error}); the store is as it was. "
        "Go back to the version that ran before, and report this."
    )


class StoreMigrations(MigrationExecutor):
    """Tortoise's executor, with a schema editor that keeps indexes and states that are copied as far as is asked."""

    async def _project_state(self, applied: set[MigrationKey], *, upto: MigrationKey | None = None) -> State:
        state = await super()._project_state(applied, upto=upto)
        return CopiedState(state.models, state.apps)

    def _schema_editor(self, atomic: bool = True, collect_sql: bool = False) -> BaseSchemaEditor:
        return KeepingEditor(self.connection, atomic=atomic, collect_sql=collect_sql)


class CopiedState(State):
    """Tortoise keeps a copy of the state before each operation, and makes the classes of all tables anew for it.

    Few operations ask for those classes (those that alter or remove): only for them they are made.
    """

    def clone(self) -> State:
        models = {key: model.clone() for key, model in self.models.items()}
        return EarlierState(models, lambda: self.apps.clone(model_states=models))


class EarlierState(State):
    """The state before an operation."""

    def __init__(self, models: dict[tuple[str, str], ModelState], make_apps: Callable[[], StateApps]) -> None:
        self.models = models
        self._make_apps = make_apps

    @cached_property
    def apps(self) -> StateApps:  # type: ignore[override]
        return self._make_apps()


class KeepingEditor(SqliteSchemaEditor):
    """Tortoise's editor forgets indexes and triggers when it rebuilds a table; this one does not."""

    async def _run_sql(self, sql: str) -> None:
        if self.collect_sql:
            await super()._run_sql(sql)
            return
        for statement in statements(sql):  # tortoise splits at every semicolon, which breaks triggers
            await self.client.execute_query(statement)

    async def _remake_table(self, model: Any, *args: Any, **kwargs: Any) -> None:
        table = model._meta.db_table
        query = "SELECT sql, type FROM sqlite_master WHERE tbl_name = ? AND type <> 'table' AND sql NOTNULL"
        _, kept = await self.client.execute_query(query, [table])
        await super()._remake_table(model, *args, **kwargs)
        _, columns = await self.client.execute_query(f'PRAGMA table_info("{table}")')
        names = {column["name"] for column in columns}
        for made in kept:
            if made["type"] == "trigger" or _columns(made["sql"]) <= names:
                await self.client.execute_query(made["sql"])


def _columns(sql: str) -> set[str]:
    """The quoted column names in the parentheses of a CREATE INDEX that tortoise wrote."""
    return set(sql[sql.index("(") :].split('"')[1::2])
