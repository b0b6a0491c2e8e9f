"""The console's page of the leak self-test, its alarm at the head of the console, and the same over the API."""

from __future__ import annotations

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from server.domain.self_test import Leak, Report
from server.keys import HOUSE
from server.services import people, self_tests
from tests.web.pages.conftest import Site
from web.api.setup import add_api

FOUND = Leak("GET /objects/{key}", "/objects/00ff", "ex-partner", "text of the former canary")


async def end(site: Site, report: Report) -> None:
    await self_tests.end(site.house, await self_tests.begin(site.house, by=site.mara), report)


async def test_the_page_begins_empty_and_offers_a_test(site: Site):
    mara = await site.browser(site.mara)
    answer, text = await mara.get("/boundary/self-test")
    assert answer.status == 200
    assert "No result yet" in text
    answer, _ = await mara.post("/boundary/self-test")
    assert answer.status == 303
    _, text = await mara.get("/boundary/self-test")
    assert "Asked for; it begins in a moment." in text
    assert "Run it now" not in text
    await mara.post("/boundary/self-test")
    assert len(await self_tests.latest(site.house)) == 1


async def test_a_result_is_told_in_words_and_a_leak_on_every_page_of_the_console(site: Site):
    mara = await site.browser(site.mara)
    passed = Report(doors=28, requests=900, markers=60, identities=("stranger",), controls=("It could be read.",))
    await end(site, passed)
    _, text = await mara.get("/boundary/self-test")
    for words in ("Nothing came out that must stay inside.", "900 requests at 28 doors, as a stranger", "Mara Okafor"):
        assert words in text, words
    _, text = await mara.get("/boundary")
    assert "role=\"alert\"" not in text
    await end(site, Report(leaks=(FOUND,), doors=1, requests=1))
    _, text = await mara.get("/boundary/self-test")
    assert "GET /objects/{key} told an ex-partner the text of the former canary." in text
    for path in ("/boundary", "/boundary/holds", "/boundary/partners", "/boundary/audit"):
        _, text = await mara.get(path)
        assert "found words outside that must stay inside" in text, path
    await end(site, Report(notes=("The gate stood still.",)))
    _, text = await mara.get("/boundary/self-test")
    assert "The gate stood still." in text
    _, text = await mara.get("/boundary")
    assert "none has passed since" in text
    await end(site, passed)
    _, text = await mara.get("/boundary")
    assert "role=\"alert\"" not in text


async def test_only_those_with_a_duty_see_it_and_only_admins_ask(site: Site):
    jonas = await site.browser(site.jonas)
    answer, _ = await jonas.get("/boundary/self-test")
    assert answer.status == 404
    vera = await site.browser(await people.add_member(site.house, "vera", role="reviewer"))
    answer, text = await vera.get("/boundary/self-test")
    assert answer.status == 200
    assert "Run it now" not in text
    answer, _ = await vera.post("/boundary/self-test")
    assert answer.status == 403


async def test_the_api_tells_the_same(site: Site):
    app = web.Application()
    app[HOUSE] = site.house
    add_api(app)
    client: TestClient[web.Request, web.Application] = TestClient(TestServer(app))
    await client.start_server()
    try:
        headers = {
            one.username: {"Authorization": f"Bearer {await people.make_token(site.house, one)}"}
            for one in (site.mara, site.jonas)
        }
        await end(site, Report(leaks=(FOUND,), doors=1, requests=2, identities=("ex-partner",)))
        async with client.get("/api/v1/boundary/self-test", headers=headers["mara"]) as answer:
            (told,) = (await answer.json())["data"]
        assert (told["state"], told["requests"], told["leaks"]) == (
            "failed",
            2,
            [{"door": FOUND.door, "path": FOUND.path, "identity": "ex-partner", "what": FOUND.what}],
        )
        async with client.post("/api/v1/boundary/self-test", headers=headers["mara"]) as answer:
            assert answer.status == 202
            assert (await answer.json())["state"] == "asked"
        for send in (client.get, client.post):
            async with send("/api/v1/boundary/self-test", headers=headers["jonas"]) as answer:
                assert answer.status == 403
    finally:
        await client.close()
