"""What a caller holds inside `async with database.transaction()`."""

import asyncio
import contextvars
import sqlite3
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

from server.database.connection import Parameters, Record, records
from server.database.errors import CommitFailed, StatementFailed, TransactionOver, translate, translated
from server.database.writer import Callback, Turn

T = TypeVar("T")
BOUNDS = ("BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE")


class Mark(NamedTuple):
    """Where a SAVEPOINT was opened: its name, and the calls that were due after the commit by then."""

    name: str
    callbacks: list[Callback]


class Transaction:
    """Raw SQL on the writing connection, within one body.

    Statements run on the event loop; pass `in_thread=True` for one that touches thousands of rows.
    Every method raises ConstraintBroken, StatementFailed or, after the block, TransactionOver.
    """

    def __init__(self, connection: sqlite3.Connection, thread: ThreadPoolExecutor, turn: Turn) -> None:
        self._connection = connection
        self._thread = thread
        self._turn = turn
        self._marks = 0
        self.owner = asyncio.current_task()
        self.open = True

    async def execute(self, sql: str, parameters: Parameters = (), *, in_thread: bool = False) -> int:
        """Run one statement; the number of rows it changed."""
        return (await self.run(lambda: self.change(sql, parameters), in_thread=in_thread))[0]

    async def executemany(self, sql: str, rows: Iterable[Parameters], *, in_thread: bool = False) -> int:
        """Run one statement for each of `rows`; the number of rows changed in all."""
        return await self.run(lambda: self._connection.executemany(sql, rows).rowcount, in_thread=in_thread)

    async def fetch(self, sql: str, parameters: Parameters = (), *, in_thread: bool = False) -> list[Record]:
        """All rows that the statement gives, as dicts; sees this transaction's own writes."""
        return (await self.run(lambda: self.change(sql, parameters), in_thread=in_thread))[1]

    async def fetch_one(self, sql: str, parameters: Parameters = ()) -> Record | None:
        """The first row, or None."""
        rows = await self.fetch(sql, parameters)
        return rows[0] if rows else None

    async def fetch_value(self, sql: str, parameters: Parameters = ()) -> Any:
        """The first column of the first row, or None."""
        row = await self.fetch_one(sql, parameters)
        return next(iter(row.values())) if row else None

    def after_commit(self, call: Callable[[], object]) -> None:
        """Call `call()` once the transaction is on the disk, before the block's caller goes on.

        Never called when the body or the commit fails. What it returns is ignored; an exception goes to the
        event loop's exception handler. It must not block.
        """
        self._check()
        self._turn.callbacks.append((contextvars.copy_context(), call))

    # -- for this package --

    async def run(self, work: Callable[[], T], *, in_thread: bool = False) -> T:
        """Run `work`, which uses the connection, here or in the writer's thread."""
        self._check()
        try:
            if not in_thread:
                return work()
            return await settled(asyncio.get_running_loop().run_in_executor(self._thread, work))
        except sqlite3.Error as error:
            raise translate(error) from error

    def insert(self, sql: str, parameters: Parameters) -> int:
        """Run an INSERT now; its rowid."""
        self._check()
        with translated():
            return self._connection.execute(sql, parameters).lastrowid or 0

    def change(self, sql: str, parameters: Parameters) -> tuple[int, list[Record]]:
        """Run a statement now, unchecked; the number of rows it changed and the rows it gave."""
        if sql.lstrip()[:9].upper().startswith(BOUNDS):
            raise StatementFailed(
                "The transaction block begins and ends the transaction, not a statement in it."
            )
        before = self._connection.total_changes
        cursor = self._connection.execute(sql, parameters)
        rows = records(cursor) if cursor.description else []
        changed = cursor.rowcount if cursor.rowcount >= 0 else self._connection.total_changes - before
        return changed, rows

    def save(self) -> Mark:
        """Open a SAVEPOINT; the mark to give back to `keep` or `undo`."""
        self._check()
        self._marks += 1
        mark = Mark(f"body{self._marks}", list(self._turn.callbacks))
        with translated():
            self._connection.execute(f"SAVEPOINT {mark.name}")
        return mark

    def keep(self, mark: Mark) -> None:
        """Release the SAVEPOINT. Errors: CommitFailed when SQLite has rolled everything back itself."""
        if not self._connection.in_transaction:
            raise CommitFailed("SQLite gave the shared transaction up; nothing of it was kept.")
        with translated():
            self._connection.execute(f"RELEASE {mark.name}")

    def undo(self, mark: Mark) -> None:
        """Roll back to the SAVEPOINT. Does nothing when SQLite has rolled everything back itself."""
        self._turn.callbacks[:] = mark.callbacks
        if self._connection.in_transaction:
            with translated():
                self._connection.execute(f"ROLLBACK TO {mark.name}")
                self._connection.execute(f"RELEASE {mark.name}")

    def _check(self) -> None:
        if not self.open:
            raise TransactionOver("This transaction is over; open another with `database.transaction()`.")


async def settled(work: "asyncio.Future[T]") -> T:
    """Wait until `work` is done even when the waiting task is cancelled, however often; then be cancelled."""
    cancelled: asyncio.CancelledError | None = None
    while not work.done():
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        if not work.cancelled():
            work.exception()
        raise cancelled
    return work.result()
