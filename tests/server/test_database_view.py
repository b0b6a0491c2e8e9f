"""A store that is only read: no way to write, no schema of its own, there or not there yet."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from server.database import CannotOpen, Database, StoreClosed, View, WriteOutsideTransaction

ROWS, MIGRATIONS = "federation.outside.rows", "federation.outside.migrations"
COUNT = "SELECT count(*) FROM peers"
PUT = "INSERT INTO peers (host, kind, software, state, failures, due_at, asked_at, answer) VALUES"
PUT += " (?, 'unknown', '', 'active', 0, 0, 0, '')"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Database]:
    made = await Database.open(tmp_path / "store.sqlite", ROWS, migrations=MIGRATIONS)
    yield made
    await made.close()


@pytest.fixture
def view(store: Database) -> Iterator[View]:
    made = View(store.path, MIGRATIONS)
    yield made
    made.close()


async def put(store: Database, host: str) -> None:
    async with store.transaction() as change:
        await change.execute(PUT, (host,))


async def test_a_view_sees_what_is_committed_and_nothing_else(store: Database, view: View):
    await put(store, "one.example")
    assert await view.fetch_value(COUNT) == 1
    async with store.transaction() as change:
        await change.execute(PUT, ("two.example",))
        assert await view.fetch_value(COUNT) == 1
    assert await view.fetch_value(COUNT) == 2
    assert await view.fetch_one("SELECT host FROM peers WHERE host = 'no.example'") is None


@pytest.mark.parametrize("sql", ["DELETE FROM peers", "CREATE TABLE x (y)", "PRAGMA user_version = 9"])
async def test_a_view_writes_nothing(store: Database, view: View, sql: str):
    await put(store, "one.example")
    with pytest.raises(WriteOutsideTransaction):
        await view.fetch(sql)
    assert await view.fetch_value(COUNT) == 1


async def test_no_pragma_gives_a_view_the_way_to_write(store: Database, view: View):
    await put(store, "one.example")
    await view.fetch("PRAGMA query_only = OFF")
    with pytest.raises(WriteOutsideTransaction):
        await view.fetch("DELETE FROM peers")


async def test_a_view_waits_for_a_store_that_is_not_there_yet(tmp_path: Path):
    path = tmp_path / "later" / "store.sqlite"
    view = View(path, MIGRATIONS)
    with pytest.raises(CannotOpen):
        await view.fetch(COUNT)
    assert not path.parent.exists()
    store = await Database.open(path, ROWS, migrations=MIGRATIONS)
    assert await view.fetch_value(COUNT) == 0
    view.close()
    await store.close()
    with pytest.raises(StoreClosed):
        await view.fetch(COUNT)


async def test_a_view_refuses_another_schema_and_changes_none(tmp_path: Path):
    path = tmp_path / "store.sqlite"
    view = View(path, MIGRATIONS)
    sqlite3.connect(path).close()
    os.truncate(path, 0)
    with pytest.raises(CannotOpen):
        await view.fetch(COUNT)
    store = await Database.open(path, ROWS, migrations=MIGRATIONS)
    async with store.transaction() as change:
        await change.execute("INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('o', '9999_later', '')")
    with pytest.raises(CannotOpen, match="another schema"):
        await view.fetch(COUNT)
    view.close()
    await store.close()
