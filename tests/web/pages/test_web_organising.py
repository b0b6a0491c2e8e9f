"""What organisers do in the browser, and what members see of it."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from typing import Any

import pytest
from aiohttp import FormData

from server.domain.jams import Charter
from server.services import answers, board, forums, hosting, ideas, ideas_read, jams, people
from tests.web.pages.test_web_files import picture, upload
from tests.web.pages.test_web_live import frames, opened
from web.forms import write_time


def words_of(text: str) -> str:
    """The text of a page as a person reads it."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


# --- lobby and rota ------------------------------------------------------------------------------------


async def test_a_draft_shows_what_its_charter_lacks_as_a_list(site: Any) -> None:
    half = Charter(question="What?", promise="", off_limits="Pay.", decide_by="")
    await jams.create_jam(site.house, site.mara, "half", "Half", half, site.jam.opens_at, site.jam.closes_at)
    browser = await site.browser(site.mara)
    for path in ("/jams/half", "/jams/half/settings"):
        text = words_of((await browser.get(path))[1])
        assert "The question: done" in text
        assert "The sponsor’s promise: still empty" in text
        assert "The day of decision: still empty" in text
    answer, text = await browser.get("/jams/half/charter")
    assert answer.status == 200
    assert "What?" in text
    answer, text = await browser.post("/jams/half/open")
    assert answer.status == 409
    assert "Still empty: promise, decide by." in words_of(text)


async def test_the_lobby_tells_the_phases_in_the_jams_time_and_offers_the_calendar(site: Any) -> None:
    browser = await site.browser(site.jonas)
    text = words_of((await browser.get("/jams/better"))[1])
    for word in ("Before", "Live", "After", "jam time", "Every theme gets an answer: 15 December", "Add to calendar"):
        assert word in text
    answer, body = await browser.get("/jams/better/calendar.ics")
    assert answer.content_type == "text/calendar"
    assert "BEGIN:VCALENDAR" in body
    assert "better.ics" in answer.headers["Content-Disposition"]
    nobody = await site.browser()
    answer, _ = await nobody.get("/jams/better/calendar.ics")
    assert answer.status == 303


async def test_an_organiser_names_a_host_and_plans_an_hour_and_everybody_sees_it(site: Any) -> None:
    browser = await site.browser(site.mara)
    await browser.get("/jams/better/rota")
    forum = site.open_floor.id
    answer, _ = await browser.post("/jams/better/rota", act="host", forum=forum, username="jonas", bio="<b>Runs it</b>")
    assert answer.status == 303
    times = {"starts_at": write_time(site.jam.opens_at), "ends_at": write_time(site.jam.closes_at)}
    answer, text = await browser.post("/jams/better/rota", act="plan", host=f"{forum}/{site.jonas.id}", **times)
    assert answer.status == 422
    assert "at most 24 hours" in text
    times["ends_at"] = times["starts_at"][:-2] + "59"
    answer, _ = await browser.post("/jams/better/rota", act="plan", host=f"{forum}/{site.jonas.id}", **times)
    assert answer.status == 303
    reader = await site.browser(site.jonas)
    for path in ("/jams/better", f"/forums/{forum}"):
        _, text = await reader.get(path)
        assert "Jonas Lindqvist" in text
        assert "&lt;b&gt;Runs it&lt;/b&gt;" in text
    rota = await hosting.rota_of(site.house, site.mara, site.jam)
    slot = rota.slots[0].id
    assert (await browser.post("/jams/better/rota", act="unplan", forum=forum, slot=slot))[0].status == 303
    assert (await browser.post("/jams/better/rota", act="end", host=f"{forum}/{site.jonas.id}"))[0].status == 303
    assert (await hosting.rota_of(site.house, site.mara, site.jam)).hosts == ()


