"""A store: one SQLite file, one writing connection with group commit, reading connections, tortoise rows."""

import asyncio
import contextlib
import contextvars
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import TortoiseContext, _current_context

from server.database import migration
from server.database.connection import BUSY_SECONDS, Parameters, connect, create_file, faults
from server.database.errors import DatabaseError, StoreBusy, UnwritableHome, translated
from server.database.reader import Reader
from server.database.sqlite import ReadingClient, StoreConnections, WritingClient
from server.database.transaction import Transaction, settled
from server.database.writer import Counts, Writer

TURN_SECONDS = 30.0


class Database:
    """An open store. Make one with `await Database.open(...)`; end it with `await database.close()`."""

    def __init__(self, path: Path, alias: str, writer: Writer, reader: Reader) -> None:
        self.path = path
        self.alias = alias
        self._writer = writer
        self._reader = reader
        self._reading = ReadingClient(alias, reader)
        self._inside: contextvars.ContextVar[tuple[Transaction, WritingClient] | None] = (
            contextvars.ContextVar("transaction", default=None)
        )
        self._context = TortoiseContext()
        self._context._connections = StoreConnections(alias, self._client)
        self._closing: asyncio.Future[None] | None = None

    @classmethod
    async def open(
        cls,
        path: Path,
        rows: str,
        *,
        migrations: str | None,
        group_seconds: float = 0.002,
        turn_seconds: float = TURN_SECONDS,
        label: str | None = None,
    ) -> "Database":
        """Open the store at `path`, make it when it is missing, and bring its schema up to date.

        `rows`: dotted module with the tortoise models. `migrations`: dotted package of tortoise migrations;
        None makes missing tables straight from the models. `group_seconds`: how long a commit may wait for
        others to join it. `turn_seconds`: how long a transaction waits for its turn before StoreBusy.
        `label`: tortoise's app label, as in `ForeignKeyField("LABEL.OtherRow")`; by default the name of the
        package that holds `rows` (`server.storage.rows` → `storage`).

        Errors: UnwritableHome, CorruptStore, NewerSchema, MigrationFailed, StoreBusy.
        """
        app = migration.App(label or migration.App.label_of(rows), rows, migrations)
        create_file(path)
        async with migration.locked(path):
            await migration.prepare(path, app)
            reader = Reader(path)
            try:
                connection = connect(path, busy_seconds=0)
            except DatabaseError:
                reader.close()
                raise
        writer = Writer(connection, group_seconds=group_seconds, turn_seconds=turn_seconds)
        database = cls(path, app.alias, writer, reader)
        try:
            with database.use():
                await migration.know(database._context, app)
        except BaseException:
            await database.close()
            raise
        return database

    # -- writing --

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """All or nothing, and on the disk when the block is left.

        One body at a time runs in a process; several share a COMMIT. Within the block tortoise queries write
        and read through it, without `using_db`. A block within a block of the same task joins the outer
        one: an error undoes the inner block alone, and only the outer one waits for the disk.

        Keep bodies short: everybody else waits. Never await another task's transaction in one. Where two
        stores must be open at once, nest them in one order everywhere, or two tasks wait for each other
        until StoreBusy.

        Cancelled while queued: nothing was done. Cancelled in the body: the body is undone. Cancelled while
        waiting for the disk: the transaction stays. Errors: CommitFailed, StoreBusy, StoreClosed, and those
        of the body.
        """
        outer = self._inside.get()
        if outer is not None and outer[0].open and outer[0].owner is asyncio.current_task():
            with self._nested(outer[0]):
                yield outer[0]
            return
        turn = self._writer.queue()
        try:
            await turn.granted
        except BaseException:
            self._writer.withdraw(turn)
            raise
        transaction = Transaction(self._writer.connection, self._writer.thread, turn)
        joined = False
        try:
            with self._nested(transaction), self._bound(transaction):
                yield transaction
            joined = True
        finally:
            transaction.open = False
            self._writer.finish(turn, joined=joined)
        await turn.committed

    @staticmethod
    @contextlib.contextmanager
    def _nested(transaction: Transaction) -> Iterator[None]:
        mark = transaction.save()
        try:
            yield
        except BaseException:
            transaction.undo(mark)
            raise
        transaction.keep(mark)

    @contextlib.contextmanager
    def _bound(self, transaction: Transaction) -> Iterator[None]:
        inside = self._inside.set((transaction, WritingClient(self.alias, transaction)))
        used = _current_context.set(self._context)
        try:
            yield
        finally:
            _current_context.reset(used)
            self._inside.reset(inside)

    # -- reading --

    async def fetch(self, sql: str, params: Parameters = ()) -> list[Mapping[str, Any]]:
        """All rows of a query, as mappings by column name: committed data, never waiting for a writer."""
        return list(await self._reader.fetch(sql, params))

    async def fetch_one(self, sql: str, params: Parameters = ()) -> Mapping[str, Any] | None:
        """The first row, or None."""
        rows = await self._reader.fetch(sql, params)
        return rows[0] if rows else None

    async def fetch_value(self, sql: str, params: Parameters = ()) -> Any:
        """The first column of the first row, or None."""
        row = await self.fetch_one(sql, params)
        return next(iter(row.values())) if row else None

    @contextlib.contextmanager
    def use(self) -> Iterator[None]:
        """Bind this store's rows to it for the running task and the tasks it makes meanwhile."""
        token = _current_context.set(self._context)
        try:
            yield
        finally:
            _current_context.reset(token)

    def _client(self) -> BaseDBAsyncClient:
        inside = self._inside.get()
        return inside[1] if inside is not None and inside[0].open else self._reading

    # -- care --

    @property
    def counts(self) -> Counts:
        """Numbers of commits, of transactions in them, of refused begins and of failures since opening."""
        return self._writer.counts

    async def wait_idle(self) -> None:
        """Return once no transaction is queued, open or being committed in this process."""
        await self._writer.wait_idle()

    async def checkpoint(self) -> None:
        """Move the write-ahead log into the file and empty it. Errors: StoreBusy when readers hold it."""

        def move() -> None:
            busy = self._writer.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if busy:
                raise StoreBusy("The log could not be cut short while another process reads it. Try again.")

        await self._writer.run_alone(lambda: self._patient(move))

    async def vacuum(self) -> None:
        """Rewrite the file without its holes. Needs free disk space of the file's size. Errors: StoreBusy."""
        await self._writer.run_alone(lambda: self._patient(lambda: self._writer.connection.execute("VACUUM")))

    def _patient(self, work: Any) -> None:
        connection = self._writer.connection
        connection.execute(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")
        try:
            work()
        finally:
            connection.execute("PRAGMA busy_timeout=0")

    async def integrity_check(self) -> list[str]:
        """What is wrong with the file: sentences, none when it is sound."""
        return await self._reader.run(faults)

    async def backup(self, path: Path) -> None:
        """Copy the committed state to `path` (mode 0600) while everyone goes on; all of it or no file.

        Errors: UnwritableHome, StatementFailed.
        """
        with translated():
            await settled(asyncio.ensure_future(self._reader.run(lambda source: _copy(source, path))))

    async def close(self) -> None:
        """Finish what was begun, then close all connections. May be called twice."""
        if self._closing is None or self._closing.cancelled():
            self._closing = asyncio.ensure_future(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        await self._writer.close()
        self._reader.close()


def _copy(source: sqlite3.Connection, path: Path) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.{time.monotonic_ns()}.part")
    create_file(part)
    try:
        target = sqlite3.connect(part)
        try:
            source.backup(target)
        finally:
            target.close()
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
    except OSError as error:
        raise UnwritableHome(f"The copy {path} cannot be written ({error.strerror}).") from error
    finally:
        part.unlink(missing_ok=True)
