"""Statements and ratings in the browser."""

from __future__ import annotations

from typing import Any

import pytest

from server.domain.ideas import Contribution
from server.services import ideas, statements

Site = Any


@pytest.fixture
async def idea(site: Site) -> Contribution:
    return await ideas.post_idea(site.house, site.jonas, site.open_floor, "Paper tape", "Use paper tape.")


async def test_a_member_proposes_a_facilitator_approves_and_everybody_answers(site: Site, idea: Contribution):
    jonas, mara = await site.browser(site.jonas), await site.browser(site.mara)
    await jonas.get("/jams/better/statements/new")
    answer, text = await jonas.post("/jams/better/statements", text="Boxes are <i>large</i>", sources="nowhere")
    assert (answer.status, "&lt;i&gt;" in text, "There is no idea or reply at" in text) == (422, True, True)
    answer, _ = await jonas.post("/jams/better/statements", text="Boxes are large", sources=f"/ideas/{idea.id}")
    assert answer.headers["Location"].endswith("done=statement-waits")
    _, text = await mara.get("/jams/better/statements/new")
    (found,) = await statements.waiting(site.house, site.mara, site.jam)
    assert f"/statements/{found.id}/decide" in text
    await mara.post(f"/jams/better/statements/{found.id}/decide", decision="approve")
    _, text = await jonas.get("/jams/better/statements")
    assert "Boxes are large" in text
    assert "Paper tape" in text
    answer, _ = await jonas.post(f"/jams/better/statements/{found.id}/vote", vote="agree", at="0")
    assert answer.headers["Location"] == "/jams/better/statements?at=1"
    _, text = await jonas.get("/jams/better/statements?at=1")
    assert "You have answered them all" in text
    _, text = await jonas.get("/jams/better/statements/results")
    assert "How they answered shows once five people have." in text
    assert "you agreed" in text
    await jonas.post(f"/jams/better/statements/{found.id}/vote", vote="disagree", back="results")
    _, text = await jonas.get("/jams/better/statements/results")
    assert "you disagreed" in text


async def test_after_ten_there_is_a_pause(site: Site, idea: Contribution):
    await statements.draft(site.house, site.mara, site.jam, "Boxes are large", [idea.id])
    browser = await site.browser(site.jonas)
    _, text = await browser.get("/jams/better/statements?at=10")
    assert "That is 10 for now" in text
    assert "Boxes are large" not in text
    _, text = await browser.get("/jams/better/statements?at=10&on=1")
    assert "Boxes are large" in text


@pytest.mark.parametrize("at", ["x", "-1", "٣", "99999999"])
async def test_an_odd_place_is_the_beginning(site: Site, at: str):
    browser = await site.browser(site.jonas)
    answer, text = await browser.get(f"/jams/better/statements?at={at}")
    assert (answer.status, "No statement yet" in text) == (200, True)


async def test_ideas_are_rated_by_a_plain_form(site: Site, idea: Contribution):
    browser = await site.browser(site.mara)
    _, text = await browser.get(f"/ideas/{idea.id}")
    assert 'name="axis-Impact"' in text
    fields = {"axis-Impact": "4", "axis-Effort": "0", "axis-Evidence": "2"}
    answer, _ = await browser.post(f"/ideas/{idea.id}/ratings", **fields)
    assert answer.status == 303
    _, text = await browser.get(f"/ideas/{idea.id}")
    assert 'name="axis-Impact" value="4" checked' in text
    assert "rated by 1 person" in text
    answer, text = await browser.post(f"/ideas/{idea.id}/ratings", **{"axis-Impact": "9"})
    assert (answer.status, "whole number from 1 to 5" in text) == (422, True)


async def test_organisers_set_axes_where_everything_is_asked(site: Site):
    mara, jonas = await site.browser(site.mara), await site.browser(site.jonas)
    _, text = await jonas.get("/jams/better/asking")
    assert 'name="axes"' not in text
    await mara.get("/jams/better/asking")
    await mara.post("/jams/better/axes", axes="Beauty\nCost")
    _, text = await jonas.get("/jams/better/asking")
    assert "Beauty, Cost" in text
    answer, _ = await jonas.post("/jams/better/axes", axes="Mine")
    assert answer.status == 403
