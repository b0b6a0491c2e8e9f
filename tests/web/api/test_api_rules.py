"""Versions of the rules, the shadow, and what was decided and why, over the JSON API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from federation.gate.actors import show_server
from federation.gate.plan import Gateway
from federation.gate.release import Release
from federation.outside.store import Outside
from server.domain.events import Event
from server.services.house import House
from tests.web.api.api_house import Caller, Enter, MakeForum, Things

AMBER_SHARE = '\n[[rule]]\nid = "S-amber"\nkind = "share"\nto = "everyone"\nlabel = "<=AMBER"\n'
NO_LIKES = '\n[[rule]]\nid = "G-likes"\nkind = "guard"\ndirection = "out"\nact = "Like"\neffect = "deny"\n'
NO_BOXES = '\n[[rule]]\nid = "G-boxes"\nkind = "guard"\ndirection = "out"\njam = "packaging"\neffect = "deny"\n'
TOML = {"Content-Type": "application/toml"}


@pytest.fixture
async def gate(house: House, outside: Outside) -> Release:
    def fail(event: Event, error: Exception) -> None:
        raise error

    gateway = Gateway(house, outside)
    await show_server(gateway)
    return Release(gateway, fail)


async def drain(gate: Release) -> None:
    while await gate.run_once():
        pass


async def test_a_check_says_what_a_table_would_do_and_writes_nothing(ada: Caller):
    before = await ada("GET", "/boundary/rules")
    found = await ada("POST", "/boundary/rules/check", {"text": before["text"] + AMBER_SHARE})
    assert (found["against"], found["opening"]) == (before["version"], True)
    assert found["opens"]
    assert found["diff"][0].startswith("S-amber is added")
    assert await ada("GET", "/boundary/rules") == before


async def test_a_table_can_begin_later_by_json_and_as_toml(ada: Caller):
    text, later = (await ada("GET", "/boundary/rules"))["text"], datetime.now(UTC) + timedelta(days=1)
    change = await ada("PUT", "/boundary/rules", {"text": text + NO_LIKES, "starts_at": later.isoformat()})
    assert change["state"] == "scheduled"
    assert datetime.fromisoformat(change["starts_at"]) == later
    table = await ada("GET", "/boundary/rules")
    assert (table["scheduled"], table["waiting"], table["shadow"]) == (change["version"], None, None)
    params = {"starts_at": later.isoformat(), "note": "By TOML"}
    again = await ada("PUT", "/boundary/rules", data=text.encode(), headers=TOML, params=params)
    assert again["state"] == "scheduled"
    assert (await ada("GET", f"/boundary/rules/versions/{again['version']}"))["note"] == "By TOML"
    await ada("PUT", "/boundary/rules", {"text": text, "starts_at": "2001-01-01T00:00:00Z"}, 422)
    await ada("PUT", "/boundary/rules", {"text": text, "starts_at": "soon"}, 422)
    await ada("PUT", "/boundary/rules", data=text.encode(), headers=TOML, params={"starts_at": "soon"}, status=422)


async def test_a_table_made_from_an_older_one_is_refused(ada: Caller):
    table = await ada("GET", "/boundary/rules")
    await ada("PUT", "/boundary/rules", {"text": table["text"] + NO_LIKES, "base": table["version"]})
    refused = await ada("PUT", "/boundary/rules", {"text": table["text"], "base": table["version"]}, 409)
    assert "came into force" in refused["detail"]


async def test_a_version_shows_what_it_changed_and_is_brought_back(ada: Caller, enter: Enter, idea: Things):
    eve, table = await enter("eve", role="admin"), await ada("GET", "/boundary/rules")
    change = await ada("PUT", "/boundary/rules", {"text": table["text"] + NO_LIKES, "note": "No likes."})
    shown = await ada("GET", f"/boundary/rules/versions/{change['version']}")
    assert (shown["base"], shown["origin"], shown["note"]) == (table["version"], "edited", "No likes.")
    assert shown["diff"][0].startswith("G-likes is added")
    back = await ada("POST", f"/boundary/rules/{table['version']}/rollback")
    assert back["state"] == "waiting"
    assert back["opens"]
    await eve("POST", f"/boundary/rules/{back['version']}/approve", {"against": change["version"]})
    assert (await ada("GET", "/boundary/rules"))["text"] == table["text"]
    await ada("POST", "/boundary/rules/99/rollback", status=404)
    await ada("GET", "/boundary/rules/versions/99", status=404)
    await ada("GET", "/boundary/rules/versions/x", status=404)
    first = await ada("GET", "/boundary/rules/versions?limit=2")
    rest = await ada("GET", f"/boundary/rules/versions?limit=2&after={first['next']}")
    assert [one["version"] for one in first["data"] + rest["data"]] == [4, 3, 2, 1]


async def test_a_table_is_tried_in_the_shadow_and_reported_on(ada: Caller, bob: Caller, gate: Release, idea: Things):
    text = (await ada("GET", "/boundary/rules"))["text"]
    assert (await ada("GET", "/boundary/rules/shadow"))["version"] is None
    await bob("PUT", "/boundary/rules/shadow", {"text": text}, 403)
    tried = await ada("PUT", "/boundary/rules/shadow", {"text": text + NO_BOXES, "note": "To see."})
    assert tried["state"] == "shadow"
    await drain(gate)
    report = await ada("GET", "/boundary/rules/shadow")
    assert (report["version"], report["judged"], report["otherwise"], report["opening"]) == (tried["version"], 1, 1, 0)
    difference = report["differences"][0]
    assert (difference["contribution_id"], difference["before"], difference["after"]) == (
        idea["id"],
        "allowed",
        "denied",
    )
    assert (await ada("GET", "/boundary/rules"))["shadow"] == tried["version"]
    await ada("DELETE", "/boundary/rules/shadow", status=204)
    await ada("DELETE", "/boundary/rules/shadow", status=409)


async def test_crossings_and_refusals_are_listed_and_explained(
    ada: Caller, bob: Caller, gate: Release, make_forum: MakeForum
):
    await make_forum()
    secret = await bob("POST", "/forums/boxes/ideas", {"title": "A", "text": "Plain.", "label": "RED"})
    plain = await bob("POST", "/forums/boxes/ideas", {"title": "B", "text": "Plain."})
    await drain(gate)
    listed = await ada("GET", "/boundary/decisions")
    assert {(one["contribution_id"], one["verdict"]) for one in listed["data"]} == {
        (secret["id"], "denied"),
        (plain["id"], "allowed"),
    }
    (denied,) = (await ada("GET", "/boundary/decisions?verdict=denied&audience=public"))["data"]
    assert denied["uri"] == secret["uri"]
    (same,) = (await ada("GET", "/boundary/decisions", params={"object": secret["uri"]}))["data"]
    told = await ada("GET", f"/boundary/decisions/{same['id']}")
    assert told["replay"] == "same"
    assert told["facts"]["label"] == "RED"
    assert {"name": "Label", "value": "RED"} in told["facts_in_words"]
    assert [(rule["id"], rule["decides"]) for rule in told["matched"]] == [("G-label", False)]
    assert told["changes"] == ["S-packaging/boxes would allow it if the label were GREEN"]
    page = await ada("GET", "/boundary/decisions?limit=1")
    assert len((await ada("GET", "/boundary/decisions", params={"after": page["next"]}))["data"]) == 1
    for after in ("x", "1.0", "nan~x"):
        await ada("GET", "/boundary/decisions", params={"after": after}, status=422)
    await bob("GET", "/boundary/decisions", status=403)
    await bob("GET", f"/boundary/decisions/{same['id']}", status=403)
    await ada("GET", "/boundary/decisions/none", status=404)


async def test_each_audience_of_a_preview_has_its_rule_its_reason_and_what_would_let_it_cross(
    ada: Caller, bob: Caller, make_forum: MakeForum
):
    await make_forum()
    await ada("POST", "/partners", {"host": "globex.example", "clearance": "RED"})
    draft = {"forum": "boxes", "title": "A", "text": "Plain.", "label": "AMBER"}
    said = {one["audience"]: one for one in (await bob("POST", "/boundary/preview", draft))["crossing"]}
    assert said["globex.example"]["rules"] == ["G-label"]
    for one in said.values():
        assert one["verdict"] == "denied"
        assert one["reason"]
        assert one["advice"] == "S-packaging/boxes would allow it if the label were GREEN"
