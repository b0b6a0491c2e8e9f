"""Host hours, breakout rooms and words entered for others, over the API."""

from __future__ import annotations

from datetime import timedelta

from tests.web.api.api_house import SOON, Caller, Enter, Things

LATER = (SOON + timedelta(hours=2)).isoformat()


async def test_an_hour_is_planned_asked_supported_and_answered(ada: Caller, bob: Caller, enter: Enter, idea: Things):
    times = {"starts_at": SOON.isoformat(), "ends_at": LATER}
    await bob("POST", "/jams/packaging/hours", {"forum": "boxes", "title": "Ask Bob", **times}, 403)
    hour = await ada("POST", "/jams/packaging/hours", {"forum": "boxes", "title": "Ask Ada", **times}, 201)
    assert (hour["state"], hour["host"]) == ("open", "Ada")
    asked = await bob("POST", f"/hours/{hour['id']}/questions", {"text": "Why?"}, 201)
    question = asked["questions"][0]["id"]
    eve = await enter("eve")
    seen = await eve("PUT", f"/hours/{hour['id']}/questions/{question}/support", {})
    assert (seen["questions"][0]["support"], seen["questions"][0]["mine"]) == (1, True)
    await eve("DELETE", f"/hours/{hour['id']}/questions/{question}", status=403)
    await bob("POST", f"/hours/{hour['id']}/questions/{question}/answer", {"text": "Because."}, 403)
    answer = await ada("POST", f"/hours/{hour['id']}/questions/{question}/answer", {"text": "Because."}, 201)
    assert answer["intent"] == "answer"
    assert (await eve("GET", f"/hours/{hour['id']}"))["questions"][0]["answer_id"] == answer["id"]
    await ada("POST", f"/hours/{hour['id']}/end", status=204)
    assert (await eve("GET", "/jams/packaging/hours"))["data"][0]["state"] == "over"


async def test_a_room_is_opened_and_closed_by_its_summary(ada: Caller, bob: Caller, enter: Enter, idea: Things):
    eve = await enter("eve")
    wish = {"title": "Costs", "members": ["ada"], "due_at": LATER}
    await eve("POST", f"/ideas/{idea['id']}/rooms", wish, 403)
    room = await bob("POST", f"/ideas/{idea['id']}/rooms", wish, 201)
    assert (room["open"], sorted(room["people"].values())) == (True, ["Ada", "Bob"])
    await eve("GET", f"/rooms/{room['id']}", status=404)
    said = await ada("POST", f"/rooms/{room['id']}/messages", {"text": "Two cents."}, 201)
    assert said["messages"][0]["html"] == "<p>Two cents.</p>\n"
    await bob("PUT", f"/rooms/{room['id']}/owed", {"owed_by": "ada", "due_at": LATER})
    await bob("POST", f"/rooms/{room['id']}/people", {"members": ["eve"]})
    assert (await eve("GET", "/jams/packaging/rooms"))["data"][0]["owed_by"] == ada.member.id
    summary = await ada("POST", f"/rooms/{room['id']}/summary", {"text": "Two cents a box."}, 201)
    closed = (await eve("GET", f"/rooms/{room['id']}"))["room"]
    assert (closed["open"], closed["summary_id"]) == (False, summary["id"])


async def test_words_are_entered_for_somebody(ada: Caller, bob: Caller, idea: Things):
    words = {"name": "Olga", "title": "Smaller boxes", "text": "Half is air.", "place": "Hall 2"}
    await bob("POST", "/forums/boxes/entered", {**words, "consents": True}, 403)
    assert (await ada("POST", "/forums/boxes/entered", {**words, "consents": False}, 422))["field"] == "consents"
    entered = await ada("POST", "/forums/boxes/entered", {**words, "consents": True}, 201)
    made = entered["contribution"]["id"]
    reply = {"name": "Ole", "text": "Yes.", "consents": True}
    await ada("POST", f"/ideas/{made}/entered", reply, 201)
    found = (await bob("GET", f"/ideas/{made}/entered"))["data"]
    assert {one["name"] for one in found} == {"Olga", "Ole"}
