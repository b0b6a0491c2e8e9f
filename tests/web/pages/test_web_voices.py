"""A forum that seals names, seen in the browser and over the API: the words are there, the name is not."""

from __future__ import annotations

import re

from server.domain.ideas import Contribution
from server.domain.jams import Audience, Forum
from server.services import feeds, forums, ideas, people, telling
from tests.web.pages.conftest import Browser, Site

WORDS = "Zinnober words that nobody signs"


async def _sealed(site: Site, audience: Audience = "inside") -> Forum:
    return await forums.create_forum(
        site.house, site.mara, site.jam, "frank", "Frankly", "What?", audience, names="sealed"
    )


async def _say(site: Site, forum: Forum) -> Contribution:
    made = await ideas.post_idea(site.house, site.jonas, forum, "Zinnober", WORDS)
    await ideas.reply(site.house, site.jonas, made, f"{WORDS}, and more.", intent="evidence")
    await telling.tell(site.house)
    return made


async def test_the_composer_says_as_whom_one_speaks_and_the_thread_shows_it(site: Site) -> None:
    forum = await _sealed(site)
    browser = await site.browser(site.jonas)
    _, page = await browser.get(f"/forums/{forum.id}")
    assert "You appear as “Voice 1”" in page
    assert "two people together" in page
    answer, _ = await browser.post(f"/forums/{forum.id}/ideas", title="Zinnober", text=WORDS)
    _, thread = await browser.get(answer.headers["Location"].partition("?")[0])
    assert "Voice 1" in thread
    assert "you, unnamed" in thread
    assert "/edit" in thread
    other = await site.browser(site.mara)
    _, seen = await other.get(answer.headers["Location"].partition("?")[0])
    assert "name not shown" in seen
    assert "you, unnamed" not in seen
    assert "/people/voice" not in seen


async def test_no_page_feed_or_answer_with_the_words_of_a_voice_has_the_name_behind_it(site: Site) -> None:
    forum = await _sealed(site, "public")
    await _say(site, forum)
    rona = await people.add_member(site.house, "rona", "Rona Bei", "Sales")
    feed = await feeds.make_feed(site.house, rona, "forum", forum.id, "Frank")
    for reader in (site.mara, rona):
        browser = await site.browser(reader)
        begin = ["/", f"/search?q=zinnober&jam={site.jam.id}", "/catch-up?span=week", f"/feeds/{feed}"]
        seen = await _walk(browser, begin)
        told = [text for text in seen.values() if WORDS in text]
        assert len(told) >= 4
        for path, text in seen.items():
            if WORDS in text or "Zinnober" in text:
                assert not re.search("jonas|lindqvist", text, re.IGNORECASE), path


async def _walk(browser: Browser, begin: list[str], most: int = 90) -> dict[str, str]:
    """Read what can be reached from some pages by following links; those that change nothing."""
    todo, seen = list(begin), dict[str, str]()
    while todo and len(seen) < most:
        path = todo.pop(0)
        if path in seen:
            continue
        answer, text = await browser.get(path)
        seen[path] = text if answer.status == 200 else ""
        for found in re.findall(r'href="(/[^"#]*)', text):
            place = found.replace("&amp;", "&")
            if not place.startswith(("/assets", "/static", "/sign-out", "/people", "/boundary")) and place not in seen:
                todo.append(place)
    return seen


async def test_two_people_open_a_name_in_the_browser(site: Site) -> None:
    made = await _say(site, await _sealed(site))
    vera = await people.add_member(site.house, "vera", "Vera Holm", "Legal", "reviewer")
    first, second = await site.browser(vera), await site.browser(site.mara)
    _, thread = await first.get(f"/ideas/{made.id}")
    assert f"/ideas/{made.id}/name" in thread
    await first.get(f"/ideas/{made.id}/name")
    answer, page = await first.post(f"/ideas/{made.id}/name", reason="")
    assert answer.status == 422
    assert "Ask for the name behind Voice 1" in page
    await first.post(f"/ideas/{made.id}/name", reason="It threatens somebody.")
    _, own = await first.get("/boundary/names")
    assert "/agree" not in own
    _, page = await second.get("/boundary/names")
    assert "It threatens somebody." in page
    agree = re.search(r'action="(/boundary/names/\w+/agree)"', page)
    assert agree
    await second.post(agree[1])
    _, page = await first.get("/boundary/names")
    assert "Jonas" not in page
    _, page = await first.post(agree[1].replace("agree", "look"))
    assert "Jonas Lindqvist" in page
    jonas = await site.browser(site.jonas)
    answer, _ = await jonas.get("/boundary/names")
    assert answer.status == 404
    await telling.tell(site.house)
    _, inbox = await jonas.get("/inbox")
    assert "Two people opened the name" in inbox


async def test_an_organiser_chooses_how_names_are_shown(site: Site) -> None:
    browser = await site.browser(site.mara)
    await browser.get(f"/jams/{site.jam.slug}/settings")
    await browser.post(
        f"/jams/{site.jam.slug}/forums", title="Frankly", slug="frankly", question="?", audience="inside", names="role"
    )
    made = await forums.obtain_forum(site.house, site.mara, "frankly")
    assert made.names == "role"