async def test_a_host_shows_a_picture_and_everybody_sees_it_where_they_write(site: Any) -> None:
    forum = f"/forums/{site.open_floor.id}"
    await hosting.put_host(site.house, site.mara, site.open_floor, "jonas", "Runs it")
    browser = await site.browser(site.jonas)
    form = f"{forum}/hosts/{site.jonas.id}"
    assert form in (await browser.get(forum))[1]
    assert "How Jonas Lindqvist is shown as a host" in (await browser.get(form))[1]
    answer, text = await upload(browser, form, picture(), "me.png", act="save", bio="Runs it well", alt="")
    assert answer.status == 422
    assert "Say in a few words what the picture shows" in text
    assert "Runs it well" in text
    answer, text = await upload(browser, form, b"MZ", "me.exe", act="save", bio="Runs it well", alt="Jonas, waving")
    assert "That is no picture." in text
    assert 'value="Jonas, waving"' in text
    answer, _ = await upload(browser, form, picture(), "me.png", act="save", bio="Runs it well", alt="Jonas, waving")
    assert answer.status == 303
    reader = await site.browser(site.mara)
    for path in ("/jams/better", forum, "/jams/better/rota"):
        _, text = await reader.get(path)
        found = re.search(r'<img class="face photo" src="(/pictures/\w+)" alt="Jonas, waving"', text)
        assert found, path
    sent = await reader.client.get(found[1])
    assert sent.headers["Content-Type"] == "image/webp"
    assert (await reader.get(found[1], **{"If-None-Match": sent.headers["ETag"]}))[0].status == 304
    assert (await (await site.browser()).get(found[1]))[0].status == 303
    eve = await people.add_member(site.house, "eve", "Eve", "Sales")
    other = await site.browser(eve)
    assert "Words and picture" not in (await other.get(forum))[1]
    assert (await other.get(form))[0].status == 403
    await browser.post(form, act="save", bio="Runs it well", alt="Jonas")
    await browser.post(form, act="bare")
    assert '<img class="face' not in (await reader.get(forum))[1]
    assert (await browser.post(form, act="bare"))[0].status == 404


@pytest.mark.parametrize("fields", [{}, {"act": "host"}, {"act": "plan", "host": "x/y"}, {"act": "end", "host": "/"}])
async def test_a_rota_form_that_makes_no_sense_changes_nothing(site: Any, fields: dict[str, str]) -> None:
    browser = await site.browser(site.mara)
    await browser.get("/jams/better/rota")
    answer, _ = await browser.post("/jams/better/rota", **fields)
    assert answer.status in (404, 422)


async def test_only_organisers_see_the_rotas_forms(site: Any) -> None:
    browser = await site.browser(site.jonas)
    assert (await browser.get("/jams/better/rota"))[0].status == 403
    answer, _ = await browser.post("/jams/better/rota", act="host", forum=site.open_floor.id, username="jonas")
    assert answer.status == 403


# --- templates, clones, second jams ----------------------------------------------------------------------

TIMES = {"opens_at": "2030-01-01T09:00", "closes_at": "2030-01-03T09:00"}


async def test_a_jam_is_drafted_from_a_built_in_template(site: Any) -> None:
    browser = await site.browser(site.mara)
    _, text = await browser.get("/jams/new?template=values")
    assert "What would make it hollow" in words_of(text)
    template = html.unescape(re.search(r'name="template" value="([^"]+)"', text)[1])  # type: ignore[index]
    fields = {"title": "Ours", "slug": "ours", "question": "Q?", "template": template, **TIMES}
    answer, _ = await browser.post("/jams", **fields)
    assert answer.headers["Location"].startswith("/jams/ours/settings")
    _, text = await browser.get("/jams/ours/settings")
    assert "What should be true" in text
    assert "The sponsor’s promise: still empty" in words_of(text)


async def test_a_templates_file_is_read_and_a_bad_one_is_given_back_with_what_is_wrong(site: Any) -> None:
    browser = await site.browser(site.mara)
    _, saved = await browser.get("/jams/better/template.toml")
    _, text = await browser.get("/jams/new")
    form = FormData({"csrf": browser.csrf})
    form.add_field("file", saved, filename="jam.toml", content_type="application/toml")
    answer, text = await browser.send("/jams/template", form)
    assert answer.status == 200
    assert "Our own house" in text
    answer, text = await browser.post("/jams/template", text="marmalade_template = 1\nsomething = 3")
    assert answer.status == 422
    assert "`something` is not known here." in html.unescape(text)
    assert "something = 3" in text
    form = FormData({"csrf": browser.csrf})
    form.add_field("file", b"\xff\xfe", filename="jam.toml", content_type="application/toml")
    answer, text = await browser.send("/jams/template", form)
    assert answer.status == 422
    assert "not text in UTF-8" in text


