"""Somebody writes: nothing typed is lost, names are suggested, and a slip is undone before it leaves."""

from __future__ import annotations

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from server.services import ideas, ideas_read, people
from tests.journeys.conftest import Arrive, Found
from tests.journeys.organisations import Floor, Organisation, open_a_jam, until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]
TITLE, TEXT = "Your idea in one line", "What would it change, and for whom?"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def acme(chromium: Browser, founding: Found) -> Organisation:
    """Acme, where what is written can be undone for twenty seconds."""
    organisation = await founding("Acme")
    organisation.settings = {"MARMALADE_UNDO_SECONDS": "20"}
    await organisation.add("riley", "Riley Hart", "Customer Care")
    await organisation.add("sasha", "Sasha Brandt", "Operations")
    await organisation.serve()
    return organisation


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def floor(acme: Organisation) -> Floor:
    async with acme.house() as house:
        return await open_a_jam(house, await people.person(house, acme.admin))


async def test_what_is_typed_is_found_again_in_another_browser(
    acme: Organisation, floor: Floor, arrive: Arrive
) -> None:
    riley = await arrive(acme)
    await riley.sign_in("riley", f"/forums/{floor.inside.id}")
    async with riley.page.expect_response(lambda answer: answer.url.endswith("/drafts")) as kept:
        await riley.type(TITLE, "Shared tools")
        await riley.type(TEXT, "A shelf that everybody may borrow from")
    assert (await kept.value).status == 204
    elsewhere = await arrive(acme)
    await elsewhere.sign_in("riley", f"/forums/{floor.inside.id}")
    await expect(elsewhere.page.get_by_label(TEXT)).to_have_value("A shelf that everybody may borrow from")
    await elsewhere.visit("/drafts")
    await elsewhere.follow("Go on writing")
    await elsewhere.press("Stays inside Acme")
    await elsewhere.is_told("Your idea is in.")
    await elsewhere.visit("/drafts")
    await elsewhere.sees("Nothing waits to be sent.")


async def test_a_slow_press_on_the_button_sends_though_the_audience_is_asked_again_meanwhile(
    acme: Organisation, floor: Floor, arrive: Arrive
) -> None:
    riley = await arrive(acme)
    await riley.sign_in("riley", f"/forums/{floor.inside.id}")
    await riley.type(TITLE, "Slow hands")
    await riley.page.get_by_label(TEXT).press_sequentially("Nobody should have to hurry.")
    await riley.page.get_by_role("button", name="Stays inside Acme").hover()
    async with riley.page.expect_response(lambda answer: "/preview" in answer.url) as asked:
        await riley.page.mouse.down()
    await (await asked.value).finished()
    await riley.page.wait_for_timeout(100)
    await riley.page.mouse.up()
    await riley.is_told("Your idea is in.")


async def test_the_toolbar_writes_markdown_and_a_name_is_suggested(
    acme: Organisation, floor: Floor, arrive: Arrive
) -> None:
    riley = await arrive(acme)
    await riley.sign_in("riley", f"/forums/{floor.inside.id}")
    await riley.type(TITLE, "Ask around")
    text = riley.page.get_by_label(TEXT)
    await text.fill("loud")
    await text.select_text()
    await riley.press("Bold")
    await expect(text).to_have_value("**loud**")
    await text.press("End")
    await text.press_sequentially(" says @sas", delay=10)
    await riley.page.get_by_role("button", name="Sasha Brandt").click()
    await expect(text).to_have_value("**loud** says @sasha ")
    await riley.page.get_by_text("Preview, and what leaves word for word").click()
    await expect(riley.page.locator("#shown-idea strong")).to_have_text("loud")
    await riley.press("Stays inside Acme")
    await expect(riley.page.locator("a.mention")).to_have_text("@sasha")
    await riley.follow("@sasha")
    await riley.sees_heading("Sasha Brandt")


async def test_a_form_is_helped_once_somebody_comes_to_it_and_nothing_moves_then(
    acme: Organisation, floor: Floor, arrive: Arrive
) -> None:
    riley = await arrive(acme)
    await riley.sign_in("riley", f"/forums/{floor.inside.id}")
    form, bold = riley.page.locator("form.composer"), riley.page.get_by_role("button", name="Bold")
    await expect(bold).to_be_visible()
    await riley.page.evaluate("document.fonts.ready")
    before = await form.bounding_box()
    await riley.page.get_by_label(TEXT).focus()
    assert await form.bounding_box() == before
    # The very first press counts, and so does the draft that begins with it.
    await riley.visit(f"/forums/{floor.inside.id}")
    async with riley.page.expect_response(lambda answer: answer.url.endswith("/drafts")) as kept:
        await bold.click()
    assert (await kept.value).ok
    await expect(riley.page.get_by_label(TEXT)).to_have_value("**…**")


async def test_a_slip_is_asked_about_sent_and_undone_before_it_leaves(
    acme: Organisation, floor: Floor, arrive: Arrive
) -> None:
    riley = await arrive(acme)
    await riley.sign_in("riley", f"/forums/{floor.public.id}")
    await riley.type(TITLE, "Our secret sauce")
    await riley.type(TEXT, "Two spoons of mustard.")
    await riley.sees("You can undo it for 20 seconds.")
    button = riley.page.get_by_role("button", name="Post to everyone")
    await button.click()
    await riley.sees("your first words in this jam that do")
    await expect(riley.page.get_by_label(TEXT)).to_have_value("Two spoons of mustard.")
    await button.click()
    await riley.is_told("Your idea is in.")
    await riley.sees("Nothing of this has left yet.")
    await riley.press("Undo")
    await riley.is_told("Taken back. Nothing of it has left")
    await expect(riley.page.get_by_label(TEXT)).to_have_value("Two spoons of mustard.")
    await riley.page.get_by_label(TEXT).fill("Two spoons of something.")
    await button.click()
    await riley.is_told("Your idea is in.")
    idea_id = riley.page.url.split("/ideas/")[1].split("?")[0]
    stranger = await arrive(acme, outside=True)

    async def crossed() -> bool:
        async with acme.house() as house:
            found = await ideas_read.by_id(house, idea_id)
            return found is not None and found.crosses_at is None

    await until("it crosses once its time is over", crossed)
    await stranger.visit("/")
    await stranger.does_not_see("mustard")


async def test_a_thread_is_walked_by_keyboard_and_folded(acme: Organisation, floor: Floor, arrive: Arrive) -> None:
    async with acme.house() as house:
        sasha = await people.person(house, "sasha")
        idea = await ideas.post_idea(house, sasha, floor.inside, "Long talk", "Begin.")
        for number in range(3):
            branch = await ideas.reply(house, sasha, idea, f"Branch {number}")
            await ideas.reply(house, sasha, branch, f"Below {number}")
    riley = await arrive(acme)
    await riley.sign_in("riley", f"/ideas/{idea.id}")
    await riley.page.keyboard.press("n")
    await riley.page.keyboard.press("n")
    focused = riley.page.locator("article:focus")
    await expect(focused).to_contain_text("Branch 1")
    await riley.page.keyboard.press("p")
    await expect(focused).to_contain_text("Branch 0")
    await riley.follow("Fold all branches")
    await expect(riley.page.get_by_text("Below 0")).to_be_hidden()
    await riley.follow("Open all branches")
    await expect(riley.page.get_by_text("Below 0")).to_be_visible()
    await riley.page.get_by_label("Keys: n next branch").uncheck()
    await riley.page.locator("h1").click()
    await riley.page.keyboard.press("n")
    await expect(focused).to_have_count(0)
