"""Polls over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.web.api.api_house import SOON, Caller, Enter, Things

ENDS = (SOON + timedelta(hours=2)).isoformat()


@pytest.fixture
async def poll(ada: Caller, idea: Things) -> Things:
    asked = {"question": "Which tape?", "choices": ["Paper", "Plastic"], "ends_at": ENDS, "hidden": True}
    made: Things = await ada("POST", f"/ideas/{idea['id']}/polls", asked, 201)
    return made


async def test_results_are_null_until_one_has_voted(ada: Caller, bob: Caller, idea: Things, poll: Things):
    assert (poll["open"], poll["voters"], [one["votes"] for one in poll["choices"]]) == (True, 0, [None, None])
    voted = await bob("PUT", f"/polls/{poll['id']}/vote", {"choices": [1]})
    assert [(one["votes"], one["chosen"]) for one in voted["choices"]] == [(0, False), (1, True)]
    (seen,) = (await ada("GET", f"/ideas/{idea['id']}/polls"))["data"]
    assert (seen["voters"], seen["choices"][1]["votes"]) == (1, None)
    ended = await ada("POST", f"/polls/{poll['id']}/end")
    assert (ended["open"], ended["choices"][1]["votes"]) == (False, 1)
    refused = await bob("PUT", f"/polls/{poll['id']}/vote", {"choices": [0]}, 409)
    assert refused["detail"] == "This poll has ended; votes are taken no more."


@pytest.mark.parametrize(
    ("body", "field"),
    [({"choices": [7]}, "choice"), ({"choices": [0, 1]}, "choice"), ({"choices": []}, "choice"), ({}, "choices")],
)
async def test_a_vote_that_cannot_be_taken_names_what_is_wrong(
    ada: Caller, poll: Things, body: dict[str, Any], field: str
):
    assert (await ada("PUT", f"/polls/{poll['id']}/vote", body, 422))["field"] == field


async def test_a_reply_is_no_poll_and_only_some_may_ask(ada: Caller, enter: Enter, idea: Things):
    await ada("GET", f"/polls/{idea['id']}", status=404)
    asked = {"question": "Which?", "choices": ["A", "B"], "ends_at": ENDS}
    eve = await enter("eve")
    await eve("POST", f"/ideas/{idea['id']}/polls", asked, 403)
