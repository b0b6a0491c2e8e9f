"""Host hours, rooms and words entered for others, in the browser and without scripts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.domain.ideas import Contribution
from server.services import hours, ideas, ideas_read, people, rooms
from web.forms import write_time

Site = Any


@pytest.fixture
async def idea(site: Site) -> Contribution:
    return await ideas.post_idea(site.house, site.jonas, site.open_floor, "Paper tape", "Use paper tape.")


async def test_a_host_hour_from_planning_to_transcript(site: Site):
    mara, jonas = await site.browser(site.mara), await site.browser(site.jonas)
    await mara.get("/jams/better/hours/new")
    now = site.house.now()
    fields = {"title": "Ask Mara", "forum": site.open_floor.id, "host": "@mara", "starts_at": write_time(now)}
    answer, text = await mara.post("/jams/better/hours", **fields, ends_at=write_time(now + timedelta(minutes=1)))
    assert (answer.status, "ten minutes to four hours" in text, "Ask Mara" in text) == (422, True, True)
    hour = await hours.plan(
        site.house, site.mara, site.open_floor, "mara", "Ask Mara", now, now + timedelta(hours=1)
    )  # fmt: skip
    page = f"/hours/{hour.id}"
    _, text = await jonas.get("/jams/better/asking")
    assert page in text
    await jonas.get(page)
    await jonas.post(f"{page}/questions", text="What would you <b>stop</b>?")
    _, text = await jonas.get(page)
    assert "What would you &lt;b&gt;stop&lt;/b&gt;?" in text
    assert "/answer" not in text, "Only the host answers."
    (question,) = (await hours.obtain(site.house, site.mara, hour.id)).questions
    await mara.get(page)
    await mara.post(f"{page}/questions/{question.id}/support", given="1")
    answer, text = await mara.post(f"{page}/questions/{question.id}/answer", text=" ")
    assert (answer.status, "Please write something first." in text) == (422, True)
    await mara.post(f"{page}/questions/{question.id}/answer", text="Plastic.")
    _, text = await jonas.get(page)
    assert "Read the answer" in text
    found = (await hours.obtain(site.house, site.jonas, hour.id)).hour
    _, text = await jonas.get(f"/ideas/{found.idea_id}")
    assert "Plastic." in text


async def test_a_room_is_opened_talked_in_and_closed_by_its_summary(site: Site, idea: Contribution):
    jonas, mara = await site.browser(site.jonas), await site.browser(site.mara)
    eve = await people.add_member(site.house, "eve", "Eve", "Sales")
    await jonas.get(f"/ideas/{idea.id}/room")
    fields = {"title": "Costs", "task": "", "members": "@mara, nobody", "owed_by": "mara"}
    due = write_time(site.house.now() + timedelta(hours=3))
    answer, text = await jonas.post(f"/ideas/{idea.id}/rooms", **fields, due_at=due)
    assert (answer.status, "no active person called nobody" in text, "Costs" in text) == (422, True, True)
    answer, _ = await jonas.post(f"/ideas/{idea.id}/rooms", **{**fields, "members": "@mara"}, due_at=due)
    (room,) = await rooms.rooms_of(site.house, site.jonas, idea)
    page = f"/rooms/{room.id}"
    assert answer.headers["Location"].startswith(page)
    await jonas.get(page)
    await jonas.post(f"{page}/say", text="Two cents <script>alert(1)</script>")
    _, text = await mara.get(page)
    assert "Two cents" in text
    assert "<script>alert" not in text
    outsider = await site.browser(eve)
    answer, _ = await outsider.get(page)
    assert answer.status == 404
    _, text = await outsider.get(f"/ideas/{idea.id}")
    assert page not in text
    _, text = await mara.get(f"/ideas/{idea.id}")
    assert page in text
    answer, text = await mara.post(f"{page}/summary", summary="")
    assert answer.status == 422
    await mara.post(f"{page}/summary", summary="Two cents a box.")
    _, text = await mara.get(f"/ideas/{idea.id}")
    assert "Summary of the room" in text
    answer, text = await jonas.post(f"{page}/say", text="Too late, but not lost.")
    assert (answer.status, "Too late, but not lost." in text or "no longer written to" in text) == (409, True)


async def test_words_are_entered_one_card_after_the_other(site: Site, idea: Contribution):
    mara, jonas = await site.browser(site.mara), await site.browser(site.jonas)
    form = f"/forums/{site.open_floor.id}/for-another"
    await jonas.get("/")
    assert (await jonas.get(form))[0].status == 403
    await mara.get(form)
    fields = {"name": "Olga Petrova", "place": "Hall 2 & 3", "title": "Smaller boxes", "text": "Half is air."}
    answer, text = await mara.post(form, **fields)
    assert (answer.status, "Half is air." in text, "Ask first" in text) == (422, True, True)
    answer, _ = await mara.post(form, **fields, consents="1", another="1")
    assert answer.headers["Location"].startswith(f"{form}?place=Hall%202%20%26%203")
    (made, *_) = await ideas_read.list_ideas(site.house, site.jonas, site.open_floor)
    _, text = await jonas.get(f"/ideas/{made.id}")
    assert "Olga Petrova" in text
    assert "In the words of" in text
    await mara.get(f"/ideas/{idea.id}/for-another")
    await mara.post(f"/ideas/{idea.id}/for-another", name="Ole", text="I agree.", consents="1")
    _, text = await jonas.get(f"/ideas/{idea.id}")
    assert "Ole" in text
