"""Rules, previews, holds, partners, ledger and recall over the JSON API, with the real gate behind it."""

from __future__ import annotations

import asyncio

import pytest

from federation.gate.actors import show_server
from federation.gate.plan import Gateway
from federation.gate.release import Release
from federation.outside.store import Outside
from server.domain.events import Event
from server.services import forums, ideas, people
from server.services.house import House
from server.services.ideas import Origin
from tests.web.api.api_house import Caller, Enter, MakeForum, Things, serve

AMBER_SHARE = """
[[rule]]
id = "S-amber"
kind = "share"
to = "everyone"
label = "<=AMBER"
"""
BROKEN = '[[rule]]\nid = "X"\nkind = "gaurd"\neffect = "dney"\n'
CLEARED = {"host": "globex.example", "tier": "partner", "clearance": "AMBER"}


@pytest.fixture
async def gate(house: House, outside: Outside) -> Release:
    def fail(event: Event, error: Exception) -> None:
        raise error

    gateway = Gateway(house, outside)
    await show_server(gateway)
    return Release(gateway, fail)


async def test_the_rules_are_shown_in_words_with_their_hits(ada: Caller, bob: Caller, gate: Release, idea: Things):
    await bob("POST", "/forums/boxes/ideas", {"title": "A", "text": "Plain.", "label": "RED"})
    while await gate.run_once():
        pass
    table = await ada("GET", "/boundary/rules")
    assert (table["version"], table["state"], table["waiting"]) == (2, "active", None)
    shown = {rule["id"]: rule for rule in table["rules"]}
    assert "AMBER or higher" in shown["G-label"]["sentence"]
    assert shown["G-label"]["hits"] >= 1
    assert shown["S-packaging/boxes"]["hits"] >= 1
    assert shown["S-packaging/boxes"]["last_hit"]
    assert shown["G-consent"] | {"hits": 0, "last_hit": None} == shown["G-consent"]
    assert "[[rule]]" in table["text"]


async def test_the_boundary_is_closed_to_people_without_a_duty_there(bob: Caller):
    for method, path in (
        ("GET", "/boundary/rules"),
        ("GET", "/boundary/rules/versions"),
        ("GET", "/boundary/crossings"),
        ("GET", "/boundary/holds"),
        ("POST", "/boundary/crossings/1/recall"),
        ("POST", "/boundary/holds/x/release"),
        ("POST", "/boundary/rules/1/approve"),
    ):
        await bob(method, path, status=403)
    await bob("PUT", "/boundary/rules", {"text": ""}, 403)
    await bob("POST", "/boundary/dry-run", {"text": ""}, 403)
    await bob("POST", "/partners", {"host": "globex.example"}, 403)


async def test_a_narrowing_table_is_in_force_at_once(ada: Caller):
    text = (await ada("GET", "/boundary/rules"))["text"]
    guard = '\n[[rule]]\nid = "G-deletes"\nkind = "guard"\ndirection = "out"\nact = "Like"\neffect = "deny"\n'
    change = await ada("PUT", "/boundary/rules", {"text": text + guard, "note": "No likes."})
    assert (change["state"], change["opens"], change["proven"]) == ("active", [], True)
    assert any("G-deletes" in line for line in change["diff"])
    assert (await ada("GET", "/boundary/rules"))["version"] == change["version"]


async def test_an_opening_table_waits_for_a_second_person(ada: Caller, enter: Enter):
    eve = await enter("eve", role="admin")
    text = (await ada("GET", "/boundary/rules"))["text"]
    change = await ada("PUT", "/boundary/rules", {"text": text + AMBER_SHARE})
    assert change["state"] == "waiting"
    assert change["opens"]
    assert (await ada("GET", "/boundary/rules"))["waiting"] == change["version"]
    await ada("POST", f"/boundary/rules/{change['version']}/approve", status=403)
    approved = await eve("POST", f"/boundary/rules/{change['version']}/approve")
    assert approved["state"] == "active"
    assert (await ada("GET", "/boundary/rules"))["version"] == change["version"]
    await eve("POST", f"/boundary/rules/{change['version']}/approve", status=409)


async def test_a_waiting_table_can_be_refused_and_only_while_it_waits(ada: Caller):
    text = (await ada("GET", "/boundary/rules"))["text"]
    change = await ada("PUT", "/boundary/rules", {"text": text + AMBER_SHARE})
    refused = await ada("POST", f"/boundary/rules/{change['version']}/refuse")
    assert refused["state"] == "refused"
    await ada("POST", f"/boundary/rules/{change['version']}/refuse", status=409)
    await ada("POST", "/boundary/rules/99/refuse", status=409)
    versions = (await ada("GET", "/boundary/rules/versions"))["data"]
    assert [one["state"] for one in versions] == ["refused", "active"]


async def test_a_table_is_taken_as_toml_too(ada: Caller):
    text = (await ada("GET", "/boundary/rules"))["text"]
    headers = {"Content-Type": "application/toml"}
    change = await ada("PUT", "/boundary/rules", data=text.encode(), headers=headers)
    assert (change["state"], change["diff"]) == ("active", [])


