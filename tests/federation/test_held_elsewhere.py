"""A jam held elsewhere is as usable as one's own, and its page says how much of it is here."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiohttp import CookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from federation.outside.store import LEDGER
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.keys import HOUSE
from server.services import forums, ideas_read, marking, moves, outcomes, people, servers
from tests.federation.conftest import MakeOrganisation
from tests.federation.organisation import Organisation
from tests.federation.test_histories import join, lose, settle
from tests.web.api.api_house import Caller
from tests.web.pages.conftest import Browser
from web.api.setup import add_api
from web.session import cookie_name
from web.setup import add_web


@dataclass
class Scene:
    """Acme holds a forum for everybody; Bob at Globex sees it in his browser and over the API."""

    acme: Organisation
    globex: Organisation
    forum: Forum
    mirror: Forum
    idea: Contribution
    bob: Browser
    call: Caller

    @property
    def both(self) -> tuple[Organisation, Organisation]:
        return self.acme, self.globex

    async def here(self) -> Contribution:
        found = await self.globex.know(self.idea.uri)
        assert found is not None
        return found


@pytest.fixture
async def scene(organise: MakeOrganisation) -> AsyncIterator[Scene]:
    acme, globex = await organise("Acme"), await organise("Globex")
    forum = await acme.forum("open", "public", await acme.jam(hours=1000))
    idea = await acme.idea(forum, "Fewer lifts.", title="Lifts")
    await acme.reply(idea, "Stairs.")
    await acme.reply(idea, "Ramps.")
    await acme.idle()
    mirror = await join(acme, globex, forum)
    bob = await globex.member("bob")
    app = web.Application()
    app[HOUSE], app[LEDGER] = globex.house, globex.outside.ledger
    add_web(app)
    add_api(app)
    client: TestClient[web.Request, web.Application] = TestClient(TestServer(app), cookie_jar=CookieJar(unsafe=True))
    await client.start_server()
    begun = await people.sign_in_by_link(globex.house, await people.make_link(globex.house, bob))
    name = cookie_name(globex.house.addresses.inside_url)
    client.session.cookie_jar.update_cookies({name: begun.cookie}, client.make_url("/"))
    token = await people.make_token(globex.house, bob)
    yield Scene(acme, globex, forum, mirror, idea, Browser(client), Caller(client, bob, token))
    await client.close()


async def test_a_thread_says_how_many_of_its_replies_are_here_and_a_button_fetches_the_rest(scene: Scene):
    acme, globex = scene.both
    here = await scene.here()
    _, page = await scene.bob.get(f"/ideas/{here.id}")
    assert "is not known yet" in page
    # Two more are lost on their way.
    late = [await acme.reply(scene.idea, words) for words in ("Never sent.", "Nor this.")]
    await lose(acme, globex)
    await settle(acme, globex)
    assert (await scene.here()).replies == 2
    answer, _ = await scene.bob.post(f"/ideas/{here.id}/rest")
    assert (answer.status, answer.headers["location"]) == (303, f"/ideas/{here.id}?done=rest#rest")
    await globex.release.run_once()
    _, page = await scene.bob.get(f"/ideas/{here.id}")
    assert "Its server is being asked" in page
    await settle(globex, acme)
    _, page = await scene.bob.get(f"/ideas/{here.id}")
    assert "All replies are here." in page
    assert all([await globex.know(one.uri) is not None for one in late])

    # What waits for a reviewer here is not here: the page says so.
    await servers.say(globex.house, globex.admin, acme.host, standing="limited")
    await acme.reply(scene.idea, "Held.")
    await settle(acme, globex)
    await scene.call("POST", f"/ideas/{here.id}/rest", status=202)
    await settle(globex, acme)
    _, page = await scene.bob.get(f"/ideas/{here.id}")
    assert "4 of 5 replies are here." in page
    assert "Fetch what is missing" in page
    told = await scene.call("GET", f"/ideas/{here.id}/rest")
    assert (told["here"], told["there"], told["complete"], told["asked"]) == (4, 5, False, False)
    assert told["host"] == acme.host


async def test_a_forum_says_how_many_of_its_ideas_are_here(scene: Scene):
    acme, globex = scene.both
    await acme.idea(scene.forum, "Lost.", title="Lost one")
    await lose(acme, globex)
    answer, _ = await scene.bob.get(f"/forums/{scene.mirror.id}")
    answer, _ = await scene.bob.post(f"/forums/{scene.mirror.id}/rest")
    assert answer.status == 303
    await settle(globex, acme)
    _, page = await scene.bob.get(f"/forums/{scene.mirror.id}")
    assert "All ideas are here." in page
    assert "Lost one" in page
    told = await scene.call("GET", f"/forums/{scene.mirror.id}/rest")
    assert (told["here"], told["there"], told["complete"]) == (2, 2, True)


async def test_of_ones_own_there_is_nothing_to_fetch(scene: Scene):
    own = await scene.globex.forum("own", "inside", await scene.globex.jam("own"))
    idea = await scene.globex.idea(own)
    _, page = await scene.bob.get(f"/ideas/{idea.id}")
    assert 'id="rest"' not in page
    for url in (f"/ideas/{idea.id}/rest", f"/forums/{own.id}/rest"):
        assert (await scene.call("GET", url))["complete"]
        assert "held here" in (await scene.call("POST", url, status=409))["detail"]
    answer, _ = await scene.bob.post(f"/forums/{own.id}/rest")
    assert answer.status == 409


async def test_what_its_facilitators_marked_bears_the_hosts_name_on_the_page(scene: Scene):
    acme, globex = scene.both
    await marking.mark(acme.house, acme.admin, scene.idea, "best", "Said inside.")
    await settle(acme, globex)
    here = await scene.here()
    _, thread = await scene.bob.get(f"/ideas/{here.id}")
    assert re.search(rf"Best · <bdi>{acme.host}</bdi>", thread)
    assert "Said inside." not in thread


async def test_what_its_host_decided_of_an_idea_stands_beside_it_under_the_hosts_name(scene: Scene):
    acme, globex = scene.both
    await outcomes.decide(acme.house, acme.admin, scene.idea, "declined", "No budget this year.")
    await settle(acme, globex)
    here = await scene.here()
    _, thread = await scene.bob.get(f"/ideas/{here.id}")
    assert "No budget this year." in thread
    assert re.search(rf"Decided by</?[^>]*>? *<bdi>{acme.host}|Decided by <bdi>{acme.host}", thread)
    _, became = await scene.bob.get(f"/jams/{here.jam_id}/outcomes")
    assert "No budget this year." in became


async def test_an_old_link_to_what_its_host_merged_leads_to_the_thread_that_shows_it(scene: Scene):
    acme, globex = scene.both
    here, into = await scene.here(), await acme.idea(scene.forum, "Stairs first.", title="Stairs")
    await moves.merge(acme.house, acme.admin, await acme.fresh(scene.idea), into, "Alike.")
    await settle(acme, globex)
    answer, _ = await scene.bob.get(f"/ideas/{here.id}")
    assert answer.status == 303
    _, page = await scene.bob.get(answer.headers["location"])
    if "Fewer lifts." not in page:  # the address of a reply leads to its place in the thread
        there = await globex.know(into.uri)
        assert there is not None
        _, page = await scene.bob.get(f"/ideas/{there.id}")
    assert "Fewer lifts." in page
    assert "Merged in" in page
    assert acme.host in page


async def test_a_jam_held_elsewhere_is_listed_followed_read_answered_and_voted_like_ones_own(scene: Scene):
    acme, globex = scene.both
    here = await scene.here()
    _, home = await scene.bob.get("/")
    jam = next(one for one in (await scene.call("GET", "/jams"))["data"])
    assert jam["title"] in home
    _, lobby = await scene.bob.get(f"/jams/{jam['id']}")
    assert scene.mirror.title in lobby
    _, page = await scene.bob.get(f"/forums/{scene.mirror.id}")
    assert "Lifts" in page
    assert re.search(rf"Held by</?[^>]*>? *<bdi>{acme.host}|Held by <bdi>{acme.host}", page), "the host's badge"
    _, thread = await scene.bob.get(f"/ideas/{here.id}")
    assert f"<bdi>{acme.host}</bdi>" in thread, "every name from there bears its server"
    assert "Stairs." in thread
    answer, _ = await scene.bob.post("/follow", kind="forum", subject=scene.mirror.id, back="/")
    assert answer.status == 303
    assert [one["subject"] for one in (await scene.call("GET", "/me/follows"))["data"]] == [scene.mirror.id]
    answer, _ = await scene.bob.post(f"/ideas/{here.id}/replies", text="From Globex.")
    assert answer.status == 303
    answer, _ = await scene.bob.post(f"/ideas/{here.id}/marks/support")
    assert answer.status < 400
    answer, _ = await scene.bob.post(f"/forums/{scene.mirror.id}/ideas", title="Slides", text="Instead of stairs.")
    assert answer.status == 303
    await settle(globex, acme)
    words = [one.text for one in await ideas_read.replies_of(acme.house, scene.idea.id)]
    assert words == ["Stairs.", "Ramps.", "From Globex."]
    assert (await acme.fresh(scene.idea)).support == 1
    listed = await ideas_read.list_ideas(acme.house, acme.admin, scene.forum, None, 10)
    assert {one.title for one in listed} == {"Lifts", "Slides"}
    found = await forums.forum_by_uri(globex.house, scene.forum.uri)
    assert found is not None
    assert found.joined
