"""The inside works with JavaScript switched off, and with nothing but a keyboard."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import Arrive
from tests.journeys.organisations import PASSWORD, Floor, Organisation
from tests.journeys.visitors import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
TITLE, TEXT = "Your idea in one line", "What would it change, and for whom?"


async def test_without_scripts_one_signs_in_reads_asks_who_will_see_posts_and_supports(
    acme: Organisation, floor: Floor, arrive: Arrive
) -> None:
    riley = await arrive(acme, java_script_enabled=False)
    await riley.sign_in("riley", "/jams/better")
    await riley.sees_heading("What should we and our partners do together next year?")
    await riley.follow("Open floor")
    await expect(riley.page.get_by_role("group", name="Form of the text")).to_be_hidden()
    await riley.type(TITLE, "Lend each other tools")
    await riley.type(TEXT, "Call me: riley@acme.example")
    await riley.press("Who will see this?")
    await riley.sees("Acme sees this now, everyone after a reviewer")
    await expect(riley.page.get_by_label(TITLE)).to_have_value("Lend each other tools")

    await riley.page.get_by_label(TEXT).fill("A shelf by the door, and a list.")
    await riley.press("Who will see this?")
    await riley.press("Post to everyone")
    await riley.is_told("Your idea is in.")
    support = riley.page.locator("article.root").get_by_role("button", name="Support")
    await support.click()
    await expect(support).to_have_attribute("aria-pressed", "true")
    await expect(support).to_contain_text("1")
    await riley.type("Your reply", "I would bring a ladder.")
    await riley.press("Reply to everyone")
    await riley.is_told("Your reply is in.")
    await riley.sees("I would bring a ladder.")

    await riley.visit("/jams/better/board")
    await riley.page.get_by_text("As a table").first.click()
    await riley.sees("Ideas and replies written in each minute, newest first")


async def walk_to(visitor: Visitor, name: str, most: int = 60) -> None:
    """Press Tab until something of this accessible name has the focus."""
    wanted = visitor.page.locator(":focus").and_(
        visitor.page.get_by_label(name)
        .or_(visitor.page.get_by_role("button", name=name))
        .or_(visitor.page.get_by_role("link", name=name))
    )
    for _ in range(most):
        await visitor.page.keyboard.press("Tab")
        if await wanted.count():
            await expect(wanted).to_be_visible()
            return
    raise AssertionError(f"{most} times Tab, and nothing called {name!r} had the focus")


async def test_with_a_keyboard_alone_one_signs_in_and_posts_an_idea(
    acme: Organisation, floor: Floor, arrive: Arrive
) -> None:
    riley = await arrive(acme)
    keys = riley.page.keyboard
    await riley.visit("/")
    await walk_to(riley, "Username")
    await keys.type("riley")
    await walk_to(riley, "Password", 1)
    await keys.type(PASSWORD)
    await keys.press("Enter")
    await riley.sees_heading("Jams")

    await walk_to(riley, "Skip to the page", 1)
    await keys.press("Enter")
    await walk_to(riley, "Better together")
    await keys.press("Enter")
    await walk_to(riley, "Open floor")
    await keys.press("Enter")
    await riley.sees_heading("What should we try together?")
    await walk_to(riley, TITLE)
    await keys.type("A garden on the roof")
    await walk_to(riley, TEXT, 1)
    await keys.type("Lunch among tomatoes.")
    await riley.sees_button("Post to everyone")
    await walk_to(riley, "Post to everyone")
    await keys.press("Enter")
    await riley.confirm("Post to everyone")
    await riley.sees_heading("A garden on the roof")
    await walk_to(riley, "Support")
    await keys.press("Space")
    await expect(riley.page.get_by_role("button", name="Support").first).to_have_attribute("aria-pressed", "true")
    await walk_to(riley, "Build on this")

    await riley.page.keyboard.press("Shift+Tab")
    await riley.visit("/")
    await walk_to(riley, "Your menu")
    await keys.press("Enter")
    await riley.sees_button("Sign out")
    await keys.press("Escape")
    await expect(riley.page.get_by_role("button", name="Sign out")).to_be_hidden()
