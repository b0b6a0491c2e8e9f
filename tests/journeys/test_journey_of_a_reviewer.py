"""A reviewer works the queue by keyboard, decides several at once, and thinks again."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from server.services import holds, ideas, people
from tests.journeys.conftest import Arrive
from tests.journeys.organisations import Floor, Organisation, until
from tests.journeys.visitors import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def ask(acme: Organisation, floor: Floor, *titles: str) -> None:
    """Have Riley say things that wait for a reviewer."""
    async with acme.house() as house:
        riley = await people.person(house, "riley")
        before = await holds.count_waiting(house)
        for title in titles:
            await ideas.post_idea(house, riley, floor.public, title, "Write to rooms@acme.example, they know.")

        async def there() -> bool:
            return await holds.count_waiting(house) >= before + len(titles)

        await until("the ideas wait", there)


async def waiting(acme: Organisation) -> int:
    async with acme.house() as house:
        return await holds.count_waiting(house)


def hold(visitor: Visitor, title: str) -> Locator:
    return visitor.page.get_by_role("article", name=title, exact=True)


async def test_the_queue_is_worked_by_keyboard_alone(acme: Organisation, floor: Floor, arrive: Arrive) -> None:
    await ask(acme, floor, "Key one", "Key two", "Key three", "Key four")
    casey = await arrive(acme)
    await casey.sign_in("casey", "/boundary/holds")
    keys = casey.page.keyboard
    await expect(casey.page.get_by_role("link", name="Boundary (4)")).to_be_visible()
    await keys.press("?")
    await casey.sees("give a reason and refuse")
    await keys.press("j")
    await expect(hold(casey, "Key one")).to_be_focused()
    await keys.press("j")
    await keys.press("k")
    await expect(hold(casey, "Key one")).to_be_focused()
    await keys.press("r")
    await casey.is_told("Released: “Key one”")
    await expect(hold(casey, "Key one")).to_have_count(0)
    await expect(hold(casey, "Key two")).to_be_focused()
    await keys.press("f")
    reason = hold(casey, "Key two").get_by_label("Your reason")
    await expect(reason).to_be_focused()
    await keys.type("Say jury, not rfjx?")
    await expect(reason).to_have_value("Say jury, not rfjx?")
    await keys.press("Enter")
    await casey.is_told("Refused: “Key two”")
    await keys.press("j")
    await keys.press("x")
    await keys.press("j")
    await keys.press("x")
    await expect(casey.page.get_by_role("heading", name="The chosen ones 2")).to_be_visible()
    await keys.press("Shift+R")
    await casey.is_told("Released: 2 questions “Key three”, “Key four”")
    await casey.sees("Nothing waits")
    async with acme.house() as house:
        await until("all of it took effect", lambda: _settled(house))
    await casey.visit("/boundary/holds")
    await casey.does_not_see("Undo")


async def _settled(house: object) -> bool:
    rows = await house.store.fetch("SELECT count(*) AS n FROM holds WHERE state = 'deciding'")  # type: ignore[attr-defined]
    return bool(rows[0]["n"] == 0)


async def test_several_are_refused_with_one_reason_and_taken_back_together(
    acme: Organisation, floor: Floor, arrive: Arrive
) -> None:
    await ask(acme, floor, "Batch one", "Batch two")
    casey = await arrive(acme)
    await casey.sign_in("casey", "/boundary/holds")
    before = await waiting(acme)
    for title in ("Batch one", "Batch two"):
        await hold(casey, title).get_by_role("checkbox").check()
    with casey.refused_with(422):
        await casey.press("Refuse chosen")
        await casey.sees("Say why; the author reads it.")
    await casey.page.get_by_label("One reason for all").fill("Leave the address out.")
    await casey.press("Refuse chosen")
    await casey.is_told("Refused: 2 questions “Batch one”, “Batch two”")
    undo = casey.page.get_by_role("button", name="Undo")
    await undo.focus()
    await casey.page.wait_for_timeout(1200)
    await expect(undo).to_be_focused()
    await undo.press("Enter")
    await casey.is_told("Undone. It waits for a decision again.")
    await expect(hold(casey, "Batch one")).to_be_visible()
    await expect(hold(casey, "Batch two")).to_be_visible()
    assert await waiting(acme) == before


async def test_the_queue_works_without_scripts_and_the_keys_can_be_turned_off(
    acme: Organisation, floor: Floor, arrive: Arrive
) -> None:
    await ask(acme, floor, "Plain one")
    plain = await arrive(acme, java_script_enabled=False)
    await plain.sign_in("casey", "/boundary/holds")
    await plain.press("Release to everyone", within=hold(plain, "Plain one"))
    await plain.is_told("Released: “Plain one”")
    await plain.press("Undo")
    await plain.is_told("Undone.")
    casey = await arrive(acme)
    await casey.sign_in("casey", "/boundary/holds")
    await casey.page.keyboard.press("?")
    await casey.page.get_by_label("Use these keys").uncheck()
    await casey.page.keyboard.press("j")
    await expect(casey.page.locator("article.current")).to_have_count(0)