async def test_a_broken_table_is_refused_with_all_its_faults(ada: Caller):
    refused = await ada("PUT", "/boundary/rules", {"text": BROKEN}, 422)
    assert refused["field"] == "text"
    assert len(refused["problems"]) >= 2
    assert any("guard" in line for line in refused["problems"])


async def test_a_dry_run_lists_what_would_come_out_otherwise(ada: Caller, gate: Release, idea: Things):
    while await gate.run_once():
        pass
    run = await ada("POST", "/boundary/dry-run", {"text": ""})
    assert run["total"] >= 1
    assert run["opening"] == 0
    flip = run["flips"][0]
    assert (flip["audience"], flip["before"], flip["after"]) == ("public", "allow", "deny")


async def test_what_is_held_waits_for_somebody_other_than_the_author(
    ada: Caller, bob: Caller, gate: Release, make_forum: MakeForum
):
    await make_forum()
    mail = {"title": "Carol", "text": "Write to carol.jones@acme.example about it."}
    by_ada = await ada("POST", "/forums/boxes/ideas", mail)
    by_bob = await bob("POST", "/forums/boxes/ideas", mail)
    while await gate.run_once():
        pass
    waiting = (await ada("GET", "/boundary/holds"))["data"]
    assert [hold["contribution_id"] for hold in waiting] == [by_ada["id"], by_bob["id"]]
    assert [hold["uri"] for hold in waiting] == [by_ada["uri"], by_bob["uri"]]
    await ada("POST", f"/boundary/holds/{waiting[0]['id']}/release", status=403)
    released = await ada("POST", f"/boundary/holds/{waiting[1]['id']}/release")
    assert (released["state"], released["decided_by"]) == ("released", ada.member.id)
    refused = await ada("POST", f"/boundary/holds/{waiting[0]['id']}/refuse", {"reason": "Ask Carol first."})
    assert (refused["state"], refused["note"]) == ("refused", "Ask Carol first.")
    await ada("POST", f"/boundary/holds/{waiting[1]['id']}/release", status=409)
    await ada("POST", "/boundary/holds/nothing/release", status=404)
    assert (await ada("GET", "/boundary/holds"))["data"] == []
    assert len((await ada("GET", "/boundary/holds?state=released"))["data"]) == 1


async def test_holds_are_listed_in_pages(ada: Caller, bob: Caller, gate: Release, make_forum: MakeForum):
    await make_forum()
    for number in range(3):
        await bob("POST", "/forums/boxes/ideas", {"title": f"{number}", "text": "Call carol@acme.example."})
    while await gate.run_once():
        pass
    first = await ada("GET", "/boundary/holds?limit=2")
    second = await ada("GET", f"/boundary/holds?limit=2&after={first['next']}")
    assert (len(first["data"]), len(second["data"]), second["next"]) == (2, 1, None)


async def test_the_ledger_says_who_holds_an_object_by_its_id_or_uri(ada: Caller, gate: Release, idea: Things):
    while await gate.run_once():
        pass
    for name in (idea["id"], idea["uri"]):
        lines = (await ada("GET", "/boundary/crossings", params={"object": name}))["data"]
        told = [(line["uri"], line["audience"], line["revoked_at"]) for line in lines]
        assert told == [(idea["uri"], "public", None)]
        assert lines[0]["url"] == idea["url"]
    nothing = await ada("GET", "/boundary/crossings", params={"object": idea["id"], "peer": "globex.example"})
    assert nothing["data"] == []
    assert len((await ada("GET", "/boundary/crossings?limit=1"))["data"]) == 1


async def test_a_recall_answers_once_the_outside_no_longer_serves_it(ada: Caller, gate: Release, idea: Things):
    while await gate.run_once():
        pass
    line = (await ada("GET", "/boundary/crossings", params={"object": idea["id"]}))["data"][0]
    asked = asyncio.create_task(ada("POST", f"/boundary/crossings/{line['id']}/recall", status=202))
    while not asked.done():
        await gate.run_once()
        await asyncio.sleep(0.02)
    recalled = await asked
    assert [one["id"] for one in recalled["data"]] == [line["id"]]
    assert recalled["data"][0]["revoked_at"]
    await ada("POST", "/boundary/crossings/999999/recall", status=404)
    await ada("POST", "/boundary/crossings/x/recall", status=404)


async def test_without_the_outside_store_the_ledger_is_unavailable_and_the_rest_works(
    house: House, ada: Caller, idea: Things
):
    client = await serve(house, None)
    apart = Caller(client, ada.member, ada.token)
    await apart("GET", f"/ideas/{idea['id']}")
    refused = await apart("GET", "/boundary/crossings", status=503)
    assert refused["title"] == "Service Unavailable"
    await client.close()


