"""Mia has an account on a Mastodon server: what she does there, and what Acme's people see of it in their browsers.

Her server is a small one that speaks ActivityPub over HTTP with signatures, as Mastodon does (tests/federation).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric import rsa
from playwright.async_api import expect

from server.domain.ideas import Contribution
from server.services import ideas, ideas_read, jams, people, polls, rules
from tests.federation.elsewhere import Elsewhere
from tests.journeys.conftest import Arrive
from tests.journeys.organisations import Floor, Organisation, until
from tests.journeys.pictures import shoot

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="session")]


NEW_PEOPLE = """
[[rule]]
id = "G-new"
kind = "guard"
direction = "in"
act = ["Create"]
nth = "<=1"
effect = "hold"
"""


@dataclass(frozen=True)
class Mia:
    """Her account, her server, and the shared inbox of the forum that she follows."""

    server: Elsewhere
    uri: str
    forum: str
    inbox: str

    async def says(self, kind: str, subject: object, **more: object) -> int:
        """Send an activity; return the status that the inbox answers."""
        return (await self.server.post(self.inbox, self.server.activity(kind, self.uri, subject, **more))).status

    def heard(self) -> list[str]:
        return [str(one.activity.get("object")) for one in self.server.arrived]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def mia(acme: Organisation, floor: Floor) -> AsyncIterator[Mia]:
    """1 She searches for @open-floor@acme on her server, and follows it."""
    server = Elsewhere(rsa.generate_private_key(public_exponent=65537, key_size=2048), "mastodon")
    await server.start()
    try:
        uri = server.person("mia")
        forum = await until("the forum is found by its name", lambda: server.find(floor.public.handle))
        assert forum == floor.public.uri
        actor = (await server.get(forum, by=server.server)).json
        assert actor["type"] == "Group"
        found = Mia(server, uri, forum, actor["endpoints"]["sharedInbox"])
        assert await found.says("Follow", forum) == 202

        async def accepted() -> bool:
            return any(one.activity["type"] == "Accept" for one in server.arrived)

        await until("the forum accepts Mia", accepted)
        yield found
    finally:
        await server.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def bench(acme: Organisation, floor: Floor, mia: Mia) -> Contribution:
    """An idea with a poll, and a reply of a colleague's."""
    async with acme.house() as house:
        riley, sasha = await people.person(house, "riley"), await people.person(house, "sasha")
        idea = await ideas.post_idea(house, riley, floor.public, "A bench at every stop", "People could sit.")
        await ideas.reply(house, sasha, idea, "With a roof, please.")
        ends = house.now() + timedelta(hours=1)
        await polls.ask(house, riley, idea, "What of?", ["Wood", "Steel"], ends_at=ends)

    async def crossed() -> bool:
        return idea.uri in mia.heard()

    await until("the idea is on Mia's server", crossed)
    return idea



async def test_what_mia_gets_is_ideas_and_not_every_reply(
    acme: Organisation, floor: Floor, mia: Mia, bench: Contribution, arrive: Arrive
) -> None:
    note = (await mia.server.get(bench.uri, by=mia.server.server)).json
    assert "A bench at every stop" in (note.get("name") or "") + note["content"]
    announced = [one for one in mia.server.arrived if one.activity["type"] == "Announce"]
    async with acme.house() as house:
        (reply,) = [one for one in await ideas_read.replies_of(house, bench.id) if "roof" in one.text]
    assert reply.uri not in [one.activity["object"] for one in announced]


