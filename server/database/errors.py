"""Everything that can go wrong with a store, as one tree.

    DatabaseError
    ├─ CannotOpen
    │  ├─ UnwritableHome        the directory or file cannot be written
    │  ├─ CorruptStore          the file is damaged, or no SQLite database
    │  ├─ NewerSchema           a newer version of the code wrote this file
    │  └─ MigrationFailed       a schema change did not go through; nothing of it was kept
    ├─ StatementFailed          SQLite refused a statement (also tortoise's OperationalError)
    │  └─ ConstraintBroken      unique, foreign key, check or not null (also tortoise's IntegrityError)
    ├─ WriteOutsideTransaction  a write that no `transaction()` surrounds
    ├─ TransactionOver          a `Transaction` used after its block was left
    ├─ CommitFailed             the shared COMMIT failed: nothing of the transaction was kept
    ├─ StoreBusy                another process kept the write lock too long
    └─ StoreClosed              the database was closed

`ConstraintBroken` and `StatementFailed` are tortoise errors too, so that tortoise's own `get_or_create`
works and callers may catch either name.
"""

import contextlib
import sqlite3
from collections.abc import Iterator

from tortoise.exceptions import IntegrityError, OperationalError


class DatabaseError(Exception):
    """Root of the tree. The sentence tells an operator what is wrong and what to do."""


class CannotOpen(DatabaseError):
    """The store could not be opened."""


class UnwritableHome(CannotOpen):
    """The store's directory or file cannot be created, read or written."""


class CorruptStore(CannotOpen):
    """The file is damaged or is no SQLite database."""


class NewerSchema(CannotOpen):
    """The file holds schema changes that this code does not know."""


class MigrationFailed(CannotOpen):
    """A schema change failed and was rolled back."""


class StatementFailed(DatabaseError, OperationalError):
    """SQLite refused a statement."""


class ConstraintBroken(StatementFailed, IntegrityError):
    """A unique, foreign key, check or not-null rule of the schema was broken."""


class WriteOutsideTransaction(DatabaseError):
    """A write was tried where no transaction is open."""


class TransactionOver(DatabaseError):
    """A transaction was used after its block had been left."""


class CommitFailed(DatabaseError):
    """The shared COMMIT failed; none of the transactions that joined it was kept."""


class StoreBusy(DatabaseError):
    """The write lock could not be had in time."""


class StoreClosed(DatabaseError):
    """The database was closed."""


_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def primary_code(error: sqlite3.Error) -> int:
    """SQLite's primary result code of `error` (https://sqlite.org/rescode.html), 0 when Python gave none."""
    return int(getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Raise errors of the sqlite3 module as members of this tree."""
    try:
        yield
    except sqlite3.Error as error:
        raise translate(error) from error


def translate(error: sqlite3.Error) -> DatabaseError:
    """The member of this tree that says what the sqlite3 module said."""
    code = primary_code(error)
    if isinstance(error, sqlite3.IntegrityError):
        return ConstraintBroken(str(error))
    if code == sqlite3.SQLITE_READONLY:
        return WriteOutsideTransaction("A write needs `async with database.transaction()` around it.")
    if code in _DAMAGED:
        return CorruptStore(f"The store is damaged ({error}). Restore the last backup with `restore`.")
    if code == sqlite3.SQLITE_BUSY:
        return StoreBusy(f"Another process keeps the store locked ({error}). Try again.")
    return StatementFailed(str(error))
