"""An employee comes in, says something, sees who will read it before sending, and changes their mind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from playwright.async_api import expect

from server.services import ideas, people, polls
from tests.journeys.conftest import Arrive, Found
from tests.journeys.organisations import Floor, Organisation
from tests.journeys.pictures import shoot
from tests.web.pages.identity_provider import CLIENT, SECRET, Provider

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.asyncio(loop_scope="session"),
]
TITLE, TEXT = "Your idea in one line", "What would it change, and for whom?"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def elsewhere() -> AsyncIterator[Provider]:
    """Acme's identity provider, where Wren is signed in already."""
    made = await Provider.start()
    made.claims = {"sub": "24-8289", "preferred_username": "wren", "name": "Wren Ash", "department": "Legal"}
    yield made
    await made.server.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def acme(founding: Found, elsewhere: Provider) -> Organisation:
    """Acme, whose people sign in with its provider or with a password."""
    organisation = await founding("Acme")
    organisation.settings = {
        "MARMALADE_OIDC_ISSUER": elsewhere.issuer, "MARMALADE_OIDC_CLIENT_ID": CLIENT,
        "MARMALADE_OIDC_CLIENT_SECRET": SECRET, "MARMALADE_OIDC_NAME": "Acme ID",
    }  # fmt: skip
    await organisation.add("riley", "Riley Hart", "Customer Care")
    await organisation.add("sasha", "Sasha Brandt", "Operations", "facilitator")
    await organisation.add("casey", "Casey Lund", "Legal", "reviewer")
    await organisation.serve()
    return organisation


async def test_an_employee_comes_in_with_single_sign_on_and_is_out_when_that_ends(
    acme: Organisation, floor: Floor, elsewhere: Provider, arrive: Arrive
) -> None:
    wren = await arrive(acme)
    await wren.visit(f"/forums/{floor.inside.id}")
    await wren.follow("Sign in with Acme ID")
    await wren.sees_heading("What must we mend first?")
    await wren.page.get_by_label("Your menu", exact=False).click()
    await wren.sees("Wren Ash")
    ended = {"logout_token": elsewhere.logout_token(sub="24-8289")}
    end = f"{acme.inside_url}/sign-in/elsewhere/end"
    async with ClientSession() as client, client.post(end, data=ended) as answer:
        assert answer.status == 200
    await wren.visit("/")
    await wren.sees_heading("Come on in")


async def test_an_employee_who_signs_in_finds_the_jam_and_its_forums(
    acme: Organisation, floor: Floor, arrive: Arrive
) -> None:
    riley = await arrive(acme)
    await riley.visit("/")
    await riley.sees_heading("Come on in")
    with riley.refused_with(401):
        await riley.type("Username", "riley")
        await riley.type("Password", "not this one")
        await riley.press("Sign in")
        await expect(riley.page.get_by_role("alert")).to_be_visible()
    await riley.sign_in("riley")
    await riley.follow("Better together")
    await riley.sees_heading("What should we and our partners do together next year?")
    for title in ("Open floor", "Logistics", "Our own house"):
        await riley.sees_heading(title)
    await riley.follow("Open floor")
    await riley.sees_heading("What should we try together?")


async def test_the_composer_says_who_will_read_before_anything_is_sent(
    acme: Organisation, floor: Floor, arrive: Arrive
) -> None:
    riley = await arrive(acme)
    await riley.sign_in("riley", f"/forums/{floor.public.id}")
    await riley.sees_button("Post to everyone")
    await riley.sees("Everyone will see this")

    await riley.page.locator("select[name=label]").select_option("AMBER")
    await riley.sees_button("Stays inside Acme")
    await riley.sees("Only people at Acme will see this")
    await riley.page.locator("select[name=label]").select_option("GREEN")
    await riley.sees_button("Post to everyone")

    await riley.type(TITLE, "Ask for spare rooms")
    await riley.type(TEXT, "Write to rooms@acme.example, they know.")
    await riley.sees_button("Post to Acme, ask to send to everyone")
    await riley.sees("Acme sees this now, everyone after a reviewer")
    await riley.page.get_by_text("Why?").click()
    await riley.sees("waits for a reviewer")

    await riley.visit(f"/forums/{floor.inside.id}")
    await riley.sees_button("Stays inside Acme")

    # What was typed is a draft by now, and would be there again.
    await riley.visit(f"/forums/{floor.public.id}")
    await riley.press("Drop it")
    await riley.is_told("Dropped.")


