"""The crowd is asked: a poll, statements, an hour with its host, a room that brings a summary back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import Arrive
from tests.journeys.organisations import Floor, Organisation
from tests.journeys.visitors import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
TITLE, TEXT = "Your idea in one line", "What would it change, and for whom?"


async def post(riley: Visitor, floor: Floor, title: str) -> str:
    """Post an idea in the inside forum; return its address."""
    await riley.visit(f"/forums/{floor.inside.id}")
    await riley.page.get_by_label(TITLE).fill(title)
    await riley.page.get_by_label(TEXT).fill("It would change much, for all of us.")
    await riley.press("Stays inside Acme")
    await riley.sees_heading(title)
    return riley.page.url.partition("?")[0]


async def test_a_poll_is_asked_and_its_counts_move_while_people_vote(
    acme: Organisation, floor: Floor, arrive: Arrive
) -> None:
    riley, sasha = await arrive(acme), await arrive(acme)
    await riley.sign_in("riley")
    thread = await post(riley, floor, "Paper tape instead of plastic")
    await riley.follow("Quick poll")
    await riley.sees("Only people at Acme will see this")
    await riley.type("Question", "Which tape would you use?")
    await riley.type("Answers, one in a line", "Paper\nPlastic")
    await riley.press("Stays inside Acme")
    await riley.is_told("Your poll is in.")
    poll = riley.page.locator(".poll")
    await poll.get_by_label("Paper").check()
    await riley.press("Vote", within=poll)
    await expect(poll).to_contain_text("1 person voted")
    await expect(poll.get_by_role("button", name="Change my vote")).to_be_visible()

    await sasha.sign_in("sasha", thread)
    theirs = sasha.page.locator(".poll")
    await theirs.get_by_label("Plastic").check()
    await sasha.press("Vote", within=theirs)
    await expect(theirs).to_contain_text("2 people voted")
    # Riley's page asks again by itself once the focus is elsewhere.
    await riley.page.locator("h1").click()
    await riley.page.evaluate("document.activeElement.blur()")
    await expect(poll).to_contain_text("2 people voted")

    casey = await arrive(acme, java_script_enabled=False)
    await casey.sign_in("casey", thread)
    plain = casey.page.locator(".poll")
    await plain.get_by_label("Plastic").check()
    await casey.press("Vote", within=plain)
    await casey.is_told("Your vote counts. You can change it until the poll ends.")
    await expect(plain).to_contain_text("3 people voted")


async def test_statements_are_answered_by_keys(acme: Organisation, floor: Floor, arrive: Arrive) -> None:
    sasha, riley = await arrive(acme), await arrive(acme)
    await sasha.sign_in("sasha")
    thread = await post(sasha, floor, "Boxes that fit")
    for words in ("Most of our boxes are too large", "Customers would pay more for paper"):
        await sasha.visit(thread)
        await sasha.follow("Draw a statement from this")
        await sasha.type("Statement", words)
        await sasha.press("Put it to everybody")
        await sasha.is_told("Your statement is put to everybody.")
    await riley.sign_in("riley", "/jams/better/statements")
    await riley.sees("0 of 2 answered")
    await riley.page.locator("#statement").focus()
    await riley.page.keyboard.press("a")
    await riley.sees("1 of 2 answered")
    await expect(riley.page.locator("#statement")).to_be_focused()
    await riley.page.keyboard.press("d")
    await riley.sees("You have answered them all")
    await riley.follow("See what others say")
    await riley.sees("How they answered shows once five people have.")
    await expect(riley.page.get_by_text(re.compile("you (agreed|disagreed)"))).to_have_count(2)


async def test_an_hour_is_planned_asked_in_and_answered(acme: Organisation, floor: Floor, arrive: Arrive) -> None:
    sasha, riley = await arrive(acme), await arrive(acme)
    await sasha.sign_in("sasha", "/jams/better/asking")
    await sasha.follow("Plan an hour")
    await sasha.type("Title", "Ask Sasha about boxes")
    await sasha.page.get_by_label("Forum").select_option(floor.inside.id)
    now = datetime.now(UTC)
    for label, at in (("Begins (UTC)", now), ("Ends (UTC)", now + timedelta(hours=1))):
        await sasha.page.get_by_label(label).fill(f"{at:%Y-%m-%dT%H:%M}")
    await sasha.press("Plan it")
    await sasha.sees_heading("Ask Sasha about boxes")
    hour = sasha.page.url.partition("?")[0]
    await riley.sign_in("riley", hour)
    await riley.type("Your question", "What would you stop doing tomorrow?")
    await riley.press("Ask")
    await riley.is_told("Your question is in the queue.")
    await expect(sasha.page.locator("#hour-news")).to_be_visible()
    await sasha.page.locator("#hour-news a").click()
    await sasha.type("Your answer, by name", "The plastic tape.")
    await sasha.press("Answer")
    await sasha.is_told("Your answer stands in the forum.")
    await riley.visit(hour)
    await riley.follow("Read the answer")
    await riley.sees("The plastic tape.")
    await riley.sees("What would you stop doing tomorrow?")


async def test_a_room_is_closed_by_the_summary_that_it_owes(acme: Organisation, floor: Floor, arrive: Arrive) -> None:
    sasha, riley = await arrive(acme), await arrive(acme)
    await sasha.sign_in("sasha")
    thread = await post(sasha, floor, "A price for paper tape")
    await sasha.follow("Breakout room")
    await sasha.type("Title", "What does it cost?")
    await sasha.type("Who is in it", "@riley")
    await sasha.page.get_by_label("Who owes the summary").fill("riley")
    await sasha.press("Open the room")
    await sasha.is_told("The room is open.")
    room = sasha.page.url.partition("?")[0]
    await riley.sign_in("riley", thread)
    await riley.sees("owes the summary.")
    await riley.visit(room)
    await riley.type("Say something in this room", "Two cents, says the supplier.")
    await riley.press("Say it here")
    await riley.sees("Two cents, says the supplier.")
    await riley.type("What came of it", "Two cents a box.")
    await riley.press("Return it and close the room")
    await riley.is_told("Your reply is in.")
    await riley.visit(thread)
    await riley.sees("Summary of the room")
    await sasha.visit(room)
    await sasha.sees("Summary returned")
