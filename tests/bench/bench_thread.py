"""How quickly a long thread is read: `python -m tests.bench.bench_thread [REPLIES]`, 2,000 unless given.

A public forum's idea with so many replies, half of them answers to others, of about 60 words each, served by a
process of its own. Printed:

- time to first byte of its pages, asked for one by one over loopback by somebody who is signed in, beside the floor:
  the same template rendered and sent once more by the same server from the fragments that it keeps, nothing read;
- until it is loaded and drawn in Chromium at a fourth of this machine's speed (CDP Emulation.setCPUThrottlingRate);
- the weight of the main pages, plain and compressed, with what they load.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import multiprocessing
import random
import re
import shutil
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any

from aiohttp import ClientSession, web
from playwright.async_api import BrowserContext, async_playwright

from server.domain.ideas import Contribution
from server.keys import HOUSE
from server.services import forums, ideas, people
from server.services.house import House
from tests.journeys.conftest import FLAGS
from tests.web.pages.conftest import _found, make_house
from web import answers
from web.health import add_health
from web.keys import TEMPLATES
from web.session import cookie_name
from web.setup import add_web

ROUNDS = 30
#: Under an address that knows no session.
FLOOR = "/livez/floor"
LOADS = 7
#: Seconds that a new window is left alone.
SETTLES = 2
SLOWED = 4
SENTENCE = "we could try this in the depot near the river because people there know what waits and why it does"
LINKED = re.compile(r'(?:href|src|content)="(/static/[^"#]+)')


async def fill(house: House, count: int) -> Contribution:
    """Write the thread; half of the replies answer others, each fifth says that it is a question."""
    mara, jonas = await people.person(house, "mara"), await people.person(house, "jonas")
    forum = next(one for one in await forums.list_forums(house, mara) if one.slug == "open-floor")
    idea = await ideas.post_idea(house, mara, forum, "Root", "Words")
    chance, made = random.Random(4), [idea]
    for at in range(count):
        above = chance.choice(made) if chance.random() < 0.5 else idea
        text = " ".join(chance.choices(SENTENCE.split(), k=60))
        made.append(await ideas.reply(house, (mara, jonas)[at % 2], above, text, intent="" if at % 5 else "question"))
    return idea


def serve(folder: str, count: int, told: Connection) -> None:
    """The server's process: says where it listens, what to ask for and with which cookie, and serves until it ends."""
    asyncio.run(_serve(Path(folder), count, told))


async def _serve(folder: Path, count: int, told: Connection) -> None:
    await _found(folder)
    house = await make_house(folder)
    idea = await fill(house, count)
    app = web.Application()
    app[HOUSE] = house
    add_web(app)
    add_health(app)
    floor = Floor()
    app.router.add_get(FLOOR, floor.answer)
    app[TEMPLATES].render = floor.listen(app[TEMPLATES].render)  # type: ignore[method-assign]
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    begun = await people.sign_in_by_link(house, await people.make_link(house, await people.person(house, "jonas")))
    port = runner.addresses[0][1]
    cookie = f"{cookie_name(house.addresses.inside_url)}={begun.cookie}"
    told.send((f"http://127.0.0.1:{port}", f"/ideas/{idea.id}", f"/forums/{idea.forum_id}", cookie))
    await asyncio.get_running_loop().run_in_executor(None, told.recv)
    await runner.cleanup()
    await house.store.close()


class Floor:
    """Renders the page that was drawn last once more, from the fragments that are kept: nothing is read or asked."""

    def __init__(self) -> None:
        self._render: Any = None
        self._kept: tuple[str, dict[str, Any]] = ("", {})

    def listen(self, render: Any) -> Any:
        self._render = render

        def rendered(name: str, /, **values: Any) -> str:
            if name == "thread.html":
                self._kept = (name, values)
            text: str = render(name, **values)
            return text

        return rendered

    async def answer(self, _request: web.Request) -> web.Response:
        name, values = self._kept
        return answers.html(self._render(name, **values))


async def first_byte(client: ClientSession, url: str, cookie: str, encoding: str) -> tuple[float, float, int]:
    """Return the milliseconds until the first byte and until the last, and how many bytes there were."""
    began = time.perf_counter()
    async with client.get(url, headers={"Cookie": cookie, "Accept-Encoding": encoding}) as answer:
        assert answer.status == 200, answer.status
        first = time.perf_counter() - began
        body = await answer.content.read()
    return 1000 * first, 1000 * (time.perf_counter() - began), len(body)