async def test_a_second_jam_takes_chosen_ideas_over_and_shows_where_they_come_from(site: Any) -> None:
    idea = await ideas.post_idea(site.house, site.jonas, site.open_floor, "One gate", "For all trucks.")
    browser = await site.browser(site.mara)
    await browser.get("/jams/better/again")
    answer, _ = await browser.post("/jams/better/again", kind="second", slug="two", title="", **TIMES)
    assert answer.headers["Location"].startswith("/jams/two/carry")
    _, text = await browser.get("/jams/two/carry")
    assert "One gate" in text
    shortlist = re.search(r'name="to" value="(\w+)"', text)[1]  # type: ignore[index]
    answer, _ = await browser.post("/jams/two/carry", to=shortlist, idea=idea.id)
    assert answer.status == 303
    (copy,) = await ideas_read.list_ideas(
        site.house, site.mara, await forums.obtain_forum(site.house, site.mara, shortlist)
    )
    assert copy.author_id == site.jonas.id
    _, text = await browser.get(f"/ideas/{copy.id}")
    assert f'href="/ideas/{idea.id}"' in text
    _, text = await browser.get("/jams/two")
    assert "Goes on from Better together" in words_of(text)
    assert "Went on as Better together, second round" in words_of((await browser.get("/jams/better"))[1])


async def test_a_clone_is_a_draft_of_its_own(site: Any) -> None:
    browser = await site.browser(site.mara)
    await browser.get("/jams/better/again")
    answer, text = await browser.post("/jams/better/again", kind="clone", slug="better", **TIMES)
    assert answer.status == 409
    assert "There is a jam called better already." in text
    answer, _ = await browser.post("/jams/better/again", kind="clone", slug="again", **TIMES)
    assert answer.status == 303
    assert "Open floor" in (await browser.get("/jams/again/settings"))[1]


# --- rehearsal -------------------------------------------------------------------------------------------


async def test_a_rehearsal_takes_one_click_and_another_one_removes_it(site: Any) -> None:
    browser = await site.browser(site.mara)
    await browser.get("/jams/better/settings")
    answer, _ = await browser.post("/jams/better/rehearsal")
    assert answer.status == 303
    path = answer.headers["Location"].partition("?")[0]
    _, text = await browser.get(path)
    assert "This is a rehearsal." in text
    assert "server rehearsal.invalid" in words_of(text)
    reader = await site.browser(site.jonas)
    assert (await reader.get(path))[0].status == 404
    assert "Rehearsal:" not in (await reader.get("/"))[1]
    assert "Remove the rehearsal without trace" in (await browser.get("/jams/better/settings"))[1]
    answer, _ = await browser.post(f"{path}/rehearsal/remove")
    assert answer.headers["Location"].startswith("/jams/better/settings")
    assert (await browser.get(path))[0].status == 404


# --- archive ---------------------------------------------------------------------------------------------


async def test_an_idea_can_be_cited_and_the_jam_taken_along(site: Any) -> None:
    idea = await ideas.post_idea(site.house, site.jonas, site.open_floor, "One gate", "For all trucks.")
    reader = await site.browser(site.jonas)
    assert "“One gate”. In: Better together. Acme, " in words_of((await reader.get(f"/ideas/{idea.id}"))[1])
    assert (await reader.post("/jams/better/export"))[0].status == 403
    browser = await site.browser(site.mara)
    await browser.get("/jams/better/settings")
    answer = await browser.client.post(
        "/jams/better/export", data={"csrf": browser.csrf, "as": "zip"}, headers=browser.headers
    )
    with zipfile.ZipFile(io.BytesIO(await answer.read())) as packed:
        assert b"One gate" in packed.read("contributions.csv")
    answer, text = await browser.post("/jams/better/export", **{"as": "jsonl"})
    assert [line.split('"')[3] for line in text.splitlines()] == ["jam", "forum", "forum", "forum", "idea"]


# --- settings of a draft -----------------------------------------------------------------------------------


async def test_a_draft_gets_another_name_and_other_times_until_it_opens(site: Any) -> None:
    await jams.create_jam(
        site.house, site.mara, "draft", "Draft", Charter(), site.jam.opens_at, site.jam.closes_at
    )  # fmt: skip
    browser = await site.browser(site.mara)
    await browser.get("/jams/draft/settings")
    fields = {"jam_title": "Renamed", "jam_opens_at": "2030-01-01T09:00", "jam_closes_at": "2030-01-01T08:00"}
    answer, text = await browser.post("/jams/draft/draft", **fields)
    assert answer.status == 422
    assert "A jam closes after it opens." in text
    assert 'value="Renamed"' in text
    answer, _ = await browser.post("/jams/draft/draft", **{**fields, "jam_closes_at": "2030-01-02T08:00"})
    assert answer.status == 303
    assert (await jams.obtain_jam(site.house, site.mara, "draft")).title == "Renamed"
    answer, _ = await browser.post("/jams/better/draft", **{**fields, "jam_closes_at": "2030-01-02T08:00"})
    assert answer.status == 409


