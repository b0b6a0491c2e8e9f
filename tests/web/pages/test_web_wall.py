"""The wall: figures for whoever passes, nobody's name, and an address that can be ended."""

from __future__ import annotations

import json
import re
from typing import Any

from server.services import board, ideas, people, walls
from tests.web.pages.test_web_live import frames, opened


async def put_up(site: Any) -> str:
    browser = await site.browser(site.mara)
    _, page = await browser.get("/jams/better/walls")
    assert "No wall is up." in page
    answer, page = await browser.post("/jams/better/walls", note="The hall")
    assert answer.status == 200
    found = re.search(r"<code>[^<]*(/wall/[A-Za-z0-9_-]+)</code>", page)
    assert found
    return found[1]


async def test_a_wall_shows_figures_without_a_sign_in_and_without_names(site: Any) -> None:
    idea = await ideas.post_idea(site.house, site.mara, site.own_house, "A title of words", "Words")
    await ideas.reply(site.house, site.jonas, idea, "More words")
    path = await put_up(site)
    stranger = await site.browser()
    for scene in range(4):
        answer, page = await stranger.get(f"{path}?scene={scene}")
        assert answer.status == 200
        assert "http-equiv=\"refresh\"" in page
        for word in ("Mara", "Jonas", "A title of words", site.mara.username):
            assert word not in page.replace(site.house.name, "")
    _, page = await stranger.get(path)
    assert "<strong>1</strong><span>ideas</span>" in page
    assert (await stranger.get(f"{path}?scene=x"))[0].status == 200


async def test_groups_of_fewer_than_five_people_are_left_out(site: Any) -> None:
    for number in range(5):
        one = await people.add_member(site.house, f"p{number}", f"Person {number}", "Assembly")
        await ideas.post_idea(site.house, one, site.own_house, f"Idea {number}", "Words")
    await ideas.post_idea(site.house, site.mara, site.own_house, "Idea", "Words")
    path = await put_up(site)
    _, page = await (await site.browser()).get(f"{path}?scene=2")
    assert "Assembly" in page
    assert site.mara.unit not in page
    assert "fewer than five people" in page


async def test_a_wall_that_was_taken_down_or_whose_owner_left_is_gone(site: Any) -> None:
    path = await put_up(site)
    browser, stranger = await site.browser(site.mara), await site.browser()
    _, page = await browser.get("/jams/better/walls")
    assert "The hall" in page
    assert path not in page
    other = await walls.put_up(site.house, site.mara, site.jam, "Elsewhere")
    (end,) = re.findall(r'action="(/jams/better/walls/[0-9a-f]{64}/end)"', page)
    answer, _ = await browser.post(end)
    assert answer.status == 303
    assert (await stranger.get(path))[0].status == 404
    assert (await stranger.get(f"/wall/{other}"))[0].status == 200
    assert (await stranger.get("/wall/guessed"))[0].status == 404


async def test_only_organisers_put_walls_up(site: Any) -> None:
    browser = await site.browser(site.jonas)
    await browser.get("/")
    assert (await browser.get("/jams/better/walls"))[0].status == 403
    assert (await browser.post("/jams/better/walls", note="Mine"))[0].status == 403


async def test_a_wall_speaks_the_language_of_its_screen(site: Any) -> None:
    path = await put_up(site)
    stranger = await site.browser()
    answer, page = await stranger.get(path, **{"Accept-Language": "de"})
    assert '<html lang="de"' in page
    assert "<span>Ideen</span>" in page
    assert "Accept-Language" in answer.headers["Vary"]
    assert answer.headers["Content-Language"] == "de"


async def test_a_wall_is_told_of_figures_as_they_change_and_of_no_idea_by_its_id(site: Any) -> None:
    path = await put_up(site)
    stranger = await site.browser()
    earlier = await ideas.post_idea(site.house, site.jonas, site.own_house, "First", "Words")
    async with stranger.client.get(f"{path}/stream", headers={"Last-Event-ID": "0"}) as answer:
        assert answer.headers["Content-Type"] == "text/event-stream"
        await opened(answer)
        await frames(answer, 5)
        made = await ideas.post_idea(site.house, site.jonas, site.own_house, "A title of words", "Words")
        told = await frames(answer, 2)
    assert {one["event"] for one in told} == {"scene", "counted"}
    (first,) = (one["data"] for one in told if 'data-scene="0"' in one["data"])
    assert "<strong>2</strong><span>ideas</span>" in first
    for word in (made.id, earlier.id, site.own_house.id, "A title of words", "Jonas", path.split("/")[-1]):
        assert word not in str(told)


async def test_a_stream_of_a_wall_that_was_taken_down_is_gone(site: Any) -> None:
    assert (await (await site.browser()).get("/wall/guessed/stream"))[0].status == 404


async def test_themes_of_a_wall_have_a_share_and_what_it_is_of(site: Any) -> None:
    themes = [{"id": f"t{n}", "label": f"Theme {n}", "words": [], "size": 10, "trend": [10]} for n in range(10)]
    await board.keep_themes(site.house, site.jam.id, 1, json.dumps({"documents": 120, "themes": themes}), None)
    path = await put_up(site)
    _, page = await (await site.browser()).get(f"{path}?scene=1")
    assert page.count('<span class="number">10</span><span class="number">10 %</span>') == 8
    assert "100 of 120 ideas and replies belong to a theme. Each share is of what belongs to a theme." in page
    assert "2 more themes have no room here." in page


async def test_the_chart_of_a_wall_has_the_same_figures_as_a_table(site: Any) -> None:
    idea = await ideas.post_idea(site.house, site.mara, site.own_house, "Idea", "Words")
    await ideas.reply(site.house, site.jonas, idea, "More words")
    _, page = await (await site.browser()).get(await put_up(site))
    table = page[page.index('<div class="unseen"><table>') : page.index("</table>")]
    assert "<td>1</td><td>1</td>" in table
    assert table.count("<tr>") == page.count('" width="8"') + 1
    assert "href=" not in table
