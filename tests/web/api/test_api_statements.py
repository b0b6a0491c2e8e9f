"""Statements and ratings over the API."""

from __future__ import annotations

from tests.web.api.api_house import Caller, Enter, Things


async def test_statements_are_drafted_decided_answered_and_counted(
    ada: Caller, bob: Caller, enter: Enter, idea: Things
):
    proposed = await bob(
        "POST", "/jams/packaging/statements", {"text": "Boxes are large", "sources": [idea["uri"]]}, 201
    )
    assert (proposed["state"], proposed["sources"]) == ("proposed", [idea["id"]])
    path = f"/jams/packaging/statements/{proposed['id']}"
    await bob("POST", f"{path}/decide", {"decision": "approve"}, 403)
    assert (await ada("GET", "/jams/packaging/statements/waiting"))["data"][0]["id"] == proposed["id"]
    refused = await ada("POST", f"{path}/decide", {"decision": "decline"}, 422)
    assert refused["field"] == "note"
    assert (await ada("POST", f"{path}/decide", {"decision": "approve"}))["state"] == "approved"
    assert (await bob("GET", "/jams/packaging/statements"))["statement"]["id"] == proposed["id"]
    assert (await bob("PUT", f"{path}/vote", {"vote": "agree"}))["answered"] == 1
    await bob("PUT", f"{path}/vote", {"vote": "perhaps"}, 422)
    (result,) = (await bob("GET", "/jams/packaging/statements/results"))["data"]
    assert (result["people"], result["cells"], result["mine"]) == (1, [], "agree")
    for number in range(5):
        voter = await enter(f"voter{number}", unit="Sales")
        await voter("PUT", f"{path}/vote", {"vote": "agree"})
    (result,) = (await ada("GET", "/jams/packaging/statements/results"))["data"]
    assert (result["says"], result["cells"][0]["agree"], result["cells"][0]["kind"]) == ("agreed", 6, "all")


async def test_ratings_are_read_and_written(ada: Caller, bob: Caller, idea: Things):
    spreads = (await bob("PUT", f"/ideas/{idea['id']}/ratings", {"values": {"Impact": 5}}))["data"]
    assert spreads[0] == {"axis": "Impact", "counts": [0, 0, 0, 0, 1], "raters": 1, "median": 5.0, "mine": 5}
    assert (await ada("GET", f"/ideas/{idea['id']}/ratings"))["data"][0]["mine"] == 0
    assert (await bob("PUT", f"/ideas/{idea['id']}/ratings", {"values": {"Impact": 7}}, 422))["field"] == "value"
    await bob("PUT", "/jams/packaging/axes", {"axes": ["Cost"]}, 403)
    assert await ada("PUT", "/jams/packaging/axes", {"axes": ["Cost"]}) == {"axes": ["Cost"]}
    assert await bob("GET", "/jams/packaging/axes") == {"axes": ["Cost"]}
