"""A real Chromium, and organisations as processes. Every journey runs in the session's event loop."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from server.services import people
from tests.journeys.organisations import Floor, Organisation, found, open_a_jam
from tests.journeys.visitors import PATIENCE, Visitor

# For each new window Chromium loads the list of suggestions of an address line that nobody sees, 400 files of its own,
# in a second of processor time. Its last word counts: the others are what Playwright turns off.
TURNED_OFF = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(TURNED_OFF)}",
)
Arrive = Callable[..., Awaitable[Visitor]]
Found = Callable[..., Awaitable[Organisation]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Chromium as the system has it; without it no journey can be walked, and all are skipped, saying so."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("NO BROWSER JOURNEY WAS WALKED: there is no chromium here; `make browser` installs it.")
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def founding(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Found]:
    """`await founding("Acme")` sets an organisation up; its server, once started, ends with the module."""
    made: list[Organisation] = []

    async def make(name: str, **more: Any) -> Organisation:
        home: Path = tmp_path_factory.mktemp(name.lower())
        organisation = await found(home, name, **more)
        made.append(organisation)
        return organisation

    yield make
    for organisation in made:
        await organisation.kill()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def acme(chromium: Browser, founding: Found) -> Organisation:
    """Acme with its people: Morgan the admin, Riley and Sasha, Casey who reviews. Nothing is said yet."""
    organisation = await founding("Acme")
    await organisation.add("riley", "Riley Hart", "Customer Care")
    await organisation.add("sasha", "Sasha Brandt", "Operations", "facilitator")
    await organisation.add("casey", "Casey Lund", "Legal", "reviewer")
    await organisation.serve()
    return organisation


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def floor(acme: Organisation) -> Floor:
    """Acme's jam, open, with a forum for each audience."""
    async with acme.house() as house:
        return await open_a_jam(house, await people.person(house, acme.admin))


@contextlib.asynccontextmanager
async def windows(chromium: Browser) -> AsyncIterator[Arrive]:
    """`await arrive(acme)` opens a browser window of its own; at the end none of them may have complained."""
    visitors: list[Visitor] = []

    async def make(organisation: Organisation, *, outside: bool = False, **more: Any) -> Visitor:
        context = await chromium.new_context(
            viewport={"width": 1280, "height": 800}, locale="en-GB", timezone_id="Europe/Berlin", **more
        )
        home = organisation.edge_url if outside else organisation.inside_url
        visitors.append(await Visitor.arrive(context, home))
        return visitors[-1]

    yield make
    for visitor in visitors:
        await visitor.leave()


@pytest_asyncio.fixture(loop_scope="session")
async def arrive(chromium: Browser) -> AsyncIterator[Arrive]:
    """Windows of a test, closed at its end."""
    async with windows(chromium) as arrive:
        yield arrive
