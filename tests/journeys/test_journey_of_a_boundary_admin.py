"""Whoever guards the boundary reads its rules, decides what waits, and takes back what has crossed."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.journeys.conftest import Arrive
from tests.journeys.organisations import Floor, Organisation
from tests.journeys.visitors import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
TITLE, TEXT = "Your idea in one line", "What would it change, and for whom?"
ADDRESS = "Write to rooms@acme.example, they know."


async def say(visitor: Visitor, forum_id: str, title: str, text: str, button: str) -> str:
    """Post an idea and return its address."""
    await visitor.visit(f"/forums/{forum_id}")
    await visitor.type(TITLE, title)
    await visitor.type(TEXT, text)
    await visitor.press(button)
    await visitor.is_told("Your idea is in.")
    return visitor.page.url


async def test_the_rules_read_as_sentences_and_say_how_often_they_decided(
    acme: Organisation, floor: Floor, arrive: Arrive
) -> None:
    morgan = await arrive(acme)
    await morgan.sign_in("morgan")
    await morgan.follow("Boundary")
    await morgan.sees_heading("What may cross")
    for family in ("Guards: nothing passes these", "Shares: what may leave", "Accepts: what may come in"):
        await morgan.sees_heading(family)
    guards = morgan.page.get_by_role("region", name="Guards")
    for rule in ("G-label", "G-findings", "G-consent"):
        await morgan.sees(rule, within=guards)
    await morgan.sees("Nothing above GREEN leaves.", within=guards)
    await morgan.sees("open-floor", within=morgan.page.get_by_role("region", name="Shares"))
    await morgan.sees("Everything else stays inside.")


async def test_a_held_idea_is_released_by_a_reviewer_and_taken_back_by_an_admin(
    acme: Organisation, floor: Floor, arrive: Arrive
) -> None:
    riley, casey, morgan = await arrive(acme), await arrive(acme), await arrive(acme)
    await riley.sign_in("riley")
    thread = await say(
        riley, floor.public.id, "Ask for spare rooms", ADDRESS, "Post to Acme, ask to send to everyone"
    )
    await riley.sees("Who received this")

    await casey.sign_in("casey", "/boundary/holds")
    hold = casey.page.get_by_role("article", name="Ask for spare rooms")
    await expect(hold).to_be_visible()
    await casey.sees("Wants out", within=hold)
    await expect(hold.locator("pre").first).to_contain_text("rooms@acme.example")
    await casey.press("Release to everyone", within=hold)
    await casey.is_told("It takes effect ten seconds after you decided, unless you undo it.")
    await expect(hold).to_have_count(0)

    await morgan.sign_in("morgan", "/boundary/ledger")
    row = morgan.page.get_by_role("row").filter(has_text="Ask for spare rooms")
    await morgan.reload_until_there(row)
    await morgan.sees("everyone", within=row)
    stranger = await arrive(acme, outside=True)
    await stranger.visit("/")
    await stranger.follow("Open floor")
    await stranger.follow("Ask for spare rooms")
    await stranger.sees("rooms@acme.example")

    await morgan.follow("Recall", within=row)
    await morgan.sees_heading("Take this back from everyone outside?")
    await morgan.sees("Nobody is served it any more, at once.")
    await morgan.press("Take it back")
    await morgan.is_told("Taken back. It is served to nobody any more")
    await morgan.sees("no longer served", within=row)
    await expect(row.get_by_role("link", name="Recall")).to_have_count(0)
    await morgan.follow("Recalls")
    await morgan.sees_heading("What became of recalls")
    with stranger.refused_with(404, 410):
        await stranger.page.reload()
        await stranger.does_not_see("rooms@acme.example")

    await riley.visit(thread)
    passport = riley.page.get_by_role("region", name="Who received this")
    await expect(passport).to_contain_text(re.compile("taken back|no longer served", re.IGNORECASE))


async def test_a_held_idea_is_refused_with_a_reason_that_its_author_reads(
    acme: Organisation, floor: Floor, arrive: Arrive
) -> None:
    riley, morgan = await arrive(acme), await arrive(acme)
    await riley.sign_in("riley")
    thread = await say(
        riley, floor.public.id, "Call our landlord", ADDRESS, "Post to Acme, ask to send to everyone"
    )
    await morgan.sign_in("morgan", "/boundary/holds")
    hold = morgan.page.get_by_role("article", name="Call our landlord")
    with morgan.refused_with(422):
        await morgan.press("Refuse", within=hold)
        await morgan.sees("Say why; the author reads it.", within=hold)
    reason = hold.get_by_label("Your reason")
    await reason.fill("Leave the address out.")
    await morgan.press("Refuse", within=hold)
    await morgan.is_told("Refused: “Call our landlord”")
    await riley.visit(thread)
    await riley.does_not_see("Leave the address out.")
    await riley.reload_until_there(riley.page.get_by_text("Leave the address out.").first)
    await riley.follow("Edit it")


async def test_nobody_reviews_their_own_words(acme: Organisation, floor: Floor, arrive: Arrive) -> None:
    casey = await arrive(acme)
    await casey.sign_in("casey")
    await say(casey, floor.public.id, "My own spare room", ADDRESS, "Post to Acme, ask to send to everyone")
    await casey.visit("/boundary/holds")
    hold = casey.page.get_by_role("article", name="My own spare room")
    await casey.sees("These are your own words; somebody else has to review them.", within=hold)
    await expect(hold.get_by_role("button")).to_have_count(0)


async def test_the_console_does_not_exist_for_people_without_a_duty_there(
    acme: Organisation, floor: Floor, arrive: Arrive
) -> None:
    riley = await arrive(acme)
    await riley.sign_in("riley")
    await expect(riley.page.get_by_role("link", name="Boundary")).to_have_count(0)
    with riley.refused_with(404):
        await riley.visit("/boundary/holds")
        await riley.sees("404")


async def test_a_partner_is_paused_and_resumed(acme: Organisation, floor: Floor, arrive: Arrive) -> None:
    morgan = await arrive(acme)
    await morgan.sign_in("morgan", "/boundary/partners")
    await morgan.type("Server", "jam.globex.example")
    await morgan.page.locator("#name").fill("Globex")
    await morgan.press("Add")
    globex = morgan.page.get_by_role("article").filter(has_text="Globex")
    await morgan.press("Pause", within=globex)
    await morgan.sees("Paused", within=globex)
    await morgan.visit(f"/forums/{floor.partners.id}")
    await morgan.sees_button("Stays inside Acme")
    await morgan.visit("/boundary/partners")
    await morgan.press("Resume", within=globex)
    await expect(globex).not_to_contain_text("Paused")
    await morgan.visit(f"/forums/{floor.partners.id}")
    await morgan.sees_button("Post to Acme and Globex")
