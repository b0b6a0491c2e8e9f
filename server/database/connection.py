"""One place that opens SQLite connections, so that every connection has the same settings.

See https://sqlite.org/pragma.html. WAL lets readers and one writer work side by side; with
`synchronous=FULL` a COMMIT returns only after the log is on the disk; `foreign_keys` is off by default in
SQLite.
"""

import os
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from server.database.errors import CannotOpen, CorruptStore, StoreBusy, UnwritableHome, translate
from server.database.modes import make_folder, open_or_make

Parameters = Sequence[Any] | Mapping[str, Any]
Record = dict[str, Any]

BUSY_SECONDS = 10.0
JOURNAL_BYTES = 64 * 1024 * 1024
CACHE_KIB = 16 * 1024
STATEMENTS = 512


def create_file(path: Path) -> None:
    """Make the directory and an empty file for a store, unless they exist; see `modes` for who may open it.

    Errors: UnwritableHome.
    """
    try:
        make_folder(path.parent)
        os.close(open_or_make(path))
    except OSError as error:
        raise UnwritableHome(
            f"The store {path} cannot be opened for writing ({error.strerror}). "
            "Check that the user who runs this role may write the folder; `doctor` says how to mend it."
        ) from error


def connect(
    path: Path, *, query_only: bool = False, busy_seconds: float = BUSY_SECONDS
) -> sqlite3.Connection:
    """A connection with the house settings, in autocommit mode: BEGIN and COMMIT are written out.

    `query_only` connections refuse every write. `busy_seconds`: how long SQLite itself waits for a lock
    later on. Errors: CorruptStore, StoreBusy, UnwritableHome.
    """
    try:
        connection = sqlite3.connect(
            path,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=STATEMENTS,
        )
    except sqlite3.Error as error:
        raise UnwritableHome(f"The store {path} cannot be opened ({error}).") from error
    try:
        _settle(connection, query_only)
        connection.execute(f"PRAGMA busy_timeout={int(busy_seconds * 1000)}")
    except sqlite3.Error as error:
        connection.close()
        raise _refusal(path, error) from error
    return connection


def connect_to_read(path: Path, *, busy_seconds: float = BUSY_SECONDS) -> sqlite3.Connection:
    """A connection to which SQLite itself gives no way to write, to a file that must be there already.

    The log beside the file has to be readable, or to be made: who may not write the folder reads only while
    a writer has the store open. Errors: CorruptStore, StoreBusy, UnwritableHome.
    """
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=STATEMENTS,
        )
    except sqlite3.Error as error:
        raise UnwritableHome(f"The store {path} cannot be opened to be read ({error}).") from error
    try:
        connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        connection.execute("PRAGMA query_only=ON")
        connection.execute(f"PRAGMA busy_timeout={int(busy_seconds * 1000)}")
    except sqlite3.Error as error:
        connection.close()
        raise _refusal(path, error) from error
    return connection


def _settle(connection: sqlite3.Connection, query_only: bool) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute(f"PRAGMA journal_size_limit={JOURNAL_BYTES}")
    connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    connection.execute("PRAGMA temp_store=MEMORY")
    # What is deleted is overwritten, so that taken-back words do not linger in free pages.
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if query_only:
        connection.execute("PRAGMA query_only=ON")


def _refusal(path: Path, error: sqlite3.Error) -> Exception:
    known = translate(error)
    if isinstance(known, CorruptStore):
        return CorruptStore(
            f"{path} is damaged or no store of this server ({error}). "
            "Move it away and restore the last backup with `restore`."
        )
    if isinstance(known, CannotOpen | StoreBusy):
        return known
    return UnwritableHome(f"The store {path} cannot be used ({error}). Check the disk and the file's owner.")


def records(cursor: sqlite3.Cursor) -> list[Record]:
    """Read all that `cursor` still holds, each row as a dict by column name."""
    rows = cursor.fetchall()
    if not rows:
        return []
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in rows]


def faults(connection: sqlite3.Connection) -> list[str]:
    """What is wrong with a store's file: sentences, none when it is sound."""
    found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
    broken = [] if found == ["ok"] else found
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        broken.append(f"row {row} of {table} points to a row of {parent} that does not exist")
    return broken
