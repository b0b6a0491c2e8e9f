"""Pictures of a journey, kept as artefacts: as it is, dark, at 320 pixels, and from right to left."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.visitors import Visitor

SCREENS = Path(__file__).resolve().parents[2] / "artefacts" / "screens"
TURN = "(direction) => { document.documentElement.dir = direction; }"


async def shoot(visitor: Visitor, name: str) -> None:
    """Leave four pictures of the page as it stands; what was typed and opened stays as it is."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    page, size = visitor.page, visitor.page.viewport_size
    await page.screenshot(path=SCREENS / f"{name}.png", full_page=True)
    await page.emulate_media(color_scheme="dark")
    await page.screenshot(path=SCREENS / f"{name}-dark.png", full_page=True)
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size({"width": 320, "height": 640})
    await page.screenshot(path=SCREENS / f"{name}-320.png", full_page=True)
    before = await page.evaluate("() => document.documentElement.dir")
    await page.evaluate(TURN, "rtl")
    await page.screenshot(path=SCREENS / f"{name}-320-rtl.png", full_page=True)
    await page.evaluate(TURN, before)
    if size:
        await page.set_viewport_size(size)
