"""Organisations, and servers elsewhere, for the tests of federation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from federation.signatures import generate_rsa_pem
from server.domain.uris import Addresses
from server.services import rules
from server.services.house import House
from tests.federation.elsewhere import Elsewhere
from tests.federation.home_server import HomeServer
from tests.federation.organisation import Organisation, found, open_store

MakeOrganisation = Callable[..., Awaitable[Organisation]]
MakeElsewhere = Callable[..., Awaitable[Elsewhere]]
OpenHome = Callable[[], Awaitable[HomeServer]]


@pytest.fixture(scope="session")
def blank_organisation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both stores as a new organisation has them, made once: migrations take their time."""
    folder = tmp_path_factory.mktemp("blank_organisation")

    async def make() -> None:
        inside, outside = await open_store(folder, "inside"), await open_store(folder, "outside")
        await rules.found_rules(House(inside, "Blank", Addresses("http://blank.test", "http://inside.test")))
        for store in (inside, outside):
            await store.checkpoint()
            await store.close()

    asyncio.run(make())
    return folder


@pytest.fixture(scope="session")
def key_pairs() -> list[tuple[str, str]]:
    """Key pairs made once: a new one takes a tenth of a second."""
    return [generate_rsa_pem() for _ in range(3)]


@pytest.fixture(scope="session")
def foreign_keys() -> list[rsa.RSAPrivateKey]:
    return [rsa.generate_private_key(65537, 2048) for _ in range(4)]


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


@pytest.fixture
def organise(
    stack: AsyncExitStack, tmp_path: Path, blank_organisation: Path, key_pairs: list[tuple[str, str]]
) -> MakeOrganisation:
    """`await organise("Acme")` founds an organisation."""

    async def make(name: str = "Acme", **more: Any) -> Organisation:
        folder = tmp_path / name
        folder.mkdir()
        return await found(stack, folder, blank_organisation, name, key_pairs, **more)

    return make


@pytest.fixture
def elsewhere(stack: AsyncExitStack, foreign_keys: list[rsa.RSAPrivateKey]) -> MakeElsewhere:
    """`await elsewhere("mastodon")` opens another server."""
    made = [0]

    async def make(software: str | None = None, **more: Any) -> Elsewhere:
        peer = Elsewhere(foreign_keys[made[0] % len(foreign_keys)], software, **more)
        made[0] += 1
        await peer.start()
        stack.push_async_callback(peer.close)
        return peer

    return make


@pytest.fixture
async def acme(organise: MakeOrganisation) -> Organisation:
    return await organise("Acme")


@pytest.fixture
def open_home(stack: AsyncExitStack, foreign_keys: list[rsa.RSAPrivateKey]) -> OpenHome:
    """`await open_home()` starts a server that signs its people in, with ann and bob."""

    async def make() -> HomeServer:
        home = HomeServer(foreign_keys[0], "mastodon")
        await home.start()
        stack.push_async_callback(home.close)
        home.person("ann")
        home.person("bob")
        return home

    return make
