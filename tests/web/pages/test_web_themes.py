"""Themes in the browser: all that was said of one, and the analyst's tools."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server.services import board, ideas, people, theme_edits
from tests.kept_themes import keep_report


@pytest.fixture
async def drawn(site: Any) -> list[Any]:
    """Five ideas in two themes, as the analytics role would leave them."""
    made = [await ideas.post_idea(site.house, site.jonas, site.own_house, f"Idea {n}", "Words") for n in range(5)]
    ids = [one.id for one in made]
    themes = [
        {"id": "t1", "label": "Buses, trams", "words": ["bus"], "size": 3, "representative": ids[:1], "trend": [1, 2]},
        {"id": "t2", "label": "Soup, salad", "words": ["soup"], "size": 2, "representative": ids[3:4], "trend": [2]},
    ]
    placed = dict.fromkeys(ids[:3], "t1") | dict.fromkeys(ids[3:], "t2")
    new = {"theme": "t2", "word": "soup", "at": 1_790_000_000.0, "ids": ids[3:]}
    report = {"themes": themes, "assignment": placed, "emerging": [new]}
    await keep_report(site.house, site.jam.id, report)
    return made


async def test_a_theme_leads_to_all_that_was_said_of_it(site: Any, drawn: list[Any]) -> None:
    browser = await site.browser(site.jonas)
    _, page = await browser.get("/jams/better/themes/t1")
    assert page.count('class="card idea"') == 3
    assert page.index(drawn[0].id) < page.index(drawn[2].id) < page.index(drawn[1].id), "its quote, then the newest"
    await ideas.delete(site.house, site.jonas, drawn[1])
    _, page = await browser.get("/jams/better/themes/t1")
    assert page.count('class="card idea"') == 2
    assert "Move to another theme" not in page
    assert "Change the themes" not in (await browser.get("/jams/better/board"))[1]


async def test_what_lies_about_as_near_to_another_theme_says_so_until_a_person_places_it(
    site: Any, drawn: list[Any]
) -> None:
    report = json.loads(await board.read_themes(site.house, site.jonas, site.jam))
    placed = dict.fromkeys([one.id for one in drawn[:3]], "t1")
    await keep_report(site.house, site.jam.id, report | {"assignment": placed, "unsure": [drawn[1].id, drawn[2].id]}, 2)
    browser = await site.browser(site.jonas)
    _, page = await browser.get("/jams/better/themes/t1")
    assert page.count("About as near to another theme, says the machine.") == 2
    assert 'href="/jams/better/themes/t1?unsure=1"' in page
    assert "unsure=1" not in (await browser.get("/jams/better/themes/t2"))[1]
    _, page = await browser.get("/jams/better/themes/t1?unsure=1")
    assert page.count('class="card idea"') == 2
    assert drawn[0].id not in page
    analyst = await people.add_member(site.house, "una", "Una Tan", "R&D", "analyst")
    await theme_edits.edit(site.house, analyst, site.jam, "move", "t2", other=drawn[1].id)
    assert drawn[1].id not in (await browser.get("/jams/better/themes/t1?unsure=1"))[1]
    assert "About as near" not in (await browser.get("/jams/better/themes/t2"))[1], "a person is sure"
    table = (await (await site.browser(analyst)).get("/jams/better/themes.csv"))[1]
    assert [line.endswith(",yes") for line in sorted(table.split()[1:]) if line[:1] != ","].count(True) == 1


async def test_a_theme_leads_to_its_sub_themes_and_each_to_what_was_said_of_it(site: Any, drawn: list[Any]) -> None:
    report = json.loads(await board.read_themes(site.house, site.jonas, site.jam))
    ids = [one.id for one in drawn]
    parts = [("t1.1", "Late buses", ids[1:3]), ("t1.2", "Trams <b>", ids[:1])]
    report["themes"][0]["subthemes"] = [
        {"id": id_, "label": label, "words": [], "size": len(own), "representative": own[:1]}
        for id_, label, own in parts
    ]
    report["within"] = {id_: part for part, _, own in parts for id_ in own}
    report["assignment"] = dict.fromkeys(report["within"], "t1")
    await keep_report(site.house, site.jam.id, report, 2)
    browser = await site.browser(site.jonas)
    _, page = await browser.get("/jams/better/themes/t1")
    assert "Trams &lt;b&gt;" in page
    assert 'href="/jams/better/themes/t1?part=t1.1"' in page
    _, page = await browser.get("/jams/better/themes/t1?part=t1.1")
    assert page.count('class="card idea"') == 2
    assert ids[0] not in page
    assert (await browser.get("/jams/better/themes/t1?part=t2.1"))[0].status == 404
    assert "Sub-themes" not in (await browser.get("/jams/better/themes/t2"))[1]
    analyst = await people.add_member(site.house, "una", "Una Tan", "R&D", "analyst")
    await theme_edits.edit(site.house, analyst, site.jam, "merge", "t1", other="t2")
    await theme_edits.edit(site.house, analyst, site.jam, "move", "t2", other=ids[1])
    _, page = await browser.get("/jams/better/themes/t2?part=t1.1")
    assert page.count('class="card idea"') == 1
    table = await theme_edits.as_csv(site.house, analyst, site.jam)
    assert any(line.startswith(ids[2]) and line.endswith("t1.1,Late buses,") for line in table.splitlines())


async def test_an_analyst_renames_merges_moves_and_undoes_without_scripts(site: Any, drawn: list[Any]) -> None:
    analyst = await people.add_member(site.house, "una", "Una Tan", "R&D", "analyst")
    browser, reader = await site.browser(analyst), await site.browser(site.jonas)
    assert 'href="/jams/better/themes/edit"' in (await browser.get("/jams/better/board"))[1]
    await browser.get("/jams/better/themes/edit")
    answer, _ = await browser.post("/jams/better/themes/edit", kind="rename", theme="t1", title="Getting <b>there</b>")
    assert answer.status == 303
    _, page = await reader.get("/jams/better/board")
    assert "Getting &lt;b&gt;there&lt;/b&gt;" in page
    assert "changed by a person" in page
    answer, _ = await browser.post("/jams/better/themes/edit", kind="move", theme="t2", other=drawn[1].id)
    assert answer.headers["Location"].startswith("/jams/better/themes/t2")
    _, page = await browser.get("/jams/better/themes/t2")
    assert page.count('class="card idea"') == 3
    await browser.post("/jams/better/themes/edit", kind="merge", theme="t2", other="t1")
    _, page = await browser.get("/jams/better/themes/edit")
    assert 'id="t2"' not in page
    assert "Una Tan" in page
    assert "Renamed “Buses, trams” to “Getting &lt;b&gt;there&lt;/b&gt;”" in page, "what people knew, no id"
    assert "Merged “Soup, salad” into “Getting &lt;b&gt;there&lt;/b&gt;”" in page
    assert "“t1”" not in page
    found = page.index("/undo")
    start = page.rindex('action="', 0, found) + len('action="')
    answer, _ = await browser.post(page[start : found + len("/undo")])
    assert answer.status == 303
    _, page = await browser.get("/jams/better/themes/edit")
    assert 'id="t2"' in page, "the newest change is undone"


async def test_a_name_that_is_too_long_is_not_lost_and_the_page_is_not_for_everybody(
    site: Any, drawn: list[Any]
) -> None:
    browser, reader = await site.browser(site.mara), await site.browser(site.jonas)
    await browser.get("/jams/better/themes/edit")
    answer, page = await browser.post("/jams/better/themes/edit", kind="rename", theme="t1", title="x" * 101)
    assert answer.status == 422
    assert "x" * 101 in page
    for path in ("/jams/better/themes/edit", "/jams/better/themes.csv", "/jams/better/themes.json"):
        assert (await reader.get(path))[0].status == 404
    answer, page = await browser.get("/jams/better/themes.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="better-themes.csv"'
    assert len(page.splitlines()) == 6
    assert len(json.loads((await browser.get("/jams/better/themes.json"))[1])["assignment"]) == 5


async def test_what_emerges_stands_on_the_board_and_leads_to_its_ideas(site: Any, drawn: list[Any]) -> None:
    _, page = await (await site.browser(site.mara)).get("/jams/better/board")
    part = page[page.index('id="board-emerging"') :]
    part = part[: part.index("</section>")]
    assert "2 ideas and replies, told by “soup”" in part
    assert 'href="/jams/better/themes/t2"' in part