async def test_partners_are_written_down_changed_and_removed(ada: Caller, bob: Caller):
    made = await ada("POST", "/partners", CLEARED, 201)
    assert (made["id"], made["clearance"], made["state"]) == ("globex.example", "AMBER", "active")
    paused = await ada("PATCH", "/partners/globex.example", {"state": "paused"})
    assert (paused["state"], paused["clearance"]) == ("paused", "AMBER")
    await ada("PATCH", "/partners/globex.example", {"clearance": "PURPLE"}, 422)
    await ada("PATCH", "/partners/globex.example", {"state": "gone"}, 422)
    await ada("PATCH", "/partners/nobody.example", {"state": "paused"}, 404)
    assert [one["host"] for one in (await bob("GET", "/partners"))["data"]] == ["globex.example"]
    await ada("PATCH", "/partners/globex.example", {"state": "removed"})
    assert (await bob("GET", "/partners"))["data"] == []


async def test_a_cleared_partner_gets_amber_only_when_a_rule_shares_it(ada: Caller, bob: Caller, make_forum: MakeForum):
    await ada("POST", "/partners", CLEARED)
    await make_forum("plans", "partners")
    draft = {"forum": "plans", "title": "A", "text": "Plain.", "label": "AMBER"}
    said = (await bob("POST", "/boundary/preview", draft))["crossing"]
    assert [(one["audience"], one["verdict"], one["rules"]) for one in said] == [
        ("globex.example", "denied", ["G-label"])
    ]


async def test_what_we_hold_of_a_server_is_listed_and_let_go_of(
    ada: Caller, bob: Caller, gate: Release, house: House, make_forum: MakeForum
):
    forum = await make_forum("plans", "partners")
    await ada("POST", "/partners", {"host": "globex.example"})
    priya = await people.meet(house, "https://globex.example/p/1", "priya", "globex.example", "Priya", "")
    found = await forums.obtain_forum(house, ada.member, forum["id"])
    for number in range(3):
        origin = Origin(f"https://globex.example/o/{number}", f"https://globex.example/a/{number}", "<p>Words</p>")
        await ideas.post_idea(house, priya, found, f"Theirs {number}", "", origin=origin)
    while await gate.run_once():
        pass
    first = await ada("GET", "/boundary/held", params={"peer": "globex.example", "limit": "2"})
    assert [one["title"] for one in first["data"]] == ["Theirs 2", "Theirs 1"]
    rest = await ada("GET", "/boundary/held", params={"peer": "globex.example", "limit": "2", "after": first["next"]})
    assert ([one["title"] for one in rest["data"]], rest["next"]) == (["Theirs 0"], None)
    for family in ("received", "fetched", "actors"):
        assert (await ada("GET", "/boundary/held", params={"peer": "globex.example", "family": family}))["data"] == []
    summary = await ada("GET", "/boundary/held/globex.example")
    assert (summary["people"], summary["piles"][0]["number"], summary["agreement"]) == (1, 3, None)

    async def run() -> None:
        while True:
            await gate.run_once()
            await asyncio.sleep(0.01)

    working = asyncio.create_task(run())
    left = await ada("POST", "/boundary/held/globex.example/purge", {"object": first["data"][0]["id"]})
    assert left["piles"][0]["number"] == 2
    left = await ada("POST", "/boundary/held/globex.example/purge")
    working.cancel()
    assert left["piles"][0]["number"] == 0
    await ada("POST", "/boundary/held/globex.example/purge", {"object": "nothing"}, 404)
    await ada("POST", "/boundary/held/edge.acme.example/purge", status=422)
    await ada("GET", "/boundary/held", params={"peer": ""}, status=422)
    await bob("GET", "/boundary/held", params={"peer": "globex.example"}, status=403)
    await bob("POST", "/boundary/held/globex.example/purge", status=403)


async def test_authors_from_outside_say_whom_they_belong_to_and_whom_they_look_like(
    ada: Caller, house: House, make_forum: MakeForum
):
    forum = await make_forum()
    await ada("POST", "/partners", {"host": "globex.example", "name": "Globex", "tier": "customer"})
    found = await forums.obtain_forum(house, ada.member, forum["id"])
    for number, (host, name) in enumerate((("globex.example", "Priya Raman"), ("evil.example", ada.member.name))):
        guest = await people.meet(house, f"https://{host}/p", f"guest{number}", host, f"{name} \u0410da Admin", "")
        origin = Origin(f"https://{host}/o", f"https://{host}/a", "<p>Words</p>")
        await ideas.post_idea(house, guest, found, f"Theirs {number}", "", origin=origin)
    await people.add_member(house, "ada-admin", f"{ada.member.name} Ada Admin", "IT")
    listed = (await ada("GET", f"/forums/{forum['id']}/ideas"))["data"]
    assert [one["author"]["affiliation"] for one in listed] == [
        {"host": "evil.example", "name": "evil.example", "tier": "stranger", "looks_like": "ada-admin"},
        {"host": "globex.example", "name": "Globex", "tier": "customer", "looks_like": ""},
    ]
    own = await ada("POST", f"/forums/{forum['id']}/ideas", {"title": "Ours", "text": "Words."}, 201)
    assert own["author"]["affiliation"] is None
