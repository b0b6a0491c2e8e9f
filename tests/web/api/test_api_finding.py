"""Search, what was answered and who knows, over the API."""

from __future__ import annotations

from tests.web.api.api_house import Caller, Things


async def test_search_narrows_counts_and_shows_where_it_matched(ada: Caller, bob: Caller, idea: Things):
    await ada("POST", f"/ideas/{idea['id']}/replies", {"text": "Paper tears.", "intent": "concern"})
    page = await bob("GET", "/search?q=paper&order=newest")
    assert page["total"] == 2
    assert page["facets"]["kind"] == [
        {"value": "idea", "name": "idea", "count": 1},
        {"value": "reply", "name": "reply", "count": 1},
    ]
    narrowed = await bob("GET", "/search?q=paper&intent=concern")
    assert [one["kind"] for one in narrowed["data"]] == ["reply"]
    assert narrowed["data"][0]["matched"] == ["Paper"]
    assert (await bob("GET", "/search", params={"q": '"*(\x00 NEAR'}))["data"] == []
    await bob("GET", "/search?q=paper&after=nonsense", status=422)
    await bob("GET", "/search?q=paper&order=hot", status=422)


async def test_what_was_answered_and_who_knows(ada: Caller, bob: Caller, idea: Things):
    await ada("POST", f"/ideas/{idea['id']}/replies", {"text": "From the shop.", "intent": "answer"})
    told = await bob("GET", "/answered", params={"text": "where is paper tape?"})
    assert told["data"][0]["question"]["id"] == idea["id"]
    assert told["data"][0]["answer"]["text"] == "From the shop."
    found = await bob("GET", "/experts?q=paper+tape")
    assert [one["person"]["handle"] for one in found["data"]] == ["@ada"]
    assert found["data"][0]["evidence"][0]["text"] == "From the shop."
