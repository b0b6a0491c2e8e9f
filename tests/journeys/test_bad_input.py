"""Bad input in a real browser: lines that break, sessions that end, presses that come twice; no words are lost."""

from __future__ import annotations

import pytest
import pytest_asyncio
from playwright.async_api import expect

from server.services import ideas, ideas_read, jams, people
from tests.journeys.conftest import Arrive
from tests.journeys.organisations import PASSWORD, Floor, Organisation
from tests.journeys.pictures import shoot
from tests.journeys.visitors import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="session")]
TITLE, TEXT = "Your idea in one line", "What would it change, and for whom?"
SEND = "Stays inside Acme"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def writing(acme: Organisation, floor: Floor) -> str:
    """The page on which people write inside."""
    return f"/forums/{floor.inside.id}"


async def count(acme: Organisation, floor: Floor, title: str) -> int:
    async with acme.house() as house:
        morgan = await people.person(house, acme.admin)
        return sum(one.title == title for one in await ideas_read.list_ideas(house, morgan, floor.inside))


async def test_words_wait_in_the_form_while_there_is_no_connection_and_are_sent_when_it_is_back(
    acme: Organisation, floor: Floor, writing: str, arrive: Arrive
) -> None:
    riley = await arrive(acme)
    await riley.sign_in("riley", writing)
    await riley.type(TITLE, "Said in a tunnel")
    await riley.type(TEXT, "There was no line just then.")
    riley.faults.clear()
    await riley.context.set_offline(True)
    send = riley.page.get_by_role("button", name=SEND)
    await send.click()
    await riley.sees("There is no connection. Your words stay here")
    await expect(riley.page.get_by_label(TEXT)).to_have_value("There was no line just then.")
    await send.click()
    await riley.press("Do not send them")
    await expect(riley.page.get_by_text("There is no connection.")).to_have_count(0)
    await send.click()
    await riley.sees("There is no connection.")
    await riley.context.set_offline(False)
    await riley.is_told("Your idea is in.")
    riley.faults.clear()
    assert await count(acme, floor, "Said in a tunnel") == 1


async def test_two_quick_presses_make_one_idea(
    acme: Organisation, floor: Floor, writing: str, arrive: Arrive
) -> None:
    sasha = await arrive(acme, java_script_enabled=False)
    await sasha.sign_in("sasha", writing)
    await sasha.page.get_by_label(TITLE).fill("Twice is once")
    await sasha.page.get_by_label(TEXT).fill("Pressed with force.")
    await sasha.page.get_by_role("button", name=SEND).dblclick()
    await sasha.sees_heading("Twice is once")
    assert await count(acme, floor, "Twice is once") == 1


async def sign_in_again(visitor: Visitor) -> None:
    await visitor.sees("what you typed is still here")
    await visitor.page.get_by_label("Username").fill("casey")
    await visitor.page.get_by_label("Password").fill(PASSWORD)
    await visitor.press("Sign in")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_words_outlive_the_session_in_which_they_were_written(
    acme: Organisation, floor: Floor, writing: str, arrive: Arrive, scripts: bool
) -> None:
    casey = await arrive(acme, java_script_enabled=scripts)
    await casey.sign_in("casey", writing)
    await casey.page.get_by_label(TITLE).fill(f"Long thought, {scripts}")
    await casey.page.get_by_label(TEXT).fill("It took me\nall day.")
    await casey.context.clear_cookies()
    with casey.refused_with(401):
        await casey.press(SEND)
        await sign_in_again(casey)
    await casey.is_told("What you typed is here, and not sent yet.")
    await expect(casey.page.get_by_label(TEXT)).to_have_value("It took me\nall day.")
    await casey.press(SEND)
    await casey.sees_heading(f"Long thought, {scripts}")
    assert await count(acme, floor, f"Long thought, {scripts}") == 1


async def test_two_windows_that_change_the_same_words_both_keep_theirs(
    acme: Organisation, floor: Floor, arrive: Arrive
) -> None:
    async with acme.house() as house:
        riley = await people.person(house, "riley")
        made = await ideas.post_idea(house, riley, floor.inside, "Benches", "First words.")
    one, two = await arrive(acme), await arrive(acme)
    for window in (one, two):
        await window.sign_in("riley", f"/ideas/{made.id}/edit")
    await one.page.get_by_label(TEXT).fill("Words of the kitchen window.")
    await one.press(SEND)
    await one.is_told("Saved.")
    with two.refused_with(409):
        await two.page.get_by_label(TEXT).fill("Words of the yard window.")
        await two.press(SEND)
        await two.sees("This was changed meanwhile.")
        await two.sees("Words of the kitchen window.")
    await expect(two.page.get_by_label(TEXT)).to_have_value("Words of the yard window.")
    await two.press(SEND)
    await two.is_told("Saved.")
    await two.sees("Words of the yard window.")


async def test_far_too_much_that_was_pasted_stays_in_the_form(acme: Organisation, writing: str, arrive: Arrive) -> None:
    riley = await arrive(acme)
    await riley.sign_in("riley", writing)
    await riley.page.get_by_label(TITLE).fill("All of it")
    area = riley.page.get_by_label(TEXT)
    with riley.refused_with(413):
        # Chromium itself takes long to lay megabytes out; those are sent over HTTP in tests/web.
        await area.evaluate("(area) => { area.value = ('many words '.repeat(8) + '\\n').repeat(3500); }")
        await riley.press(SEND)
        await riley.sees("at most 50,000 fit. Nothing was lost: shorten it.")
    assert len(await area.input_value()) > 300_000
    await area.fill("Fewer words.")
    await riley.press(SEND)
    await riley.is_told("Your idea is in.")


async def test_a_form_that_was_open_when_the_jam_closed_gives_its_words_back(
    acme: Organisation, floor: Floor, writing: str, arrive: Arrive
) -> None:
    riley = await arrive(acme)
    await riley.sign_in("riley", writing)
    await riley.type(TITLE, "Too late")
    await riley.type(TEXT, "I was about to say it.")
    async with acme.house() as house:
        morgan = await people.person(house, acme.admin)
        await jams.freeze_jam(house, morgan, floor.jam)
    with riley.refused_with(409):
        await riley.press(SEND)
        await riley.sees("closed")
        await expect(riley.page.get_by_text("I was about to say it.")).to_be_visible()
        await shoot(riley, "journey-too-late")
    await riley.press("Keep as a draft")
    await riley.is_told("Kept as a draft.")
    await riley.sees("I was about to say it.")
