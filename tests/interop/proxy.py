"""The proxies with TLS in front of every server, which write down what passes between them."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

# The journeys' own requests, and those of our server to itself: not written to the log.
_OUR_OWN = ("Python/",)
_HOP_BY_HOP = ("connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer")


@dataclass(frozen=True)
class Exchange:
    """One request to a host, and how it was answered. `form` is how it was signed: cavage, rfc9421 or ""."""

    host: str
    method: str
    path: str
    form: str
    agent: str
    status: int
    said: str
    answered: str

    @property
    def activity(self) -> dict[str, object]:
        try:
            found = json.loads(self.said)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


@dataclass
class Proxies:
    """`await open(host, address, port)` puts a proxy in front of a port. `passed` is what passed, in order."""

    tls: ssl.SSLContext
    log: Path
    passed: list[Exchange] = field(default_factory=list)
    _runners: list[web.AppRunner] = field(default_factory=list)
    _session: aiohttp.ClientSession | None = None

    async def open(self, host: str, address: str, port: int) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar(), timeout=aiohttp.ClientTimeout(total=90)
            )
        session = self._session

        async def carry(request: web.Request) -> web.Response:
            return await self._carry(session, request, host, port)

        app = web.Application(client_max_size=8_000_000)
        app.router.add_route("*", "/{path:.*}", carry)
        runner = web.AppRunner(app, access_log=None, auto_decompress=False, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, address, 443, ssl_context=self.tls).start()
        self._runners.append(runner)

    async def close(self) -> None:
        for runner in self._runners:
            await runner.cleanup()
        if self._session is not None:
            await self._session.close()

    async def _carry(self, session: aiohttp.ClientSession, request: web.Request, host: str, port: int) -> web.Response:
        headers = CIMultiDict((k, v) for k, v in request.headers.items() if k.lower() not in _HOP_BY_HOP)
        headers["X-Forwarded-Proto"], headers["X-Forwarded-For"] = "https", "127.0.0.1"
        headers["X-Forwarded-Host"] = host
        body = await request.read()
        url = URL(f"http://127.0.0.1:{port}{request.raw_path}", encoded=True)
        try:
            async with session.request(
                request.method,
                url,
                headers=headers,
                data=body or None,
                allow_redirects=False,
                skip_auto_headers=("Content-Type", "Accept", "Accept-Encoding", "User-Agent"),
            ) as answer:
                said = await answer.read()
                status, back = answer.status, CIMultiDict(answer.headers)
        except (aiohttp.ClientError, TimeoutError) as error:
            status, back, said = 502, CIMultiDict(), str(error).encode()
        for name in (*_HOP_BY_HOP, "content-length"):
            back.popall(name, None)
        self._note(request, host, status, body, said if "content-encoding" not in back else b"")
        return web.Response(status=status, headers=back, body=said)

    def _note(self, request: web.Request, host: str, status: int, body: bytes, said: bytes) -> None:
        form = "rfc9421" if "signature-input" in request.headers else "cavage" if "signature" in request.headers else ""
        exchange = Exchange(
            host,
            request.method,
            request.raw_path,
            form,
            request.headers.get("user-agent", ""),
            status,
            body.decode("utf-8", "replace"),
            said.decode("utf-8", "replace")[:4000],
        )
        self.passed.append(exchange)
        if any(exchange.agent.startswith(one) for one in _OUR_OWN):
            return
        with self.log.open("a") as file:
            file.write(f"{request.method} {host}{request.raw_path} {form or '-'} {exchange.agent[:40]!r} {status}\n")
            for part in (exchange.said, exchange.answered if status >= 300 else ""):
                if part:
                    file.write(f"    {part[:3000]}\n")
