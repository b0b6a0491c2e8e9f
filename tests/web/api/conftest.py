"""A whole inside with a real store and a real server, for the tests of the JSON API."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from federation.outside.released import Sealer
from federation.outside.store import Outside
from server.database import Database
from server.domain.actors import Role
from server.services import people, rules
from server.services.house import House
from tests.web.api.api_house import ADDRESSES, Caller, Client, Enter, MakeForum, new_jam, serve


@pytest.fixture(scope="session")
def blank_stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both stores as a new organisation has them, made once: migrations take their time."""
    folder = tmp_path_factory.mktemp("blank")

    async def make() -> None:
        inside = await open_inside(folder)
        await rules.found_rules(House(inside, "Acme", ADDRESSES))
        await inside.checkpoint()
        await inside.close()
        outside = await open_outside(folder)
        await outside.checkpoint()
        await outside.close()

    asyncio.run(make())
    return folder


async def open_inside(folder: Path) -> Database:
    return await Database.open(folder / "inside.sqlite", "server.storage.rows", migrations="server.storage.migrations")


async def open_outside(folder: Path) -> Database:
    return await Database.open(
        folder / "outside.sqlite", "federation.outside.rows", migrations="federation.outside.migrations"
    )


@pytest.fixture
async def house(tmp_path: Path, blank_stores: Path) -> AsyncIterator[House]:
    shutil.copy(blank_stores / "inside.sqlite", tmp_path)
    store = await open_inside(tmp_path)
    yield House(store, "Acme", ADDRESSES, names_key=b"n" * 32)
    await store.close()


@pytest.fixture
async def outside(tmp_path: Path, blank_stores: Path) -> AsyncIterator[Outside]:
    shutil.copy(blank_stores / "outside.sqlite", tmp_path)
    store = await open_outside(tmp_path)
    yield Outside(store, Sealer(b"r" * 32), ADDRESSES, "Acme", b"s" * 32)
    await store.close()


@pytest.fixture
async def client(house: House, outside: Outside) -> AsyncIterator[Client]:
    client = await serve(house, outside)
    yield client
    await client.close()


@pytest.fixture
async def enter(house: House, client: Client) -> Enter:
    """Add a person and let them call: `await enter("ada", role="admin")`."""

    async def add(username: str, role: Role = "member", unit: str = "", name: str = "") -> Caller:
        member = await people.add_member(house, username, name or username.title(), unit, role)
        return Caller(client, member, await people.make_token(house, member))

    return add


@pytest.fixture
async def ada(enter: Enter) -> Caller:
    return await enter("ada", role="admin", unit="R&D")


@pytest.fixture
async def bob(enter: Enter) -> Caller:
    return await enter("bob", unit="Sales")


@pytest.fixture
async def jam(ada: Caller) -> dict[str, Any]:
    await ada("POST", "/jams", new_jam())
    opened: dict[str, Any] = await ada("POST", "/jams/packaging/open")
    return opened


@pytest.fixture
async def make_forum(ada: Caller, jam: dict[str, Any]) -> MakeForum:
    async def make(slug: str = "boxes", audience: str = "public", **more: object) -> dict[str, Any]:
        made: dict[str, Any] = await ada(
            "POST", "/jams/packaging/forums", {"slug": slug, "title": slug.title(), "audience": audience, **more}
        )
        return made

    return make


@pytest.fixture
async def idea(bob: Caller, make_forum: MakeForum) -> dict[str, Any]:
    await make_forum()
    made: dict[str, Any] = await bob("POST", "/forums/boxes/ideas", {"title": "Paper tape", "text": "Use paper tape."})
    return made
