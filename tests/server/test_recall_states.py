"""The table of recall states: what happens moves a recall on, and nothing ever takes a state back."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from server.domain.recalls import (
    CAUSE_WORDS,
    CAUSES,
    RECALL_STATES,
    TRANSITIONS,
    UNANSWERED,
    Happening,
    RecallState,
    next_state,
    recall_sentence,
    state_sentence,
)

HAPPENINGS = get_args(Happening)
ORDER = {"queued": 0, "refused": 1, "unreachable": 1, "accepted": 2, "silent": 3, "acknowledged": 4, "purged": 5}


def test_every_state_stands_in_the_table_and_leads_to_states_only():
    assert set(TRANSITIONS) == set(RECALL_STATES)
    assert {state for row in TRANSITIONS.values() for state in row.values()} <= set(RECALL_STATES)
    assert {happening for row in TRANSITIONS.values() for happening in row} == set(HAPPENINGS)


@settings(max_examples=200, derandomize=True, database=None)
@given(some.lists(some.sampled_from(HAPPENINGS), max_size=12))
def test_whatever_happens_in_whatever_order_no_state_is_taken_back(happenings: list[Happening]):
    state: RecallState = "queued"
    for happening in happenings:
        after = next_state(state, happening)
        assert ORDER[after] >= ORDER[state]
        state = after
    if "purged" in happenings:
        assert state == "purged"
    elif "acknowledged" in happenings:
        assert state == "acknowledged"


@pytest.mark.parametrize("state", RECALL_STATES)
@pytest.mark.parametrize("kind", ["marmalade", "microblog", "unknown"])
def test_each_state_is_one_sentence_and_promises_no_more_than_is_known(state: RecallState, kind: str):
    said = state_sentence(state, kind, "HTTP 403" if state == "refused" else "")
    assert said.endswith(".")
    signs = state in ("acknowledged", "purged", "silent") or (state, kind) == ("accepted", "marmalade")
    assert ("signed" in said) == signs
    assert ("no more can be known" in said) == (state == "accepted" and kind != "marmalade")


def test_what_a_recall_will_do_is_said_with_the_number_of_servers():
    assert "none is asked" in recall_sentence(0)
    assert "1 server that holds a copy" in recall_sentence(1)
    assert "3 servers that hold a copy" in recall_sentence(3)
    assert "request" in recall_sentence(3)


def test_every_cause_has_words_and_the_unanswered_are_those_who_said_nothing():
    assert set(CAUSE_WORDS) == set(CAUSES)
    assert {"queued", "unreachable", "refused", "silent"} == UNANSWERED
