"""The queue over the JSON API: ages, demands, batches, undo, and what an author reads."""

from __future__ import annotations

import pytest

from server.services import holds, people
from server.services.house import House
from tests.server.holds_world import a_hold
from tests.web.api.api_house import Caller, Enter, Things

WORDS = {"title": "Carol", "text": "Write to carol.jones@acme.example about it."}


async def held(house: House, idea: Things, id_: str = "h" * 32, **more: object) -> str:
    await holds.ask_review(house, a_hold(house, id_, idea["id"], forum_id=idea["forum_id"], **more))
    return id_


@pytest.fixture
async def rita(enter: Enter) -> Caller:
    return await enter("rita", role="reviewer", unit="Legal")


async def test_a_hold_says_its_age_its_target_and_who_is_still_to_approve(
    house: House, ada: Caller, bob: Caller, rita: Caller, idea: Things
):
    id_ = await held(house, idea, approvals=2, reviewers=("@legal", "ada"), within_hours=4)
    (told,) = (await rita("GET", "/boundary/holds"))["data"]
    assert (told["within_hours"], told["overdue"], told["mine"], told["why_not"]) == (4, False, True, "")
    assert told["age_seconds"] >= 0
    assert told["due_at"] > told["asked_at"]
    assert told["demands"] == [{"approvals": 2, "reviewers": ["@legal", "ada"]}]
    assert told["previews"][0] | {"sha256": "00", "audiences": ["public"]} == told["previews"][0]
    half = await rita("POST", f"/boundary/holds/{id_}/release", {"offer": told["offer"]})
    assert (half["state"], half["wanted"], half["mine"]) == ("waiting", "1 more of @legal or ada", False)
    assert half["why_not"].startswith("You have approved this")
    assert [(one["name"], one["counts"]) for one in half["approved_by"]] == [("Rita", True)]
    assert (await rita("GET", "/boundary/holds?mine=true"))["data"] == []
    assert len((await ada("GET", "/boundary/holds?mine=true"))["data"]) == 1
    await rita("POST", f"/boundary/holds/{id_}/release", {}, 403)
    await bob("POST", f"/boundary/holds/{id_}/undo", {}, 403)
    assert (await ada("POST", f"/boundary/holds/{id_}/release"))["state"] == "released"
    assert (await ada("GET", f"/boundary/holds/{id_}"))["decided_by"] == ada.member.id


async def test_a_decision_takes_effect_at_once_unless_it_shall_be_undone(house: House, rita: Caller, idea: Things):
    id_ = await held(house, idea)
    deciding = await rita("POST", f"/boundary/holds/{id_}/refuse", {"reason": "No.", "undo_seconds": 10})
    assert deciding["state"] == "deciding"
    assert deciding["takes_effect_at"]
    assert [one["id"] for one in (await rita("GET", "/boundary/holds?state=deciding"))["data"]] == [id_]
    assert (await rita("POST", f"/boundary/holds/{id_}/undo"))["state"] == "waiting"
    assert (await rita("POST", f"/boundary/holds/{id_}/release"))["state"] == "released"
    await rita("POST", f"/boundary/holds/{id_}/undo", {}, 409)
    await rita("POST", "/boundary/holds/nothing/undo", {}, 404)
    for seconds in (-1, 100_000, "soon"):
        await rita("POST", f"/boundary/holds/{id_}/release", {"undo_seconds": seconds}, 422)


async def test_what_was_not_looked_at_is_not_approved(house: House, rita: Caller, idea: Things):
    id_ = await held(house, idea)
    refused = await rita("POST", f"/boundary/holds/{id_}/release", {"offer": "0" * 64}, 409)
    assert "changed since you looked" in refused["detail"]
    assert (await rita("GET", f"/boundary/holds/{id_}"))["state"] == "waiting"