async def test_an_idea_is_posted_supported_built_on_edited_and_deleted(
    acme: Organisation, floor: Floor, arrive: Arrive
) -> None:
    riley = await arrive(acme)
    await riley.sign_in("riley", f"/forums/{floor.public.id}")
    await riley.type(TITLE, "One evening a month with open doors")
    await riley.type(TEXT, "Neighbours come in and everybody brings **one** idea.")
    await riley.press("Post to everyone")
    await riley.is_told("Your idea is in.")
    await riley.sees_heading("One evening a month with open doors")
    await expect(riley.page.locator("article.root strong")).to_have_text("one")
    address = riley.page.url

    support = riley.page.get_by_role("button", name="Support")
    await support.click()
    await expect(support).to_have_attribute("aria-pressed", "true")
    await expect(support).to_contain_text("1")

    await riley.follow("Build on this")
    await riley.sees("Its authors share the credit.")
    await riley.type(TITLE, "Open doors with a shared meal")
    await riley.type(TEXT, "People stay longer where there is soup.")
    await riley.press("Post to everyone")
    await riley.sees_heading("Open doors with a shared meal")
    await riley.sees("Builds on")
    await riley.follow("One evening a month with open doors")
    await riley.sees("1 idea builds on this")

    await riley.follow("Edit")
    field = riley.page.get_by_label(TEXT)
    await field.fill("Neighbours come in, we show what we do.")
    await riley.press("Save to everyone")
    await riley.is_told("Saved.")
    await riley.follow("edited")
    await riley.sees("Version 2")
    await riley.sees("we show what we do")
    await riley.sees("Version 1")
    await riley.sees("everybody brings **one** idea")

    await riley.visit(address)
    await riley.follow("Delete")
    await riley.sees("Servers that hold a copy are asked to delete theirs.")
    await riley.press("Delete it")
    await riley.is_told("Deleted.")
    await expect(riley.page.get_by_role("heading", name="One evening a month with open doors")).to_have_count(0)
    await riley.sees_heading("Open doors with a shared meal")


async def test_an_employee_catches_up_builds_on_what_is_there_rates_votes_and_follows(
    acme: Organisation, floor: Floor, arrive: Arrive
) -> None:
    async with acme.house() as house:
        riley, casey = await people.person(house, "riley"), await people.person(house, "casey")
        own = await ideas.post_idea(house, riley, floor.inside, "Coffee for the night shift", "It is cold.")
        await ideas.reply(house, casey, own, "Tea as well, please.", intent="experience")
        shelf = await ideas.post_idea(house, casey, floor.inside, "A shelf of shared ladders", "Nobody finds one.")
        ends = house.now() + timedelta(hours=1)
        await polls.ask(house, casey, shelf, "Where to?", ["By the door", "In the cellar"], ends_at=ends)
    me = await arrive(acme, reduced_motion="reduce")
    await me.sign_in("riley", "/inbox")
    await me.follow("Catch up in five minutes")
    await me.sees_heading("Catch up")
    await shoot(me, "journey-employee-catch-up")
    await me.page.locator(".evidence a").first.click()
    await me.page.wait_for_url("**/ideas/**")

    await me.visit(f"/forums/{floor.inside.id}")
    await me.type(TITLE, "A shelf of ladders that are shared")
    await me.sees("Similar ideas are already here")
    await me.follow("Build on A shelf of shared ladders")
    await me.sees("Its authors share the credit.")
    await shoot(me, "journey-employee-build-on")
    await me.type(TITLE, "Ladders with a list beside them")
    await me.type(TEXT, "Whoever takes one writes it down.")
    await me.press("Stays inside Acme")
    await me.is_told("Your idea is in.")

    await me.follow("A shelf of shared ladders")
    await me.page.locator(".ratings summary").click()
    await me.page.locator("input[name='axis-Impact'][value='4']").check()
    await me.press("Save my ratings")
    await me.is_told("Your ratings are in.")
    poll = me.page.locator(".poll")
    await poll.get_by_label("By the door").check()
    await me.press("Vote", within=poll)
    await expect(poll).to_contain_text("1 person voted")
    await me.press("Follow")
    await expect(me.page.get_by_role("button", name="Following").first).to_have_attribute("aria-pressed", "true")
    await shoot(me, "journey-employee-thread")
