"""People of other servers read a closed forum at our edge, signed in with the account of their own server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import crossings, ideas, memberships, partners, polls, rules, servers
from tests.federation.home_server import HomeServer
from tests.federation.organisation import Organisation
from tests.federation.visiting import Browser

MakeBrowser = Callable[[], Browser]


@pytest.fixture
async def session(stack: AsyncExitStack) -> aiohttp.ClientSession:
    return await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))


@pytest.fixture
def open_home(
    stack: AsyncExitStack, foreign_keys: list[rsa.RSAPrivateKey]
) -> Callable[[], Awaitable[HomeServer]]:
    async def make() -> HomeServer:
        home = HomeServer(foreign_keys[0], "mastodon")
        await home.start()
        stack.push_async_callback(home.close)
        home.person("ann")
        home.person("bob")
        return home

    return make


@dataclass
class Quiet:
    """Acme's closed forum with one idea; ann of `home`, which is a partner that keeps no lists, is on its list."""

    acme: Organisation
    home: HomeServer
    forum: Forum
    idea: Contribution
    session: aiohttp.ClientSession

    @property
    def forum_path(self) -> str:
        return self.forum.uri.removeprefix(self.acme.url)

    @property
    def idea_path(self) -> str:
        return self.idea.uri.removeprefix(self.acme.url)

    def browser(self) -> Browser:
        return Browser(self.acme, self.session)

    async def take_off(self) -> None:
        found = await memberships.find_member(self.acme.house, self.acme.admin, self.forum, f"@ann@{self.home.host}")
        await memberships.remove(self.acme.house, self.acme.admin, self.forum, found.id)
        await self.acme.idle()


@pytest.fixture
async def quiet(
    acme: Organisation, open_home: Callable[[], Awaitable[HomeServer]], session: aiohttp.ClientSession
) -> Quiet:
    home = await open_home()
    await acme.partner(home.host)
    jam = await acme.jam("apart")
    forum = await acme.forum("quiet", "partners", jam, members_only=True)
    await memberships.invite(acme.house, acme.admin, forum, f"@ann@{home.host}")
    idea = await acme.idea(forum, "Only between us.", title="A quiet thought")
    await acme.reply(idea, "I hear you.")
    await acme.idle()
    return Quiet(acme, home, forum, idea, session)


async def test_who_is_on_the_list_signs_in_and_reads_the_closed_forum(quiet: Quiet):
    ann = quiet.browser()
    back = await ann.sign_in(quiet.home, "ann", quiet.forum_path)
    assert (back.status, back.location) == (303, quiet.forum_path)
    forum = await ann.get(quiet.forum_path)
    assert (forum.status, forum.headers["cache-control"]) == (200, "private, no-store")
    assert "Cookie" in forum.headers["vary"]
    assert "A quiet thought" in forum.text
    assert "link" not in forum.headers
    thread = await ann.get(quiet.idea_path)
    assert "Only between us." in thread.text
    assert "I hear you." in thread.text
    assert "Quiet" in (await ann.get("/")).text
    assert not quiet.acme.faults


@pytest.mark.parametrize("who", ["nobody", "bob"])
async def test_a_stranger_and_somebody_signed_in_who_is_on_no_list_see_the_same_as_where_nothing_ever_was(
    quiet: Quiet, who: str
):
    other = quiet.browser()
    if who == "bob":
        assert (await other.sign_in(quiet.home, "bob")).status == 303
        assert f"@bob@{quiet.home.host}" in (await other.get("/")).text
    never = await other.get(f"/objects/{'0' * 32}")
    for path in (quiet.forum_path, quiet.idea_path, f"{quiet.forum_path}/feed", f"{quiet.forum_path}/outbox"):
        found = await other.get(path)
        assert (found.status, found.text, found.headers.keys()) == (404, never.text, never.headers.keys()), path
    assert "Quiet" not in (await other.get("/")).text


async def test_what_happens_in_the_forum_is_on_its_way_to_servers_alone(quiet: Quiet):
    acme = quiet.acme
    await ideas.mark(acme.house, acme.admin, quiet.idea, "emerging")
    await ideas.edit(acme.house, acme.admin, quiet.idea, "Between us, and calmer.", title="A quieter thought")
    asked = await polls.ask(
        acme.house, acme.admin, quiet.idea, "Tea?", ["Yes", "No"], ends_at=acme.house.now() + timedelta(hours=1)
    )
    await acme.idle()
    await polls.vote(acme.house, acme.admin, asked, [0])
    await polls.count_polls(acme.house)
    await acme.idle()
    assert not acme.faults
    assert await acme.deliveries() == []
    ann = quiet.browser()
    await ann.sign_in(quiet.home)
    assert "A quieter thought" in (await ann.get(quiet.idea_path)).text


async def test_no_document_feed_or_collection_shows_what_is_for_somebody_who_signed_in(quiet: Quiet):
    ann = quiet.browser()
    await ann.sign_in(quiet.home)
    for path in (
        quiet.forum_path, quiet.idea_path, f"{quiet.forum_path}/outbox", f"{quiet.forum_path}/context",
        f"{quiet.idea_path}/context", f"{quiet.idea_path}/replies",
    ):  # fmt: skip
        assert (await ann.get(path, Accept="application/activity+json")).status == 404, path
        signed = await quiet.home.get(f"{quiet.acme.url}{path}", by=f"{quiet.home.url}/users/ann")
        assert signed.status == 404, path
    assert (await ann.get(f"{quiet.forum_path}/feed")).status == 404
    assert quiet.home.arrived == []


