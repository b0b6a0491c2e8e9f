"""Every page of the inside and of the edge, in light and dark: nothing that axe-core complains of (WCAG 2.2 AA)."""

from __future__ import annotations

import json
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

from tests.journeys.conftest import Arrive
from tests.journeys.organisations import Floor, Organisation
from tests.journeys.pages_of_acme import Swing, fill
from tests.journeys.pictures import SCREENS, picture
from tests.journeys.visitors import Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(400),
    pytest.mark.asyncio(loop_scope="session"),
]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Dark differs from light in nothing but its colours.
RUN = {"light": {"type": "tag", "values": TAGS}, "dark": {"type": "rule", "values": ["color-contrast"]}}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def swing(acme: Organisation, floor: Floor) -> Swing:
    SCREENS.mkdir(parents=True, exist_ok=True)
    return await fill(acme, floor)


async def complaints(visitor: Visitor, name: str) -> list[str]:
    """What axe-core says about the page as it stands, in light and in dark; leaves a picture of each."""
    found: list[str] = []
    for scheme, rules in RUN.items():
        await visitor.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        await picture(visitor.page, f"{name}-{scheme}", full_page=scheme == "light")
        for violation in await violations(visitor.page, rules):
            nodes = json.dumps([[node["target"], node["failureSummary"]] for node in violation["nodes"][:3]])
            found.append(f"{name} in {scheme}: {violation['id']}: {violation['help']}\n    {nodes}")
    return found


async def violations(page: Page, rules: dict[str, Any]) -> list[dict[str, Any]]:
    """Let axe-core look; it is brought to each document once."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    run = "(options) => axe.run(options).then((found) => found.violations)"
    found: list[dict[str, Any]] = await page.evaluate(run, options)
    return found


async def test_axe_finds_no_fault_on_any_page_of_the_inside(acme: Organisation, swing: Swing, arrive: Arrive) -> None:
    morgan = await arrive(acme, reduced_motion="reduce")
    await morgan.sign_in("morgan")
    found: list[str] = []
    for name, path in swing.inside.items():
        await morgan.visit(path)
        found += await complaints(morgan, name)
    assert not found, "\n".join(found)


async def test_axe_finds_no_fault_at_the_door_nor_on_the_edge(acme: Organisation, swing: Swing, arrive: Arrive) -> None:
    nobody, stranger = await arrive(acme, reduced_motion="reduce"), await arrive(acme, outside=True)
    found: list[str] = []
    for name, (path, status) in swing.refused.items():
        with nobody.refused_with(status):
            await nobody.visit(path)
        found += await complaints(nobody, name)
    for name, path in swing.edge.items():
        await stranger.visit(path)
        found += await complaints(stranger, name)
    assert not found, "\n".join(found)
