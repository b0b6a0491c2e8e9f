"""The demo's people as clients of the JSON API, each with a bearer token, as a script of yours would be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson

from federation.transport import Transport, TransportError
from server.demo.sites import Site
from server.domain.errors import Refusal

T = TypeVar("T")
Answer = dict[str, Any]
PAUSE = 0.05


class Refused(Refusal):
    """The API answered with a problem: `status` is its HTTP status, `said` its words."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(f"HTTP {status}: {said}")
        self.status = status
        self.said = said


class TooSlow(Refusal):
    """What was waited for did not come in time."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of one organisation, with what they sign in by."""

    site: Site
    username: str
    name: str
    unit: str
    token: str
    transport: Transport

    async def get(self, path: str) -> Answer:
        return await self.ask("GET", path)

    async def post(self, path: str, **body: object) -> Answer:
        return await self.ask("POST", path, orjson.dumps(body))

    async def put(self, path: str, body: bytes = b"", kind: str = "application/json") -> Answer:
        return await self.ask("PUT", path, body, kind)

    async def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> Answer:
        """Send one request below /api/v1; raise Refused for a problem, TransportError for no answer."""
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = kind
        answer = await self.transport.send(method, f"{self.site.inside_url}/api/v1{path}", headers, body)
        made: Answer = orjson.loads(answer.body) if answer.body.startswith(b"{") else {}
        if answer.status >= 400:
            raise Refused(answer.status, str(made.get("detail") or answer.body[:300]))
        return made

    async def list(self, path: str, most: int = 2000) -> list[Answer]:
        """Read all pages of a list."""
        found: list[Answer] = []
        joint, after = "&" if "?" in path else "?", ""
        while len(found) < most:
            page = await self.get(f"{path}{joint}limit=200{after}")
            found += page["data"]
            if not page["next"]:
                break
            after = f"&after={page['next']}"
        return found


async def until(what: str, look: Callable[[], Awaitable[T | None]], seconds: float = 20.0) -> T:
    """Look again and again until there is something; raise TooSlow with `what` and the last problem."""
    end = asyncio.get_running_loop().time() + seconds
    problem = ""
    while True:
        try:
            found = await look()
            problem = ""
        except (Refused, TransportError) as error:
            found, problem = None, f" (last answer: {error})"
        if found:
            return found
        if asyncio.get_running_loop().time() > end:
            raise TooSlow(f"{what}: not within {seconds:.0f} s{problem}")
        await asyncio.sleep(PAUSE)
