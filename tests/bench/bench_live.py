"""How soon live pages hear of an idea: `python -m tests.bench.bench_live [CLIENTS]`, 2,000 unless given.

One server process with so many open event streams of one jam, read by another process over loopback. Ideas are posted
through the services; printed are the delays from each commit to its arrival at each client. The floor, in the same
run with as many clients: a bare aiohttp server that writes the same bytes to each of its streams in turn.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import re
import resource
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

from aiohttp import web

from server.keys import HOUSE
from server.services import forums, ideas, people
from server.services.house import House
from tests.web.pages.conftest import _found, make_house
from web.keys import HUB
from web.live import frame
from web.session import cookie_name
from web.setup import add_web

EVENTS = 30
APART = 0.7
PATIENCE = 30.0
ARRIVAL = re.compile(rb'event: arrival\ndata: [^\n]*"id": "([0-9a-f]{32})"')


def allow_files() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard != resource.RLIM_INFINITY else 65_536, hard))


def serve(folder: str, told: Connection) -> None:
    """The server's process: says where it listens, then posts when told to and answers with id → moment of commit."""
    allow_files()
    asyncio.run(_serve(Path(folder), told))


async def _serve(folder: Path, told: Connection) -> None:
    await _found(folder)
    house = await make_house(folder)
    app = web.Application()
    app[HOUSE] = house
    add_web(app)
    bare = Bare()
    app.router.add_get("/bare", bare.answer)
    app.on_shutdown.append(bare.end)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=4096)
    await site.start()
    begun = await people.sign_in_by_link(house, await people.make_link(house, await people.person(house, "jonas")))
    told.send((runner.addresses[0][1], f"{cookie_name(house.addresses.inside_url)}={begun.cookie}"))
    loop = asyncio.get_running_loop()
    while (wanted := await loop.run_in_executor(None, told.recv)) is not None:
        if wanted == "how many":
            told.send((app[HUB].listeners, len(bare.streams)))
        else:
            used = time.process_time()
            sent = await (bare.tell() if wanted == "bare" else _post(house))
            told.send((sent, time.process_time() - used))
    await runner.cleanup()
    await house.store.close()


async def _post(house: House) -> dict[str, float]:
    mara = await people.person(house, "mara")
    forum = next(one for one in await forums.list_forums(house, mara) if one.slug == "open-floor")
    sent = {}
    for number in range(EVENTS):
        made = await ideas.post_idea(house, mara, forum, f"Number {number}", "Words.")
        sent[made.id] = time.monotonic()
        await asyncio.sleep(APART)
    return sent


class Bare:
    """A stream server that knows nobody and asks for nothing."""

    def __init__(self) -> None:
        self.streams: list[web.StreamResponse] = []
        self._over = asyncio.Event()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b": open\n\n")
        self.streams.append(response)
        await self._over.wait()
        return response

    async def tell(self) -> dict[str, float]:
        sent = {}
        for number in range(EVENTS):
            told = frame("arrival", f'{{"kind": "idea", "id": "{number:032x}", "thread": "{number:032x}"}}', number)
            sent[f"{number:032x}"] = time.monotonic()
            for stream in self.streams:
                await stream.write(told)
            await asyncio.sleep(APART)
        return sent

    async def end(self, _app: web.Application) -> None:
        self._over.set()


class Client(asyncio.Protocol):
    """One open stream; notes when each idea arrived."""

    def __init__(self, request: bytes, arrived: list[tuple[str, float]]) -> None:
        self._request, self._arrived, self._rest = request, arrived, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        transport.write(self._request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        now, text = time.monotonic(), self._rest + data
        end = 0
        for found in ARRIVAL.finditer(text):
            self._arrived.append((found[1].decode(), now))
            end = found.end()
        self._rest = text[end:][-400:]

    def close(self) -> None:
        self._transport.close()


async def listen(
    port: int, path: str, cookie: str, count: int, ask: Connection, which: str
) -> tuple[dict[str, float], list[tuple[str, float]], float]:
    """Open so many streams, have the events sent, and return when each was sent and when it arrived where."""
    arrived: list[tuple[str, float]] = []
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n".encode()
    loop, clients = asyncio.get_running_loop(), list[Client]()
    for _ in range(count):
        _transport, client = await loop.create_connection(lambda: Client(request, arrived), "127.0.0.1", port)
        clients.append(client)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        ask.send("how many")
        if (await asyncio.to_thread(ask.recv))[which == "bare"] == count:
            break
        await asyncio.sleep(0.2)
    await asyncio.sleep(2)
    ask.send(which)
    sent, used = await asyncio.to_thread(ask.recv)
    await asyncio.sleep(2)
    for client in clients:
        client.close()
    return sent, arrived, used


def tell(name: str, count: int, sent: dict[str, float], arrived: list[tuple[str, float]], used: float) -> float:
    delays = sorted(1000 * (at - sent[id_]) for id_, at in arrived if id_ in sent)
    if not delays:
        sys.exit(f"{name}: nothing arrived.")
    p50, p99 = delays[len(delays) // 2], delays[int(0.99 * len(delays))]
    print(
        f"{name}, {count:,} clients: p50 {p50:.0f} ms, p99 {p99:.0f} ms, most {delays[-1]:.0f} ms; {len(delays):,} of"
        f" {count * len(sent):,} arrived; {1000 * used / len(sent):.0f} ms of processor time an event",
        flush=True,
    )
    return p99


async def main(count: int) -> None:
    allow_files()
    with tempfile.TemporaryDirectory() as folder:
        here, there = multiprocessing.Pipe()
        process = multiprocessing.get_context("spawn").Process(target=serve, args=(folder, there))
        process.start()
        try:
            port, cookie = await asyncio.to_thread(here.recv)
            bare = tell("bare aiohttp", count, *await listen(port, "/bare", "", count, here, "bare"))
            ours = tell("live pages", count, *await listen(port, "/jams/better/stream", cookie, count, here, "live"))
            print(f"p99 is {ours / bare:.1f} × that of the bare server")
            here.send(None)
            process.join(20)
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000))
