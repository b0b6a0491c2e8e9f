"""Polls in the browser: asked, answered, changed and ended by plain forms."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from server.domain.ideas import Contribution
from server.services import ideas, polls
from web.forms import write_time

Site = Any


@pytest.fixture
async def idea(site: Site) -> Contribution:
    return await ideas.post_idea(site.house, site.jonas, site.open_floor, "Paper tape", "Use paper tape.")


@pytest.fixture
def ask(site: Site, idea: Contribution) -> Callable[..., Awaitable[Contribution]]:
    async def make(**more: Any) -> Contribution:
        ends = site.house.now() + timedelta(hours=3)
        return await polls.ask(
            site.house, site.jonas, idea, "Which tape?", ["Paper", "<b>Glue</b>"], ends_at=ends, **more
        )

    return make


async def test_a_poll_is_asked_by_a_form_that_says_who_will_see_it(site: Site, idea: Contribution):
    browser = await site.browser(site.jonas)
    _, text = await browser.get(f"/ideas/{idea.id}")
    assert f"/ideas/{idea.id}/poll" in text
    _, text = await browser.get(f"/ideas/{idea.id}/poll")
    assert "Everyone will see this" in text
    fields = {
        "question": "Which tape?",
        "choices": "Paper\nPlastic",
        "ends_at": write_time(site.house.now() + timedelta(hours=1)),
    }
    answer, text = await browser.post(f"/ideas/{idea.id}/polls", look="1", **{**fields, "label": "AMBER"})
    assert (answer.status, "Only people at Acme" in text, "Plastic" in text) == (200, True, True)
    answer, _ = await browser.post(f"/ideas/{idea.id}/polls", **fields)
    assert answer.status == 303
    _, text = await browser.get(f"/ideas/{idea.id}")
    assert "Which tape?" in text
    assert "0 people voted" in text


async def test_what_was_typed_is_not_lost_when_a_poll_cannot_be_asked(site: Site, idea: Contribution):
    browser = await site.browser(site.jonas)
    await browser.get(f"/ideas/{idea.id}/poll")
    answer, text = await browser.post(
        f"/ideas/{idea.id}/polls", question="Which one?", choices="Only one", ends_at="soon"
    )
    assert answer.status == 422
    assert "Which one?" in text
    assert "Only one" in text
    assert "Give a day and a time" in text


async def test_a_vote_needs_no_script_and_can_be_changed(site: Site, idea: Contribution, ask: Any):
    made = await ask()
    browser = await site.browser(site.mara)
    _, text = await browser.get(f"/ideas/{idea.id}")
    assert "&lt;b&gt;Glue&lt;/b&gt;" in text
    answer, _ = await browser.post(f"/polls/{made.id}/vote", choice="1")
    assert (answer.status, made.id in answer.headers["Location"]) == (303, True)
    _, text = await browser.get(f"/ideas/{idea.id}")
    assert "1 person voted" in text
    assert 'value="1" checked' in text
    fresh = await browser.htmx(f"/polls/{made.id}/vote", choice="0")
    assert 'value="0" checked' in fresh
    assert "1 person voted" in fresh


async def test_a_vote_for_nothing_is_refused_in_words(site: Site, idea: Contribution, ask: Any):
    made = await ask()
    browser = await site.browser(site.mara)
    await browser.get(f"/ideas/{idea.id}")
    assert "Choose an answer first." in await browser.htmx(f"/polls/{made.id}/vote")
    answer, text = await browser.post(f"/polls/{made.id}/vote", choice="９x")
    assert (answer.status, "none of the answers" in text) == (422, True)


async def test_hidden_results_are_not_in_the_page(site: Site, idea: Contribution, ask: Any):
    made = await ask(hidden=True)
    await polls.vote(site.house, site.jonas, made, [1])
    browser = await site.browser(site.mara)
    _, text = await browser.get(f"/ideas/{idea.id}")
    assert 'class="votes"' not in text
    assert "Results show once you have voted" in text
    await browser.post(f"/polls/{made.id}/vote", choice="1")
    _, text = await browser.get(f"/ideas/{idea.id}")
    assert 'class="votes"' in text


async def test_who_asked_ends_it_and_nobody_votes_afterwards(site: Site, idea: Contribution, ask: Any):
    made = await ask()
    browser = await site.browser(site.jonas)
    await browser.get(f"/ideas/{idea.id}")
    await browser.post(f"/polls/{made.id}/end")
    answer, text = await browser.post(f"/polls/{made.id}/vote", choice="0")
    assert (answer.status, "has ended" in text) == (409, True)


async def test_a_poll_is_nobodys_who_may_not_ask(site: Site):
    other = await ideas.post_idea(site.house, site.mara, site.own_house, "Hers", "Words.")
    browser = await site.browser(site.jonas)
    _, text = await browser.get(f"/ideas/{other.id}")
    assert f"/ideas/{other.id}/poll" not in text
    answer, _ = await browser.get(f"/ideas/{other.id}/poll")
    assert answer.status == 403
