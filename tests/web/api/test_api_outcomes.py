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
