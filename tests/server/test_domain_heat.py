"""Heat is counted alike each time, warns by two of four counts, and knows what it does not know."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.heat import MOST, PROMPTS, WINDOW, Said, denies_somebody, measure, prompt_for, shouts

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def quarrel(words: str, count: int = 6, people: int = 2, minutes: float = 1) -> list[Said]:
    return [Said(f"p{n % people}", words, NOW - timedelta(minutes=n * minutes)) for n in range(count)]


@pytest.mark.parametrize(
    "text",
    ["You are not listening.", "That’s your problem, not mine", "Das hast du nicht gelesen!",
     "Vous n'avez rien compris", "Tú no sabes nada"],
)  # fmt: skip
def test_a_sentence_that_addresses_and_denies_is_seen_in_four_languages(text: str):
    assert denies_somebody(text)


@pytest.mark.parametrize(
    "text",
    ["You are right. It is not cheap.", "Not bad at all", "Thank you!", "أنت لا تفهم", "そうではありません", ""],
)
def test_what_does_not_do_both_in_one_sentence_or_is_in_another_language_is_not(text: str):
    assert not denies_somebody(text)


def test_capitals_and_rows_of_exclamation_marks_shout():
    assert shouts("THIS WILL NEVER WORK")
    assert shouts("Stop it!!")
    assert shouts("No! No! No!")
    assert not shouts("NASA and IBM use HTTP")
    assert not shouts("Great idea!")
    assert not shouts("これは素晴らしい！")


def test_two_of_four_counts_warn_and_one_does_not():
    calm = measure(quarrel("I see it differently."), NOW)
    assert [one.is_hot for one in calm.signals] == [True, False, False, False]
    assert not calm.is_hot
    sharp = measure(quarrel("You did not read it."), NOW)
    assert sharp.is_hot
    assert prompt_for(sharp) == "you-not"
    assert PROMPTS["you-not"]
    assert not measure(quarrel("You did not read it.", people=6, minutes=15), NOW).is_hot, "slow, and among many"
    assert not measure(quarrel("You did not read it!!", count=3), NOW).is_hot, "three replies are no quarrel"


def test_old_replies_do_not_count_and_flags_do():
    sharp = quarrel("You are not serious!!")
    old = [Said(one.author_id, one.text, one.made_at - WINDOW, flagged=True) for one in sharp]
    assert measure(old, NOW).replies <= 1
    flagged = [Said(one.author_id, one.text, one.made_at, flagged=n < 2) for n, one in enumerate(quarrel("Hm."))]
    assert prompt_for(measure(flagged, NOW)) == "flags"


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.text(max_size=60), st.integers(0, 300), st.booleans()), max_size=60))
def test_the_order_of_replies_changes_nothing_and_shares_stay_within_bounds(many: list[tuple[int, str, int, bool]]):
    said = [Said(str(who), text, NOW - timedelta(minutes=age, microseconds=n), flag)
            for n, (who, text, age, flag) in enumerate(many)]  # fmt: skip
    heat = measure(said, NOW)
    assert heat == measure(said[::-1], NOW)
    assert heat.replies <= MOST
    assert all(0 <= one.value <= 1 for one in heat.signals if one.name != "pace")
    assert (prompt_for(heat) is not None) == any(one.is_hot for one in heat.signals)


def test_a_long_text_is_looked_at_quickly():
    for text in ("! " * 25_000, "you " * 12_000, "A" * 50_000, "né " * 16_000):
        began = datetime.now(UTC)
        measure(quarrel(text, count=2), NOW)
        assert datetime.now(UTC) - began < timedelta(seconds=1)
