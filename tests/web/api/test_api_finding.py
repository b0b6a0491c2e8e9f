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


async def test_catching_up_and_following(ada: Caller, bob: Caller, idea: Things):
    forum = idea["forum_id"]
    followed = await ada("PUT", "/me/follows", {"kind": "forum", "subject": forum})
    assert [one["name"] for one in followed["data"]] == ["Boxes"]
    await ada("PUT", "/me/follows", {"kind": "forum", "subject": "nowhere"}, 404)
    await ada("PUT", "/me/follows", {"kind": "planet", "subject": "x"}, 422)
    await ada("POST", f"/ideas/{idea['id']}/replies", {"text": "Yes."})
    await ada("PUT", f"/ideas/{idea['id']}/marks/emerging")
    told = await bob("GET", "/catch-up?hours=5")
    marked = next(one for one in told["sections"] if one["kind"] == "decisions")["entries"]
    assert [one["contribution"]["id"] for one in marked if one["mark"] == "emerging"] == [idea["id"]]
    assert told["seconds"] <= 300
    await ada("POST", "/me/follows/end", {"kind": "forum", "subject": forum}, 204)
    assert (await ada("GET", "/me/follows"))["data"] == []


async def test_saved_searches_and_feeds(ada: Caller, bob: Caller, idea: Things):
    saved = await bob("POST", "/me/searches", {"name": "Tape", "query": "q=tape"}, 201)
    await bob("POST", "/me/searches", {"name": "Nothing", "query": ""}, 422)
    feed = await bob("POST", "/me/feeds", {"kind": "search", "subject": "q=tape"}, 201)
    assert feed["url"].endswith(".atom")
    await bob("POST", "/me/feeds", {"kind": "forum", "subject": "nowhere"}, 404)
    (listed,) = (await bob("GET", "/me/feeds"))["data"]
    assert "url" not in listed
    assert (await ada("GET", "/me/feeds"))["data"] == []
    assert min(listed["id"], saved["data"][0]["id"]) > 1_000_000, "numbers that count everybody's are not told"
    await ada("DELETE", f"/me/feeds/{listed['id']}", status=204)
    assert len((await bob("GET", "/me/feeds"))["data"]) == 1
    await bob("DELETE", f"/me/feeds/{listed['id']}", status=204)
    assert (await bob("GET", "/me/feeds"))["data"] == []
    await bob("DELETE", f"/me/searches/{saved['data'][0]['id']}", status=204)
    await bob("DELETE", "/me/searches/x", status=404)


async def test_people_are_told_by_what_they_answered(ada: Caller, bob: Caller, idea: Things):
    answer = await ada("POST", f"/ideas/{idea['id']}/replies", {"text": "From the shop.", "intent": "answer"})
    told = await bob("GET", "/people/ada")
    assert [one["id"] for known in told["expertise"] for one in known["evidence"]] == [answer["id"]]
    assert told["trust"] is None
    await bob("GET", "/people/nobody", status=404)
    assert (await bob("GET", "/introductions"))["data"] == []
