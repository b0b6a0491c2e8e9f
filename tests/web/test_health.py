"""Alive, ready, and how it is doing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from federation.outside.released import Sealer
from federation.outside.store import LEDGER, Outside
from server.database import Database
from server.domain.uris import Addresses
from server.keys import HOUSE
from server.services import people, rules
from server.services.house import House
from web.api.setup import add_api
from web.health import ENDING, add_health

ADDRESSES = Addresses("http://edge.acme.example", "http://inside.acme.example")
Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    store = await Database.open(tmp_path / "in.sqlite", "server.storage.rows", migrations="server.storage.migrations")
    house = House(store, "Acme", ADDRESSES)
    await rules.found_rules(house)
    yield house
    await store.close()


@pytest.fixture
async def outside(tmp_path: Path) -> AsyncIterator[Outside]:
    path, rows = tmp_path / "out.sqlite", "federation.outside.rows"
    store = await Database.open(path, rows, migrations="federation.outside.migrations")
    yield Outside(store, Sealer(b"r" * 32), ADDRESSES, "Acme", b"s" * 32)
    await store.close()


@pytest.fixture
async def client(house: House, outside: Outside) -> AsyncIterator[Client]:
    app = web.Application()
    app[HOUSE] = house
    app[LEDGER] = outside.ledger
    add_api(app)
    add_health(app)
    client: Client = TestClient(TestServer(app))
    await client.start_server()
    yield client
    await client.close()


async def text_of(client: Client, path: str, status: int = 200) -> str:
    async with client.get(path) as answer:
        assert answer.status == status
        return await answer.text()


async def test_a_running_process_is_alive_and_ready_without_a_token(client: Client):
    assert await text_of(client, "/livez") == "ok\n"
    assert await text_of(client, "/readyz") == "ok\n"


async def test_a_process_on_its_way_out_is_alive_but_not_ready(client: Client):
    client.app[ENDING].set()
    assert await text_of(client, "/livez") == "ok\n"
    assert await text_of(client, "/readyz", 503) == "shutting down\n"


async def test_a_process_without_its_store_is_not_ready(client: Client, house: House):
    await house.store.close()
    assert await text_of(client, "/livez") == "ok\n"
    await text_of(client, "/readyz", 503)


async def test_requests_are_counted_by_route_and_status_without_any_id(client: Client, house: House):
    token = await people.make_token(house, await people.add_member(house, "ada", role="admin"))
    for _ in range(2):
        await client.get("/api/v1/ideas/0123456789abcdef", headers={"Authorization": f"Bearer {token}"})
    await client.get("/api/v1/jams")
    await client.get("/nowhere")
    said = await text_of(client, "/metrics")
    assert 'marmalade_requests_total{method="GET",route="/api/v1/ideas/{id}",status="404"} 2.0' in said
    assert 'marmalade_requests_total{method="GET",route="/api/v1/jams",status="401"} 1.0' in said
    assert 'route="none",status="404"' in said
    assert "0123456789abcdef" not in said
    assert "ada" not in said


async def test_the_log_the_queue_and_the_gates_lag_are_told(client: Client, house: House):
    await people.add_member(house, "ada")
    said = await text_of(client, "/metrics")
    assert "marmalade_events 2.0" in said
    assert "marmalade_gate_lag_events 2.0" in said
    assert "marmalade_holds_waiting 0.0" in said
    assert 'marmalade_streams{kind="api"} 0.0' in said
