"""Somebody who has never seen the product says something, builds on something and finds an answer, without a manual.

They follow what the pages show them and nothing else: visible names of links, buttons and fields, in a window and
then by keyboard alone. Steps are counted: ten minutes are thirty seconds for each of twenty.
"""

from __future__ import annotations

import re

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from server.services import ideas, joining, marking, people
from tests.journeys.conftest import Arrive
from tests.journeys.organisations import PASSWORD, Floor, Organisation
from tests.journeys.pictures import shoot
from tests.journeys.visitors import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="session")]
MOST_STEPS = 20
ANSWER = "A second gutter, and a grate below it."


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def invitation(acme: Organisation, floor: Floor) -> str:
    """The link that somebody got by mail; in the jam, others have asked and answered."""
    async with acme.house() as house:
        morgan, riley, casey = [await people.person(house, name) for name in ("morgan", "riley", "casey")]
        asked = await ideas.post_idea(house, riley, floor.inside, "How do we keep the shelters dry?", "They flood.")
        await ideas.reply(house, casey, asked, ANSWER, intent="answer")
        bench = await ideas.post_idea(house, casey, floor.inside, "A bench at every stop", "People wait there.")
        for person in (morgan, riley, casey):
            await marking.mark(house, person, bench, "support")
        _, secret = await joining.make_invitation(house, morgan, unit="Sales")
    return f"/join/{secret}"


class Walk:
    """A newcomer's steps: each acts on what can be seen, by its words. `keys` walks there by Tab and Enter alone."""

    def __init__(self, visitor: Visitor, *, keys: bool = False) -> None:
        self.visitor, self.keys, self.steps = visitor, keys, 0

    async def _reach(self, wanted: Locator) -> Locator:
        self.steps += 1
        seen = wanted.filter(visible=True).first
        await expect(seen).to_be_visible()
        if self.keys:
            for _ in range(80):
                if await seen.evaluate("(one) => one === document.activeElement"):
                    return seen
                await self.visitor.page.keyboard.press("Tab")
            raise AssertionError(f"80 times Tab did not lead to {wanted} on {self.visitor.page.url}")
        return seen

    async def type(self, label: str, words: str) -> None:
        field = await self._reach(self.visitor.page.get_by_label(label))
        if self.keys:
            await self.visitor.page.keyboard.type(words)
        else:
            await field.fill(words)

    async def go(self, words: str | re.Pattern[str]) -> None:
        """Press what bears these words, link or button."""
        page = self.visitor.page
        found = await self._reach(page.get_by_role("button", name=words).or_(page.get_by_role("link", name=words)))
        if self.keys:
            await page.keyboard.press("Enter")
        else:
            await found.click()


async def walk(newcomer: Visitor, invitation: str, username: str, *, keys: bool) -> Walk:
    me = Walk(newcomer, keys=keys)
    await newcomer.visit(invitation)
    await me.type("Username", username)
    await me.type("Your name", "Noor Haddad")
    await me.type("Password", PASSWORD)
    await me.go("Join and enter")
    await me.go("Enter Better together")
    await newcomer.sees("New here?")
    if not keys:
        await shoot(newcomer, "journey-newcomer-lobby")

    await me.go("Open floor")
    await me.type("Your idea in one line", f"Soup for late shifts, says {username}")
    await me.type("What would it change, and for whom?", "Nobody would drive home hungry.")
    await me.go("Post to everyone")
    await newcomer.sees("your first words in this jam that do")
    await me.go("Post to everyone")
    await newcomer.is_told("Your idea is in.")

    await me.go("Better together")
    await me.go("A bench at every stop")
    await me.go("Build on this")
    await newcomer.sees("Builds on")
    await me.type("Your idea in one line", f"Benches with a roof, says {username}")
    await me.type("What would it change, and for whom?", "They could be used in the rain too.")
    await me.go("Stays inside Acme")
    await newcomer.is_told("Your idea is in.")

    await me.type("Search ideas", "what keeps a shelter dry in winter")
    await newcomer.page.keyboard.press("Enter")
    me.steps += 1
    await me.go("How do we keep the shelters dry?")
    await newcomer.sees(ANSWER)
    return me


@pytest.mark.parametrize("keys", [False, True], ids=["by what is shown", "by keyboard alone"])
async def test_a_newcomer_posts_builds_on_and_finds_an_answer(
    acme: Organisation, floor: Floor, invitation: str, arrive: Arrive, keys: bool
) -> None:
    newcomer = await arrive(acme)
    me = await walk(newcomer, invitation, "noor" if not keys else "noora", keys=keys)
    assert me.steps <= MOST_STEPS, f"{me.steps} steps"
    await newcomer.visit("/jams/better")
    await newcomer.does_not_see("New here?")
