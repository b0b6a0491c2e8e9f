"""Take the README's pictures from the running demo: `python -m tools.pictures`, or `make pictures`.

Starts `python -m server demo` in a temporary folder on ports of its own, waits until the jam is lively, and
photographs four pages of Acme with Chromium. The pictures are PNG files below 250 KB in docs/pictures/.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import re
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, async_playwright

from server.demo.jam import SLUG
from server.demo.people import PASSWORD

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
LARGEST = 250_000
# Milliseconds for what the page asked after the last key to come back and be drawn.
SETTLED = 1_500
WINDOW = {"width": 1280, "height": 800}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
IDEA = "Lend the park to the schools on weekday mornings"
TEXT = "Classes would plant the beds, and *the whole town* would walk past them all summer."


@contextlib.asynccontextmanager
async def demo(port: int, lively: int) -> AsyncIterator[None]:
    """Run the demo until `lively` statements were made and themes are drawn; end it on the way out."""
    with tempfile.TemporaryDirectory() as home:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "server", "demo", "--home", home),
            *("--port-base", str(port), "--speed", "200"),
            cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        assert process.stdout is not None
        try:
            async with asyncio.timeout(600):
                await _wait_until_lively(process.stdout, lively)
            drain = asyncio.create_task(process.stdout.read())
            yield
            drain.cancel()
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _wait_until_lively(said: asyncio.StreamReader, lively: int) -> None:
    while line := (await said.readline()).decode("utf-8", "replace"):
        counted = re.search(r"(\d+) of \d+ statements", line)
        if counted:
            print(line.strip())
        if counted and int(counted[1]) >= lively and "themes" in line:
            return
    raise SystemExit("The demo ended before its jam was lively; run `python -m server demo` to see why.")


async def photograph(browser: Browser, inside: str) -> None:
    """Take all pictures: the lobby and the composer as Riley, the board and the boundary as Morgan."""
    riley = await sign_in(browser, inside, "riley")
    await riley.goto(f"{inside}/jams/{SLUG}")
    await take(riley, "lobby")
    await write_an_idea(riley)
    morgan = await sign_in(browser, inside, "morgan")
    await morgan.goto(f"{inside}/jams/{SLUG}/board")
    await morgan.wait_for_selector("#pace canvas")
    await take(morgan, "board", height=1700)
    await morgan.goto(f"{inside}/boundary")
    await take(morgan, "boundary", height=900)


async def sign_in(browser: Browser, inside: str, username: str) -> Page:
    context = await browser.new_context(viewport=WINDOW, locale="en-GB", reduced_motion="reduce")  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{inside}/sign-in")
    await page.get_by_label("Username").fill(username)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("heading", name="Jams").wait_for()
    return page


async def write_an_idea(page: Page) -> None:
    """Fill the composer of a forum for partners and open its reasons, without sending."""
    await page.get_by_role("link", name="Learning and work").first.click()
    await page.get_by_label("Your idea in one line").fill(IDEA)
    await page.get_by_label("What would it change, and for whom?").fill(TEXT)
    await page.get_by_label("Label").select_option("CLEAR")
    await page.get_by_role("button", name="Post to Acme and Globex").wait_for()
    await page.locator("#similar-idea li").first.wait_for()
    await page.get_by_text("Why?").click()
    await take(page, "composer", height=1000, around=page.locator("form.composer"))


async def take(page: Page, name: str, *, height: int = 800, around: Locator | None = None) -> None:
    """Write one picture of the window, or of what is around a part of it; raise SystemExit where it grows too large."""
    await page.set_viewport_size({"width": WINDOW["width"], "height": height})
    await page.wait_for_load_state("load")
    await page.evaluate("() => document.fonts.ready.then(() => true)")
    await page.wait_for_timeout(SETTLED)
    path = PICTURES / f"{name}.png"
    box = await around.bounding_box() if around else None
    if box is None:
        await page.screenshot(path=path)
    else:
        sides = {"x": box["x"] - 20, "y": box["y"] - 20, "width": box["width"] + 40, "height": box["height"] + 40}
        await page.screenshot(path=path, full_page=True, clip=sides)  # type: ignore[arg-type]
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}: {size / 1000:.0f} KB")
    if size > LARGEST:
        raise SystemExit(f"{path} is larger than {LARGEST // 1000} KB.")


async def main(port: int, lively: int, inside: str) -> None:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        raise SystemExit("There is no chromium here; `make browser` installs it.")
    PICTURES.mkdir(parents=True, exist_ok=True)
    async with contextlib.AsyncExitStack() as stack:
        if not inside:
            await stack.enter_async_context(demo(port, lively))
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        stack.push_async_callback(browser.close)
        await photograph(browser, inside or f"http://127.0.0.1:{port + 1}")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="Take the README's pictures from the demo.")
    arguments.add_argument("--port-base", type=int, default=18_100, help="where the demo's ports begin")
    arguments.add_argument("--lively", type=int, default=150, help="statements to wait for")
    arguments.add_argument("--inside", default="", help="Acme's inside address of a demo that runs already")
    chosen = arguments.parse_args()
    asyncio.run(main(chosen.port_base, chosen.lively, chosen.inside))
