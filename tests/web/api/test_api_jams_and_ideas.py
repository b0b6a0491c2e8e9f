"""Jams, forums, ideas, replies, marks and search over the JSON API."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import quote

from analytics.report import Outline, Theme
from server.services import board
from server.services.house import House
from tests.web.api.api_house import ADDRESSES, CHARTER, SOON, Caller, MakeForum, Things, new_jam


async def test_a_jam_is_drafted_opened_extended_frozen_and_archived(ada: Caller):
    drafted = await ada("POST", "/jams", new_jam(), 201)
    assert drafted["state"] == "draft"
    assert drafted["charter"] == CHARTER
    assert (await ada("POST", "/jams/packaging/open"))["state"] == "open"
    later = (SOON + timedelta(days=9)).isoformat()
    extended = await ada("POST", f"/jams/{drafted['id']}/extend", {"closes_at": later})
    assert extended["closes_at"].startswith(later[:16])
    assert (await ada("POST", "/jams/packaging/freeze", {}))["state"] == "frozen"
    assert (await ada("POST", "/jams/packaging/archive"))["state"] == "archived"
    refused = await ada("POST", "/jams/packaging/open", status=409)
    assert refused["status"] == 409


async def test_a_jam_without_a_complete_charter_does_not_open(ada: Caller):
    await ada("POST", "/jams", new_jam(charter={"question": "Why?"}))
    refused = await ada("POST", "/jams/packaging/open", status=409)
    assert "promise" in refused["detail"]
    await ada("PATCH", "/jams/packaging", {"charter": CHARTER})
    assert (await ada("POST", "/jams/packaging/open"))["state"] == "open"


async def test_a_member_cannot_hold_a_jam(bob: Caller):
    assert (await bob("POST", "/jams", new_jam(), 403))["title"] == "Forbidden"


async def test_every_object_has_an_id_a_uri_and_a_page(bob: Caller, jam: Things, idea: Things):
    forum = await bob("GET", "/forums/boxes")
    for thing in (jam, forum, idea, await bob("GET", "/me")):
        assert thing["id"]
        assert thing["uri"].startswith(ADDRESSES.edge_url)
        assert thing["url"].startswith(ADDRESSES.inside_url)


async def test_jams_are_listed_in_pages(ada: Caller):
    for name in ("one", "two", "three"):
        await ada("POST", "/jams", new_jam(name))
    first = await ada("GET", "/jams?limit=2")
    assert [jam["slug"] for jam in first["data"]] == ["one", "two"]
    second = await ada("GET", f"/jams?limit=2&after={first['next']}")
    assert [jam["slug"] for jam in second["data"]] == ["three"]
    assert second["next"] is None


async def test_a_forum_is_found_by_id_slug_key_and_handle(ada: Caller, make_forum: MakeForum):
    made = await make_forum("boxes")
    assert made["handle"] == "@boxes@edge.acme.example"
    for name in (made["id"], "boxes", "packaging/boxes", made["handle"], made["uri"]):
        assert (await ada("GET", f"/forums/{quote(name, safe='')}"))["id"] == made["id"]
    assert [forum["id"] for forum in (await ada("GET", "/jams/packaging/forums"))["data"]] == [made["id"]]


async def test_an_idea_says_what_crosses_to_whom(ada: Caller, bob: Caller, make_forum: MakeForum):
    await ada("POST", "/partners", {"host": "globex.example", "tier": "partner"})
    await make_forum("boxes", "public")
    await make_forum("plans", "partners")
    await make_forum("private", "inside")
    words = {"title": "Paper tape", "text": "Use paper tape."}
    public = await bob("POST", "/forums/boxes/ideas", words, 201)
    assert {one["audience"]: one["verdict"] for one in public["crossing"]} == {
        "public": "allowed",
        "globex.example": "allowed",
    }
    shared = await bob("POST", "/forums/plans/ideas", words, 201)
    assert [(one["audience"], one["verdict"]) for one in shared["crossing"]] == [("globex.example", "allowed")]
    assert shared["crossing"][0]["rules"] == ["S-packaging/plans"]
    kept = await bob("POST", "/forums/private/ideas", words, 201)
    assert {one["verdict"] for one in kept["crossing"]} == {"inside"}


async def test_an_amber_idea_is_denied_and_a_secret_is_held_with_the_rules_that_say_so(
    bob: Caller, make_forum: MakeForum
):
    await make_forum()
    amber = await bob("POST", "/forums/boxes/ideas", {"title": "A", "text": "Plain words.", "label": "AMBER"}, 201)
    assert (amber["crossing"][0]["verdict"], amber["crossing"][0]["rules"]) == ("denied", ["G-label"])
    assert amber["crossing"][0]["advice"]
    mail = {"title": "Ask Carol", "text": "Write to carol.jones@acme.example about it."}
    held = await bob("POST", "/forums/boxes/ideas", mail, 201)
    assert (held["crossing"][0]["verdict"], held["crossing"][0]["rules"]) == ("held", ["G-findings"])


async def test_a_preview_says_the_same_and_writes_nothing(bob: Caller, make_forum: MakeForum):
    await make_forum()
    words = {"title": "A", "text": "Plain words.", "label": "AMBER"}
    said = await bob("POST", "/boundary/preview", {"forum": "boxes", **words})
    assert (await bob("GET", "/forums/boxes/ideas"))["data"] == []
    posted = await bob("POST", "/forums/boxes/ideas", words, 201)
    assert said["crossing"] == posted["crossing"]


async def test_replies_hang_on_their_idea_in_order(ada: Caller, bob: Caller, idea: Things):
    first = await ada("POST", f"/ideas/{idea['id']}/replies", {"text": "It tears.", "intent": "concern"}, 201)
    second = await bob("POST", f"/ideas/{idea['id']}/replies", {"text": "Not this.", "in_reply_to": first["uri"]}, 201)
    assert second["parent_id"] == first["id"]
    assert second["crossing"][0]["verdict"] == "allowed"
    thread = await ada("GET", f"/ideas/{idea['id']}")
    assert [reply["id"] for reply in thread["replies"]] == [first["id"], second["id"]]
    assert thread["reply_count"] == 2
    below = await ada("GET", f"/ideas/{first['id']}")
    assert (below["id"], [reply["id"] for reply in below["replies"]]) == (first["id"], [second["id"]])


async def test_a_reply_to_something_in_another_thread_is_refused(bob: Caller, idea: Things):
    other = await bob("POST", "/forums/boxes/ideas", {"title": "Other", "text": "Other."})
    body = {"text": "Hm.", "in_reply_to": other["id"]}
    refused = await bob("POST", f"/ideas/{idea['id']}/replies", body, 422)
    assert refused["field"] == "in_reply_to"


async def test_an_idea_builds_on_another_by_id_or_uri(ada: Caller, bob: Caller, idea: Things):
    for name in (idea["id"], idea["uri"]):
        built = await ada("POST", "/forums/boxes/ideas", {"title": "B", "text": "More.", "builds_on": name}, 201)
        assert built["builds_on"] == idea["id"]
    assert len((await bob("GET", f"/ideas/{idea['id']}"))["built_on_by"]) == 2
    refused = await ada("POST", "/forums/boxes/ideas", {"title": "B", "text": "More.", "builds_on": "nothing"}, 422)
    assert refused["field"] == "builds_on"


async def test_ideas_are_listed_newest_first_in_pages(bob: Caller, make_forum: MakeForum):
    await make_forum()
    for number in range(5):
        await bob("POST", "/forums/boxes/ideas", {"title": f"Idea {number}", "text": "Words."})
    seen, after = [], ""
    while after is not None:
        page = await bob("GET", f"/forums/boxes/ideas?limit=2&after={after}")
        seen += [one["title"] for one in page["data"]]
        after = page["next"]
    assert seen == [f"Idea {number}" for number in (4, 3, 2, 1, 0)]


async def test_an_author_edits_and_deletes_and_nobody_else_does(ada: Caller, bob: Caller, idea: Things):
    changed = await bob("PATCH", f"/ideas/{idea['id']}", {"text": "Use paper tape, wet."})
    assert (changed["title"], changed["version"]) == ("Paper tape", 2)
    assert changed["edited_at"]
    relabelled = await bob("PATCH", f"/ideas/{idea['id']}", {"label": "RED"})
    assert relabelled["text"] == "Use paper tape, wet."
    assert {one["verdict"] for one in relabelled["crossing"]} == {"denied"}
    await ada("PATCH", f"/ideas/{idea['id']}", {"text": "Mine now."}, 403)
    await bob("DELETE", f"/ideas/{idea['id']}", status=204)
    await bob("GET", f"/ideas/{idea['id']}", status=404)


async def test_marks_are_set_once_and_taken_back(ada: Caller, bob: Caller, idea: Things):
    path = f"/ideas/{idea['id']}/marks"
    for _ in range(2):
        marked = await bob("PUT", f"{path}/support")
        assert (marked["support"], marked["my_marks"]) == (1, ["support"])
    assert (await ada("PUT", f"{path}/emerging"))["emerging"] is True
    await bob("PUT", f"{path}/best", status=403)
    await bob("PUT", f"{path}/splendid", status=404)
    assert (await bob("DELETE", f"{path}/support"))["support"] == 0
    assert (await ada("DELETE", f"{path}/emerging"))["emerging"] is False


async def test_a_closed_jam_takes_nothing_more(ada: Caller, bob: Caller, idea: Things):
    await ada("POST", "/jams/packaging/freeze")
    await bob("POST", "/forums/boxes/ideas", {"title": "Late", "text": "Too late."}, 409)
    await bob("POST", f"/ideas/{idea['id']}/replies", {"text": "Too late."}, 409)
    await bob("PUT", f"/ideas/{idea['id']}/marks/support", status=409)


async def test_search_finds_by_the_beginning_of_words_and_pages_through(bob: Caller, idea: Things):
    for number in range(3):
        await bob("POST", "/forums/boxes/ideas", {"title": f"Cardboard {number}", "text": "Thick cardboard."})
    first = await bob("GET", "/search?q=cardb&limit=2")
    second = await bob("GET", f"/search?q=cardb&limit=2&after={first['next']}")
    assert len(first["data"]) == 2
    assert len(second["data"]) == 1
    assert second["next"] is None
    assert (await bob("GET", "/search?q=paper"))["data"][0]["id"] == idea["id"]


async def test_similar_ideas_are_found_while_somebody_writes(bob: Caller, idea: Things):
    found = await bob("GET", "/similar", params={"text": "what about paper for the tape", "forum": "boxes"})
    assert [one["id"] for one in found["data"]] == [idea["id"]]
    await bob("GET", "/similar", params={"text": "paper", "forum": "nowhere"}, status=404)


async def test_the_board_gives_each_figure_its_denominator(ada: Caller, bob: Caller, idea: Things):
    await ada("POST", f"/ideas/{idea['id']}/replies", {"text": "It tears."})
    board = await bob("GET", "/jams/packaging/board")
    assert (board["active_now"], board["people"], board["ideas"], board["replies"]) == (2, 2, 1, 1)
    assert sum(minute["ideas"] for minute in board["per_minute"]) == 1
    assert (board["by_unit"], board["left_out"]) == ([], 2), "of one person each"
    assert [(row["host"], row["people"], row["of"]) for row in board["by_host"]] == [("Acme", 2, 2)]
    figures = {"active_now", "people", "ideas", "replies", "per_minute", "by_unit", "by_host"}
    assert set(board["denominators"]) == figures
    assert all(one["of"] and one["what"] for one in board["denominators"].values())


async def test_themes_are_empty_before_the_first_round(bob: Caller, jam: Things):
    themes = await bob("GET", "/jams/packaging/themes")
    assert (themes["themes"], themes["assignment"], themes["trend"]) == ([], {}, {})


async def test_themes_are_told_as_the_analysis_left_them_but_for_what_was_deleted_since(
    house: House, bob: Caller, idea: Things
):
    nod = await bob("POST", f"/ideas/{idea['id']}/replies", {"text": "Yes."}, 201)
    gone = await bob("POST", f"/ideas/{idea['id']}/replies", {"text": "Paper tape tears."}, 201)
    words = ("paper", "tape")
    theme = Theme(
        id="t1", label="Paper tape", words=words, size=2, representative=(gone["id"], idea["id"]), trend=(0, 2)
    )
    outline = Outline((theme,), documents=3, unplaced=1, seconds=0.5)
    stands = {idea["id"]: ("t1", "", True), gone["id"]: ("t1", "", True), nod["id"]: ("", "", False)}
    await board.keep_themes(house, idea["jam_id"], 1, json.dumps(outline.to_json()), b"", stands)
    await bob("DELETE", f"/ideas/{gone['id']}", status=204)
    told = await bob("GET", "/jams/packaging/themes")
    assert told["themes"][0] | {"id": "t1", "words": ["paper", "tape"], "trend": [0, 2]} == told["themes"][0]
    assert told["themes"][0]["representative"] == [idea["id"]]
    assert (told["assignment"], told["trend"]) == ({idea["id"]: "t1", nod["id"]: None}, {"t1": [0, 2]})
    assert (told["unplaced"], told["seconds"], told["unsure"]) == (1, 0.5, [idea["id"]])


async def test_asking_to_join_a_forum_elsewhere_is_accepted_and_done_later(ada: Caller, bob: Caller):
    await ada("POST", "/forums", {"handle": "@lifts@globex.example"}, 202)
    await bob("POST", "/forums", {"handle": "@lifts@globex.example"}, 403)
    await ada("POST", "/forums", {"handle": "lifts"}, 422)


async def test_a_label_has_categories_and_an_onward_wish_and_only_a_reviewer_or_admin_lowers_it(
    ada: Caller, bob: Caller, make_forum: MakeForum
):
    forum = await make_forum("plans", label="green+export")
    assert forum["label"] == "GREEN+export"
    made = await bob(
        "POST", f"/forums/{forum['id']}/ideas", {"title": "T", "text": "Words.", "label": "amber+legal"}, 201
    )
    assert made["label"] == "AMBER+legal"
    refused = await bob("PATCH", f"/ideas/{made['id']}", {"label": "GREEN"}, 403)
    assert "takes a reviewer or an admin" in refused["detail"]
    assert (await ada("PATCH", f"/ideas/{made['id']}", {"label": "GREEN>organisation"}))[
        "label"
    ] == "GREEN>organisation"
    wrong = await bob("PATCH", f"/ideas/{made['id']}", {"label": "GREEN>organization"}, 422)
    assert "did you mean 'organisation'" in wrong["detail"]
    body = {"forum": forum["id"], "title": "T", "text": "Words.", "label": "GREEN+legal"}
    (everyone,) = (await bob("POST", "/boundary/preview", body))["crossing"]
    assert "category legal" in everyone["reason"]


async def test_the_replies_of_a_thread_are_listed_in_pages_and_by_intent(bob: Caller, idea: Things):
    made = []
    for at in range(5):
        words = {"text": f"Reply {at}", "intent": "question" if at % 2 else ""}
        made.append((await bob("POST", f"/ideas/{idea['id']}/replies", words, 201))["id"])
    first = await bob("GET", f"/ideas/{idea['id']}/replies?limit=3")
    assert [one["id"] for one in first["data"]] == made[:3]
    rest = await bob("GET", f"/ideas/{idea['id']}/replies?limit=3&after={first['next']}")
    assert [one["id"] for one in rest["data"]] == made[3:]
    assert rest["next"] is None
    asked = await bob("GET", f"/ideas/{idea['id']}/replies?intent=question")
    assert [one["id"] for one in asked["data"]] == made[1::2]
    await bob("GET", f"/ideas/{idea['id']}/replies?intent=nonsense", status=422)


async def test_a_caller_may_ask_for_time_to_undo(bob: Caller, make_forum: MakeForum):
    await make_forum("boxes", "public")
    words = {"title": "Paper tape", "text": "Use paper tape."}
    made = await bob("POST", "/forums/boxes/ideas", {**words, "undo_seconds": 60}, 201)
    assert made["crosses_at"]
    await bob("POST", f"/ideas/{made['id']}/undo", {}, 204)
    await bob("GET", f"/ideas/{made['id']}", status=404)
    now = await bob("POST", "/forums/boxes/ideas", words, 201)
    assert now["crosses_at"] is None
    await bob("POST", f"/ideas/{now['id']}/undo", {}, 409)
    await bob("POST", "/forums/boxes/ideas", {**words, "undo_seconds": -1}, 422)


async def test_drafts_versions_lineage_and_names_are_told(ada: Caller, bob: Caller, idea: Things):
    place = f"reply:{idea['id']}"
    kept = await bob("PUT", f"/drafts/{place}", {"text": "Half a reply", "intent": "question"})
    assert kept["intent"] == "question"
    assert [one["text"] for one in (await bob("GET", "/drafts"))["data"]] == ["Half a reply"]
    assert (await ada("GET", "/drafts"))["data"] == []
    await ada("GET", f"/drafts/{place}", status=404)
    await bob("DELETE", f"/drafts/{place}", status=204)
    await bob("GET", f"/drafts/{place}", status=404)
    await bob("PUT", "/drafts/nowhere", {"text": "x"}, 422)

    before = await bob("GET", f"/ideas/{idea['id']}/versions")
    await bob("PATCH", f"/ideas/{idea['id']}", {"text": "Other words.", "reason": "Shorter."})
    versions = (await bob("GET", f"/ideas/{idea['id']}/versions"))["data"]
    assert [one["reason"] for one in versions] == ["", "Shorter."]
    assert versions[0]["text"] == before["data"][0]["text"]

    words = {"title": "Next", "text": "Goes on.", "builds_on": idea["id"]}
    built = await bob("POST", f"/forums/{idea['forum_id']}/ideas", words, 201)
    family = await bob("GET", f"/ideas/{built['id']}/lineage")
    assert [one["id"] for one in family["ancestors"]] == [idea["id"]]
    family = await bob("GET", f"/ideas/{idea['id']}/lineage")
    assert [(one["idea"]["id"], one["depth"]) for one in family["descendants"]] == [(built["id"], 1)]
    hints = await bob("GET", "/suggestions/people?q=ad")
    assert [one["handle"] for one in hints["data"]] == ["@ada"]


async def test_the_language_of_words_is_said_with_them_changed_and_read(bob: Caller, make_forum: MakeForum):
    forum = await make_forum("boxes")
    made = await bob("POST", f"/forums/{forum['id']}/ideas", {"title": "T", "text": "W", "language": "pt_br"}, 201)
    assert made["language"] == "pt-BR"
    kept = await bob("PATCH", f"/ideas/{made['id']}", {"text": "Other words"})
    assert kept["language"] == "pt-BR"
    changed = await bob("PATCH", f"/ideas/{made['id']}", {"language": ""})
    assert (changed["language"], changed["text"]) == ("", "Other words")
    reply = await bob("POST", f"/ideas/{made['id']}/replies", {"text": "Ja.", "language": "de"}, 201)
    assert (await bob("GET", f"/ideas/{made['id']}"))["replies"][0]["language"] == reply["language"] == "de"
    refused = await bob("POST", f"/ideas/{made['id']}/replies", {"text": "Ja.", "language": "German"}, 422)
    assert refused["field"] == "language"
