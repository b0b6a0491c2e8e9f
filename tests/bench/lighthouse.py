"""Lighthouse on every page of the inside and the edge: `python -m tests.bench.lighthouse [NAME …]`.

It needs Node 18 or newer, Chromium, and the npm package `lighthouse`, which is no part of this repository:

    mkdir -p /tmp/lighthouse && cd /tmp/lighthouse && npm install --ignore-scripts lighthouse@12.8.2
    LIGHTHOUSE=/tmp/lighthouse/node_modules/.bin/lighthouse python -m tests.bench.lighthouse

The three categories that need no network are asked for: accessibility, best practices, search engines. Pages of the
inside are seen as an admin who may see all of them. NAME narrows the pages; what is below LEAST is told with the
audits that failed, and ends the run with 1. A wall's address is secret and asks search engines to leave it out, so
"is-crawlable" is not asked of walls.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import ClientSession

from server.services import people
from tests.journeys.conftest import FLAGS
from tests.journeys.organisations import Organisation, found, open_a_jam
from tests.journeys.pages_of_acme import fill
from tests.ports import free_ports
from web.session import cookie_name

CATEGORIES = ("accessibility", "best-practices", "seo")
LEAST = 98
SECONDS = 120.0
PLACES = (os.environ.get("LIGHTHOUSE", ""), "/tmp/lighthouse/node_modules/.bin/lighthouse", "lighthouse")


def tool() -> tuple[str, str]:
    """Return where lighthouse and Chromium are, or end with how to get what is missing."""
    lighthouse = next((found for place in PLACES if place and (found := shutil.which(place))), None)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not (lighthouse and chromium and shutil.which("node")):
        sys.exit(f"Node, Chromium and lighthouse are needed:\n{__doc__}")
    return lighthouse, chromium


@contextlib.asynccontextmanager
async def browser(chromium: str, folder: Path) -> AsyncIterator[int]:
    """Chromium without a window; gives the port at which it is told what to do."""
    (port,) = free_ports(1)
    flags = (*FLAGS, "--headless=new", f"--remote-debugging-port={port}", f"--user-data-dir={folder}")
    silent = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(chromium, *flags, stdout=silent, stderr=silent)
    try:
        async with ClientSession() as session:
            for _ in range(100):
                with contextlib.suppress(OSError):
                    await session.get(f"http://127.0.0.1:{port}/json/version")
                    break
                await asyncio.sleep(0.1)
        yield port
    finally:
        process.terminate()
        await process.wait()


async def look(
    lighthouse: str, port: int, url: str, cookie: str, folder: Path
) -> tuple[dict[str, int], list[str]]:
    """Return the score of each category, 0 to 100, and what failed."""
    out = folder / "report.json"
    out.unlink(missing_ok=True)
    process = await asyncio.create_subprocess_exec(
        lighthouse, url, "--quiet", f"--port={port}", f"--only-categories={','.join(CATEGORIES)}", "--output=json",
        f"--output-path={out}", f"--extra-headers={json.dumps({'Cookie': cookie} if cookie else {})}",
        "--preset=desktop", *(["--skip-audits=is-crawlable"] if "/wall/" in url else []),
        "--no-enable-error-reporting", stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        _, said = await asyncio.wait_for(process.communicate(), SECONDS)
    except TimeoutError:
        process.kill()
        return {}, [f"Lighthouse was not done after {SECONDS:.0f} s."]
    if not out.exists():
        return {}, [said.decode(errors="replace")[-300:]]
    report = json.loads(out.read_text())
    scores = {name: round(100 * (report["categories"][name]["score"] or 0)) for name in CATEGORIES}
    failed = []
    for name in CATEGORIES:
        for ref in report["categories"][name]["auditRefs"]:
            audit = report["audits"][ref["id"]]
            if ref["weight"] and audit["score"] is not None and audit["score"] < 1:
                failed.append(f"{name}: {audit['title']}: {_first(audit)}")
    return scores, failed + ([report["runtimeError"]["message"]] if report.get("runtimeError") else [])


def _first(audit: dict[str, object]) -> str:
    details = audit.get("details") or {}
    items = details.get("items", []) if isinstance(details, dict) else []
    return json.dumps(items[:2])[:600]


async def organisation(home: Path) -> tuple[Organisation, dict[str, tuple[str, str]]]:
    """Acme in full swing, and each page by name: its address and the cookie that it is seen with."""
    acme = await found(home, "Acme")
    await acme.add("riley", "Riley Hart", "Customer Care")
    await acme.add("sasha", "Sasha Brandt", "Operations", "facilitator")
    await acme.add("casey", "Casey Lund", "Legal", "reviewer")
    await acme.serve()
    async with acme.house() as house:
        morgan = await people.person(house, acme.admin)
        floor = await open_a_jam(house, morgan)
        begun = await people.sign_in_by_link(house, await people.make_link(house, morgan))
    swing = await fill(acme, floor)
    cookie = f"{cookie_name(acme.inside_url)}={begun.cookie}"
    pages = {name: (acme.inside_url + path, cookie) for name, path in swing.inside.items()}
    pages |= {
        name: (acme.inside_url + path, "") for name, (path, status) in swing.refused.items() if status == 200
    }
    return acme, pages | {name: (acme.edge_url + path, "") for name, path in swing.edge.items()}


async def main(names: list[str]) -> int:
    lighthouse, chromium = tool()
    low = 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        acme, pages = await organisation(folder / "acme")
        try:
            async with browser(chromium, folder / "chromium") as port:
                for name, (url, cookie) in pages.items():
                    if names and name not in names:
                        continue
                    scores, failed = await look(lighthouse, port, url, cookie, folder)
                    fine = bool(scores) and min(scores.values()) >= LEAST
                    low += not fine
                    told = "  ".join(f"{category} {score}" for category, score in scores.items())
                    print(f"{'    ' if fine else 'LOW '}{name:22} {told}", flush=True)
                    for one in failed:
                        print(f"        {one}", flush=True)
        finally:
            await acme.end()
    print(f"{low} pages are below {LEAST} somewhere")
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