async def test_reply_support_and_vote_from_her_own_server_are_seen_by_acme(
    acme: Organisation, floor: Floor, mia: Mia, bench: Contribution, arrive: Arrive
) -> None:
    riley = await arrive(acme)
    await riley.sign_in("riley", f"/ideas/{bench.id}")
    note = mia.server.note(mia.uri, "Benches with a back, for old knees.", bench.uri, to=mia.forum)
    assert await mia.says("Create", note, to=note["to"], cc=note["cc"]) == 202
    theirs = riley.page.get_by_role("article", name="Reply by Mia")
    await riley.reload_until_there(theirs)
    await riley.sees("Benches with a back, for old knees.", within=theirs)
    # Whose words they are cannot be overlooked: the name of the server stands beside hers.
    await expect(theirs.locator(".badge", has_text=mia.server.host).first).to_be_visible()

    assert await mia.says("Like", bench.uri) == 202
    support = riley.page.locator("article.root").get_by_role("button", name="Support")
    await riley.reload_until_there(support.filter(has_text="1"))

    async with acme.house() as house:
        (poll,) = [one for one in await ideas_read.replies_of(house, bench.id) if "What of?" in one.text]
    question = (await mia.server.get(poll.uri, by=mia.server.server)).json
    assert [one["name"] for one in question["oneOf"]] == ["Wood", "Steel"]
    vote = {
        "id": mia.server.new_uri("votes"), "type": "Note", "name": "Wood", "attributedTo": mia.uri,
        "inReplyTo": poll.uri, "to": [],
    }  # fmt: skip
    assert await mia.says("Create", vote) == 202
    counted = riley.page.locator(".poll").filter(has_text="1 person voted")
    await riley.reload_until_there(counted)
    await shoot(riley, "journey-mastodon-user")


async def test_the_first_words_of_somebody_unknown_wait_for_a_reviewer_where_the_rules_say_so(
    acme: Organisation, floor: Floor, mia: Mia, bench: Contribution, arrive: Arrive
) -> None:
    async with acme.house() as house:
        morgan, in_force = await people.person(house, "morgan"), (await rules.rules_in_force(house))[0].text
        await rules.apply_rules(house, morgan, in_force + NEW_PEOPLE, "Whoever is new is looked at once.")
    noor = mia.server.person("noor")
    note = mia.server.note(noor, "Benches that fold, please.", bench.uri, to=mia.forum)
    said = mia.server.activity("Create", noor, note, to=note["to"], cc=note["cc"])
    assert (await mia.server.post(mia.inbox, said)).status == 202
    casey, riley = await arrive(acme), await arrive(acme)
    await casey.sign_in("casey", "/boundary/holds")
    hold = casey.page.get_by_role("article").filter(has_text="Benches that fold, please.")
    await casey.reload_until_there(hold)
    await riley.sign_in("riley", f"/ideas/{bench.id}")
    await riley.does_not_see("Benches that fold, please.")
    await casey.press("Let it in", within=hold)
    await riley.reload_until_there(riley.page.get_by_role("article", name="Reply by Noor"))
    await riley.sees("Benches that fold, please.")


async def test_after_the_close_her_reply_is_refused_and_nothing_of_it_is_shown(
    acme: Organisation, floor: Floor, mia: Mia, bench: Contribution, arrive: Arrive
) -> None:
    async with acme.house() as house:
        await jams.freeze_jam(house, await people.person(house, acme.admin), floor.jam)

    async def told() -> bool:
        return any(one.activity["type"] == "Update" and "postingRestrictedToMods" in str(one.activity["object"])
                   for one in mia.server.arrived)  # fmt: skip

    await until("Mia's server hears that the forum is read only", told)
    note = mia.server.note(mia.uri, "One more thing, too late.", bench.uri, to=mia.forum)
    await mia.says("Create", note, to=note["to"], cc=note["cc"])
    riley = await arrive(acme)
    await riley.sign_in("riley", f"/ideas/{bench.id}")
    await riley.sees("it can be read but no longer written to")
    await riley.does_not_see("One more thing, too late.")
    stranger = await arrive(acme, outside=True)
    await stranger.visit(bench.uri)
    await stranger.sees("To answer, search for the address of this page")
    await stranger.does_not_see("One more thing, too late.")
    await stranger.type("Your server", f"@mia@{mia.server.host}")
    await stranger.press("Reply from your server")
    await stranger.page.wait_for_url(f"http://{mia.server.host}/authorize_interaction?uri=*")
    await stranger.sees(bench.uri)
