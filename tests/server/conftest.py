"""A real inside store, as a new organisation has it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.database import Database
from server.services import rules
from server.services.house import Clock, House
from tests.server.services_world import ADDRESSES, Time, World

ROWS, MIGRATIONS = "server.storage.rows", "server.storage.migrations"


@pytest.fixture(scope="session")
def new_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a new organisation, made once: migrations take their time."""
    path = tmp_path_factory.mktemp("new") / "store.sqlite"

    async def make() -> None:
        store = await Database.open(path, ROWS, migrations=MIGRATIONS)
        await rules.found_rules(House(store, "Acme", ADDRESSES))
        await store.checkpoint()
        await store.close()

    asyncio.run(make())
    return path


@pytest.fixture
async def world(tmp_path: Path, new_store: Path) -> AsyncIterator[World]:
    shutil.copy(new_store, tmp_path)
    store = await Database.open(tmp_path / new_store.name, ROWS, migrations=MIGRATIONS)
    time = Time()
    yield World(House(store, "Acme", ADDRESSES, Clock(time), names_key=b"n" * 32), time)
    await store.close()
