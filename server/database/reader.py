"""Reading connections: committed data only, never behind a running write transaction.

A quick query runs on the event loop, where it costs no thread hop. A query that takes longer than a few
milliseconds is stopped there and run again in a thread, on a connection of its own. Where it is slow there too,
its text is remembered as slow for a minute; so no report stalls the pages of others. A small query that only had
to wait for a processor is not: on a busy machine every text would end in the threads.
"""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, TypeVar

from server.database.connection import BUSY_SECONDS, Parameters, Record, connect, records
from server.database.errors import StoreClosed, primary_code, translate, translated

INLINE_SECONDS = 0.004
WAITED_SECONDS = 0.1
STEPS_PER_LOOK = 2000
SLOW_TEXTS = 1000
SLOW_SECONDS = 60.0
THREADS = 3
T = TypeVar("T")
_MOVE = (sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class Connect(Protocol):
    """Opens a connection that cannot write."""

    def __call__(self, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> sqlite3.Connection: ...


def connect_beside_writer(path: Path, *, busy_seconds: float = BUSY_SECONDS) -> sqlite3.Connection:
    """A connection for reading in a process that also writes the store."""
    return connect(path, query_only=True, busy_seconds=busy_seconds)


class Reader:
    """A query-only connection on the event loop and a few more in threads."""

    def __init__(self, path: Path, connect_: Connect = connect_beside_writer) -> None:
        self._path = path
        self._connect = connect_
        self._inline = connect_(path, busy_seconds=0)
        self._inline.set_progress_handler(self._look, STEPS_PER_LOOK)
        self._stop_at = 0.0
        self._slow: dict[str, float] = {}
        self._own = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._threads = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="store-reader")
        self.closed = False

    async def fetch(self, sql: str, parameters: Parameters) -> list[Record]:
        """All rows that the query gives. Errors: StatementFailed, WriteOutsideTransaction, StoreClosed."""
        if self.closed:
            raise StoreClosed("The store was closed; nothing can be read any more.")
        if self._slow.get(sql, 0.0) < time.monotonic():
            try:
                return self._fetch_inline(sql, parameters)
            except sqlite3.Error as error:
                if primary_code(error) not in _MOVE:
                    raise translate(error) from error
                if primary_code(error) == sqlite3.SQLITE_INTERRUPT:
                    return await self._fetch_stopped(sql, parameters)
        return await self.run(lambda connection: records(connection.execute(sql, parameters)))

    async def _fetch_stopped(self, sql: str, parameters: Parameters) -> list[Record]:
        """Run a query again that was stopped on the loop, and remember it where it takes its time."""

        def timed(connection: sqlite3.Connection) -> tuple[list[Record], bool]:
            began, spent = time.perf_counter(), time.thread_time()
            rows = records(connection.execute(sql, parameters))
            took, used = time.perf_counter() - began, time.thread_time() - spent
            return rows, used > INLINE_SECONDS / 2 or took > WAITED_SECONDS

        rows, is_slow = await self.run(timed)
        if is_slow:
            self._remember(sql)
        return rows

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Call `work` with a query-only connection in a reader thread."""
        loop = asyncio.get_running_loop()
        with translated():
            return await loop.run_in_executor(self._threads, lambda: work(self._connection()))

    def close(self) -> None:
        """Stop the queries in threads and close all connections."""
        self.closed = True
        for connection in self._opened:
            connection.interrupt()
        self._threads.shutdown(wait=True)
        for connection in (self._inline, *self._opened):
            connection.close()

    def _fetch_inline(self, sql: str, parameters: Parameters) -> list[Record]:
        self._stop_at = time.perf_counter() + INLINE_SECONDS
        return records(self._inline.execute(sql, parameters))

    def _look(self) -> bool:
        return time.perf_counter() > self._stop_at

    def _remember(self, sql: str) -> None:
        if len(self._slow) >= SLOW_TEXTS:
            self._slow.clear()
        self._slow[sql] = time.monotonic() + SLOW_SECONDS

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = self._connect(self._path)
            self._opened.append(connection)
        return connection