async def test_several_are_decided_and_undone_together(house: House, bob: Caller, rita: Caller, idea: Things):
    ids = []
    for number in range(3):
        made = await bob("POST", "/forums/boxes/ideas", {**WORDS, "title": f"Idea {number}"})
        ids.append(await held(house, made, f"{number}" * 32))
    asked = {"decision": "refuse", "reason": "Not yet.", "undo_seconds": 10, "holds": [ids[0], {"id": ids[1]}, "none"]}
    batch = await rita("POST", "/boundary/holds/decide", asked)
    assert [(one["id"], one["decided"], one["state"], one["status"]) for one in batch["data"]] == [
        (ids[0], True, "deciding", 200), (ids[1], True, "deciding", 200), ("none", False, None, 404),
    ]  # fmt: skip
    undone = await rita("POST", "/boundary/holds/undo", {"batch": batch["batch"]})
    assert [(one["id"], one["state"]) for one in undone["data"]] == [(ids[0], "waiting"), (ids[1], "waiting")]
    await rita("POST", "/boundary/holds/undo", {"batch": batch["batch"]}, 409)
    done = await rita("POST", "/boundary/holds/decide", {"decision": "release", "holds": ids})
    assert [one["state"] for one in done["data"]] == ["released"] * 3
    for wrong in ({"decision": "maybe", "holds": ids}, {"decision": "release", "holds": []}, {"decision": "release"}):
        await rita("POST", "/boundary/holds/decide", wrong, 422)
    await bob("POST", "/boundary/holds/decide", {"decision": "release", "holds": ids}, 403)


async def test_the_queue_is_filtered(house: House, rita: Caller, idea: Things):
    out = await held(house, idea)
    inward = await held(
        house, idea, "i" * 32, direction="in", contribution_id="", activity_uri="https://x.example/1",
        copies={"x.example": "0"}, wordings={},
    )  # fmt: skip

    async def found(query: str) -> list[str]:
        return [one["id"] for one in (await rita("GET", f"/boundary/holds?{query}"))["data"]]

    assert await found("direction=out") == [out]
    assert await found("direction=in") == [inward]
    assert await found("audience=public") == [out]
    assert await found("audience=x.example") == [inward]
    assert await found(f"forum={idea['forum_id']}") == [out, inward]
    assert await found("forum=nowhere") == []
    first = await rita("GET", "/boundary/holds?limit=1")
    assert await found(f"limit=1&after={first['next']}") == [inward]
    for odd in ("direction=up", "after=soon", "mine=perhaps", "state=lost"):
        await rita("GET", f"/boundary/holds?{odd}", status=422)


async def test_an_author_reads_what_became_of_their_words_and_nobody_else_the_reason(
    house: House, ada: Caller, bob: Caller, rita: Caller, enter: Enter, idea: Things
):
    id_ = await held(house, idea, within_hours=4, reviewers=("@legal",))
    other = await enter("zoe")
    (told,) = (await bob("GET", f"/ideas/{idea['id']}"))["reviews"]
    assert (told["state"], told["audiences"], told["reviewers"], told["within_hours"]) == (
        "waiting", ["public"], ["@legal"], 4,
    )  # fmt: skip
    await rita("POST", f"/boundary/holds/{id_}/refuse", {"reason": "Leave her out.", "undo_seconds": 10})
    (told,) = (await bob("GET", f"/ideas/{idea['id']}"))["reviews"]
    assert (told["state"], told["reason"]) == ("waiting", "")
    await rita("POST", f"/boundary/holds/{id_}/undo")
    await rita("POST", f"/boundary/holds/{id_}/refuse", {"reason": "Leave her out."})
    (told,) = (await bob("GET", f"/ideas/{idea['id']}"))["reviews"]
    assert (told["state"], told["reason"]) == ("refused", "Leave her out.")
    assert (await other("GET", f"/ideas/{idea['id']}"))["reviews"] == []
    await bob("PATCH", f"/ideas/{idea['id']}", {"text": "Ask around."})
    assert (await bob("GET", f"/ideas/{idea['id']}"))["reviews"] == []


async def test_a_token_of_somebody_who_left_decides_nothing(house: House, ada: Caller, rita: Caller, idea: Things):
    id_ = await held(house, idea)
    await people.change_member(house, ada.member, rita.member, active=False)
    await rita("POST", f"/boundary/holds/{id_}/release", {}, 401)
