"""Pictures kept as artefacts: of a journey as it is, dark, at 320 pixels, and from right to left.

Those of journeys are always taken. Those of each page in turn are taken when they are asked for, by
`make test PICTURES=1`: they take as long as all else that is done with a page.
"""

from __future__ import annotations

import os
from pathlib import Path

from playwright.async_api import Error, Page

from tests.journeys.visitors import Visitor

SCREENS = Path(__file__).resolve().parents[2] / "artefacts" / "screens"
TURN = "(direction) => { document.documentElement.dir = direction; }"
# A page is looked at once its letters are there and it was drawn: a picture waits for the same.
DRAWN = """() => document.fonts.ready.then(() => new Promise((done) => {
    requestAnimationFrame(() => requestAnimationFrame(() => done()));
}))"""
WANTED = bool(os.environ.get("MARMALADE_TEST_PICTURES"))
TRIES = 3


async def picture(page: Page, name: str, *, full_page: bool = True) -> None:
    """Wait until a page is drawn; keep a picture of it where pictures of all pages are wanted."""
    await page.evaluate(DRAWN)
    if WANTED:
        await _keep(page, name, full_page)


async def shoot(visitor: Visitor, name: str) -> None:
    """Leave four pictures of the page as it stands; what was typed and opened stays as it is."""
    page, size = visitor.page, visitor.page.viewport_size
    await page.evaluate(DRAWN)
    await _keep(page, name)
    await page.emulate_media(color_scheme="dark")
    await _keep(page, f"{name}-dark")
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size({"width": 320, "height": 640})
    await _keep(page, f"{name}-320")
    before = await page.evaluate("() => document.documentElement.dir")
    await page.evaluate(TURN, "rtl")
    await _keep(page, f"{name}-320-rtl")
    await page.evaluate(TURN, before)
    if size:
        await page.set_viewport_size(size)


async def _keep(page: Page, name: str, full_page: bool = True) -> None:
    # A browser that is short of memory may take none at first; the page is not to blame.
    SCREENS.mkdir(parents=True, exist_ok=True)
    for left in reversed(range(TRIES)):
        try:
            await page.screenshot(path=SCREENS / f"{name}.jpg", type="jpeg", quality=85, full_page=full_page)
        except Error as error:
            if not left or "Unable to capture screenshot" not in str(error):
                raise
        else:
            return
