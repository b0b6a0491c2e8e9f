"""Ways to look at a page as it stands: with axe-core in light and dark, and whether everything fits."""

from __future__ import annotations

import json
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

from tests.journeys.pictures import picture
from tests.journeys.visitors import Visitor

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Dark differs from light in nothing but its colours.
RUN = {"light": {"type": "tag", "values": TAGS}, "dark": {"type": "rule", "values": ["color-contrast"]}}
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


async def what_does_not_fit(page: Page, name: str) -> list[str]:
    await picture(page, name)
    sizes = await page.evaluate("() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    found = [f"{name}: {sizes[0]} wide in a window of {sizes[1]}"] if sizes[0] > sizes[1] else []
    found += [f"{name}: sticks out: {node}" for node in await page.evaluate(TOO_WIDE)]
    return found + [f"{name}: is cut off: {node}" for node in await page.evaluate(CUT)]
