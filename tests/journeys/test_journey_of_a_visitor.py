"""Ann has an account on a Mastodon server and is on the list of a closed forum: she takes part in it at Acme's edge.

Her server is a small one that speaks Mastodon's API (tests/federation/home_server.py).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric import rsa
from playwright.async_api import expect

from server.services import forums, ideas, jams, memberships, partners, people
from tests.federation.home_server import HomeServer
from tests.journeys.conftest import Arrive
from tests.journeys.looks import RUN, violations
from tests.journeys.organisations import CHARTER, Organisation, until
from tests.journeys.pictures import shoot

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home() -> AsyncIterator[HomeServer]:
    server = HomeServer(rsa.generate_private_key(public_exponent=65537, key_size=2048), "mastodon")
    await server.start()
    server.person("ann")
    yield server
    await server.close()


async def test_she_signs_in_with_her_own_account_reads_and_answers_and_acme_sees_her_name(
    acme: Organisation, home: HomeServer, arrive: Arrive
) -> None:
    async with acme.house() as house:
        admin, riley = await people.person(house, acme.admin), await people.person(house, "riley")
        now = house.now()
        jam = await jams.create_jam(house, admin, "apart", "Among few", CHARTER, now, now + timedelta(days=2))
        jam = await jams.open_jam(house, admin, jam)
        await partners.add_partner(house, admin, home.host, "partner", "GREEN")
        forum = await forums.create_forum(
            house, admin, jam, "quiet", "Quiet corner", "What do we not say aloud?", "partners", members_only=True
        )
        for handle in ("riley", f"@ann@{home.host}"):
            await memberships.invite(house, admin, forum, handle)
        idea = await ideas.post_idea(house, riley, forum, "Say it earlier", "Most of us knew in March.")
        await ideas.reply(house, admin, idea, "In February, some of us.")

    ann = await arrive(acme, outside=True)
    with ann.refused_with(404):
        await ann.visit(forum.uri)
        await ann.sees("There is nothing here.")
    await ann.visit("/")
    await ann.follow("Sign in with the account of your own server")
    await shoot(ann, "journey-visitor-sign-in")
    await ann.type("Your address", f"@ann@{home.host}")
    await ann.press("Go to my server")
    await ann.page.wait_for_url(f"{acme.edge_url}/")
    await ann.sees(f"@ann@{home.host}")

    await ann.reload_until_there(ann.page.get_by_role("link", name="Quiet corner"))
    await ann.follow("Quiet corner")
    await ann.sees("Only for people on a list")
    await ann.reload_until_there(ann.page.get_by_role("link", name="Say it earlier"))
    await shoot(ann, "journey-visitor-forum")
    await ann.follow("Say it earlier")
    await ann.reload_until_there(ann.page.get_by_text("In February, some of us."))
    form = ann.page.locator("form.words").last
    await form.get_by_label("Your words").fill("In January, where I work.")
    await ann.press("Send", within=form)
    await ann.page.wait_for_url("**?sent=*")
    await ann.reload_until_there(ann.page.get_by_text("What you sent is here."))
    await ann.sees("In January, where I work.")
    await shoot(ann, "journey-visitor-thread")
    # What only those who are signed in see: nothing that axe-core complains of, on a small screen in dark.
    await ann.page.set_viewport_size({"width": 320, "height": 700})
    await ann.page.emulate_media(color_scheme="dark")
    change = await ann.page.get_by_role("link", name="Change your words").get_attribute("href")
    for path in (idea.uri, "/mine", str(change)):
        await ann.visit(path)
        assert await ann.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert await violations(ann.page, RUN["light"]) == [], path

    colleague = await arrive(acme)
    await colleague.sign_in("riley", f"/ideas/{idea.id}")
    theirs = colleague.page.get_by_role("article", name="Reply by Ann")
    await colleague.reload_until_there(theirs)
    await colleague.sees("In January, where I work.", within=theirs)
    await expect(theirs.locator(".badge", has_text=home.host).first).to_be_visible()

    async with acme.house() as house:
        found = await memberships.find_member(house, admin, forum, f"@ann@{home.host}")
        await memberships.remove(house, admin, forum, found.id)

    with ann.refused_with(404):

        async def gone() -> bool:
            answer = await ann.page.goto(idea.uri)
            return answer is not None and answer.status == 404

        await until("what was for her is not there any more", gone)
    await ann.visit("/")
    await ann.press("Sign out")
    await expect(ann.page.get_by_role("link", name="Sign in with the account of your own server")).to_be_visible()
    assert home.arrived == []