# --- changing a forum ------------------------------------------------------------------------------------------


async def test_an_organiser_changes_a_forum_and_readers_see_it_at_once(site: Any) -> None:
    forum = f"/forums/{site.open_floor.id}"
    browser = await site.browser(site.mara)
    assert f'href="{forum}/change"' in (await browser.get(forum))[1]
    answer, text = await browser.get(f"{forum}/change")
    assert answer.status == 200
    assert 'name="audience"' not in text
    assert "The jam has opened, and others may have found this forum" in text
    reader = await site.browser(site.jonas)
    async with reader.client.get("/jams/better/stream") as stream:
        await opened(stream)
        fields = {"act": "save", "title": "Everybody’s floor", "question": "What now?", "place": "3"}
        answer, _ = await browser.post(f"{forum}/change", **fields)
        assert answer.status == 303
        assert json.loads((await frames(stream, 1))[0]["data"]) == {"id": site.open_floor.id}
    _, text = await reader.get("/jams/better")
    assert text.index("Our own house") < text.index("Everybody’s floor")
    assert "change" not in re.findall(rf'href="{forum}/(\w+)"', (await reader.get(forum))[1])
    assert (await reader.get(f"{forum}/change"))[0].status == 403
    assert (await reader.post(f"{forum}/change", act="close"))[0].status == 403
    answer, text = await browser.post(f"{forum}/change", act="save", title="", question="Kept?", place="3")
    assert answer.status == 422
    assert "Kept?" in text
    answer, text = await browser.post(f"{forum}/change", act="save", title="A", audience="inside", place="3")
    assert answer.status == 409
    assert (await browser.post(f"{forum}/change", act="burn"))[0].status == 404


async def test_a_forum_closed_to_ideas_gives_words_on_their_way_back(site: Any) -> None:
    forum = f"/forums/{site.own_house.id}"
    writer, browser = await site.browser(site.jonas), await site.browser(site.mara)
    await writer.get(forum)
    await browser.get(f"{forum}/change")
    await browser.post(f"{forum}/change", act="close")
    answer, text = await writer.post(f"{forum}/ideas", title="Late", text="Words that took an hour")
    assert answer.status == 409
    assert "takes no new ideas any more" in text
    assert "Words that took an hour" in text
    _, text = await writer.get(forum)
    assert "takes no new ideas any more" in text
    assert "composer-idea" not in text
    assert "no new ideas" in (await writer.get("/jams/better"))[1]
    await browser.post(f"{forum}/change", act="open")
    assert "composer-idea" in (await writer.get(forum))[1]


async def test_hosts_are_named_and_ended_where_a_forum_is_changed(site: Any) -> None:
    forum = f"/forums/{site.own_house.id}"
    browser = await site.browser(site.mara)
    await browser.get(f"{forum}/change")
    answer, text = await browser.post(f"{forum}/change", act="host", username="nobody", bio="Runs it")
    assert answer.status == 422
    assert "Runs it" in text
    await browser.post(f"{forum}/change", act="host", username="@jonas", bio="Runs it")
    assert "Jonas Lindqvist" in (await browser.get(f"{forum}/change"))[1]
    await browser.post(f"{forum}/change", act="end", host=site.jonas.id)
    assert "Nobody hosts yet." in (await browser.get(f"{forum}/change"))[1]


# --- who came ----------------------------------------------------------------------------------------------------


async def test_the_lobby_names_its_denominators_by_unit_for_those_who_run_the_jam(site: Any) -> None:
    for number in range(5):
        await people.add_member(site.house, f"p{number}", f"P {number}", "Sales")
    browser, reader = await site.browser(site.mara), await site.browser(site.jonas)
    assert "7 invited · 1 visited · 1 here now" in words_of((await reader.get("/jams/better"))[1])
    await browser.get("/jams/better/board")
    _, text = await browser.get("/jams/better")
    assert "7 invited · 2 visited · 2 here now" in words_of(text)
    assert "By unit: who came, who is here" in words_of(text)
    assert "Units of fewer than five people are not told apart." in text
    assert "By unit: who came" not in (await reader.get("/jams/better"))[1]


