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


async def test_a_flag_becomes_a_case_and_is_decided(ada: Caller, bob: Caller, jam: Things, idea: Things):
    flagged = await bob("POST", f"/ideas/{idea['id']}/flags", {"reason": "Rude."}, 201)
    assert (flagged["idea"], flagged["state"], flagged["overdue"]) == (idea["id"], "open", False)
    await bob("POST", f"/ideas/{idea['id']}/flags", {"reason": "Rude."}, 409)
    await bob("POST", f"/ideas/{idea['id']}/flags", {"reason": " "}, 422)
    await bob("GET", f"/jams/{jam['id']}/cases", status=403)
    await bob("POST", f"/cases/{flagged['id']}/decide", {"decision": "hide", "note": "No."}, 404)
    (case,) = (await ada("GET", f"/jams/{jam['id']}/cases"))["data"]
    assert case["flags"][0]["note"] == "Rude."
    await ada("POST", f"/cases/{case['id']}/decide", {"decision": "burn", "note": "No."}, 422)
    done = await ada("POST", f"/cases/{case['id']}/decide", {"decision": "hide", "note": "Names a person."})
    assert done["state"] == "hidden"
    (mine,) = (await bob("GET", f"/jams/{jam['id']}/moderation"))["data"]
    assert [(one["act"], one["by"], one["note"]) for one in mine["decisions"]] == [("hide", "", "Names a person.")]
    shown = await ada("GET", f"/ideas/{idea['id']}")
    assert shown["hidden"] is True
    await ada("POST", f"/cases/{case['id']}/decide", {"decision": "restore", "note": "Fine."})
    assert (await bob("GET", f"/ideas/{idea['id']}"))["hidden"] is False


async def test_a_facilitator_hides_over_the_api(ada: Caller, bob: Caller, idea: Things):
    await bob("POST", f"/ideas/{idea['id']}/hide", {"note": "Mine."}, 403)
    assert (await ada("POST", f"/ideas/{idea['id']}/hide", {"note": "Names a person."}))["state"] == "hidden"


async def test_ideas_are_moved_merged_and_split_over_the_api(
    ada: Caller, bob: Caller, jam: Things, idea: Things
):
    other = await bob("POST", "/forums/boxes/ideas", {"title": "The same", "text": "Paper tape."}, 201)
    inside = await ada(
        "POST", f"/jams/{jam['id']}/forums",
        {"slug": "quiet", "title": "Quiet", "question": "?", "audience": "inside"}, 201,
    )  # fmt: skip
    await bob("POST", f"/ideas/{other['id']}/merge", {"into": idea["id"], "reason": "Double."}, 403)
    await ada("POST", f"/ideas/{other['id']}/merge", {"into": "nowhere", "reason": "Double."}, 422)
    merged = await ada("POST", f"/ideas/{other['id']}/merge", {"into": idea["uri"], "reason": "Double."})
    assert (merged["kind"], merged["idea"], merged["thread"]) == ("merge", other["id"], idea["id"])
    assert (await bob("GET", f"/ideas/{other['id']}"))["kind"] == "reply"
    await ada("POST", f"/moves/{merged['id']}/undo")
    assert (await bob("GET", f"/ideas/{other['id']}"))["kind"] == "idea"
    await ada("POST", f"/ideas/{idea['id']}/move", {"forum": "quiet", "reason": "Ours."})
    assert (await bob("GET", f"/ideas/{idea['id']}"))["forum_id"] == inside["id"]
    reply = await bob("POST", f"/ideas/{idea['id']}/replies", {"text": "Apart."}, 201)
    await ada("POST", f"/ideas/{reply['id']}/split", {"title": "Apart", "reason": "Another question."})
    apart = await bob("GET", f"/ideas/{reply['id']}")
    assert (apart["kind"], apart["title"], apart["builds_on"]) == ("idea", "Apart", idea["id"])
    kinds = [one["kind"] for one in (await ada("GET", f"/jams/{jam['id']}/moves"))["data"]]
    assert kinds == ["split", "move", "merge"]
    await bob("GET", f"/jams/{jam['id']}/moves", status=403)


async def test_shifts_asides_summaries_and_heat_over_the_api(ada: Caller, bob: Caller, jam: Things, idea: Things):
    at = f"/jams/{jam['id']}"
    await bob("GET", f"{at}/shifts", status=403)
    body = {"username": "ada", "starts_at": "2030-01-01T09:00:00Z", "ends_at": "2030-01-01T12:00:00Z"}
    planned = await ada("POST", f"{at}/shifts", body, 201)
    await ada("POST", f"{at}/shifts", {**body, "username": "bob"}, 422)
    await ada("POST", f"{at}/shifts", {**body, "starts_at": "2030-01-01T09:00:00"}, 422)
    await ada("DELETE", f"/shifts/{planned['id']}", status=204)
    assert (await ada("GET", f"{at}/shifts/note"))["note"] == ""
    begun = await ada("POST", f"{at}/shifts/begin")
    assert begun["begun_at"]
    assert (await ada("GET", f"{at}/shifts/note"))["note"].startswith("Shift of Ada")
    ended = await ada("POST", f"{at}/shifts/end", {"note": "All is calm."})
    assert (ended["note"], ended["handed_to"]) == ("All is calm.", "")
    assert (await ada("GET", f"{at}/shifts/handed"))["data"] == [], "one does not hand on to oneself"
    await bob("GET", f"/ideas/{idea['id']}/asides", status=404)
    await ada("POST", f"/ideas/{idea['id']}/asides", {"text": "Quietly."}, 201)
    assert [one["text"] for one in (await ada("GET", f"/ideas/{idea['id']}/asides"))["data"]] == ["Quietly."]
    await bob("POST", f"/ideas/{idea['id']}/summaries", {"text": "So far.", "cites": [idea["id"]]}, 403)
    await ada("POST", f"/ideas/{idea['id']}/summaries", {"text": "So far."}, 422)
    await ada("POST", f"/ideas/{idea['id']}/summaries", {"text": "So far.", "cites": [idea["id"]], "base": 0}, 201)
    (version,) = (await bob("GET", f"/ideas/{idea['id']}/summaries"))["data"]
    assert (version["number"], version["cites"]) == (1, [idea["id"]])
    assert (await ada("GET", f"{at}/heat"))["data"] == []
    await bob("GET", f"{at}/heat", status=403)


async def test_a_thread_is_locked_and_opened_over_the_api(ada: Caller, bob: Caller, idea: Things):
    path = f"/ideas/{idea['id']}"
    await bob("PUT", f"{path}/lock", {"reason": "Mine."}, 403)
    assert (await ada("PUT", f"{path}/lock", {"reason": " "}, 422))["field"] == "reason"
    said = await ada("PUT", f"{path}/lock", {"reason": "It turns in circles."})
    assert (said["by_name"], said["reason"]) == ("Ada", "It turns in circles.")
    assert (await bob("GET", path))["lock"] == said
    refused = await bob("POST", f"{path}/replies", {"text": "Too late?"}, 409)
    assert "locked" in refused["detail"]
    await bob("DELETE", f"{path}/lock", status=403)
    await ada("DELETE", f"{path}/lock", status=204)
    assert (await bob("GET", path))["lock"] is None
    await bob("POST", f"{path}/replies", {"text": "In time."}, 201)
