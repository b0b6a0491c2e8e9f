"""People, invitations, first steps and the moderation log over the API."""

from __future__ import annotations

import io

from PIL import Image

from tests.web.api.api_house import Caller, Client, Things


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 90, 20)).save(made, "PNG")
    return made.getvalue()


async def test_an_admin_finds_adds_and_changes_people(ada: Caller, bob: Caller):
    made = await ada("POST", "/people", {"username": "zoe", "unit": "Sales"}, 201)
    assert made["link"].startswith("http://inside.acme.example/welcome/")
    found = await ada("GET", "/people?unit=Sales&limit=1")
    assert [one["username"] for one in found["data"]] == ["bob"]
    found = await ada("GET", f"/people?unit=Sales&after={found['next']}")
    assert [one["username"] for one in found["data"]] == ["zoe"]
    changed = await ada("PATCH", "/people/zoe", {"role": "facilitator", "active": False})
    assert (changed["role"], changed["active"], changed["unit"]) == ("facilitator", False, "Sales")
    await ada("PATCH", "/people/ada", {"active": False}, 409)
    for method, path, body in (
        ("GET", "/people", None), ("POST", "/people", {"username": "x"}), ("PATCH", "/people/bob", {"role": "admin"}),
        ("GET", "/invitations", None), ("GET", "/setup", None), ("POST", "/people/import", {"text": "username\nx"}),
    ):  # fmt: skip
        await bob(method, path, body, 403)


async def test_a_table_of_people_is_taken_whole_or_refused(ada: Caller):
    refused = await ada("POST", "/people/import", {"text": "username\nzoe\nada\n"}, 422)
    assert "Line 3: there is a person called ada already." in refused["detail"]
    added = await ada("POST", "/people/import", {"text": "username\nzoe\nyan\n"}, 201)
    assert [one["username"] for one in added["added"]] == ["zoe", "yan"]


async def test_invitations_are_made_listed_and_ended(ada: Caller):
    made = await ada("POST", "/invitations", {"unit": "Sales", "uses": 3}, 201)
    assert made["link"].startswith("http://inside.acme.example/join/")
    (listed,) = (await ada("GET", "/invitations"))["data"]
    assert (listed["state"], listed["link"]) == ("open", None)
    await ada("DELETE", f"/invitations/{made['id']}", status=204)
    await ada("DELETE", f"/invitations/{made['id']}", status=404)


async def test_the_first_steps_and_ones_own_log_are_read(ada: Caller, bob: Caller, idea: Things, client: Client):
    steps = {one["key"]: one["state"] for one in (await ada("GET", "/setup"))["steps"]}
    assert steps == {"organisation": "todo", "sign-in": "todo", "mail": "todo", "partner": "todo", "practice": "todo"}
    await ada("PUT", f"/ideas/{idea['id']}/marks/emerging", {"reason": "It spreads."})
    assert (await bob("GET", "/moderation"))["data"][0]["act"] == "mark emerging"
    await bob("GET", "/moderation?after=x", status=404)


