"""Every page at 320 pixels and from right to left: nothing has to be scrolled sideways, nothing is cut off."""

from __future__ import annotations

import pytest
import pytest_asyncio
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
NARROW = {"width": 320, "height": 640}
WIDE = {"width": 1280, "height": 800}
# What a reader would have to scroll sideways for, outside of the places that are made to scroll.
TOO_WIDE = """() => {
    const edge = document.documentElement.clientWidth;
    const inScroller = (node) => node.closest(".scroll, pre, .tabs, .unseen, svg, .skip, noscript");
    const found = [...document.querySelectorAll("body *")].filter((node) => {
        const box = node.getBoundingClientRect();
        return box.width && !inScroller(node) && (box.right > edge + 1 || box.left < -1);
    });
    return found.slice(0, 5).map((node) => node.outerHTML.slice(0, 120));
}"""
# Words that are wider or higher than the box that hides what does not fit.
CUT = """() => [...document.querySelectorAll("h1, h2, h3, p, li, td, th, dd, dt, label, button, a, .badge, .button")]
    .filter((node) => {
        const style = getComputedStyle(node);
        if (style.overflowX === "visible" || node.closest(".unseen, .scroll, .tabs, svg")) return false;
        if (style.getPropertyValue("-webkit-line-clamp") !== "none") return false;
        return node.scrollWidth > node.clientWidth + 1;
    }).slice(0, 5).map((node) => node.outerHTML.slice(0, 120))"""

# Titles that lie on the fruit of a hero, in a window wide enough for both.
ON_THE_FRUIT = """() => [...document.querySelectorAll(".hero h1, .hero h2")].filter((title) => {
    const art = title.closest(".hero").querySelector(".art");
    const range = document.createRange();
    range.selectNodeContents(title);
    const words = range.getBoundingClientRect(), fruit = art ? art.getBoundingClientRect() : {left: 0, right: 0};
    return fruit.right > fruit.left && words.left < fruit.right && words.right > fruit.left;
}).map((title) => title.textContent)"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def swing(acme: Organisation, floor: Floor) -> Swing:
    SCREENS.mkdir(parents=True, exist_ok=True)
    return await fill(acme, floor)


async def what_does_not_fit(page: Page, name: str) -> list[str]:
    await picture(page, name)
    sizes = await page.evaluate("() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    found = [f"{name}: {sizes[0]} wide in a window of {sizes[1]}"] if sizes[0] > sizes[1] else []
    found += [f"{name}: sticks out: {node}" for node in await page.evaluate(TOO_WIDE)]
    return found + [f"{name}: is cut off: {node}" for node in await page.evaluate(CUT)]


async def look_through(visitor: Visitor, paths: dict[str, str], direction: str) -> list[str]:
    found: list[str] = []
    for name, path in paths.items():
        await visitor.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        await visitor.visit(path)
        if direction == "rtl":
            found += await what_does_not_fit(visitor.page, f"{name}-rtl")
            found += [f"{name}: lies on the fruit: {title}" for title in await visitor.page.evaluate(ON_THE_FRUIT)]
        await visitor.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        found += await what_does_not_fit(visitor.page, f"{name}-320{'-rtl' if direction == 'rtl' else ''}")
    return found


async def test_no_page_of_the_inside_is_too_wide_for_a_small_telephone(
    acme: Organisation, swing: Swing, arrive: Arrive
) -> None:
    morgan = await arrive(acme, reduced_motion="reduce")
    await morgan.sign_in("morgan")
    found = await look_through(morgan, swing.inside, "ltr")
    assert not found, "\n".join(found)


async def test_pages_read_from_right_to_left_for_whoever_chooses_so(
    acme: Organisation, swing: Swing, arrive: Arrive
) -> None:
    morgan = await arrive(acme, reduced_motion="reduce")
    await morgan.sign_in("morgan")
    await morgan.page.get_by_label("Your menu").click()
    await morgan.press("Right to left")
    await morgan.page.wait_for_selector("html[dir=rtl]")
    shown = ("home", "lobby", "board", "thread", "forum-public", "settings", "rules", "holds", "ledger", "partners")
    found = await look_through(morgan, {name: swing.inside[name] for name in shown}, "rtl")
    assert not found, "\n".join(found)


async def test_no_page_of_the_edge_nor_the_door_is_too_wide_for_a_small_telephone(
    acme: Organisation, swing: Swing, arrive: Arrive
) -> None:
    nobody, stranger = await arrive(acme), await arrive(acme, outside=True)
    with nobody.refused_with(404):
        found = await look_through(nobody, {name: path for name, (path, _) in swing.refused.items()}, "ltr")
    found += await look_through(stranger, swing.edge, "ltr")
    assert not found, "\n".join(found)