async def test_whoever_is_taken_off_the_list_sees_at_the_next_look_what_a_stranger_sees(quiet: Quiet):
    ann = quiet.browser()
    await ann.sign_in(quiet.home)
    assert (await ann.get(quiet.idea_path)).status == 200
    await quiet.take_off()
    never = await ann.get(f"/objects/{'0' * 32}")
    for path in (quiet.forum_path, quiet.idea_path):
        found = await ann.get(path)
        assert (found.status, found.text) == (404, never.text)
    assert "Quiet" not in (await ann.get("/")).text
    assert not quiet.acme.faults


@pytest.mark.parametrize("peer", ["", "its server"])
async def test_a_recall_from_all_or_from_their_server_takes_it_away(quiet: Quiet, peer: str):
    acme, ann = quiet.acme, quiet.browser()
    await ann.sign_in(quiet.home)
    await crossings.recall(acme.house, acme.admin, quiet.idea, quiet.home.host if peer else "")
    await acme.idle()
    assert (await ann.get(quiet.idea_path)).status == 404
    assert "A quiet thought" not in (await ann.get(quiet.forum_path)).text


async def test_rules_decide_what_a_visitor_reads_and_their_server_s_standing_is_theirs(quiet: Quiet):
    acme, ann = quiet.acme, quiet.browser()
    await ann.sign_in(quiet.home)
    held = await acme.idea(quiet.forum, "Call me at +34 600 123 456.", title="With a number")
    amber = await acme.idea(quiet.forum, "Not for them.", title="Above what they are cleared for", label="AMBER")
    await acme.idle()
    forum = await ann.get(quiet.forum_path)
    assert "With a number" not in forum.text
    assert "Above what" not in forum.text
    for one in (held, amber):
        assert (await ann.get(one.uri.removeprefix(acme.url))).status == 404
    await partners.change_partner(acme.house, acme.admin, quiet.home.host, state="removed")
    await acme.idle()
    # Without an agreement nobody shares anything with them: no rule says so.
    assert (await ann.get(quiet.idea_path)).status == 404


async def test_somebody_of_a_server_without_an_agreement_reads_only_where_a_rule_says_so(
    acme: Organisation, open_home: Callable[[], Awaitable[HomeServer]], session: aiohttp.ClientSession
):
    home = await open_home()
    forum = await acme.forum("quiet", "partners", await acme.jam("apart"), members_only=True)
    await memberships.invite(acme.house, acme.admin, forum, f"@ann@{home.host}")
    idea = await acme.idea(forum, "Only between us.", title="A quiet thought")
    await acme.idle()
    ann = Browser(acme, session)
    assert (await ann.sign_in(home)).status == 303
    path = idea.uri.removeprefix(acme.url)
    assert (await ann.get(path)).status == 404
    stored, _ = await rules.rules_in_force(acme.house)
    share = f"""
[[rule]]
id = "S-ann"
kind = "share"
direction = "out"
to = ["{home.host}"]
forum = "members/{forum.id}"
effect = "allow"
"""
    await rules.apply_rules(acme.house, acme.admin, stored.text + share, "Ann may read.", alone=True)
    await acme.idle()
    assert "Only between us." in (await ann.get(path)).text
    # They were never asked anything, and were sent nothing.
    assert home.arrived == []
    assert [one for one in home.asked if "webfinger" in one] == []


async def test_whoever_is_shut_out_or_whose_server_is_cannot_sign_in_and_is_not_any_more(quiet: Quiet):
    acme, home, ann = quiet.acme, quiet.home, quiet.browser()
    await ann.sign_in(home)
    uri = f"{home.url}/users/ann"
    await servers.say_of(acme.house, acme.admin, uri, "suspended")
    await acme.idle()
    assert (await ann.get(quiet.idea_path)).status == 404
    assert (await ann.go_there(f"@ann@{home.host}")).status == 422
    again = quiet.browser()
    home.who = "ann"
    # Whoever names the server alone is known by their account when they come back.
    there = await again.go_there(home.host)
    back = await again.get((await again.agree(there)).removeprefix(acme.url))
    assert (back.status, again.jar) == (502, {name: value for name, value in again.jar.items() if "visit" not in name})
    await servers.say_of(acme.house, acme.admin, uri, "")
    await partners.change_partner(acme.house, acme.admin, home.host, state="paused")
    await acme.idle()
    assert (await ann.go_there(f"@ann@{home.host}")).status == 422
    await partners.change_partner(acme.house, acme.admin, home.host, state="active")
    await acme.idle()
    assert (await ann.sign_in(home)).status == 303
    assert (await ann.get(quiet.idea_path)).status == 200
    await partners.change_partner(acme.house, acme.admin, home.host, state="removed")
    await servers.say(acme.house, acme.admin, home.host, standing="suspended")
    await acme.idle()
    assert f"@ann@{home.host}" not in (await ann.get("/")).text
    rows = await acme.outside.store.fetch("SELECT * FROM visits")
    assert rows == []