async def test_a_jam_is_organised_over_the_api(ada: Caller, bob: Caller, jam: Things, idea: Things):
    await ada("PUT", "/forums/boxes/hosts/bob", {"bio": "Packs."})
    slot = await ada(
        "POST", "/forums/boxes/slots", {"host": "bob", "starts_at": jam["opens_at"], "ends_at": jam["closes_at"]}, 422
    )
    assert slot["field"] == "ends_at"
    rota = await bob("GET", "/jams/packaging/rota")
    assert [(one["username"], one["picture"]) for one in rota["hosts"]] == [("bob", None)]
    face = "/forums/boxes/hosts/bob/picture"
    rota = await bob("PUT", f"{face}?name=bob.png&alt=Bob", data=io.BytesIO(picture()))
    assert rota["hosts"][0]["picture"]["alt"] == "Bob"
    await bob("PUT", f"{face}?name=bob.png", status=422, data=io.BytesIO(picture()))
    await bob("PUT", f"{face}?name=bob.png&alt=Bob", status=422, data=io.BytesIO(b"no picture"))
    await bob("DELETE", face, status=204)
    await bob("DELETE", face, status=404)
    await ada("DELETE", "/forums/boxes/hosts/bob", status=204)
    counted = await bob("GET", "/jams/packaging/presence")
    assert (counted["visited"], counted["by_unit"]) == (0, None)
    assert (await ada("GET", "/jams/packaging/presence"))["left_out"]
    changed = await ada("PATCH", "/forums/boxes", {"title": "Crates", "takes_ideas": False, "place": 1})
    assert (changed["title"], changed["takes_ideas"]) == ("Crates", False)
    await bob("PATCH", "/forums/boxes", {"title": "Mine"}, 403)
    await ada("PATCH", "/forums/boxes", {"place": 99}, 422)
    refused = await ada("PATCH", "/forums/boxes", {"slug": "crates"}, 409)
    assert "keeps its short name" in refused["detail"]
    refused = await bob("POST", "/forums/boxes/ideas", {"title": "Late", "text": "Late."}, 409)
    assert "no new ideas" in refused["detail"]
    times = {"opens_at": "2030-01-01T09:00:00Z", "closes_at": "2030-01-02T09:00:00Z"}
    template = (await ada("GET", "/jams/packaging/template"))["text"]
    await ada("POST", "/templates/jams", {"slug": "made", "text": template, **times}, 201)
    await ada("POST", "/templates/jams", {"slug": "bad", "text": "x", **times}, 422)
    await ada("POST", "/templates/jams", {"slug": "named", "name": "values", **times}, 201)
    assert len((await bob("GET", "/templates"))["data"]) == 4
    await ada("POST", "/jams/packaging/clone", {"slug": "clone", **times}, 201)
    await ada("POST", "/jams/packaging/second", {"slug": "two", **times}, 201)
    target = (await ada("GET", "/jams/two/forums"))["data"][0]["id"]
    carried = await ada("POST", f"/forums/{target}/carry", {"ideas": [idea["id"]]}, 201)
    assert carried["carried"][0]["origin_id"] == idea["id"]
    assert (await bob("GET", "/jams/two/lineage"))["origin"]["slug"] == "packaging"
    rehearsal = await ada("POST", "/jams/packaging/rehearsal", {}, 201)
    await bob("GET", f"/jams/{rehearsal['slug']}", status=404)
    await ada("DELETE", "/jams/packaging/rehearsal", status=204)
    await ada("DELETE", "/jams/packaging/rehearsal", status=404)
    await bob("POST", "/jams/packaging/rehearsal", {}, 403)


async def test_the_themes_of_a_jam_are_answered_and_the_report_is_read(ada: Caller, bob: Caller, idea: Things):
    place = "/jams/packaging/report"
    assert (await bob("GET", place))["published_at"] is None
    await bob("GET", f"{place}/draft", status=403)
    words = {"label": "Boxes", "doing": "We do it.", "why": "Because."}
    made = await ada("POST", f"{place}/answers", words, 201)
    await ada("POST", f"{place}/answers", {"label": "Tape", "doing": "We do it."}, 422)
    await ada("PUT", f"{place}/answers/{made['theme']}", {**words, "declined": "No more."})
    asked = await ada("POST", f"{place}/answers/{made['theme']}/ask", {"username": "bob"})
    assert asked["asked"] == "Bob"
    assert [one["theme"] for one in (await bob("GET", f"{place}/draft"))["answers"]] == [made["theme"]]
    await ada("PUT", f"{place}/foreword", {"foreword": "Thank you."})
    await ada("POST", f"{place}/publish", {}, 409)
    await ada("POST", "/jams/packaging/freeze", {})
    assert (await ada("POST", f"{place}/publish", {}))["foreword"] == "Thank you."
    found = await bob("GET", place)
    assert (found["answers"][0]["declined"], found["answers"][0]["by"]) == ("No more.", "Ada")
    assert found["cite_as"].startswith("Report of Packaging.")
    await ada("DELETE", f"{place}/answers/{made['theme']}", status=409)
    assert (found["version"], found["corrected_because"]) == (1, "")
    correction = {**words, "theme": made["theme"], "declined": "None of them.", "reason": "More exactly.", "version": 1}
    await bob("POST", f"{place}/corrections", correction, 403)
    assert (await ada("POST", f"{place}/corrections", correction, 201))["version"] == 2
    await ada("POST", f"{place}/corrections", {**correction, "declined": "Some."}, 409)
    (one,) = (await bob("GET", f"{place}/corrections"))["data"]
    assert (one["version"], one["reason"], one["changed"]) == (2, "More exactly.", ["Boxes"])
    first = await bob("GET", f"{place}/versions/1")
    assert (first["answers"][0]["declined"], first["cite_as"].split(".")[0]) == (
        "No more.", "Report of Packaging (version 1)"
    )  # fmt: skip
    assert (await bob("GET", f"{place}/versions/2"))["corrected_because"] == "More exactly."
    await bob("GET", f"{place}/versions/9", status=404)
