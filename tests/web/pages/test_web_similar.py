"""Similar ideas while writing: with the partner's name, and refused without losing a word."""

from __future__ import annotations

import re
from typing import Any

from server.services import ideas, people

TEXT = "Sheltered bicycle racks with a pump and lamps, at both gates."


async def test_what_is_not_similar_is_said_without_losing_a_word_and_not_shown_again(site: Any) -> None:
    old = await ideas.post_idea(site.house, site.mara, site.own_house, "Sheltered bicycle racks", TEXT)
    browser = await site.browser(site.jonas)
    forum = f"/forums/{site.own_house.id}"
    await browser.get(forum)
    words = {"title": "Sheltered racks for bicycles", "text": f"{TEXT} <b>Mine</b>"}
    _, page = await browser.post(f"{forum}/preview", **words)
    assert f'name="unlike" value="{old.id}"' in page
    answer, page = await browser.post(f"{forum}/preview", **words, unlike=old.id)
    assert answer.status == 200
    assert f'value="{old.id}"' not in page
    assert "Sheltered racks for bicycles" in page
    assert "&lt;b&gt;Mine&lt;/b&gt;" in page
    other = await site.browser(site.mara)
    await other.get(forum)
    _, page = await other.post(f"{forum}/preview", **words)
    assert f'value="{old.id}"' in page, "what one finds is nobody else's concern"
    answer, page = await browser.post(f"{forum}/preview", **words, unlike="0" * 32)
    assert (answer.status, "Sheltered racks for bicycles" in page) == (200, True), "gone meanwhile: the words stay"
    kept = await site.house.store.fetch("SELECT subject_id, other_id FROM unlike")
    assert [(row["subject_id"], row["other_id"]) for row in kept] == [(site.own_house.id, old.id)]


async def test_the_button_stands_within_the_composer_and_sends_nothing_by_itself(site: Any) -> None:
    old = await ideas.post_idea(site.house, site.mara, site.own_house, "Sheltered bicycle racks", TEXT)
    browser = await site.browser(site.jonas)
    forum = f"/forums/{site.own_house.id}"
    await browser.get(forum)
    _, page = await browser.post(f"{forum}/preview", title="Sheltered racks for bicycles", text=TEXT)
    button = re.search(rf'<button [^>]*value="{old.id}"[^>]*>', page)
    assert button is not None
    assert f'formaction="{forum}/preview"' in button[0]
    assert "formnovalidate" in button[0]
    assert await people.person(site.house, site.jonas.username)
    assert await site.house.store.fetch_value("SELECT count(*) FROM contributions WHERE kind = 'idea'") == 1
