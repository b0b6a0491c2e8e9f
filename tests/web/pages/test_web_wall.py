"""The wall: figures for whoever passes, nobody's name, and an address that can be ended."""

from __future__ import annotations

import re
from typing import Any

from server.services import ideas, people, walls


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
