"""What becomes of ideas over the API."""

from __future__ import annotations

from tests.web.api.api_house import Caller, Things


async def test_a_stream_is_opened_an_idea_put_into_it_and_both_are_read(ada: Caller, bob: Caller, idea: Things):
    jam, one = "packaging", f"/ideas/{idea['id']}/outcome"
    stream = await ada("POST", f"/jams/{jam}/streams", {"title": "Less waste", "owner": "bob"}, 201)
    assert stream["owner"] == bob.member.name
    refused = await ada("PUT", one, {"kind": "stream", "reason": "Yes."}, 422)
    assert refused["field"] == "stream"
    made = await ada("PUT", one, {"kind": "stream", "reason": "Drivers asked.", "stream": stream["id"]})
    assert (made["stream_title"], made["by"], made["replaced_at"]) == ("Less waste", ada.member.name, None)
    done = await bob("PUT", one, {"kind": "done", "reason": "Boxes are out."})
    found = await bob("GET", f"/jams/{jam}/outcomes")
    assert (found["decided"], found["undecided"], found["others"]) == (1, 0, [done])
    assert [one["ideas"] for one in found["streams"]] == [[]]
    past = (await bob("GET", one))["data"]
    assert [one["kind"] for one in past] == ["done", "stream"]


async def test_members_decide_nothing(ada: Caller, bob: Caller, idea: Things):
    await bob("PUT", f"/ideas/{idea['id']}/outcome", {"kind": "done", "reason": "It is mine."}, 403)
    await bob("POST", "/jams/packaging/streams", {"title": "Mine", "owner": "bob"}, 403)
    assert (await ada("GET", f"/ideas/{idea['id']}/outcome"))["data"] == []


async def test_a_stream_has_milestones_news_and_a_silence_over_the_api(ada: Caller, bob: Caller, idea: Things):
    stream = await ada("POST", "/jams/packaging/streams", {"title": "Less waste", "owner": "bob"}, 201)
    assert (stream["silent"], stream["silent_after_days"], stream["milestones"]) == (False, 14, [])
    place = f"/streams/{stream['id']}"
    await bob("POST", f"{place}/milestones", {"title": "Order boxes", "due_on": "soon"}, 422)
    made = await bob("POST", f"{place}/milestones", {"title": "Order boxes", "due_on": "2026-12-24"}, 201)
    (one,) = made["milestones"]
    assert (one["who"], one["due_on"], one["done_at"]) == (bob.member.name, "2026-12-24", None)
    done = await bob("PUT", f"/milestones/{one['id']}", {"done": True})
    assert done["milestones"][0]["done_at"] is not None
    await bob("POST", f"{place}/news", {"text": "Ordered.", "ends": True}, 201)
    found = await ada("GET", place)
    assert ([news["text"] for news in found["news"]], found["ended_at"] is None) == (["Ordered."], False)
    await bob("PUT", "/jams/packaging/streams/silence", {"days": 3}, 403)
    changed = await ada("PUT", "/jams/packaging/streams/silence", {"days": 3})
    assert changed["streams"][0]["silent_after_days"] == 3
    await ada("GET", "/streams/none", status=404)
