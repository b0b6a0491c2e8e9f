"""The life of an agreement as a table, and what one covers: pure, tried against every possibility."""

from __future__ import annotations

import typing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from server.domain.agreements import (
    ALL_FORUMS,
    FLIPPED,
    ONWARD_WORDS,
    OPEN_STATES,
    TRANSITIONS,
    WORDS,
    Agreement,
    AgreementState,
    Direction,
    Happening,
    NamedForum,
    Terms,
    Way,
    after,
    newest,
    sentences,
)
from server.domain.errors import Conflict

STATES: tuple[AgreementState, ...] = typing.get_args(AgreementState)
HAPPENINGS: tuple[Happening, ...] = typing.get_args(Happening)
WAYS: tuple[Way, ...] = typing.get_args(Way)
DIRECTIONS: tuple[Direction, ...] = typing.get_args(Direction)
START = datetime(2026, 11, 1, tzinfo=UTC)
TERMS = Terms(
    forums=(NamedForum("https://acme.example/forums/1", "Pilot"),), direction="both", clearance="GREEN",
    retention_days=30, onward="organisation", tier="partner", starts_at=START, ends_at=START + timedelta(days=30),
)  # fmt: skip
FORUM = TERMS.forums[0].uri


def agreement(terms: Terms = TERMS, **changes: typing.Any) -> Agreement:
    made = Agreement(
        id="1", uri="https://acme.example/objects/1", host="globex.example", version=1, ours=True, state="accepted",
        terms=terms, document="{}", acceptance="{}", note="", made_by="1", made_at=START, answered_by="",
        answered_at=None, closed_by="", closed_at=None, purged_at=None, purged=0,
    )  # fmt: skip
    return replace(made, **changes)


@given(happenings=some.lists(some.sampled_from(HAPPENINGS), max_size=8), start=some.sampled_from(["draft", "asked"]))
@settings(max_examples=200, derandomize=True, deadline=None)
def test_whatever_happens_an_agreement_is_accepted_once_and_never_opens_again(happenings, start) -> None:
    state, seen = start, [start]
    for happening in happenings:
        try:
            state = after(state, happening)
        except Conflict:
            continue
        seen.append(state)
    assert seen.count("accepted") <= 1
    closed = [state for state in seen if state not in OPEN_STATES]
    assert len(closed) <= 1, "What is closed stays as it closed."
    if "accepted" in seen and start == "draft":
        assert seen[seen.index("accepted") - 1] == "offered", "Nothing is accepted that was not offered."


def test_every_state_is_reached_and_only_open_ones_are_left() -> None:
    assert {state for state, _ in TRANSITIONS} == OPEN_STATES
    assert {"draft", "asked"} | set(TRANSITIONS.values()) == set(STATES)
    assert set(WORDS) == set(STATES)


@pytest.mark.parametrize("state", sorted(set(STATES) - OPEN_STATES))
@pytest.mark.parametrize("happening", HAPPENINGS)
def test_a_closed_agreement_refuses_in_words(state, happening) -> None:
    with pytest.raises(Conflict, match="cannot be"):
        after(state, happening)


@given(
    state=some.sampled_from(STATES),
    hours=some.integers(-800, 1600),
    direction=some.sampled_from(DIRECTIONS),
    way=some.sampled_from(WAYS),
    named=some.sampled_from([FORUM, ALL_FORUMS, "https://acme.example/forums/2"]),
)
@settings(max_examples=300, derandomize=True, deadline=None)
def test_something_may_cross_only_in_a_named_forum_in_its_direction_in_its_time(
    state, hours, direction, way, named
) -> None:
    terms = replace(TERMS, direction=direction, forums=(NamedForum(named, ""),))
    now = START + timedelta(hours=hours)
    one = agreement(terms, state=state)
    may = 0 <= hours < 720 and direction in ("both", way) and named in (FORUM, ALL_FORUMS)
    why = one.bars(FORUM, way, now)
    assert (why == "") == may
    assert why == "" or "agreement with globex.example, version 1," in why
    assert one.in_force(now) == (state == "accepted" and 0 <= hours < 720)


def test_both_sides_see_the_same_direction_from_their_own_end() -> None:
    for direction in DIRECTIONS:
        assert FLIPPED[FLIPPED[direction]] == direction
        for way, back in (("out", "in"), ("in", "out")):
            ours, theirs = replace(TERMS, direction=direction), replace(TERMS, direction=FLIPPED[direction])
            assert agreement(ours).bars(FORUM, way, START) == "" or agreement(theirs).bars(FORUM, back, START) != ""


@given(ranks=some.lists(some.tuples(some.integers(1, 4), some.sampled_from("abc")), max_size=6, unique=True))
@settings(max_examples=100, derandomize=True, deadline=None)
def test_the_newest_accepted_one_counts_whatever_the_order(ranks) -> None:
    held = [agreement(version=version, uri=uri) for version, uri in ranks]
    found = newest(held)
    assert found == newest(reversed(held))
    assert (found is None) == (not ranks)
    assert found is None or found.rank == max(ranks)
    assert newest(replace(one, state="ended") for one in held) is None


def test_a_stricter_onward_wish_never_lets_more_be_passed_on() -> None:
    tiers = ("public", "stranger", "partner", "customer")
    let = [
        {tier for tier in tiers if not agreement(replace(TERMS, onward=word)).bars_passing_on(tier)}
        for word in ONWARD_WORDS
    ]
    assert let[0] == set(tiers)
    assert let[-1] == set()
    assert all(later <= earlier for earlier, later in pairwise(let))
    assert agreement(replace(TERMS, onward="no such word")).bars_passing_on("partner")


def test_what_is_agreed_reads_as_sentences() -> None:
    said = sentences(TERMS, "Acme", "Globex")
    assert "It covers the forum Pilot and no other." in said
    assert "Nothing labelled above GREEN crosses, nor anything marked with a category." in said
    assert any("30 days" in one for one in said)
    assert all(one.endswith(".") for one in said)
    everything = sentences(replace(TERMS, forums=(NamedForum(ALL_FORUMS, ""),), retention_days=0), "Acme", "Globex")
    assert "It covers every forum that the other may see." in everything
    assert any("deletes at once" in one for one in everything)
