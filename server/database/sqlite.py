"""What tortoise sees of a store: two clients, and which of them a task uses.

Rows are bound to a store by tortoise's own context variable (`TortoiseContext`), never by a global. In
place of tortoise's `ConnectionHandler` a context gets `StoreConnections`, which answers with the writing
client inside a `transaction()` block and with the reading client everywhere else. Each rows module has an
alias of its own, so that a row of one store asked for under another store is an error, not a write in the
wrong place.

Tortoise picks its SQLite schema editor by the word "sqlite" in the client's module name: hence this file's
name.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pypika_tortoise.dialects import SQLLiteQuery
from tortoise.backends.base.client import (
    BaseDBAsyncClient,
    ConnectionWrapper,
    NestedTransactionContext,
    TransactionalDBClient,
    TransactionContext,
)
from tortoise.backends.sqlite.client import SqliteClient
from tortoise.backends.sqlite.executor import SqliteExecutor
from tortoise.backends.sqlite.schema_generator import SqliteSchemaGenerator
from tortoise.connection import ConnectionHandler
from tortoise.exceptions import ConfigurationError

from server.database.connection import Record
from server.database.errors import WriteOutsideTransaction
from server.database.reader import Reader
from server.database.transaction import Mark, Transaction

REFUSAL = "A write needs `async with database.transaction()` around it."


class StoreClient(BaseDBAsyncClient):
    """What the reading and the writing client have in common."""

    executor_class = SqliteExecutor
    query_class = SQLLiteQuery
    schema_generator = SqliteSchemaGenerator
    capabilities = SqliteClient.capabilities

    async def create_connection(self, with_db: bool) -> None:
        """The store has its connections already."""

    async def close(self) -> None:
        """The store closes its connections itself."""

    async def db_create(self) -> None:
        """The store's file exists already."""

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        """Nobody gets the bare connection."""
        raise NotImplementedError("use Database.fetch or Transaction.execute")


class ReadingClient(StoreClient):
    """Reads committed data; refuses every write."""

    def __init__(self, alias: str, reader: Reader) -> None:
        super().__init__(alias)
        self._reader = reader

    async def execute_query(
        self, query: str, values: list[Any] | None = None
    ) -> tuple[int, Sequence[Record]]:
        """The number of rows and the rows, as dicts."""
        rows = await self._reader.fetch(_without_nul(query), values or ())
        return len(rows), rows

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[Record]:
        """The rows, as dicts."""
        return await self._reader.fetch(_without_nul(query), values or ())

    async def execute_insert(self, query: str, values: list[Any]) -> Any:
        """Refused."""
        raise WriteOutsideTransaction(REFUSAL)

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """Refused."""
        raise WriteOutsideTransaction(REFUSAL)

    async def execute_script(self, query: str) -> None:
        """Refused."""
        raise WriteOutsideTransaction(REFUSAL)

    def _in_transaction(self) -> TransactionContext:
        raise WriteOutsideTransaction(REFUSAL)


class WritingClient(StoreClient, TransactionalDBClient):
    """Runs tortoise's statements within one `Transaction`; tortoise's own become SAVEPOINTs in it."""

    def __init__(self, alias: str, transaction: Transaction, *, in_thread: bool = False) -> None:
        super().__init__(alias)
        self._transaction = transaction
        self._in_thread = in_thread
        self._marks: list[Mark] = []

    async def execute_query(
        self, query: str, values: list[Any] | None = None
    ) -> tuple[int, Sequence[Record]]:
        """The number of rows changed (of rows given, when none was changed) and the rows, as dicts."""
        changed, rows = await self._change(query, values)
        return changed or len(rows), rows

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[Record]:
        """The rows, as dicts."""
        return (await self._change(query, values))[1]

    async def execute_insert(self, query: str, values: list[Any]) -> int:
        """The new row's rowid."""
        return self._transaction.insert(query, values)

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """Run the statement for each of `values`."""
        await self._transaction.executemany(query, values, in_thread=self._in_thread)

    async def execute_script(self, query: str) -> None:
        """Run several statements, within the transaction (sqlite3's own executescript would commit first)."""
        for statement in statements(query):
            await self._change(statement, None)

    async def _change(self, query: str, values: list[Any] | None) -> tuple[int, list[Record]]:
        transaction = self._transaction
        return await transaction.run(
            lambda: transaction.change(_without_nul(query), values or ()), in_thread=self._in_thread
        )

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(self)

    async def begin(self) -> None:
        """Only `Database.transaction` begins."""
        raise WriteOutsideTransaction(REFUSAL)

    async def commit(self) -> None:
        """Only `Database.transaction` commits."""
        raise WriteOutsideTransaction(REFUSAL)

    async def rollback(self) -> None:
        """Only `Database.transaction` rolls back."""
        raise WriteOutsideTransaction(REFUSAL)

    async def savepoint(self) -> None:
        """Mark where a nested transaction starts."""
        self._marks.append(self._transaction.save())

    async def savepoint_rollback(self) -> None:
        """Undo the innermost nested transaction."""
        self._transaction.undo(self._marks.pop())

    async def release_savepoint(self) -> None:
        """Keep the innermost nested transaction."""
        self._transaction.keep(self._marks.pop())


class StoreConnections(ConnectionHandler):
    """Tortoise's table of connections, with one alias and the client that suits the asking task."""

    def __init__(self, alias: str, current: Callable[[], BaseDBAsyncClient]) -> None:
        super().__init__()
        self._alias = alias
        self._current = current

    def get(self, conn_alias: str) -> BaseDBAsyncClient:
        """The asking task's client. Errors: ConfigurationError for another store's alias."""
        if conn_alias != self._alias:
            raise ConfigurationError(
                f"These rows belong to {conn_alias}, but the store in use is {self._alias}. "
                "Open a transaction of their own store, or `with database.use()`."
            )
        return self._current()

    async def close_all(self, discard: bool = True) -> None:
        """The store closes its connections itself."""


def statements(script: str) -> Iterator[str]:
    """The single statements of an SQL script; a trigger's body stays in one piece."""
    gathered = ""
    for piece in script.split(";"):
        gathered += piece + ";"
        if sqlite3.complete_statement(gathered):
            if gathered.strip(" \n\t\r;"):
                yield gathered
            gathered = ""
    if gathered.strip(" \n\t\r;"):
        yield gathered


def _without_nul(query: str) -> str:
    return query.replace("\x00", "'||CHAR(0)||'") if "\x00" in query else query
