from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest

from server.domain.jams import Charter
from server.services import ideas, ideas_read, jams, people
from server.services.ideas import Origin
from web.forms import write_time


def words_of(text: str) -> str:
    """The text of a page as a person reads it."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


# --- the composer says who will see it ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("forum", "sentence", "button"),
    [
        ("own_house", "Only people at Acme will see this", "Stays inside Acme"),
        ("logistics", "Acme and Globex will see this", "Post to Acme and Globex"),
        ("open_floor", "Everyone will see this", "Post to everyone"),
    ],
)
async def test_the_button_names_the_audience(site: Any, forum: str, sentence: str, button: str) -> None:
    browser = await site.browser(site.jonas)
    _, text = await browser.get(f"/forums/{getattr(site, forum).id}")
    assert sentence in words_of(text)
    assert re.search(rf'<button[^>]*id="send-idea"[^>]*>.*?{button}</button>', text, re.DOTALL)


async def test_a_label_above_the_clearance_keeps_an_idea_inside_and_says_why(site: Any) -> None:
    browser = await site.browser(site.jonas)
    text = await browser.htmx(f"/forums/{site.logistics.id}/preview", title="T", text="Words", label="AMBER")
    assert "Stays inside Acme" in text
    assert "labelled AMBER" in text
    assert "<html" not in text


async def test_a_phone_number_is_announced_as_held_before_anything_is_sent(site: Any) -> None:
    browser = await site.browser(site.jonas)
    path = f"/forums/{site.logistics.id}/preview"
    text = words_of(await browser.htmx(path, title="Call", text="Ring +44 20 7946 0018 now"))
    assert "Acme sees this now, Globex after a reviewer" in text
    assert "Post to Acme, ask to send to Globex" in text
    assert "a phone number was found in it" in text
    assert await ideas_read.list_ideas(site.house, site.mara, site.logistics) == []


async def test_the_reason_and_the_rule_stand_behind_why(site: Any) -> None:
    browser = await site.browser(site.jonas)
    text = await browser.htmx(f"/forums/{site.logistics.id}/preview", title="T", text="Words")
    reasons = words_of(text.split("<summary")[1])
    assert "Globex crosses" in reasons
    assert "Anything labelled GREEN or lower in better/logistics may leave" in reasons


async def test_without_scripts_the_audience_is_a_page_that_keeps_the_words(site: Any) -> None:
    browser = await site.browser(site.jonas)
    answer, text = await browser.post(f"/forums/{site.logistics.id}/preview", title="My title", text="My words")
    assert answer.status == 200
    assert 'value="My title"' in text
    assert "My words</textarea>" in text
    assert "Acme and Globex will see this" in text


async def test_similar_ideas_are_offered_to_build_on(site: Any) -> None:
    made = await ideas.post_idea(site.house, site.mara, site.logistics, "Share returnable crates", "Crates wash")
    browser = await site.browser(site.jonas)
    text = await browser.htmx(f"/forums/{site.logistics.id}/preview", title="Returnable crates for all", text="")
    assert f"/forums/{site.logistics.id}/build?on={made.id}" in text
    _, page = await browser.get(f"/forums/{site.logistics.id}/build?on={made.id}")
    assert f'name="builds_on" value="{made.id}"' in page


# --- writing ----------------------------------------------------------------------------------------


async def test_an_idea_is_posted_and_its_thread_shown(site: Any) -> None:
    browser = await site.browser(site.jonas)
    answer, _ = await browser.post(f"/forums/{site.logistics.id}/ideas", title="Lend trucks", text="On **Fridays**")
    assert answer.status == 303
    _, text = await browser.get(answer.headers["Location"])
    assert "Your idea is in." in text
    assert "<strong>Fridays</strong>" in text
    assert "Acme and Globex. Nobody else." in words_of(text)


@pytest.mark.parametrize(
    ("title", "text", "sentence"),
    [
        ("", "My long words", "Please fill this in."),
        ("A title", "   ", "Please write something first."),
        ("x" * 201, "My long words", "201 characters"),
        ("A title", "y" * 50_001, "50,001 characters"),
    ],
)
async def test_bad_input_gets_a_sentence_and_loses_no_text(site: Any, title: str, text: str, sentence: str) -> None:
    browser = await site.browser(site.jonas)
    answer, page = await browser.post(f"/forums/{site.logistics.id}/ideas", title=title, text=text)
    assert answer.status in (413, 422)
    assert sentence in page
    assert 'aria-invalid="true"' in page
    assert f'value="{title}"' in page
    assert f"{text}</textarea>" in page


async def test_what_is_larger_than_any_form_is_refused_with_a_page(site: Any) -> None:
    browser = await site.browser(site.jonas)
    answer, page = await browser.post(f"/forums/{site.logistics.id}/ideas", title="T", text="z" * 1_020_000)
    assert answer.status == 413
    assert "larger than this server takes" in page


async def test_markup_in_what_people_write_is_shown_not_run(site: Any) -> None:
    hostile = '<script>alert(1)</script><img src=x onerror=alert(2)> & "quotes"'
    made = await ideas.post_idea(site.house, site.jonas, site.own_house, hostile, hostile)
    browser = await site.browser(site.mara)
    for path in (f"/ideas/{made.id}", f"/forums/{site.own_house.id}", "/jams/better", "/search?q=quotes"):
        _, page = await browser.get(path)
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
    _, page = await browser.get('/search?q=<script>"')
    assert "<script>" not in page.replace("<script src=", "")


async def test_replies_hang_where_they_belong_and_never_deeper_than_four_levels(site: Any) -> None:
    idea = await ideas.post_idea(site.house, site.mara, site.own_house, "Root", "Words")
    above = idea
    for depth in range(7):
        above = await ideas.reply(site.house, site.jonas, above, f"Level {depth}")
    browser = await site.browser(site.mara)
    _, page = await browser.get(f"/ideas/{idea.id}")
    thread = page.split('<ol class="replies')[1].split("</section>")[0]
    deepest, now = 0, 1
    for tag in re.findall(r"<(/?)ol\b", thread):
        now += -1 if tag else 1
        deepest = max(deepest, now)
    assert deepest == 4
    assert "Continue this branch: 3 more" in thread
    answer, _ = await browser.get(f"/ideas/{above.id}")
    _, page = await browser.get(answer.headers["Location"])
    assert f'id="c-{above.id}"' in page
    assert all(f"Level {depth}" in thread for depth in range(4))
    assert all(f"Level {depth}" in page for depth in range(4, 7))


async def test_a_reply_to_a_reply_shows_the_words_that_it_answers(site: Any) -> None:
    idea = await ideas.post_idea(site.house, site.mara, site.own_house, "Root", "Words")
    first = await ideas.reply(site.house, site.mara, idea, "First words")
    browser = await site.browser(site.jonas)
    _, page = await browser.get(f"/ideas/{idea.id}/reply?to={first.id}")
    assert "First words" in page
    answer, page = await browser.post(f"/ideas/{idea.id}/replies", in_reply_to=first.id, text="")
    assert answer.status == 422
    assert "Please write something first." in page
    answer, _ = await browser.post(f"/ideas/{idea.id}/replies", in_reply_to=first.id, text="Second")
    made = answer.headers["Location"].split("/ideas/")[1].split("?")[0]
    assert (await ideas_read.by_id(site.house, made)).parent_id == first.id


async def test_an_author_edits_and_everybody_can_read_what_stood_there(site: Any) -> None:
    idea = await ideas.post_idea(site.house, site.jonas, site.own_house, "Before", "Old words")
    browser = await site.browser(site.jonas)
    _, page = await browser.get(f"/ideas/{idea.id}/edit")
    assert "Old words</textarea>" in page
    answer, _ = await browser.post(f"/ideas/{idea.id}/edit", title="After", text="New words")
    assert answer.status == 303
    other = await site.browser(site.mara)
    _, page = await other.get(f"/ideas/{idea.id}/history")
    assert "Old words" in page
    assert page.index("New words") < page.index("Old words")
    answer, _ = await other.get(f"/ideas/{idea.id}/edit")
    assert answer.status == 403


async def test_deleting_asks_first_and_leaves_the_place_in_the_thread(site: Any) -> None:
    idea = await ideas.post_idea(site.house, site.mara, site.own_house, "Root", "Words")
    first = await ideas.reply(site.house, site.jonas, idea, "Regrettable")
    await ideas.reply(site.house, site.mara, first, "An answer to it")
    browser = await site.browser(site.jonas)
    _, page = await browser.get(f"/ideas/{first.id}/delete")
    assert "Delete this?" in page
    answer, _ = await browser.post(f"/ideas/{first.id}/delete")
    _, page = await browser.get(answer.headers["Location"])
    assert "Regrettable" not in page
    assert "This reply was deleted by its author." in page
    assert "An answer to it" in page


async def test_support_is_given_and_taken_back_with_and_without_scripts(site: Any) -> None:
    idea = await ideas.post_idea(site.house, site.mara, site.own_house, "Root", "Words")
    browser = await site.browser(site.jonas)
    path = f"/ideas/{idea.id}/marks/support"
    answer, _ = await browser.post(path, made="1")
    assert answer.status == 303
    assert (await ideas_read.by_id(site.house, idea.id)).support == 1
    fragment = await browser.htmx(path, made="0")
    assert 'aria-pressed="false"' in fragment
    assert (await ideas_read.by_id(site.house, idea.id)).support == 0
    answer, _ = await browser.post(f"/ideas/{idea.id}/marks/best", made="1")
    assert answer.status == 403
    answer, _ = await browser.post(f"/ideas/{idea.id}/marks/loudest", made="1")
    assert answer.status == 404


# --- jams -------------------------------------------------------------------------------------------


async def test_a_jam_is_drafted_completed_opened_extended_and_closed_in_the_browser(site: Any) -> None:
    browser = await site.browser(site.mara)
    opens_at = site.house.now() + timedelta(days=1)
    later = {days: write_time(opens_at + timedelta(days=days)) for days in (0, 2, 3)}
    times = {"opens_at": later[0], "closes_at": later[2]}
    answer, page = await browser.post("/jams", title="Next", slug="Not a slug", question="Kept?", **times)
    assert answer.status == 422
    assert "lower-case letters" in page
    assert "Kept?</textarea>" in page
    answer, _ = await browser.post("/jams", title="Next", slug="next", question="What next?", **times)
    assert answer.headers["Location"] == "/jams/next/settings?done=created"
    answer, page = await browser.post("/jams/next/open")
    assert answer.status == 409
    assert "Still empty: promise, off limits, decide by" in page
    charter = {"question": "What next?", "promise": "Dana answers", "off_limits": "None", "decide_by": "May"}
    answer, _ = await browser.post("/jams/next/charter", **charter)
    assert answer.status == 303
    for verb, fields in (("open", {}), ("extend", {"closes_at": later[3]}), ("freeze", {})):
        answer, _ = await browser.post(f"/jams/next/{verb}", **fields)
        assert answer.status == 303, verb
    answer, page = await browser.post("/jams/next/extend", closes_at="soon")
    assert answer.status == 422
    assert "Give a day and a time" in page


async def test_a_closed_jam_takes_no_words_and_gives_back_those_that_were_on_their_way(site: Any) -> None:
    browser = await site.browser(site.jonas)
    await browser.get(f"/forums/{site.own_house.id}")
    await jams.freeze_jam(site.house, site.mara, site.jam)
    answer, page = await browser.post(f"/forums/{site.own_house.id}/ideas", title="Late", text="Too late")
    assert answer.status == 409
    assert "it can be read but no longer written to" in page
    assert "Too late" in page
    _, page = await browser.get(f"/forums/{site.own_house.id}")
    assert "composer-idea" not in page


async def test_a_forum_is_added_with_the_rules_that_its_audience_stands_for(site: Any) -> None:
    browser = await site.browser(site.mara)
    fields = {"slug": "new-floor", "title": "New floor", "question": "Why?", "audience": "partners"}
    answer, _ = await browser.post("/jams/better/forums", **fields, peers="jam.globex.example")
    assert answer.status == 303
    _, page = await browser.get("/boundary")
    assert "S-better/new-floor" in page
    answer, page = await browser.post("/jams/better/forums", **fields)
    assert answer.status == 409
    assert 'value="New floor"' in page


# --- who may see what -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/boundary", "/boundary/holds", "/boundary/ledger", "/boundary/partners", "/ideas/x", "/jams/x", "/forums/0"],
)
async def test_what_is_hidden_reads_like_what_is_missing(site: Any, path: str) -> None:
    browser = await site.browser(site.jonas)
    answer, page = await browser.get(path)
    assert answer.status == 404
    assert "Nothing here" in page


@pytest.mark.parametrize("path", ["/people", "/jams/better/settings", "/jams/new"])
async def test_duties_are_checked_on_the_page_and_not_only_in_its_menu(site: Any, path: str) -> None:
    browser = await site.browser(site.jonas)
    answer, _ = await browser.get(path)
    assert answer.status == 403


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/people", {"username": "x"}),
        ("/jams", {"title": "x", "slug": "x", "opens_at": "2030-01-01T09:00", "closes_at": "2030-01-02T09:00"}),
        ("/jams/better/freeze", {}),
        ("/jams/better/forums", {"slug": "x", "title": "x", "audience": "public"}),
        ("/forums", {"handle": "@a@b.example"}),
        ("/boundary/partners", {"host": "x.example"}),
        ("/boundary/holds/x", {"answer": "release"}),
        ("/boundary/rules/1/approve", {}),
        ("/boundary/ledger/1/recall", {}),
    ],
)
async def test_a_member_without_the_duty_cannot_do_it_either(site: Any, path: str, fields: dict[str, str]) -> None:
    browser = await site.browser(site.jonas)
    answer, _ = await browser.post(path, **fields)
    assert answer.status in (403, 404)


async def test_guests_from_other_servers_bear_the_name_of_their_organisation(site: Any) -> None:
    priya = await people.meet(
        site.house, "https://jam.globex.example/p/1", "priya", "jam.globex.example", "Priya Raman", ""
    )
    origin = Origin("https://jam.globex.example/o/1", "https://jam.globex.example/a/1", "<p>Hello</p>")
    made = await ideas.post_idea(site.house, priya, site.logistics, "From outside", "", origin=origin)
    browser = await site.browser(site.jonas)
    _, page = await browser.get(f"/ideas/{made.id}")
    badge = r'class="badge t-partners">.*?<bdi>Globex</bdi> · partner</span></span>'
    assert re.search(badge, page, re.DOTALL)
    assert "Who received this" not in page
    for path in (f"/forums/{site.logistics.id}", "/search?q=outside", f"/ideas/{made.id}/history"):
        _, page = await browser.get(path)
        assert re.search(badge, page, re.DOTALL), path


async def test_a_stranger_with_a_name_like_ours_is_marked_wherever_the_name_stands(site: Any) -> None:
    false = await people.meet(
        site.house, "https://evil.example/p/1", "x", "evil.example", site.jonas.name.replace("o", "\u043e"), ""
    )
    origin = Origin("https://evil.example/o/1", "https://evil.example/a/1", "<p>Hello, it is me</p>")
    made = await ideas.post_idea(site.house, false, site.logistics, "Trust me", "", origin=origin)
    browser = await site.browser(site.jonas)
    for path in (f"/ideas/{made.id}", f"/forums/{site.logistics.id}", "/search?q=trust"):
        _, page = await browser.get(path)
        assert f"Not our <bdi>@{site.jonas.username}</bdi>" in page, path
        assert re.search(r"server <bdi>evil.example</bdi>", page), path


async def test_somebody_hides_their_own_name_from_outside(site: Any) -> None:
    browser = await site.browser(site.jonas)
    await browser.post("/me/consent", consent="0")
    _, page = await browser.get(f"/forums/{site.logistics.id}")
    assert "with the author's role in place of the name" in html.unescape(page)


async def test_the_appearance_is_kept_in_the_browser_and_drawn_by_the_server(site: Any) -> None:
    browser = await site.browser(site.jonas)
    await browser.post("/me/appearance", appearance="dark")
    await browser.post("/me/appearance", direction="rtl")
    _, page = await browser.get("/")
    assert '<html lang="en" dir="rtl" data-appearance="dark">' in page
    answer, _ = await browser.post("/me/appearance", appearance="plaid")
    assert answer.status == 404


async def test_an_administrator_adds_somebody_and_gets_a_link_that_works(site: Any) -> None:
    browser = await site.browser(site.mara)
    answer, page = await browser.post("/people", username="grace", name="Grace", unit="R&D", role="member")
    assert answer.status == 200
    link = re.search(r"/welcome/[\w-]+", page)
    assert link
    guest = await site.browser()
    answer, _ = await guest.post(link[0], password="a good long one")
    assert answer.status == 303


async def test_partners_are_added_paused_and_resumed(site: Any) -> None:
    browser = await site.browser(site.mara)
    answer, page = await browser.post("/boundary/partners", host="not a host", tier="partner")
    assert answer.status == 422
    assert 'value="not a host"' in page
    answer, _ = await browser.post("/boundary/partners", host="Initech.example:8443", tier="customer", name="Initech")
    assert answer.status == 303
    await browser.post("/boundary/partners/initech.example:8443", state="paused")
    _, page = await browser.get("/boundary/partners")
    assert "Initech" in page
    assert "Paused" in page


async def test_figures_come_with_their_denominators(site: Any) -> None:
    idea = await ideas.post_idea(site.house, site.jonas, site.own_house, "Root", "Words")
    await ideas.reply(site.house, site.jonas, idea, "More")
    browser = await site.browser(site.mara)
    for path in ("/jams/better", "/jams/better/board"):
        _, page = await browser.get(path)
        text = words_of(page)
        assert "people spoke 1 1 of 2 people here" in text, path
        assert "ideas 1 in 3 forums" in text, path
        assert "replies 1 1 for each idea" in text, path


async def test_search_finds_what_one_may_see_and_says_so_when_there_is_nothing(site: Any) -> None:
    await ideas.post_idea(site.house, site.jonas, site.own_house, "Tangerines", "for all")
    browser = await site.browser(site.mara)
    _, page = await browser.get("/search?q=tangerine")
    assert "Tangerines" in page
    _, page = await browser.get("/search?q=durian")
    assert "Nothing that you may see matches" in page


async def test_a_draft_says_what_its_charter_lacks(site: Any) -> None:
    now = site.house.now()
    await jams.create_jam(site.house, site.mara, "bare", "Bare", Charter(), now, now + timedelta(days=1))
    browser = await site.browser(site.jonas)
    _, page = await browser.get("/jams/bare")
    assert "This jam cannot open yet." in page
    assert "the sponsor’s promise" in page


async def test_a_forum_for_all_partners_names_them(site: Any) -> None:
    browser = await site.browser(site.mara)
    fields = {"slug": "all-partners", "title": "All partners", "question": "Why?", "audience": "partners"}
    await browser.post("/jams/better/forums", **fields)
    _, page = await browser.get("/jams/better")
    assert "Acme and Globex All partners" in words_of(page)
    await browser.post("/boundary/partners/jam.globex.example", state="paused")
    _, page = await browser.get("/jams/better")
    assert "Acme and partners All partners" in words_of(page)
