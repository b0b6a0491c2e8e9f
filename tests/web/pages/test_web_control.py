"""The control room in the browser."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.domain.actors import Member
from server.domain.events import PRIVATE, Event
from server.services import ideas, ideas_read, marking, people
from web.live import jam_of


@pytest.fixture
async def fay(site: Any) -> Member:
    return await people.add_member(site.house, "fay", "Fay Adeyemi", "Operations", "facilitator")


def let_pass(site: Any, **span: float) -> None:
    """Let time pass for the house."""
    read = site.house.clock._read
    site.house.clock._read = lambda: read() + timedelta(**span)


async def test_the_control_room_exists_for_facilitators_alone(site: Any, fay: Member) -> None:
    jonas, facilitator = await site.browser(site.jonas), await site.browser(fay)
    answer, _ = await jonas.get("/jams/better/control")
    assert answer.status == 404
    _, page = await jonas.get("/jams/better")
    assert "Control room" not in page
    answer, page = await facilitator.get("/jams/better/control")
    assert answer.status == 200
    assert 'href="/jams/better/control"' in page
    assert 'id="control-figures"' in page
    assert 'data-figures="/jams/better/control"' in page


async def test_the_radar_leads_to_an_answer(site: Any, fay: Member) -> None:
    idea = await ideas.post_idea(site.house, site.jonas, site.own_house, "A <b>lonely</b> idea", "Words")
    browser = await site.browser(fay)
    _, page = await browser.get("/jams/better/control/radar")
    assert "Every idea has been answered" in page
    let_pass(site, hours=2, minutes=1)
    _, page = await browser.get("/jams/better/control/radar")
    assert f'href="/ideas/{idea.id}/reply"' in page
    assert "A &lt;b&gt;lonely&lt;/b&gt; idea" in page
    answer, _ = await browser.get(f"/ideas/{idea.id}/reply")
    assert answer.status == 200


async def test_a_mark_asks_for_its_reason_and_everybody_reads_it(site: Any, fay: Member) -> None:
    idea = await ideas.post_idea(site.house, site.jonas, site.own_house, "Root", "Words")
    browser = await site.browser(fay)
    _, page = await browser.get(f"/ideas/{idea.id}")
    assert f'href="/ideas/{idea.id}/marks/emerging"' in page
    answer, page = await browser.get(f"/ideas/{idea.id}/marks/emerging")
    assert answer.status == 200
    assert "Your reason" in page
    answer, page = await browser.post(f"/ideas/{idea.id}/marks/emerging", made="1", reason=" ")
    assert answer.status == 422
    assert "Please fill this in." in page
    assert not (await ideas_read.by_id(site.house, idea.id)).emerging
    long = "Three units <i>ask</i> " * 60
    answer, page = await browser.post(f"/ideas/{idea.id}/marks/emerging", made="1", reason=long)
    assert answer.status == 422
    assert "Three units &lt;i&gt;ask&lt;/i&gt;" in page, "what was typed is not lost"
    answer, _ = await browser.post(f"/ideas/{idea.id}/marks/emerging", made="1", reason="Three units <i>ask</i>")
    assert answer.status == 303
    jonas = await site.browser(site.jonas)
    _, page = await jonas.get(f"/ideas/{idea.id}")
    assert "Three units &lt;i&gt;ask&lt;/i&gt;" in page
    assert "Fay Adeyemi" in page
    answer, _ = await jonas.get(f"/ideas/{idea.id}/marks/best")
    assert answer.status == 403
    await browser.get(f"/ideas/{idea.id}")
    answer, _ = await browser.post(f"/ideas/{idea.id}/marks/emerging", made="0")
    assert answer.status == 303
    _, page = await jonas.get(f"/ideas/{idea.id}")
    assert "Marks that were taken back" in page


async def test_anybody_flags_with_a_reason_and_reads_what_became_of_it(site: Any, fay: Member) -> None:
    idea = await ideas.post_idea(site.house, site.jonas, site.own_house, "Root <i>words</i>", "Zebra words")
    reader = await people.add_member(site.house, "lena", "Lena Sato", "Legal")
    lena, jonas, facilitator = await site.browser(reader), await site.browser(site.jonas), await site.browser(fay)
    _, page = await lena.get(f"/ideas/{idea.id}")
    assert f'href="/ideas/{idea.id}/flag"' in page
    assert f'href="/ideas/{idea.id}/tools"' not in page
    answer, page = await lena.get(f"/ideas/{idea.id}/flag")
    assert answer.status == 200
    answer, page = await lena.post(f"/ideas/{idea.id}/flag", reason="")
    assert answer.status == 422
    answer, _ = await lena.post(f"/ideas/{idea.id}/flag", reason="Names a <b>patient</b>")
    assert answer.headers["Location"] == f"/ideas/{idea.id}?done=flagged"
    answer, page = await lena.post(f"/ideas/{idea.id}/flag", reason="Once more")
    assert answer.status == 409
    assert "Once more</textarea>" in page
    _, page = await facilitator.get("/jams/better/control/cases")
    assert "Names a &lt;b&gt;patient&lt;/b&gt;" in page
    assert "Root &lt;i&gt;words&lt;/i&gt;" in page
    case = page.split('id="case-')[1][:32]
    answer, page = await facilitator.post(f"/jams/better/control/cases/{case}", decision="hide", note="")
    assert answer.status == 422
    assert "Please fill this in." in page
    answer, _ = await facilitator.post(f"/jams/better/control/cases/{case}", decision="hide", note="No names, please")
    assert answer.status == 303
    answer, page = await lena.get(f"/ideas/{idea.id}")
    assert answer.status == 200
    assert "A facilitator has hidden these words" in page
    assert "Zebra words" not in page
    assert "Root" not in page
    _, page = await jonas.get(f"/ideas/{idea.id}")
    assert "Zebra words" in page
    assert "No names, please" in page
    for browser in (lena, jonas):
        _, page = await browser.get("/jams/better/moderation")
        assert "No names, please" in page
        assert "Fay Adeyemi" not in page
    assert "Names a &lt;b&gt;patient" not in page, "its author is not told who complained, nor how"
    _, page = await facilitator.get(f"/ideas/{idea.id}/tools")
    assert "Restore it" in page
    answer, _ = await facilitator.post(f"/jams/better/control/cases/{case}", decision="restore", note="Thank you")
    assert answer.status == 303
    _, page = await lena.get(f"/ideas/{idea.id}")
    assert "Zebra words" in page


async def test_a_facilitator_hides_a_reply_from_its_tools(site: Any, fay: Member) -> None:
    idea = await ideas.post_idea(site.house, site.jonas, site.own_house, "Root", "Words")
    reply = await ideas.reply(site.house, site.jonas, idea, "Rude words")
    browser, jonas = await site.browser(fay), await site.browser(site.jonas)
    _, page = await browser.get(f"/ideas/{reply.id}/tools")
    assert f'href="/ideas/{reply.id}/hide"' in page
    _, page = await browser.get(f"/ideas/{reply.id}/hide")
    answer, page = await browser.post(f"/ideas/{reply.id}/hide", reason="")
    assert answer.status == 422
    answer, _ = await browser.post(f"/ideas/{reply.id}/hide", reason="Rude")
    assert answer.headers["Location"] == f"/ideas/{reply.id}?done=hidden"
    answer, _ = await jonas.post(f"/ideas/{idea.id}/hide", reason="Rude")
    assert answer.status == 403
    answer, _ = await jonas.get(f"/ideas/{idea.id}/tools")
    assert answer.status == 404
    reader = await site.browser(await people.add_member(site.house, "lena", "Lena", "Legal"))
    _, page = await reader.get(f"/ideas/{idea.id}")
    assert "Rude words" not in page
    assert "A facilitator has hidden this reply" in page


async def test_two_ideas_are_merged_and_the_thread_gives_credit(site: Any, fay: Member) -> None:
    kept = await ideas.post_idea(site.house, site.jonas, site.own_house, "Paper tape for boxes", "Use paper tape.")
    double = await ideas.post_idea(site.house, site.mara, site.own_house, "Paper tape on boxes", "Use paper tape!")
    browser, jonas = await site.browser(fay), await site.browser(site.jonas)
    _, page = await browser.get(f"/ideas/{double.id}/tools")
    assert f'href="/ideas/{double.id}/merge"' in page
    _, page = await browser.get(f"/ideas/{double.id}/merge")
    assert f'<option value="{kept.id}"' in page, "what says something similar is offered"
    answer, page = await browser.post(f"/ideas/{double.id}/merge", into="nonsense", near="", reason="The same")
    assert answer.status == 422
    assert "Choose one of the ideas" in page
    assert 'value="nonsense"' in page
    url = f"https://inside/ideas/{kept.id}"
    answer, _ = await browser.post(f"/ideas/{double.id}/merge", into=url, near="", reason="Both <b>ask</b> for tape")
    assert answer.headers["Location"] == f"/ideas/{double.id}?done=moved"
    _, page = await jonas.get(f"/ideas/{kept.id}")
    assert "Merged in" in page
    assert "Both &lt;b&gt;ask&lt;/b&gt; for tape" in page
    assert "Mara Okafor" in page
    assert "Use paper tape!" in page
    answer, _ = await jonas.get(f"/ideas/{double.id}")
    assert answer.status in (200, 303)
    for path in (f"/ideas/{double.id}/split", f"/ideas/{kept.id}/move", "/jams/better/control/moves"):
        answer, _ = await jonas.get(path)
        assert answer.status == 404
    _, page = await browser.get("/jams/better/control/moves")
    undo = page.split('action="/jams/better/control/moves/')[1].split('"')[0]
    answer, _ = await browser.post(f"/jams/better/control/moves/{undo}")
    assert answer.headers["Location"] == f"/ideas/{double.id}?done=unmoved"
    answer, page = await browser.post(f"/jams/better/control/moves/{undo}")
    assert answer.status == 409
    assert "undone already" in page


async def test_a_move_names_who_may_read_it_and_a_split_asks_for_a_title(site: Any, fay: Member) -> None:
    idea = await ideas.post_idea(site.house, site.jonas, site.open_floor, "Root", "Words")
    reply = await ideas.reply(site.house, site.mara, idea, "Another question")
    browser = await site.browser(fay)
    _, page = await browser.get(f"/ideas/{idea.id}/move")
    assert "Our own house: Inside Acme" in page
    answer, page = await browser.post(f"/ideas/{idea.id}/move", forum="nowhere", reason="It names a customer")
    assert answer.status == 422
    assert "It names a customer</textarea>" in page
    answer, _ = await browser.post(f"/ideas/{idea.id}/move", forum=site.own_house.id, reason="It names a customer")
    assert answer.status == 303
    _, page = await browser.get(f"/ideas/{idea.id}")
    assert "Moved here from another forum" in page
    await browser.get(f"/ideas/{reply.id}/split")
    answer, page = await browser.post(f"/ideas/{reply.id}/split", title="", reason="Another question")
    assert answer.status == 422
    answer, _ = await browser.post(f"/ideas/{reply.id}/split", title="Another question", reason="It is one")
    assert answer.status == 303
    _, page = await browser.get(f"/ideas/{reply.id}")
    assert "Split off another idea" in page
    assert f'href="/ideas/{idea.id}"' in page
    _, page = await browser.get(f"/ideas/{idea.id}")
    assert f'href="/ideas/{reply.id}"' in page


async def test_a_shift_begins_with_what_was_handed_on_and_ends_with_a_drafted_note(site: Any, fay: Member) -> None:
    gil = await people.add_member(site.house, "gil", "Gil Costa", "Operations", "facilitator")
    first, second = await site.browser(fay), await site.browser(gil)
    _, page = await first.get("/jams/better/control/shifts")
    assert "Nobody is on the rota yet" in page
    assert '<option value="gil"' in page
    assert '<option value="jonas"' not in page
    times = {"starts_at": "2026-01-01T09:00", "ends_at": "2026-01-01T08:00"}
    answer, page = await first.post("/jams/better/control/shifts", username="gil", **times)
    assert answer.status == 422
    assert 'value="2026-01-01T09:00"' in page
    answer, _ = await first.post("/jams/better/control/shifts/begin")
    assert answer.status == 303
    answer, page = await first.post("/jams/better/control/shifts/begin")
    assert answer.status == 409
    idea = await ideas.post_idea(site.house, site.jonas, site.own_house, "Root", "Words")
    await marking.mark(site.house, fay, idea, "emerging", "Three units ask.")
    _, page = await first.get("/jams/better/control/shifts/end")
    assert "emerging, Three units ask." in page
    answer, page = await first.post("/jams/better/control/shifts/end", note=" ", to=gil.id)
    assert answer.status == 422
    note = "Root is **bright** <script>alert(1)</script>"
    answer, _ = await first.post("/jams/better/control/shifts/end", note=note, to=gil.id)
    assert answer.status == 303
    _, page = await second.get("/jams/better/control")
    assert "Root is <strong>bright</strong>" in page
    assert "<script>alert" not in page
    assert page.index("Handed on by") < page.index("Your shift")
    read = page.split('action="/jams/better/control/shifts/')[1].split('"')[0]
    answer, _ = await second.post(f"/jams/better/control/shifts/{read}")
    assert answer.status == 303
    _, page = await second.get("/jams/better/control")
    assert "Handed on by" not in page
    answer, _ = await second.get("/jams/better/control/shifts/end")
    assert answer.status == 404


async def test_the_back_channel_is_on_the_thread_for_facilitators_alone(site: Any, fay: Member) -> None:
    idea = await ideas.post_idea(site.house, site.jonas, site.own_house, "Root", "Words")
    browser, jonas = await site.browser(fay), await site.browser(site.jonas)
    _, page = await browser.get(f"/ideas/{idea.id}/asides")
    assert "Nobody has said anything here yet" in page
    answer, page = await browser.post(f"/ideas/{idea.id}/asides", text=" ")
    assert answer.status == 422
    answer, _ = await browser.post(f"/ideas/{idea.id}/asides", text="A **quiet** word")
    assert answer.status == 303
    _, page = await browser.get(f"/ideas/{idea.id}/asides")
    assert "A <strong>quiet</strong> word" in page
    _, page = await browser.get(f"/ideas/{idea.id}")
    assert f'href="/ideas/{idea.id}/asides"' in page
    _, page = await jonas.get(f"/ideas/{idea.id}")
    assert "asides" not in page
    for answer, _ in (await jonas.get(f"/ideas/{idea.id}/asides"),
                      await jonas.post(f"/ideas/{idea.id}/asides", text="Me")):  # fmt: skip
        assert answer.status == 404


async def test_a_summary_stands_on_the_thread_with_links_to_what_it_cites(site: Any, fay: Member) -> None:
    idea = await ideas.post_idea(site.house, site.jonas, site.own_house, "Root", "Words")
    reply = await ideas.reply(site.house, site.mara, idea, "Tape tears in the rain")
    browser, jonas = await site.browser(fay), await site.browser(site.jonas)
    _, page = await browser.get(f"/ideas/{idea.id}/summary")
    assert "Tape tears in the rain" in page
    answer, page = await browser.post(f"/ideas/{idea.id}/summary", text="It **tears**.", base="0")
    assert answer.status == 422
    assert "Cite at least one" in page
    assert "It **tears**.</textarea>" in page
    answer, _ = await browser.post(f"/ideas/{idea.id}/summary", text="It **tears**.", base="0", cites=reply.id)
    assert answer.status == 303
    answer, page = await browser.post(f"/ideas/{idea.id}/summary", text="Late", base="0", cites=reply.id)
    assert answer.status == 409
    assert "Late</textarea>" in page
    _, page = await jonas.get(f"/ideas/{idea.id}")
    assert "It <strong>tears</strong>." in page
    assert page.index("Summary so far") < page.index("replies-heading")
    assert f'href="/ideas/{reply.id}"' in page
    _, page = await jonas.get(f"/ideas/{idea.id}/summary")
    assert "Save this version" not in page
    answer, _ = await jonas.post(f"/ideas/{idea.id}/summary", text="Mine", base="1", cites=reply.id)
    assert answer.status == 403


async def test_a_heat_warning_offers_words_that_the_composer_begins_with(site: Any, fay: Member) -> None:
    idea = await ideas.post_idea(site.house, site.jonas, site.own_house, "Root", "Words")
    for n in range(6):
        await ideas.reply(site.house, (site.jonas, site.mara)[n % 2], idea, "You did not read it!!")
    browser, jonas = await site.browser(fay), await site.browser(site.jonas)
    _, page = await browser.get("/jams/better/control/heat")
    assert "6 replies in 30 minutes by 2 people" in page
    assert f'href="/ideas/{idea.id}/reply?prompt=you-not"' in page
    _, page = await browser.get(f"/ideas/{idea.id}/reply?prompt=you-not")
    assert "what the other one gets right?" in page
    _, page = await jonas.get(f"/ideas/{idea.id}/reply?prompt=you-not")
    assert "what the other one gets right?" not in page
    _, page = await browser.get("/jams/better/control")
    assert "Heated threads" in page


def test_no_stream_tells_of_flags_decisions_asides_and_shifts() -> None:
    for kind in PRIVATE:
        assert jam_of(Event(1, datetime.now(UTC), kind, "x", {"jam": "j"})) == ""
    assert jam_of(Event(1, datetime.now(UTC), "ContributionMoved", "x", {"jam": "j"})) == "j"


async def test_a_locked_thread_says_why_and_keeps_what_was_just_being_written(site: Any, fay: Member) -> None:
    idea = await ideas.post_idea(site.house, site.jonas, site.own_house, "Root", "Words")
    facilitator, jonas = await site.browser(fay), await site.browser(site.jonas)
    _, page = await facilitator.get(f"/ideas/{idea.id}/tools")
    assert f'href="/ideas/{idea.id}/lock"' in page
    answer, _ = await jonas.get(f"/ideas/{idea.id}/lock")
    assert answer.status == 404
    _, page = await jonas.get(f"/ideas/{idea.id}")
    answer, page = await facilitator.post(f"/ideas/{idea.id}/lock", reason=" ")
    assert answer.status == 422
    answer, _ = await facilitator.post(f"/ideas/{idea.id}/lock", reason="It <b>turns</b> in circles.")
    assert answer.headers["Location"] == f"/ideas/{idea.id}?done=locked"
    answer, page = await jonas.post(f"/ideas/{idea.id}/replies", text="A long answer, almost done.")
    assert answer.status == 409
    assert "A long answer, almost done." in page
    _, page = await jonas.get(f"/ideas/{idea.id}")
    assert "It &lt;b&gt;turns&lt;/b&gt; in circles." in page
    assert "no longer answered" in page
    assert 'name="text"' not in page
    assert "Let people answer again" not in page
    _, page = await facilitator.get(f"/ideas/{idea.id}/tools")
    assert f'href="/ideas/{idea.id}/lock"' not in page
    answer, _ = await facilitator.post(f"/ideas/{idea.id}/unlock")
    assert answer.status == 303
    _, page = await jonas.get(f"/ideas/{idea.id}")
    assert 'name="text"' in page