async def against_floor(origin: str, pages: dict[str, str], cookie: str) -> None:
    async with ClientSession(auto_decompress=False) as client:
        for encoding in ("identity", "gzip"):
            for name, path in pages.items():
                ours, floors, size = [], [], 0
                for _ in range(ROUNDS):
                    first, _, size = await first_byte(client, origin + path, cookie, encoding)
                    ours.append(first)
                    floors.append((await first_byte(client, origin + FLOOR, "", encoding))[0])
                print(
                    f"{name}, {encoding}: first byte after {median(ours):.1f} ms (p95 {_p95(ours):.1f}), bare render of"
                    f" its fragments {median(floors):.1f} ms: {median(ours) / median(floors):.1f} ×;"
                    f" {size / 1000:,.0f} kB",
                    flush=True,
                )


def _p95(values: list[float]) -> float:
    return sorted(values)[int(0.95 * len(values))]


async def in_chromium(origin: str, pages: dict[str, str], cookie: str) -> None:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        print("No Chromium here: loading was not measured.")
        return
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        for name, page in pages.items():
            for cold in (True, False):
                took = []
                context = await browser.new_context(extra_http_headers={"Cookie": cookie})
                for _ in range(LOADS):
                    if cold:
                        await context.close()
                        context = await browser.new_context(extra_http_headers={"Cookie": cookie})
                    took.append(await _load(context, origin + page))
                await context.close()
                loaded, drawn, elements = (median(column) for column in zip(*took, strict=True))
                print(
                    f"{name} in Chromium, {SLOWED} × slowed, {'first visit' if cold else 'files kept'}: loaded after"
                    f" {loaded:.0f} ms (first paint {drawn:.0f}), {elements:,.0f} elements",
                    flush=True,
                )
        await browser.close()


async def _load(context: BrowserContext, url: str) -> tuple[float, float, int]:
    """Return the milliseconds until a page's load event and first paint, and how many elements it has."""
    page = await context.new_page()
    # A new window makes Chromium start pages of its own, which is none of ours: whoever reads has one open.
    await asyncio.sleep(SETTLES)
    session = await context.new_cdp_session(page)
    await session.send("Performance.enable", {"timeDomain": "threadTicks"})
    await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    await page.goto(url, wait_until="load")
    told = json.loads(
        await page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => setTimeout(() => done(JSON.stringify(["
            "performance.getEntriesByType('navigation')[0].loadEventEnd,"
            "(performance.getEntriesByName('first-contentful-paint')[0] || {startTime: 0}).startTime,"
            "document.getElementsByTagName('*').length])), 50)))"
        )
    )
    await page.close()
    return told[0], told[1], told[2]


async def weigh(origin: str, pages: dict[str, str], cookie: str) -> None:
    """Print what each page and what it loads weigh, in kB plain and compressed as served."""
    async with ClientSession(auto_decompress=False) as client:
        for name, path in pages.items():
            async with client.get(origin + path, headers={"Cookie": cookie, "Accept-Encoding": "gzip"}) as answer:
                body = await answer.read()
            text = gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body
            weights: dict[str, list[int]] = {kind: [0, 0] for kind in ("html", "css", "js", "rest")}
            weights["html"] = [len(text), len(body)]
            for url in sorted(set(LINKED.findall(text.decode()))):
                async with client.get(origin + url, headers={"Accept-Encoding": "gzip"}) as answer:
                    sent = await answer.read()
                plain = gzip.decompress(sent) if answer.headers.get("Content-Encoding") == "gzip" else sent
                kind = url.rsplit(".", 1)[1]
                found = weights[kind if kind in weights else "rest"]
                found[0] += len(plain)
                found[1] += len(sent)
            told = ", ".join(f"{kind} {a / 1000:.0f} ({b / 1000:.0f})" for kind, (a, b) in weights.items())
            print(f"{name}: kB plain (as sent): {told}", flush=True)


async def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        here, there = multiprocessing.Pipe()
        process = multiprocessing.get_context("spawn").Process(target=serve, args=(folder, count, there))
        process.start()
        try:
            origin, thread, forum, cookie = await asyncio.to_thread(here.recv)
            pages = {f"{count:,} replies, as branches": thread, "by time": f"{thread}?order=oldest"}
            await against_floor(origin, pages, cookie)
            await in_chromium(origin, pages, cookie)
            others = {"home": "/", "lobby": "/jams/better", "forum": forum, "board": "/jams/better/board"}
            await weigh(origin, {**pages, **others, "search": "/search?q=depot", "sign in": "/sign-in"}, cookie)
            here.send(None)
            process.join(20)
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000))
