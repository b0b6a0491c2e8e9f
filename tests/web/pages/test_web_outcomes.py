"""What became of ideas, as pages show it."""

from __future__ import annotations

from server.services import ideas, outcomes, people
from tests.web.pages.conftest import Site


async def test_an_organiser_opens_a_stream_and_puts_an_idea_into_it_and_everybody_reads_why(site: Site):
    idea = await ideas.post_idea(site.house, site.jonas, site.own_house, "Boxes that come back", "Once is a waste.")
    mara, jonas = await site.browser(site.mara), await site.browser(site.jonas)
    answer, page = await jonas.get("/jams/better/outcomes")
    assert (answer.status, "Nothing is decided yet." in page, "Open a work stream" in page) == (200, True, False)
    answer, _ = await mara.post("/jams/better/outcomes", title="Less waste", purpose="Half by summer.", owner="jonas")
    assert answer.status == 303
    (stream,) = await outcomes.streams_of(site.house, site.mara, site.jam)
    _, page = await mara.get(f"/ideas/{idea.id}")
    assert f'href="/ideas/{idea.id}/outcome"' in page
    answer, _ = await mara.post(
        f"/ideas/{idea.id}/outcome", kind="stream", stream=stream.id, reason="Drivers <b>asked</b> for it."
    )
    assert answer.status == 303
    for path in (f"/ideas/{idea.id}", "/jams/better/outcomes"):
        _, page = await jonas.get(path)
        assert "Less waste" in page
        assert "Drivers &lt;b&gt;asked&lt;/b&gt; for it." in page
        assert "Decided by <bdi>Mara Okafor</bdi>" in page
    _, page = await jonas.get("/jams/better")
    assert '<a href="/jams/better/outcomes">What became of the ideas</a>' in page


async def test_what_is_refused_comes_back_with_its_words(site: Site):
    idea = await ideas.post_idea(site.house, site.jonas, site.own_house, "Boxes that come back", "Once is a waste.")
    mara, jonas = await site.browser(site.mara), await site.browser(site.jonas)
    answer, page = await mara.post(f"/ideas/{idea.id}/outcome", kind="stream", reason="A reason that I typed.")
    assert (answer.status, "A reason that I typed." in page) == (422, True)
    assert "Choose the work stream" in page
    answer, page = await mara.post("/jams/better/outcomes", title="A name I typed", purpose="", owner="nobody")
    assert (answer.status, "A name I typed" in page) == (422, True)
    for path in (f"/ideas/{idea.id}/outcome", "/jams/better/outcomes"):
        answer, _ = await jonas.post(path, kind="done", reason="x", title="x", owner="jonas")
        assert answer.status == 403
    assert (await jonas.get(f"/ideas/{idea.id}/outcome"))[0].status == 403
    assert (await mara.get(f"/ideas/{'0' * 32}/outcome"))[0].status == 404


async def test_milestones_and_silence_of_a_stream_are_out_in_the_open(site: Site):
    stream = await outcomes.open_stream(site.house, site.mara, site.jam, "Less <waste>", "Half by summer.", "jonas")
    reader = await people.add_member(site.house, "lena", "Lena", "Sales")
    mara, jonas, lena = [await site.browser(one) for one in (site.mara, site.jonas, reader)]
    _, page = await jonas.get("/jams/better/outcomes")
    assert f'href="/streams/{stream.id}"' in page
    place = f"/streams/{stream.id}"
    await jonas.get(place)
    answer, page = await jonas.post(place, act="plan", title="Order <boxes>", who="", due_on="soon")
    assert (answer.status, "Order &lt;boxes&gt;" in page, "Say by which day" in page) == (422, True, True)
    answer, _ = await jonas.post(place, act="plan", title="Order <boxes>", who="", due_on="2026-12-24")
    assert answer.status == 303
    assert (await jonas.post(place, act="tell", text="It goes <b>on</b>."))[0].status == 303
    assert (await jonas.post(place, act="burn"))[0].status == 404
    answer, page = await jonas.get(place)
    assert (answer.status, 'value="done"' in page) == (200, True)
    await lena.get(place)
    assert (await lena.post(place, act="tell", text="Mine."))[0].status == 403
    for path in (place, "/jams/better/outcomes"):
        _, page = await lena.get(path)
        assert "Order &lt;boxes&gt;" in page
        assert "It goes &lt;b&gt;on&lt;/b&gt;." in page
        assert "Silent: nothing was said" not in page
    async with site.house.store.transaction() as change:
        await change.execute("UPDATE work_streams SET said_at = said_at - 15 * 86400")
    for path in (place, "/jams/better/outcomes"):
        assert "Silent: nothing was said for 15 days." in (await lena.get(path))[1]
    _, page = await mara.get("/")
    assert "About 1 work stream nothing was said for too long." in page
    assert "for too long" not in (await jonas.get("/"))[1]
    await mara.get("/jams/better/outcomes")
    assert (await mara.post("/jams/better/silence", days="30"))[0].status == 303
    assert "for too long" not in (await mara.get("/jams/better/outcomes"))[1]
    answer, page = await mara.post("/jams/better/silence", days="0")
    assert (answer.status, "Between 1 and 365 days." in page) == (422, True)
