"""An employee comes in, says something, sees who will read it before sending, and changes their mind."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from playwright.async_api import expect

from server.domain.actors import Member
from server.services import ideas, inbox, mails, marking, people, polls
from server.services.house import House
from server.storage import mails as mail_rows
from tests.journeys.conftest import Arrive, Found
from tests.journeys.organisations import Floor, Organisation, until
from tests.journeys.pages_of_acme import say_until_themes
from tests.journeys.pictures import shoot
from tests.web.mail_server import Received, mail_server
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
async def post() -> AsyncIterator[Received]:
    """Acme's mail server."""
    async with mail_server() as received:
        yield received


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def acme(founding: Found, elsewhere: Provider, post: Received) -> Organisation:
    """Acme, whose people sign in with its provider or with a password, and are mailed."""
    organisation = await founding("Acme")
    organisation.settings = {
        "MARMALADE_OIDC_ISSUER": elsewhere.issuer, "MARMALADE_OIDC_CLIENT_ID": CLIENT,
        "MARMALADE_OIDC_CLIENT_SECRET": SECRET, "MARMALADE_OIDC_NAME": "Acme ID",
        "MARMALADE_SMTP_HOST": "127.0.0.1", "MARMALADE_SMTP_PORT": str(post.port), "MARMALADE_SMTP_SECURITY": "none",
        "MARMALADE_SMTP_FROM": "jam@acme.example", "MARMALADE_SMTP_DOMAINS": "acme.example",
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

    # What was typed is sent as a draft when the page is left, and is there again as soon as that has arrived.
    await riley.visit(f"/forums/{floor.public.id}")
    await riley.reload_until_there(riley.page.get_by_role("button", name="Drop it"))
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


async def test_an_employee_follows_a_theme_and_gets_no_mail_but_one_digest(
    acme: Organisation, floor: Floor, post: Received, arrive: Arrive
) -> None:
    me = await arrive(acme, reduced_motion="reduce")
    await me.sign_in("riley", "/me/notices")
    await me.page.get_by_label("Mail address").fill("riley@acme.example")
    await me.press("Save the address")
    await until("a mail asks whether the address is Riley's", lambda: _came(post, 1))
    link = re.search(r"http://\S+/me/notices/confirm/\w+", post.mails[0].get_content())
    assert link
    await me.visit(link[0])
    await me.press("Yes, mail me here")
    await me.sees("Confirmed.")

    async with acme.house() as house:
        theme = await say_until_themes(house, floor)
    await me.visit(f"/jams/better/themes/{theme}")
    await me.press("Follow")
    await expect(me.page.get_by_role("button", name="Following")).to_have_attribute("aria-pressed", "true")
    await me.page.close()

    async with acme.house() as house:
        riley, sasha = await people.person(house, "riley"), await people.person(house, "sasha")
        idea = await ideas.post_idea(house, riley, floor.inside, "Gloves that fit", "They come in one size.")
        await marking.mark(house, sasha, idea, "best", "It costs nothing.")
        await until("Riley has something to read", lambda: _unread(house, riley))
        assert len(post.mails) == 1, "No mail of what can wait"
        # A day later, at Riley's hour.
        async with house.store.transaction() as change:
            wants = await mail_rows.choices(change, riley.id)
            await mail_rows.put_choices(change, replace(wants, digest_day="2001-01-01", hour=0))
    await until("the digest is there", lambda: _came(post, 2))
    digest = post.mails[1]
    assert digest["To"] == "riley@acme.example"
    assert "1 mark" in digest["Subject"]
    assert "Gloves" not in digest.as_string()
    async with acme.house() as house:
        assert (await mails.count_mails(house))["sent"] == 2


async def test_weeks_later_an_employee_sees_in_which_work_stream_an_idea_is(
    acme: Organisation, floor: Floor, arrive: Arrive
) -> None:
    async with acme.house() as house:
        riley = await people.person(house, "riley")
        idea = await ideas.post_idea(house, riley, floor.inside, "Lamps on the ramp", "It is dark at six.")
    morgan = await arrive(acme, reduced_motion="reduce")
    await morgan.sign_in("morgan", "/jams/better/outcomes")
    await morgan.type("Its name", "Safe yards")
    await morgan.type("Who answers for it", "@sasha")
    await morgan.press("Open it")
    await morgan.sees_heading("Safe yards")
    await morgan.visit(f"/ideas/{idea.id}")
    await morgan.follow("Decide")
    await morgan.page.get_by_label("A work stream carries it on").check()
    await morgan.type("Why", "Two people fell there last winter.")
    await morgan.press("Decide")
    await morgan.sees("Two people fell there last winter.")

    me = await arrive(acme, reduced_motion="reduce")
    await me.sign_in("riley", "/inbox")
    told = me.page.get_by_text("Your idea is in the work stream “Safe yards”")
    await me.reload_until_there(told)
    await me.visit(f"/ideas/{idea.id}")
    await me.follow("Safe yards")
    await me.sees_heading("What became of the ideas")
    await me.sees("Two people fell there last winter.")
    await shoot(me, "journey-employee-outcome")


async def _came(post: Received, count: int) -> bool:
    return len(post.mails) >= count


async def _unread(house: House, member: Member) -> bool:
    return bool((await inbox.count_unread(house, member)).get("mark"))
