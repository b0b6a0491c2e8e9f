"""What the tests of the JSON API are made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from federation.outside.store import LEDGER, Outside
from server.domain.actors import Member
from server.domain.uris import Addresses
from server.keys import HOUSE
from server.services.house import House
from web.api.setup import add_api
from web.health import add_health

Client = TestClient[web.Request, web.Application]
Things = dict[str, Any]
MakeForum = Callable[..., Awaitable[Things]]
ADDRESSES = Addresses("http://edge.acme.example", "http://inside.acme.example")
SOON = datetime.now(UTC).replace(microsecond=0)
CHARTER = {
    "question": "How do we pack less?",
    "promise": "The three best are built.",
    "off_limits": "Jobs.",
    "decide_by": "2027-01-31",
}


@dataclass(frozen=True)
class Caller:
    """A person with a token, calling a server."""

    client: Client
    member: Member
    token: str

    async def __call__(self, method: str, path: str, body: object = None, status: int = 0, **more: Any) -> Any:
        """Ask, require a status (0: any success) and return the JSON answered."""
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        given = {"json": body} if body is not None else {}
        async with self.client.request(method, f"/api/v1{path}", headers=headers, **given, **more) as answer:
            text = await answer.text()
            assert answer.status == status or (not status and answer.status < 300), (answer.status, text)
            return None if not text else await answer.json(content_type=None)


Enter = Callable[..., Awaitable[Caller]]


def new_jam(slug: str = "packaging", **changes: object) -> dict[str, object]:
    return {
        "slug": slug,
        "title": "Packaging",
        "charter": CHARTER,
        "opens_at": SOON.isoformat(),
        "closes_at": (SOON + timedelta(days=3)).isoformat(),
        **changes,
    }


async def serve(house: House, outside: Outside | None) -> Client:
    app = web.Application(client_max_size=1_000_000)
    app[HOUSE] = house
    if outside is not None:
        app[LEDGER] = outside.ledger
    add_api(app)
    add_health(app)
    client: Client = TestClient(TestServer(app))
    await client.start_server()
    return client
