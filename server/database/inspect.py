"""Looking at a store's file without changing it: no schema is brought up to date, nothing is written."""

from __future__ import annotations

import importlib
import pkgutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from server.database.connection import faults
from server.database.migration import TABLE


@dataclass(frozen=True, slots=True)
class Look:
    """What a store's file shows. `faults` are sentences; the names are those of migrations."""

    faults: tuple[str, ...]
    applied: int = 0
    pending: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def look_at(path: Path, migrations: str) -> Look:
    """Check a store's file (SQLite's integrity_check and foreign keys) and its schema against a package."""
    known = known_migrations(migrations)
    try:
        with _reading(path) as connection:
            found = faults(connection)
            applied = {str(row[0]) for row in connection.execute(f"SELECT name FROM {TABLE}")}  # noqa: S608
    except sqlite3.Error as error:
        return Look((str(error),))
    return Look(tuple(found), len(applied), tuple(sorted(known - applied)), tuple(sorted(applied - known)))


def known_migrations(migrations: str) -> set[str]:
    """Return the names of the migrations in a package."""
    found = pkgutil.iter_modules(importlib.import_module(migrations).__path__)
    return {module.name for module in found if module.name[0].isdigit()}


def faults_of(path: Path) -> list[str]:
    """Return what is wrong with a store's file: sentences, none when it is sound."""
    try:
        with _reading(path) as connection:
            return faults(connection)
    except sqlite3.Error as error:
        return [str(error)]


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        yield connection
    finally:
        connection.close()
