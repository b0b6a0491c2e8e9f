"""The control room over the JSON API."""

from __future__ import annotations

from tests.web.api.api_house import Caller, Things


async def test_a_mark_takes_a_reason_and_does_without_one(ada: Caller, bob: Caller, idea: Things):
    path = f"/ideas/{idea['id']}/marks"
    assert (await ada("PUT", f"{path}/emerging", {"reason": "Three units ask."}))["emerging"] is True
    assert (await ada("PUT", f"{path}/best"))["best"] is True
    await ada("DELETE", f"{path}/emerging")
    said = (await bob("GET", path))["data"]
    assert [(one["mark"], one["reason"], one["ended_at"] is None) for one in said] == [
        ("emerging", "Three units ask.", False),
        ("best", "", True),
    ]
    refused = await ada("PUT", f"{path}/best", {"reason": "x" * 1001}, status=422)
    assert refused["field"] == "reason"


async def test_the_radar_is_a_facilitators(ada: Caller, bob: Caller, jam: Things, idea: Things):
    assert (await ada("GET", f"/jams/{jam['id']}/radar")) == {"data": [], "next": None}
    await bob("GET", f"/jams/{jam['id']}/radar", status=403)
