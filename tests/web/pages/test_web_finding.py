"""Search with facets, who knows, and what stands here already, in the browser."""

from __future__ import annotations

import re
from typing import Any

import pytest

from server.services import ideas
from web.keys import EXPOSURES


async def crates(site: Any) -> Any:
    made = await ideas.post_idea(
        site.house, site.mara, site.own_house, "Who owns <b>crates</b>?", "Nobody knows.", intent="question"
    )
    await ideas.reply(site.house, site.jonas, made, "Logistics owns the crates.", intent="answer")
    await ideas.post_idea(site.house, site.jonas, site.open_floor, "Crates for all", "Lend them.")
    return made


async def test_search_shows_snippets_counts_and_ways_to_narrow(site: Any) -> None:
    await crates(site)
    browser = await site.browser(site.jonas)
    _, text = await browser.get("/search?q=crates")
    assert "3 found" in text
    assert "<mark>crates</mark>" in text
    assert "<b>crates</b>" not in text
    narrow = re.search(r'href="(/search\?q=crates&amp;kind=reply)"', text)
    assert narrow
    _, text = await browser.get(narrow[1].replace("&amp;", "&"))
    assert "1 found" in text
    assert "Kind: Replies" in text
    assert 'href="/search?q=crates"' in text


@pytest.mark.parametrize(
    "query",
    ["q=%22", "q=*", "q=%ff%fe", "q=a&after=x", "q=a&kind=%00", "q=&forum=zzz", "date=century", "q=" + "x" * 5000, ""],
)
async def test_odd_addresses_of_searches_never_break(site: Any, query: str) -> None:
    browser = await site.browser(site.jonas)
    assert (await browser.get(f"/search?{query}"))[0].status == 200
    assert (await browser.get(f"/who-knows?{query}"))[0].status == 200


async def test_who_knows_names_people_with_their_answers(site: Any) -> None:
    await crates(site)
    _, text = await (await site.browser(site.mara)).get("/who-knows?q=who+owns+crates")
    assert "Jonas Lindqvist" in text
    assert "Logistics owns the crates." in text


async def test_the_composer_is_told_what_was_answered_before_a_question_is_sent(site: Any) -> None:
    made = await crates(site)
    browser = await site.browser(site.jonas)
    _, page = await browser.get(f"/forums/{site.open_floor.id}")
    assert 'hx-post="/resembling"' in page
    text = await browser.htmx("/resembling", title="Which team owns crates?", text="I need some")
    assert "This was asked before" in text
    assert f"/ideas/{made.id}" in text
    assert "<html" not in text
    assert "asked before" not in await browser.htmx("/resembling", title="Zebra", text="stripes are nice")


async def test_the_fair_order_says_why_each_idea_stands_where_it_does(site: Any) -> None:
    made = await crates(site)
    browser = await site.browser(site.jonas)
    _, text = await browser.get(f"/forums/{site.own_house.id}?sort=fair")
    assert "Why is this here?" in text
    assert "1 person from 1 unit answered or supported it" in text
    assert "it is new" in text
    assert await site.server.app[EXPOSURES].write(site.house) == 1
    _, text = await browser.get(f"/forums/{site.own_house.id}?sort=fair&start=nonsense")
    assert made.id in text
    assert (await browser.get(f"/forums/{site.own_house.id}?sort=fair&start=999999"))[0].status == 200