# --- what became of it -------------------------------------------------------------------------------------------


async def test_the_themes_are_answered_in_the_browser_and_everybody_reads_the_report(site: Any) -> None:
    idea = await ideas.post_idea(site.house, site.jonas, site.own_house, "One gate", "For all trucks.")
    theme = {"id": "t1", "label": "gate · trucks", "words": [], "size": 1, "representative": [idea.id]}
    await board.keep_themes(site.house, site.jam.id, 0, json.dumps({"themes": [theme]}), None)
    browser, reader = await site.browser(site.mara), await site.browser(site.jonas)
    assert (await reader.get("/jams/better/report/write"))[0].status == 403
    _, text = await reader.get("/jams/better/report")
    assert "The themes of this jam are not answered yet." in text
    write = "/jams/better/report/write"
    await browser.get(write)
    answer, text = await browser.post(write, act="publish")
    assert answer.status == 409
    assert "once the jam has closed" in text
    await jams.freeze_jam(site.house, site.mara, site.jam)
    assert "The jam has closed: answer its themes" in (await browser.get("/jams/better"))[1]
    _, text = await browser.get(f"{write}?theme=t1")
    assert f'href="/ideas/{idea.id}"' in text
    fields = {"theme": "t1", "label": "<b>One gate</b>", "doing": "We open **one** gate.", "declined": "", "why": ""}
    answer, text = await browser.post(write, act="answer", **fields)
    assert answer.status == 422
    assert "We open **one** gate." in text
    assert "people gave their reasons too" in text
    answer, _ = await browser.post(write, act="answer", **{**fields, "why": "They wait<script>"})
    assert answer.status == 303
    await browser.post(write, act="answer", theme="new", label="More jams?", doing="Yes", declined="", why="Good")
    await browser.post(write, act="foreword", foreword="Thank you all.")
    answer, _ = await browser.post(write, act="publish")
    assert answer.headers["Location"].startswith("/jams/better/report")
    _, text = await reader.get("/jams/better/report")
    assert "<strong>one</strong> gate" in text
    assert "&lt;b&gt;One gate&lt;/b&gt;" in text
    assert "<script>" not in text.replace("<script src", "")
    assert "Report of Better together. Acme, " in words_of(text)
    assert "Thank you all." in text
    assert "read what became of it" in (await reader.get("/jams/better"))[1]
    answer, text = await browser.post(write, act="answer", **{**fields, "why": "Late"})
    assert answer.status == 409
    assert (await browser.post(write, act="burn"))[0].status == 404
    report = await answers.read_report(site.house, site.jonas, site.jam)
    assert report is not None
    told = report.answers[0]
    correct = "/jams/better/report/correct"
    assert (await reader.get(f"{correct}?answer={told.id}"))[0].status == 403
    assert correct not in (await reader.get("/jams/better/report"))[1]
    _, text = await browser.get(f"{correct}?answer={told.id}")
    assert "We open **one** gate." in text
    fields = {"answer": told.id, "label": told.label, "doing": "We open **two** gates.", "declined": ""}
    fields["why"] = told.why
    answer, text = await browser.post(correct, **fields, reason="", version="1")
    assert answer.status == 422
    assert "We open **two** gates." in text
    answer, _ = await browser.post(correct, **fields, reason="The yard is <wide>.", version="1")
    assert answer.status == 303
    answer, text = await browser.post(correct, **fields, reason="Again.", version="1")
    assert answer.status == 409
    assert "just been corrected by somebody else" in text
    _, text = await reader.get("/jams/better/report")
    assert "<strong>two</strong> gates" in text
    assert "<del>one</del>" in text
    assert "The yard is &lt;wide&gt;." in text
    assert "/report?version=2" in text
    _, text = await reader.get("/jams/better/report?version=1")
    assert "<strong>one</strong> gate" in text
    assert "it does not stand any more" in text
    assert "Report of Better together (version 1). Acme, " in words_of(text)
    assert (await reader.get("/jams/better/report?version=7"))[0].status == 404
    assert (await reader.get("/jams/better/report?version=nonsense"))[0].status == 200
