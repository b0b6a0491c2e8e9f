"""A store that this process only reads: SQLite opens the file read-only, and no schema is brought up to date.

Whoever writes the store may come and go, or be another user of the machine. The file is opened at the first
look at it, and looked for again when it was not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from server.database.connection import Parameters, connect_to_read
from server.database.errors import CannotOpen, DatabaseError, StoreClosed
from server.database.inspect import known_migrations
from server.database.migration import TABLE
from server.database.reader import Reader


class Readable(Protocol):
    """Anything that answers queries: a whole `Database`, or a `View` of one."""

    async def fetch(self, sql: str, params: Parameters = ()) -> list[Mapping[str, Any]]:
        """All rows of a query, as mappings by column name."""

    async def fetch_one(self, sql: str, params: Parameters = ()) -> Mapping[str, Any] | None:
        """The first row, or None."""

    async def fetch_value(self, sql: str, params: Parameters = ()) -> Any:
        """The first column of the first row, or None."""


class View:
    """A store opened for reading alone. `migrations` is the package that says which schema is understood."""

    def __init__(self, path: Path, migrations: str) -> None:
        self.path = path
        self._known = known_migrations(migrations)
        self._reader: Reader | None = None
        self._closed = False

    async def fetch(self, sql: str, params: Parameters = ()) -> list[Mapping[str, Any]]:
        """All rows of a query. Errors: CannotOpen while the store is not there, StatementFailed, StoreClosed."""
        return list(await (await self._opened()).fetch(sql, params))

    async def fetch_one(self, sql: str, params: Parameters = ()) -> Mapping[str, Any] | None:
        """The first row, or None."""
        rows = await self.fetch(sql, params)
        return rows[0] if rows else None

    async def fetch_value(self, sql: str, params: Parameters = ()) -> Any:
        """The first column of the first row, or None."""
        row = await self.fetch_one(sql, params)
        return next(iter(row.values())) if row else None

    def close(self) -> None:
        """Close all connections. May be called twice."""
        self._closed = True
        if self._reader is not None:
            self._reader.close()

    async def _opened(self) -> Reader:
        if self._closed:
            raise StoreClosed("The store was closed; nothing can be read any more.")
        if self._reader is None:
            if not self.path.exists():
                raise CannotOpen(f"The store {self.path} is not there yet.")
            reader = Reader(self.path, connect_to_read)
            try:
                await self._check_schema(reader)
            except DatabaseError:
                reader.close()
                raise
            self._reader = reader
        return self._reader

    async def _check_schema(self, reader: Reader) -> None:
        """Refuse a schema that is not exactly ours: this process may not change it."""
        try:
            rows = await reader.fetch(f"SELECT name FROM {TABLE}", ())  # noqa: S608
        except DatabaseError as error:
            raise CannotOpen(f"The store {self.path} has no schema yet: start who writes it first.") from error
        if {row["name"] for row in rows} != self._known:
            raise CannotOpen(f"The store {self.path} has another schema than this version: start who writes it first.")
