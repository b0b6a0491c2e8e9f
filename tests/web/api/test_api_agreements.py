"""Agreements and one partner's health over the JSON API."""

from __future__ import annotations

from datetime import timedelta

from server.domain.agreements import NamedForum, Terms
from server.services import agreements
from server.services.house import House
from tests.web.api.api_house import Caller

PATH = "/partners/globex.example/agreements"


async def test_an_agreement_is_offered_read_and_ended(ada: Caller, make_forum) -> None:
    forum = await make_forum("plans", "partners")
    made = await ada("POST", PATH, {"forums": [forum["id"]], "clearance": "green+export", "retention_days": 5}, 201)
    assert (made["state"], made["version"], made["ours"], made["in_force"]) == ("draft", 1, True, False)
    assert made["forums"] == [{"uri": forum["uri"], "title": forum["title"]}]
    assert any("5 days" in one for one in made["sentences"])
    assert [one["id"] for one in (await ada("GET", PATH))["data"]] == [made["id"]]
    assert (await ada("GET", f"{PATH}/{made['id']}"))["document"] is None
    view = await ada("GET", "/partners/globex.example")
    assert (view["state"], view["agreement"], view["held_by_us"]) == (None, None, 0)
    await ada("POST", f"{PATH}/{made['id']}/accept", {}, 409)
    ended = await ada("POST", f"{PATH}/{made['id']}/end", {"reason": "Not now."})
    assert (ended["state"], ended["closed_by"], ended["note"]) == ("ended", "us", "Not now.")
    await ada("POST", f"{PATH}/{made['id']}/end", {}, 409)


async def test_an_offer_to_us_is_accepted(ada: Caller, house: House) -> None:
    now = house.now()
    terms = Terms(
        forums=(NamedForum("*", ""),), direction="in", clearance="GREEN", retention_days=0, onward="anyone",
        tier="partner", starts_at=now, ends_at=now + timedelta(days=1),
    )  # fmt: skip
    made = await agreements.take_offer(house, "globex.example", "https://globex.example/agreements/1", 1, terms, "{}")
    accepted = await ada("POST", f"{PATH}/{made.id}/accept")
    assert (accepted["state"], accepted["in_force"], accepted["direction"]) == ("accepted", True, "in")
    view = await ada("GET", "/partners/globex.example")
    assert (view["state"], view["agreement"]["id"], view["health"]["waiting"]) == ("active", made.id, 0)
    await ada("PATCH", "/partners/globex.example", {"state": "removed"})
    assert (await ada("GET", f"{PATH}/{made.id}"))["state"] == "ended"


async def test_bad_input_is_named_and_others_see_nothing(ada: Caller, bob: Caller) -> None:
    for body in (
        {},
        {"forums": []},
        {"forums": ["*"], "clearance": "PURPLE"},
        {"forums": ["*"], "direction": "up"},
        {"forums": ["*"], "retention_days": -1},
        {"forums": ["*"], "ends_at": "2020-01-01T00:00:00Z"},
        {"forums": ["no/such"]},
        {"forums": ["*"], "penalty": 1},
    ):
        await ada("POST", PATH, body, 422)
    await ada("POST", "/partners/not%20a%20host/agreements", {"forums": ["*"]}, 422)
    await ada("GET", f"{PATH}/{'0' * 32}", status=404)
    await ada("GET", "/partners/nobody.example", status=404)
    await bob("GET", PATH, status=403)
    await bob("POST", PATH, {"forums": ["*"]}, 403)
    await bob("GET", "/partners/globex.example", status=403)
    made = await ada("POST", PATH, {"forums": ["*"]}, 201)
    await ada("GET", f"/partners/other.example/agreements/{made['id']}", status=404)
    await bob("POST", f"{PATH}/{made['id']}/end", {}, 403)
