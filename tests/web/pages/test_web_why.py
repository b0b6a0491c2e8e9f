"""Why people comment, in the browser and over the API: each number opens its replies."""

from __future__ import annotations

import re
from typing import Any

import pytest

from server.domain.reasons import Guess, Learnt
from server.services import ideas, marking, reasons
from tests.kept_themes import keep_report


@pytest.fixture
async def said(site: Any) -> dict[str, Any]:
    """An idea with replies that are marked, guessed and neither, in a theme."""
    idea = await ideas.post_idea(site.house, site.jonas, site.own_house, "Benches", "At every stop.")
    marked = await ideas.reply(site.house, site.mara, idea, "Who pays?", intent="question")
    worry = await ideas.reply(site.house, site.mara, idea, "Too dear.", intent="concern")
    guessed = await ideas.reply(site.house, site.jonas, idea, "And when would they come?")
    silent = await ideas.reply(site.house, site.jonas, idea, "Hm.")
    await marking.mark(site.house, site.mara, idea, "support")
    made = {guessed.id: Guess(1, "question", 0.914), silent.id: Guess(1, "", 0.31)}
    await reasons.keep_guesses(site.house, site.jam.id, made, (), Learnt(77, 0.6, 0.86, 0.5, 1.0))
    placed = dict.fromkeys([one.id for one in (idea, marked, worry, guessed, silent)], "t1")
    theme = {
        "id": "t1",
        "label": "Buses, trams",
        "words": ["bus"],
        "size": 5,
        "representative": [idea.id],
        "trend": [5],
    }
    await keep_report(site.house, site.jam.id, {"themes": [theme], "assignment": placed})
    return {"idea": idea, "marked": marked, "worry": worry, "guessed": guessed, "silent": silent}


async def test_each_number_opens_its_replies_and_guesses_are_called_guesses(site: Any, said: dict[str, Any]) -> None:
    browser = await site.browser(site.jonas)
    _, page = await browser.get("/jams/better/why")
    assert "77 replies that people marked" in page
    assert "86 %" in page
    times, things = re.findall(r">(\d+) on (\d+)</a>", page)[0]
    assert int(times) >= int(things) > 0, "how often, and on how much"
    links = {address.replace("&amp;", "&") for address in re.findall(r'href="(/jams/better/why/replies[^"]*)"', page)}
    assert "/jams/better/why/replies?theme=t1&by=machine&intent=question" in links
    assert "/jams/better/why/replies?by=anybody" in links, "the column of all replies"
    for address in links:
        number = re.search(rf'href="{re.escape(address.replace("&", "&amp;"))}"[^>]*>(?:\d+ on )?(\d+)<', page)
        assert number is not None
        _, behind = await browser.get(address)
        assert behind.count('class="card idea"') == int(number[1]), address
    _, behind = await browser.get("/jams/better/why/replies?theme=t1&by=machine&intent=question")
    assert said["guessed"].id in behind
    assert "Guessed: a question, 91 % sure" in behind
    assert "nobody said so" in behind
    _, behind = await browser.get("/jams/better/why/replies?by=people&intent=question")
    assert said["marked"].id in behind
    assert "Guessed" not in behind


async def test_the_numbers_behind_why_are_those_of_sql_and_what_is_hidden_is_in_none(
    site: Any, said: dict[str, Any]
) -> None:
    await ideas.delete(site.house, site.mara, said["worry"])
    found = await reasons.read_why(site.house, site.jonas, site.jam)
    counted = await site.house.store.fetch_value(
        "SELECT count(*) FROM contributions WHERE kind = 'reply' AND NOT deleted AND NOT hidden AND jam_id = ?",
        (site.jam.id,),
    )
    assert (
        found.whole.replies
        == counted
        == sum(found.whole.said.values()) + sum(found.whole.guessed.values()) + found.whole.unjudged
    )
    assert (found.themes[0].said["concern"], found.themes[0].supports, found.themes[0].supported) == (0, 1, 1)
    assert found.themes[0].opinions is None


@pytest.mark.parametrize("asked", ["by=nonsense", "by=", "by=%00&intent=x"])
async def test_odd_questions_find_no_page(site: Any, asked: str) -> None:
    answer, _ = await (await site.browser(site.jonas)).get(f"/jams/better/why/replies?{asked}")
    assert answer.status == 404
