"""The queue of the console: what a reviewer reads, decides, and takes back; and what an author is told of it."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from server.domain.actors import Member
from server.domain.holds import Hold, OfferedCopy
from server.domain.ideas import Contribution
from server.services import holds, ideas, ideas_read, people
from tests.server.holds_world import a_hold
from web.pages.boundary.hold_rows import age_words


async def reviewer(site: Any, name: str = "kim", unit: str = "Legal") -> Member:
    return await people.add_member(site.house, name, f"{name.title()} Lee", unit, "reviewer")


async def held(site: Any, title: str = "Ask for rooms", author: Member | None = None, **more: Any) -> Hold:
    text = "Write to rooms@acme.example."
    made = await ideas.post_idea(site.house, author or site.jonas, site.open_floor, title, text)
    hold = a_hold(site.house, made.id, made.id, forum_id=site.open_floor.id, author="@jonas", **more)
    await holds.ask_review(site.house, hold)
    return hold


def words_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


async def state(site: Any, hold: Hold) -> str:
    return (await holds.find_hold(site.house, hold.id)).state


@pytest.mark.parametrize(("seconds", "hours", "said"), [
    (90, None, "waits 1 min"),
    (3 * 3600, 4, "3 h of 4 h"),
    (30 * 3600, 24, "30 h of 24 h"),
    (5 * 86400, None, "waits 5 days"),
])  # fmt: skip
def test_an_age_is_said_against_its_target(seconds: float, hours: int | None, said: str) -> None:
    assert age_words(seconds, hours) == said


async def test_the_queue_says_how_long_who_approved_and_shows_each_different_copy(site: Any) -> None:
    kim = await reviewer(site)
    globex = "jam.globex.example"
    late = site.house.now() - timedelta(hours=5)
    previews = (
        OfferedCopy(sha="00", title="Ask", text="Write to rooms@acme.example <b>.", author="Jonas"),
        OfferedCopy(
            sha="01", title="Ask", text="Write to [e-mail removed].", author="A colleague",
            masked=(("email", "rooms@acme.example"),),
        ),
    )  # fmt: skip
    hold = await held(
        site, asked_at=late, within_hours=4, approvals=2, previews=previews,
        copies={"*": "00", globex: "01"}, wordings={"*": "w", globex: "w"},
    )  # fmt: skip
    await holds.release(site.house, site.mara, hold.id)
    browser = await site.browser(kim)
    _, page = await browser.get("/boundary/holds")
    said = words_of(page)
    assert "In all 1 waits: 1 for you to decide, 1 overdue." in said
    assert "Overdue: 5 h of 4 h" in said
    assert "Approved: 1 of 2, by Mara Okafor. It needs 1 more reviewer." in said
    assert "The exact copy for everyone" in said
    assert "The exact copy for Globex" in said
    assert "Taken out: an e-mail address “ rooms@acme.example ”" in said
    assert "<mark>[e-mail removed]</mark>" in page
    assert "rooms@acme.example &lt;b&gt;." in page
    assert "Boundary (1)" in said
    _, page = await (await site.browser(site.mara)).get("/boundary/holds")
    assert "You have approved this; it needs 1 more reviewer." in words_of(page)
    assert "Take my approval back" in words_of(page)
    assert "Boundary (1)" not in words_of(page)


async def test_a_release_can_be_undone_for_ten_seconds_and_leads_back_to_the_same_list(site: Any) -> None:
    hold = await held(site)
    browser = await site.browser(await reviewer(site))
    await browser.get("/boundary/holds?direction=out")
    answer, _ = await browser.post(
        f"/boundary/holds/{hold.id}", answer="release", offer=hold.offer, back="/boundary/holds?direction=out"
    )
    assert (answer.status, answer.headers["Location"]) == (303, "/boundary/holds?direction=out")
    assert await state(site, hold) == "deciding"
    _, page = await browser.get("/boundary/holds")
    assert "Released: “ Ask for rooms ”" in words_of(page)
    batch = re.search(r'name="batch" value="(\w+)"', page)
    assert batch
    answer, _ = await browser.post("/boundary/holds/undo", batch=batch[1], back="//elsewhere.example")
    assert (answer.status, answer.headers["Location"]) == (303, "/boundary/holds?done=undone")
    assert await state(site, hold) == "waiting"
    answer, page = await browser.post("/boundary/holds/undo", batch=batch[1])
    assert answer.status == 409
    assert "cannot be undone" in page


async def test_several_are_refused_with_one_reason_and_undone_as_a_whole(site: Any) -> None:
    one, other = await held(site, "One"), await held(site, "Other")
    browser = await site.browser(await reviewer(site))
    await browser.get("/boundary/holds")
    chosen = {"csrf": browser.csrf, "answer": "refuse"}

    async def send(note: str, *boxes: Hold) -> tuple[Any, str]:
        fields = [*chosen.items(), ("note", note), *(("hold", f"{hold.id}.{hold.offer}") for hold in boxes)]
        return await browser.send("/boundary/holds", fields)  # type: ignore[arg-type]

    answer, page = await send("Not yet.")
    assert answer.status == 422
    assert "Choose at least one first." in page
    assert 'value="Not yet."' in page
    answer, page = await send(" ", one, other)
    assert answer.status == 422
    assert "Say why; the author reads it." in words_of(page)
    assert len(re.findall(r'name="hold"[^>]* checked', page)) == 2, "what was ticked is ticked still"
    answer, _ = await send("Not yet.", one, other)
    assert answer.status == 303
    assert [await state(site, hold) for hold in (one, other)] == ["deciding"] * 2
    _, page = await browser.get("/boundary/holds")
    assert "Refused: 2 questions “ One ”, “ Other ”" in words_of(page)
    batch = re.search(r'name="batch" value="(\w+)"', page)
    assert batch
    await browser.post("/boundary/holds/undo", batch=batch[1])
    assert [await state(site, hold) for hold in (one, other)] == ["waiting"] * 2


async def test_what_cannot_be_decided_is_named_and_the_rest_is_decided(site: Any) -> None:
    kim = await reviewer(site)
    fine, stale, own = await held(site, "Fine"), await held(site, "Stale"), await held(site, "Own", author=kim)
    await holds.ask_again(site.house, replace(stale, copies={"*": "01"}))
    browser = await site.browser(kim)
    _, page = await browser.get("/boundary/holds")
    assert f'value="{own.id}' not in page, "there is no box beside one's own words"
    fields = [("csrf", browser.csrf), ("answer", "release")]
    fields += [("hold", f"{hold.id}.{hold.offer}") for hold in (fine, stale, own)]
    answer, page = await browser.send("/boundary/holds", fields)  # type: ignore[arg-type]
    assert answer.status == 409
    assert "“Stale”: What is on offer has changed since you looked." in words_of(page)
    assert "“Own”: These are your own words" in words_of(page)
    assert await state(site, fine) == "deciding"


async def test_a_form_that_was_open_too_long_or_sent_twice_changes_nothing_more(site: Any) -> None:
    hold = await held(site)
    browser = await site.browser(await reviewer(site))
    await browser.get("/boundary/holds")
    await holds.ask_again(site.house, replace(hold, wordings={"*": "otherwise"}))
    path = f"/boundary/holds/{hold.id}"
    answer, page = await browser.post(path, answer="release", offer=hold.offer)
    assert answer.status == 409
    assert "changed since you looked" in page
    fresh = await holds.find_hold(site.house, hold.id)
    for status in (303, 409):
        answer, page = await browser.post(path, answer="refuse", note="No.", offer=fresh.offer)
        assert answer.status == status
    assert "it takes effect in a moment" in page
    assert (await holds.find_hold(site.house, hold.id)).note == "No."


async def test_a_reviewer_of_another_group_reads_why_it_is_not_theirs(site: Any) -> None:
    hold = await held(site, reviewers=("@legal",))
    browser = await site.browser(await reviewer(site, "omar", "Sales"))
    _, page = await browser.get("/boundary/holds")
    assert "This one is for @legal to decide." in page
    assert f'action="/boundary/holds/{hold.id}"' not in page
    assert "In all 1 waits: 0 for you to decide" in words_of(page)
    answer, page = await browser.post(f"/boundary/holds/{hold.id}", answer="release")
    assert answer.status == 403
    assert "This one is for @legal to decide." in page
    _, page = await browser.get("/boundary/holds?mine=1")
    assert "Nothing of this kind waits" in page


async def test_the_queue_is_filtered_and_cut_into_pages(site: Any) -> None:
    for number in range(27):
        await held(site, f"Number {number:02}")
    await holds.ask_review(site.house, a_hold(
        site.house, "i" * 32, "", direction="in", activity_uri="https://jam.globex.example/a/1", version=0,
        author="@priya@jam.globex.example", preview="A word from outside.", copies={"jam.globex.example": "00"},
        wordings={}, previews=(),
    ))  # fmt: skip
    browser = await site.browser(await reviewer(site))
    _, page = await browser.get("/boundary/holds")
    assert page.count("<article") == 25
    later = re.search(r'href="(/boundary/holds\?after=[^"]+)"', page)
    assert later
    _, page = await browser.get(html.unescape(later[1]))
    assert page.count("<article") == 3
    _, page = await browser.get("/boundary/holds?audience=jam.globex.example")
    assert page.count("<article") == 1
    said = words_of(page)
    assert "Wants in" in said
    assert "@priya@jam.globex.example Globex" in said
    assert "A word from outside." in said
    assert "New here · 0 stand, 0 refused, 0 removed" in said
    assert "Let it in" in said
    for odd in ("?after=x", "?direction=sideways", "?forum=nowhere"):
        answer, _ = await browser.get(f"/boundary/holds{odd}")
        assert answer.status == 200


async def thread(site: Any, made: Contribution | Hold, reader: Member) -> str:
    idea_id = made.contribution_id if isinstance(made, Hold) else made.thread_id
    _, page = await (await site.browser(reader)).get(f"/ideas/{idea_id}")
    return words_of(page)


async def test_an_author_reads_for_whom_their_words_wait_and_why_they_were_refused(site: Any) -> None:
    kim, other = await reviewer(site), await people.add_member(site.house, "lena", "Lena Sommer", "Sales")
    hold = await held(site, within_hours=4, approvals=2, reviewers=("@legal",))
    said = await thread(site, hold, site.jonas)
    assert "This waits for @legal before it reaches everyone. It needs 2 more of @legal." in said
    assert "The target for a decision is 4 h." in said
    assert "Edit it ; new words are looked at afresh." in said
    assert "This waits for" not in await thread(site, hold, other)
    await holds.refuse(site.house, kim, hold.id, "Leave the address out.", undo_seconds=10)
    assert "Leave the address out." not in await thread(site, hold, site.jonas), "it can still be undone"
    await holds.undo(site.house, kim, hold.id)
    await holds.refuse(site.house, kim, hold.id, "Leave the address out.")
    assert "A reviewer kept this from everyone: “Leave the address out.”" in await thread(site, hold, site.jonas)
    assert "Leave the address out." in await thread(site, hold, kim)
    nobodys = await thread(site, hold, other)
    assert "A reviewer kept it inside." in nobodys
    assert "Leave the address out." not in nobodys
    made = await ideas_read.by_id(site.house, hold.contribution_id)
    await ideas.edit(site.house, site.jonas, made, "No address.")
    assert "Leave the address out." not in await thread(site, hold, site.jonas)


async def test_the_author_of_a_reply_is_told_as_well(site: Any) -> None:
    idea = await ideas.post_idea(site.house, site.mara, site.open_floor, "Root", "Words")
    reply = await ideas.reply(site.house, site.jonas, idea, "Call me.")
    await holds.ask_review(site.house, a_hold(site.house, "r" * 32, reply.id))
    assert "This waits for a reviewer before it reaches everyone." in await thread(site, reply, site.jonas)
