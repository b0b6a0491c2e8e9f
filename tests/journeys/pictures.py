"""Pictures of a journey, kept as artefacts: as it is, dark, at 320 pixels, and from right to left.

They are taken when they are asked for, by `make test PICTURES=1`: nobody is told anything by them that is not looked
at, and they take as long as all else that is done with a page.
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
    """Wait until a page is drawn; keep a picture of it, as JPEG, where pictures are wanted.

    A browser that is short of memory may take none at first; the page is not to blame.
    """
    await page.evaluate(DRAWN)
    if not WANTED:
        return
    SCREENS.mkdir(parents=True, exist_ok=True)
    for left in reversed(range(TRIES)):
        try:
            await page.screenshot(path=SCREENS / f"{name}.jpg", type="jpeg", quality=85, full_page=full_page)
        except Error as error:
            if not left or "Unable to capture screenshot" not in str(error):
                raise
        else:
            return


async def shoot(visitor: Visitor, name: str) -> None:
    """Leave four pictures of the page as it stands, where they are wanted; what was typed and opened stays so."""
    if not WANTED:
        await visitor.page.evaluate(DRAWN)
        return
    page, size = visitor.page, visitor.page.viewport_size
    await picture(page, name)
    await page.emulate_media(color_scheme="dark")
    await picture(page, f"{name}-dark")
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size({"width": 320, "height": 640})
    await picture(page, f"{name}-320")
    before = await page.evaluate("() => document.documentElement.dir")
    await page.evaluate(TURN, "rtl")
    await picture(page, f"{name}-320-rtl")
    await page.evaluate(TURN, before)
    if size:
        await page.set_viewport_size(size)
