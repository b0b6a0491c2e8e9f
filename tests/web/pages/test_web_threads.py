"""Long threads in the browser: pages, orders, folding, and the way to what is new."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from server.domain.threads import BRANCHES
from server.services import ideas


async def _replies(site: Any, idea: Any, many: int) -> list[Any]:
    return [await ideas.reply(site.house, site.jonas, idea, f"Reply number {at}") for at in range(many)]


async def test_a_long_thread_comes_in_pages_and_each_reply_has_an_address_of_its_own(site: Any) -> None:
    idea = await ideas.post_idea(site.house, site.mara, site.own_house, "Root", "Words")
    made = await _replies(site, idea, BRANCHES + 5)
    browser = await site.browser(site.mara)
    _, page = await browser.get(f"/ideas/{idea.id}")
    assert page.count("Reply number") == BRANCHES
    later = re.search(r'rel="next" href="([^"]+)"', page)
    assert later
    _, second = await browser.get(later[1])
    assert second.count("Reply number") == 5
    assert 'aria-current="page"' in second

    answer, _ = await browser.get(f"/ideas/{made[-1].id}?done=replied")
    assert answer.status == 303
    assert answer.headers["Location"] == f"{later[1]}&done=replied#c-{made[-1].id}"


async def test_a_thread_is_folded_and_read_by_time_without_scripts(site: Any) -> None:
    idea = await ideas.post_idea(site.house, site.mara, site.own_house, "Root", "Words")
    first = await ideas.reply(site.house, site.jonas, idea, "Is it true?", intent="question")
    await ideas.reply(site.house, site.mara, first, "It is.", intent="answer")
    browser = await site.browser(site.mara)
    _, page = await browser.get(f"/ideas/{idea.id}")
    assert '<details class="more branch" open>' in page
    _, page = await browser.get(f"/ideas/{idea.id}?fold=1")
    assert '<details class="more branch">' in page
    _, page = await browser.get(f"/ideas/{idea.id}?order=newest")
    assert page.index("It is.") < page.index("Is it true?")
    assert "in answer to" in page
    _, page = await browser.get(f"/ideas/{idea.id}?order=oldest&intent=question")
    assert "Is it true?" in page
    assert "It is." not in page
    answer, page = await browser.get(f"/ideas/{idea.id}?order=<&intent=odd&after=none&fold=x")
    assert answer.status == 200
    assert "It is." in page


async def test_the_forum_and_the_thread_say_what_is_new_since_the_last_visit(site: Any) -> None:
    idea = await ideas.post_idea(site.house, site.mara, site.own_house, "Root", "Words")
    await ideas.reply(site.house, site.jonas, idea, "Old.")
    browser = await site.browser(site.mara)
    _, page = await browser.get(f"/ideas/{idea.id}")
    assert "new since you were here" not in page
    async with site.house.store.transaction() as change:
        past = timedelta(hours=1).total_seconds()
        await change.execute("UPDATE reading_places SET visited_at = visited_at - ?", (past,))
    newer = await ideas.reply(site.house, site.jonas, idea, "Fresh.")
    _, page = await browser.get(f"/forums/{site.own_house.id}")
    assert "+1 new" in page
    answer, _ = await browser.get(f"/ideas/{idea.id}/new")
    assert answer.headers["Location"] == f"/ideas/{newer.id}"
    _, page = await browser.get(f"/ideas/{idea.id}?order=oldest")
    assert "1 reply is new since you were here." in page
    assert page.index("You had read until here") < page.index("Fresh.")
    answer, _ = await browser.get(f"/ideas/{idea.id}/new?since={newer.created_at.timestamp()!r}")
    assert answer.headers["Location"] == f"/ideas/{idea.id}"
    answer, _ = await browser.get(f"/ideas/{idea.id}/new?since=nan")
    assert answer.status == 303


async def test_what_was_just_posted_can_be_undone_and_says_for_how_long(site: Any) -> None:
    object.__setattr__(site.house, "undo_window", timedelta(seconds=10))
    browser = await site.browser(site.mara)
    await browser.get("/")
    answer, _ = await browser.post(f"/forums/{site.open_floor.id}/ideas", title="A slip", text="Of the tongue")
    address = answer.headers["Location"].split("?")[0]
    _, page = await browser.get(address)
    assert "Nothing of this has left yet. You can undo it for 10 seconds." in page
    other = await site.browser(site.jonas)
    _, page = await other.get(address)
    assert "Nothing of this has left yet" not in page
    answer, _ = await other.post(f"{address}/undo")
    assert answer.status == 403
    answer, _ = await browser.post(f"{address}/undo")
    _, page = await browser.get(answer.headers["Location"])
    assert "Taken back. Nothing of it has left" in page
    assert "Of the tongue</textarea>" in page, "the words are a draft again"
    assert (await browser.get(address))[0].status == 404
    # Where nothing has a way out, there is nothing to wait for.
    answer, _ = await browser.post(f"/forums/{site.own_house.id}/ideas", title="Inside", text="Words")
    address = answer.headers["Location"].split("?")[0]
    assert "Nothing of this has left yet" not in (await browser.get(address))[1]
    answer, _ = await browser.post(f"{address}/undo")
    assert "too-late" in answer.headers["Location"]


async def test_words_are_marked_with_the_language_that_their_author_chose(site: Any) -> None:
    browser = await site.browser(site.mara)
    _, page = await browser.get(f"/forums/{site.own_house.id}")
    assert '<option value="ar" lang="ar">العربية</option>' in page
    answer, _ = await browser.post(f"/forums/{site.own_house.id}/ideas", title="مصاعد", text="مصاعد أقل", language="ar")
    path = answer.headers["Location"].partition("?")[0]
    _, page = await browser.get(path)
    assert '<h1 lang="ar" dir="rtl">مصاعد</h1>' in page
    assert '<div class="prose" lang="ar" dir="rtl"><p>مصاعد أقل</p>' in page
    _, page = await browser.get(f"/forums/{site.own_house.id}")
    assert '<h3 lang="ar" dir="rtl"><a' in page
    await browser.post(f"{path}/replies", text="Warum?", language="de")
    await browser.post(f"{path}/replies", text="Why?")
    _, page = await browser.get(path)
    assert '<div class="prose" lang="de" dir="auto"><p>Warum?</p>' in page
    assert '<div class="prose" dir="auto"><p>Why?</p>' in page
    # The form for a change holds what was chosen; what is chosen in its place stands then.
    _, page = await browser.get(f"{path}/edit")
    assert '<option value="ar" lang="ar" selected>' in page
    await browser.post(f"{path}/edit", title="Lifts", text="Fewer lifts", language="")
    _, page = await browser.get(path)
    assert '<h1 dir="auto">Lifts</h1>' in page
