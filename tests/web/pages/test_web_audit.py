"""The console's page of who did what, and the same over the API."""

from __future__ import annotations

import json
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from server.domain.audit import AuditKey
from server.keys import HOUSE, SECOND_PLACE
from server.services import ideas, people
from server.services.checkpoints import SecondPlace, keep_checkpoints
from tests.web.pages.conftest import Site
from web.api.setup import add_api


async def test_an_admin_reads_who_did_what_in_words(site: Site):
    jonas = await site.browser(site.jonas)
    made = await ideas.post_idea(site.house, site.jonas, site.own_house, "Fewer meetings", "On Mondays.")
    mara = await site.browser(site.mara)
    await people.change_member(site.house, site.mara, site.jonas, role="reviewer")
    await ideas.delete(site.house, site.mara, made)
    answer, text = await mara.get("/boundary/audit")
    assert answer.status == 200
    for words in ("Mara Okafor", "Make reviewer", "Jonas Lindqvist", "Delete words", "deleted words", "Create forum"):
        assert words in text, words
    assert "Fewer meetings" not in text
    assert 'href="/boundary/audit" aria-current="page"' in text
    _, chosen = await mara.get("/boundary/audit?act=make+reviewer")
    assert "Jonas Lindqvist" in chosen
    assert "<th scope=\"row\">Delete words" not in chosen
    _, nobody = await mara.get("/boundary/audit?who=nobody")
    assert "There is nobody of that name here." in nobody
    assert "Nothing of that kind was done." in nobody
    answer, _ = await jonas.get("/boundary/audit")
    assert answer.status in (303, 403, 404)


async def test_rows_are_shown_a_page_at_a_time(site: Site):
    for number in range(60):
        await people.add_member(site.house, f"person-{number}", by=site.mara)
    mara = await site.browser(site.mara)
    _, text = await mara.get("/boundary/audit?act=add+member")
    assert text.count("Add member</th>") == 50
    older = text.split('href="/boundary/audit?act=add+member&amp;who=&amp;before=')[1].split('"')[0]
    _, text = await mara.get(f"/boundary/audit?act=add+member&before={older}")
    assert text.count("Add member</th>") == 11
    for odd in ("-1", "x", "9" * 40, "1e3", "٣"):
        answer, _ = await mara.get(f"/boundary/audit?before={odd}")
        assert answer.status == 200


async def test_tampering_shows_at_the_top_of_the_page(site: Site):
    async with site.house.store.transaction() as change:
        await change.execute("UPDATE audit SET act = 'nothing' WHERE seq = 2")
    mara = await site.browser(site.mara)
    _, text = await mara.get("/boundary/audit")
    assert "does not hold at row 2" in text


async def test_the_chain_is_taken_along_as_a_file(site: Site):
    mara = await site.browser(site.mara)
    answer, text = await mara.post("/boundary/audit/export")
    assert answer.status == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    lines = [json.loads(line) for line in text.splitlines()]
    assert lines[0]["organisation"] == "Acme"
    assert lines[-1]["act"] == "export audit"
    jonas = await site.browser(site.jonas)
    answer, _ = await jonas.post("/boundary/audit/export")
    assert answer.status in (403, 404)


async def test_the_api_tells_the_same(site: Site, tmp_path: Path):
    place = SecondPlace(tmp_path / "second", AuditKey(b"k" * 32))
    app = web.Application()
    app[HOUSE], app[SECOND_PLACE] = site.house, place
    add_api(app)
    client: TestClient[web.Request, web.Application] = TestClient(TestServer(app))
    await client.start_server()
    tokens = {one.username: await people.make_token(site.house, one) for one in (site.mara, site.jonas)}

    async def get(path: str, by: str = "mara") -> tuple[int, dict[str, object]]:
        async with client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {tokens[by]}"}) as answer:
            return answer.status, await answer.json(content_type=None)

    try:
        for _ in range(100):
            await people.make_link(site.house, site.jonas, site.mara)
        assert await keep_checkpoints(site.house, place) == 1
        status, state = await get("/boundary/audit/state")
        assert (status, state["holds"], state["faults"], state["checkpoints"]) == (200, True, [], 1)
        assert state["second_place"] == str(place.folder)
        status, page = await get("/boundary/audit?act=make+sign-in+link&by=mara&limit=30")
        assert status == 200
        rows = page["data"]
        assert isinstance(rows, list)
        assert len(rows) == 30
        assert {(row["by"], row["act"], row["subject_id"]) for row in rows} == {
            ("mara", "make sign-in link", site.jonas.id)
        }
        _, more = await get(f"/boundary/audit?act=make+sign-in+link&limit=30&after={page['next']}")
        assert isinstance(more["data"], list)
        assert max(row["seq"] for row in more["data"]) < min(row["seq"] for row in rows)
        _, points = await get("/boundary/audit/checkpoints")
        assert points["data"] == [json.loads(place.path.read_text())]
        assert (await get("/boundary/audit", "jonas"))[0] == 403
        assert (await get("/boundary/audit/state", "jonas"))[0] == 403
        assert (await get("/boundary/audit/checkpoints", "jonas"))[0] == 403
        assert (await get("/boundary/audit?after=x"))[0] == 422
        assert (await get("/boundary/audit?by=nobody"))[0] == 404
    finally:
        await client.close()
