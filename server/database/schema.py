"""The schema of a new store in one file beside its migrations, so that a new store need not go through them all.

`python -m server.database ROWS MIGRATIONS` writes `schema.sql`: what an empty store looks like after the migrations
that it names. A store that has no tables yet is laid out by it, and then gets the migrations that are younger.
A blob in it is a secret of 32 bytes or so, which each store draws for itself.
"""

from __future__ import annotations

import importlib
import sqlite3
from pathlib import Path

from server.database.sqlite import statements

FILE = "schema.sql"
TABLE = "tortoise_migrations"
HEAD = "-- The schema after all migrations, for stores that are new: made by `make migration`, never by hand.\n"
MARK = "-- After: "
APPLIED = (
    f"INSERT INTO {TABLE} (app, name, applied_at) VALUES (?, ?, strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'))"  # noqa: S608
)


def path_of(migrations: str) -> Path:
    """Return where the schema of a package of migrations stands, whether or not it is there."""
    return Path(next(iter(importlib.import_module(migrations).__path__))) / FILE


def named_in(text: str) -> list[str]:
    """Return the migrations that a schema holds."""
    return [line.removeprefix(MARK) for line in text.splitlines() if line.startswith(MARK)]


def lay(connection: sqlite3.Connection, label: str, migrations: str) -> None:
    """Lay a store out by its schema, whole or not at all, if it has no tables and there is a schema."""
    path = path_of(migrations)
    empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if not empty or not path.exists():
        return
    text = path.read_text("utf-8")
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in statements(text):
            connection.execute(statement)
        for name in named_in(text):
            connection.execute(APPLIED, (label, name))
        connection.execute(f"PRAGMA user_version={len(named_in(text))}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def draw(connection: sqlite3.Connection) -> str:
    """Return the schema of an empty store that went through its migrations."""
    names = [name for (name,) in connection.execute(f"SELECT name FROM {TABLE} ORDER BY name")]  # noqa: S608
    made = [sql for _, sql in _objects(connection)]
    rows = [line for table, _ in _objects(connection, "table") if table != TABLE for line in _rows(connection, table)]
    body = "".join(f"{statement};\n" for statement in [*made, *rows])
    return HEAD + "".join(f"{MARK}{name}\n" for name in names) + body


def _objects(connection: sqlite3.Connection, kind: str = "") -> list[tuple[str, str]]:
    """Return (name, SQL) of tables, then indexes, then triggers; not of what virtual tables make for themselves."""
    found = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE sql NOTNULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        " AND (? = '' OR type = ?) ORDER BY type = 'trigger', type = 'index', rowid",
        (kind, kind),
    ).fetchall()
    virtual = [name for name, sql in found if sql.upper().startswith("CREATE VIRTUAL")]
    kept = [(name, sql) for name, sql in found if not any(name.startswith(f"{one}_") for one in virtual)]
    if not kind:
        # A trigger may begin like a virtual table: only its tables are its own.
        triggers = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
        kept += [one for one in found if one[0] in triggers and one not in kept]
    return kept


def _rows(connection: sqlite3.Connection, table: str) -> list[str]:
    found = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608
    columns = ", ".join(f'"{column[0]}"' for column in found.description)
    values = [", ".join(map(_literal, row)) for row in found]
    return [f'INSERT INTO "{table}" ({columns}) VALUES ({one})' for one in values]  # noqa: S608


def _literal(value: object) -> str:
    if isinstance(value, bytes):
        return f"randomblob({len(value)})"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return "NULL" if value is None else str(value)
