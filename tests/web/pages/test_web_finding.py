"""Search with facets, who knows, and what stands here already, in the browser."""

from __future__ import annotations

import re
from typing import Any

import pytest

from server.services import forums, ideas
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


async def test_similar_ideas_of_a_partners_jam_are_offered_with_its_badge_and_block_nothing(site: Any) -> None:
    theirs = await forums.mirror_forum(
        site.house, site.mara, uri="https://jam.globex.example/groups/1", slug="yards", title="Yards", question="",
        audience="partners", jam_slug="theirs", jam_title="Theirs", closes_at=None,
    )  # fmt: skip
    theirs = await forums.mark_joined(site.house, theirs, joined=True)
    words = ("Crates that fold", "Folding crates take less room in a truck.")
    far = await ideas.post_idea(site.house, site.mara, theirs, *words)
    asked = await ideas.post_idea(site.house, site.mara, theirs, "Who mends folding crates?", "We do not know.")
    await ideas.reply(site.house, site.jonas, asked, "Their workshop mends folding crates.", intent="answer")
    browser = await site.browser(site.jonas)
    await browser.get(f"/forums/{site.open_floor.id}")
    typed = {"title": "Folding crates", "text": "They take less room"}
    page = await browser.htmx(f"/forums/{site.open_floor.id}/preview", **typed)
    assert f'href="/ideas/{far.id}"' in page
    assert f"/forums/{site.open_floor.id}/build?on={far.id}" in page
    assert "held by <bdi>Globex</bdi>" in page
    text = await browser.htmx("/resembling", title="Who mends folding crates?", text="")
    assert text.count("held by <bdi>Globex</bdi>") == 1, "the answer; similar ideas came with the preview"
    assert "This was asked before" in text
    answer, _ = await browser.post(f"/forums/{site.open_floor.id}/ideas", title=words[0], text=words[1])
    assert answer.status == 303


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
