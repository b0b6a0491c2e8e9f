"""Every page of the inside and of the edge, loaded once and looked at in every way.

Nothing that axe-core complains of (WCAG 2.2 AA), in light and dark; at 320 pixels and from right to left nothing has
to be scrolled sideways and nothing is cut off.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.journeys.conftest import Arrive, windows
from tests.journeys.looks import NARROW, ON_THE_FRUIT, WIDE, complaints, what_does_not_fit
from tests.journeys.organisations import Floor, Organisation
from tests.journeys.pages_of_acme import Swing, fill
from tests.journeys.visitors import Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.asyncio(loop_scope="session"),
]


@dataclass(frozen=True)
class Seen:
    """What was found on pages: what axe-core complains of, and what does not fit."""

    complaints: list[str] = field(default_factory=list)
    misfits: list[str] = field(default_factory=list)

    async def look(self, visitor: Visitor, name: str, path: str) -> None:
        """Load a page and look at it, wide and narrow."""
        await visitor.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        await visitor.visit(path)
        self.complaints.extend(await complaints(visitor, name))
        await visitor.page.emulate_media(color_scheme="light")
        await visitor.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        self.misfits.extend(await what_does_not_fit(visitor.page, f"{name}-320"))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def swing(acme: Organisation, floor: Floor) -> Swing:
    return await fill(acme, floor)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def inside(chromium: Browser, acme: Organisation, swing: Swing) -> Seen:
    """What Morgan sees on all pages of the inside."""
    seen = Seen()
    async with windows(chromium) as arrive:
        morgan = await arrive(acme, reduced_motion="reduce")
        await morgan.sign_in("morgan")
        for name, path in swing.inside.items():
            await seen.look(morgan, name, path)
    return seen


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def outside(chromium: Browser, acme: Organisation, swing: Swing) -> Seen:
    """What is seen at the door by nobody in particular, and on the edge by a stranger."""
    seen = Seen()
    async with windows(chromium) as arrive:
        nobody, stranger = await arrive(acme, reduced_motion="reduce"), await arrive(acme, outside=True)
        for name, (path, status) in swing.refused.items():
            with nobody.refused_with(status):
                await seen.look(nobody, name, path)
        for name, path in swing.edge.items():
            await seen.look(stranger, name, path)
    return seen


async def test_axe_finds_no_fault_on_any_page_of_the_inside(inside: Seen) -> None:
    assert not inside.complaints, "\n".join(inside.complaints)


async def test_no_page_of_the_inside_is_too_wide_for_a_small_telephone(inside: Seen) -> None:
    assert not inside.misfits, "\n".join(inside.misfits)


async def test_axe_finds_no_fault_at_the_door_nor_on_the_edge(outside: Seen) -> None:
    assert not outside.complaints, "\n".join(outside.complaints)


async def test_no_page_of_the_edge_nor_the_door_is_too_wide_for_a_small_telephone(outside: Seen) -> None:
    assert not outside.misfits, "\n".join(outside.misfits)


async def test_pages_read_from_right_to_left_for_whoever_chooses_so(
    acme: Organisation, swing: Swing, arrive: Arrive
) -> None:
    morgan = await arrive(acme, reduced_motion="reduce")
    await morgan.sign_in("morgan")
    await morgan.page.get_by_label("Your menu").click()
    await morgan.press("Right to left")
    await morgan.page.wait_for_selector("html[dir=rtl]")
    found: list[str] = []
    for name in (
        "home", "lobby", "board", "thread", "forum-public", "settings", "rules", "holds", "ledger", "partners",
    ):  # fmt: skip
        await morgan.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        await morgan.visit(swing.inside[name])
        found += await what_does_not_fit(morgan.page, f"{name}-rtl")
        found += [f"{name}: lies on the fruit: {title}" for title in await morgan.page.evaluate(ON_THE_FRUIT)]
        await morgan.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        found += await what_does_not_fit(morgan.page, f"{name}-320-rtl")
    assert not found, "\n".join(found)
