"""The inbox over the API."""

from __future__ import annotations

from server.services.house import House
from server.services.telling import tell
from tests.web.api.api_house import Caller, Things


async def test_programs_read_and_mark_notices(house: House, ada: Caller, bob: Caller, idea: Things):
    await ada("POST", f"/ideas/{idea['id']}/replies", {"text": "Why?"})
    await ada("PUT", f"/ideas/{idea['id']}/marks/emerging")
    while await tell(house):
        pass
    first = await bob("GET", "/inbox?limit=1")
    assert [one["kind"] for one in first["data"]] == ["mark"]
    assert first["unread"] == {"mark": 1, "reply": 1}
    second = await bob("GET", f"/inbox?limit=1&after={first['next']}")
    assert second["data"][0]["sentence"] == "Ada replied to you"
    assert second["next"] is None
    await bob("POST", "/inbox/read", {"ids": [second["data"][0]["id"]]}, 204)
    assert (await bob("GET", "/inbox?unread=true"))["unread"] == {"mark": 1}
    assert (await ada("GET", "/inbox"))["data"] == []


async def test_what_cannot_be_taken_is_said(bob: Caller):
    await bob("GET", "/inbox?kind=gossip", status=422)
    await bob("GET", "/inbox?after=x", status=422)
    await bob("POST", "/inbox/read", {}, 422)
    await bob("POST", "/inbox/read", {"ids": [1], "up_to": 2}, 422)
    await bob("POST", "/inbox/read", {"ids": [99]}, 404)
    await bob("POST", "/inbox/read", {"ids": [-1]}, 404)


async def test_when_one_is_mailed_is_read_and_changed(ada: Caller, bob: Caller):
    assert (await bob("GET", "/me/notices"))["says"] == "counts"
    wanted = {"digest": True, "hour": 7, "zone": "Europe/Berlin", "at_once": False, "quiet_from": 20, "quiet_until": 6}
    assert (await bob("PUT", "/me/notices", wanted))["zone"] == "Europe/Berlin"
    await bob("PUT", "/me/notices", {**wanted, "zone": "Mars"}, 422)
    await bob("PUT", "/me/notices", {**wanted, "quiet_until": None}, 422)
    await bob("PUT", "/me/notices", {**wanted, "address": "bob@gmail.example"}, 422)
    await bob("PUT", "/boundary/mail", {"says": "words"}, 403)
    assert (await ada("PUT", "/boundary/mail", {"says": "titles"}))["says"] == "titles"
