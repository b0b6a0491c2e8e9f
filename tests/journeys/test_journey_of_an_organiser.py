"""An organiser sets a jam up from the one-time link that `init` printed, opens it, extends it and closes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.journeys.conftest import Arrive, Found
from tests.journeys.organisations import PASSWORD, Organisation
from tests.journeys.pictures import shoot
from tests.journeys.visitors import Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def empty(chromium: Browser, founding: Found) -> Organisation:
    """An organisation just set up, with nobody but an admin who has no password yet."""
    organisation: Organisation = await founding("Acme", password="")
    await organisation.serve()
    return organisation


def _written(at: datetime) -> str:
    """A moment as a field for date and time takes it."""
    return at.strftime("%Y-%m-%dT%H:%M")


async def test_an_organiser_gets_from_the_first_link_to_a_jam_that_ran_and_closed(
    empty: Organisation, arrive: Arrive
) -> None:
    morgan = await arrive(empty)
    await _come_in_by_the_link(morgan, empty)
    await _draft_a_jam(morgan)
    await _be_refused_without_a_promise(morgan)
    await _promise(morgan)
    await _add_forums(morgan)
    await _add_a_partner(morgan)
    await _invite(morgan, empty, arrive)
    await _name_a_host(morgan)
    await _rehearse_and_leave_no_trace(morgan)
    await _open_extend_and_freeze(morgan)
    await _go_on_with_a_second_jam(morgan)


async def _come_in_by_the_link(morgan: Visitor, empty: Organisation) -> None:
    (link,) = empty.links
    await morgan.visit(link)
    await morgan.sees_heading("Welcome to Acme")
    with morgan.refused_with(422):
        await morgan.type("New password", "short")
        await morgan.press("Set password and enter")
        await morgan.sees("A password has at least 8 characters")
    await morgan.type("New password", PASSWORD)
    await morgan.press("Set password and enter")
    await morgan.is_told("Your password is set.")
    await morgan.sees_heading("Jams")

    await morgan.page.get_by_label("Your menu").click()
    await morgan.press("Sign out")
    await morgan.sees("You are signed out.")
    await morgan.visit(link)
    with morgan.refused_with(401):
        await morgan.type("New password", PASSWORD)
        await morgan.press("Set password and enter")
        await expect(morgan.page.get_by_role("alert")).to_be_visible()
    await morgan.sign_in("morgan")


async def _draft_a_jam(morgan: Visitor) -> None:
    await morgan.follow("Start the first jam")
    await morgan.sees_heading("New jam")
    now = datetime.now(UTC)
    await morgan.type("Name of the jam", "Better together")
    await morgan.type("Short name in addresses", "better")
    await morgan.type("The question", "What should we try together?")
    await morgan.type("Off the table", "Headcount.")
    await morgan.type("Decided by", "15 December")
    await morgan.page.get_by_label("Opens (UTC)").fill(_written(now + timedelta(hours=1)))
    await morgan.page.get_by_label("Closes (UTC)").fill(_written(now + timedelta(days=2)))
    await morgan.press("Create the draft")
    await morgan.is_told("It is a draft until you open it.")
    await morgan.sees("The charter still lacks")


async def _be_refused_without_a_promise(morgan: Visitor) -> None:
    with morgan.refused_with(409):
        await morgan.press("Open the jam now")
        await morgan.is_told("The jam cannot open before its charter is complete.")
    await morgan.sees("A draft: only you and other organisers work on it")


async def _promise(morgan: Visitor) -> None:
    await morgan.follow("Complete it")
    await morgan.type("The sponsor’s promise", "Dana Whitfield answers every theme by 15 December.")
    await morgan.press("Save the charter")
    await morgan.is_told("Saved.")
    await morgan.does_not_see("The charter still lacks")


async def _add_forums(morgan: Visitor) -> None:
    for name, slug, audience, seen in (
        ("Open floor", "open-floor", "Everyone", "Everyone"),
        ("Logistics", "logistics", "Partners", "Acme and partners"),
        ("Our own house", "own-house", "Inside Acme", "Inside Acme"),
    ):
        form = morgan.page.locator("#new-forum")
        await form.get_by_label("Name", exact=True).fill(name)
        await form.get_by_label("Short name").fill(slug)
        await form.get_by_label("Its question").fill(f"What about {name.lower()}?")
        await form.get_by_role("radio", name=audience).check()
        await morgan.press("Create the forum")
        await morgan.is_told("The forum is there, with the rules that its audience stands for.")
        listed = morgan.page.get_by_role("region", name="Forums")
        await morgan.sees(name, within=listed)
        await morgan.sees(seen, within=listed)
    await morgan.visit("/boundary")
    await morgan.sees_heading("What may cross")
    await morgan.sees("Open floor")


async def _add_a_partner(morgan: Visitor) -> None:
    await morgan.follow("Partners", within=morgan.page.get_by_role("navigation", name="Boundary"))
    await morgan.sees("No partner yet")
    await morgan.type("Server", "jam.globex.example")
    await morgan.page.get_by_label("Name", exact=False).last.fill("Globex")
    await morgan.page.get_by_label("Tier").select_option("partner")
    await morgan.press("Add")
    await morgan.is_told("The partner is written down.")
    await morgan.sees_heading("Globex")


async def _open_extend_and_freeze(morgan: Visitor) -> None:
    await morgan.visit("/jams/better/settings")
    await morgan.press("Open the jam now")
    await morgan.is_told("The jam is open.")
    await morgan.sees("Live: people write, on every server that may.")

    later = datetime.now(UTC) + timedelta(days=3)
    await morgan.page.get_by_label("New closing time (UTC)").fill(_written(later))
    await morgan.press("Extend")
    await morgan.is_told("The jam has a new end.")
    await expect(morgan.page.get_by_label("New closing time (UTC)")).to_have_value(_written(later))

    await morgan.press("Freeze: read only")
    await morgan.is_told("The jam is closed. Everybody can still read it.")
    await morgan.follow("Open floor", within=morgan.page.get_by_role("region", name="Forums"))
    await morgan.sees_heading("What about open floor?")
    await expect(morgan.page.locator("form.composer")).to_have_count(0)


async def _invite(morgan: Visitor, empty: Organisation, arrive: Arrive) -> None:
    await morgan.visit("/")
    await morgan.follow("Go on")
    await morgan.sees_heading("First steps")
    await morgan.sees("1 written down, Globex first.")
    await morgan.follow("Invite people")
    table = morgan.page.locator("#table")
    await table.get_by_label("or its text").fill("username,name,unit\nriley,Riley Hart,Customer Care\nmorgan,,\n")
    with morgan.refused_with(422):
        await morgan.press("Add everybody")
        await morgan.sees("Line 3: there is a person called morgan already.")
    await table.get_by_label("or its text").fill("username,name,unit\nriley,Riley Hart,Customer Care\n")
    await morgan.press("Add everybody")
    await morgan.sees("Added: 1.")
    await morgan.type("Unit of those who join", "Operations")
    await morgan.press("Make the link")
    link = await morgan.page.locator(".notice code").inner_text()
    sasha = await arrive(empty)
    await sasha.visit(link)
    await sasha.sees("You join as Operations.")
    await sasha.type("Username", "sasha")
    await sasha.type("Your name", "Sasha Brandt")
    await sasha.type("Password", PASSWORD)
    await sasha.press("Join and enter")
    await sasha.sees_heading("Jams")


async def _name_a_host(morgan: Visitor) -> None:
    await morgan.visit("/jams/better/settings")
    await morgan.follow("Hosts and rota")
    await morgan.sees("Nobody hosts yet.")
    await morgan.type("Username", "sasha")
    await morgan.type("A few words about them", "Runs the yards.")
    await morgan.press("Save the host")
    await morgan.is_told("Saved.")
    now = datetime.now(UTC)
    await morgan.page.get_by_label("From (UTC)").fill(_written(now + timedelta(hours=2)))
    await morgan.page.get_by_label("Until (UTC)").fill(_written(now + timedelta(hours=3)))
    await morgan.press("Plan it")
    await morgan.is_told("Saved.")
    await morgan.visit("/jams/better")
    hosts = morgan.page.get_by_role("region", name="Hosts")
    await shoot(morgan, "journey-organiser-lobby")
    await morgan.sees("Sasha Brandt", within=hosts)
    await morgan.sees("Runs the yards.", within=hosts)
    await morgan.sees("jam time")


async def _rehearse_and_leave_no_trace(morgan: Visitor) -> None:
    await morgan.visit("/jams/better/settings")
    await morgan.press("Rehearse now")
    await morgan.is_told("A rehearsal is running.")
    await morgan.sees("Simulated idea 1")
    await shoot(morgan, "journey-organiser-rehearsal")
    await morgan.sees("rehearsal.invalid")
    await morgan.press("Remove it without trace")
    await morgan.is_told("The rehearsal is gone, with its people and words.")
    await morgan.visit("/")
    await morgan.does_not_see("Rehearsal: Better together")


async def _go_on_with_a_second_jam(morgan: Visitor) -> None:
    await morgan.visit("/jams/better/settings")
    await morgan.follow("This jam again")
    await morgan.type("Short name of the new jam", "second")
    await morgan.press("Draft the second jam")
    await morgan.sees_heading("Carry ideas over")
    await morgan.sees("That jam has no idea yet.")
    await morgan.visit("/jams/second")
    await morgan.sees("Goes on from")
