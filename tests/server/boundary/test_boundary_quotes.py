"""Winnowing: any run of eight words that two texts share is found, however it is dressed up."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.boundary.quotes import RUN, Span, Winnower, common_runs, told, weight

WORDS = st.lists(st.sampled_from([f"word{n}" for n in range(9)]), max_size=40).map(tuple)


@pytest.fixture(scope="module")
def winnower() -> Winnower:
    return Winnower(b"k" * 32)


@settings(derandomize=True, max_examples=300)
@given(WORDS, WORDS, WORDS, WORDS, st.lists(st.sampled_from("abcdefgh"), min_size=RUN, max_size=RUN).map(tuple))
def test_a_copied_run_of_eight_words_leaves_a_common_print_wherever_it_stands(before, after, left, right, run):
    winnower = Winnower(b"k" * 32)
    one, other = (*before, *run, *after), (*left, *run, *right)
    assert winnower.prints(one) & winnower.prints(other)
    start = len(before)
    assert any(each.start <= start and start + RUN <= each.end for each in common_runs(one, other))


@settings(derandomize=True, max_examples=200)
@given(WORDS, WORDS)
def test_a_common_run_stands_in_both_texts_and_is_long_enough(one, other):
    for run in common_runs(one, other):
        copied = one[run.start : run.end]
        assert len(copied) >= RUN
        assert any(other[at : at + len(copied)] == copied for at in range(len(other)))


AGAIN = st.lists(st.sampled_from(["one", "two", "six"]), max_size=24).map(tuple)


@settings(derandomize=True, max_examples=300)
@given(AGAIN, AGAIN)
def test_all_runs_are_found_in_texts_that_say_the_same_again_and_again_and_none_stands_within_another(one, other):
    inside = {other[at : at + length] for length in range(RUN, len(other) + 1) for at in range(len(other))}
    shared = [
        Span(start, end)
        for start in range(len(one))
        for end in range(start + RUN, len(one) + 1)
        if one[start:end] in inside
    ]
    longest = [run for run in shared if not any(a != run and a.start <= run.start and run.end <= a.end for a in shared)]
    assert common_runs(one, other) == longest


def test_a_sentence_said_very_often_is_not_compared_with_itself_each_time():
    said = ("we", "said", "so", "before", "and", "say", "it", "again") * 25
    steps = 0

    class Counted(tuple[str, ...]):
        def __getitem__(self, at: object) -> object:
            nonlocal steps
            steps += 1
            return tuple.__getitem__(self, at)  # type: ignore[index]

    common_runs(Counted((*said, "first")), Counted((*said, "second")))
    assert steps < 20 * len(said)


@pytest.mark.parametrize(
    "dressed",
    [
        "The PRESS at hall 3, stands — idle: every Monday!",
        "the press at **hall** 3 stands\n\n> idle every *mon*day",
        "the pr\u200bess at hall 3 stаnds idle every Monday",
        "the press at hall&#32;3 stands idle every Mond\u00e1y",
    ],
)
def test_a_run_is_found_in_other_clothes(winnower: Winnower, dressed: str):
    ours = winnower.words("Note that the press at hall 3 stands idle every Monday because of the cleaning.")
    assert common_runs(winnower.words(dressed), ours)
    assert winnower.prints(winnower.words(f"Somebody said: {dressed} Is that so?")) & winnower.prints(ours)


def test_seven_words_are_an_everyday_phrase(winnower: Winnower):
    ours = winnower.words("as far as I can see it is late, says the manager")
    assert not common_runs(winnower.words("well as far as I can see it rained"), ours)


def test_letters_of_scripts_without_blanks_weigh_less_than_words(winnower: Winnower):
    ours = winnower.words("我们打算在明年春天关闭三号车间的旧压机因为维修太贵")
    theirs = winnower.words("听说我们打算在明年春天关闭三号车间的旧压机")
    assert weight(winnower.words("明年春天")) == 2
    assert winnower.prints(ours) & winnower.prints(theirs)
    assert common_runs(theirs, ours)
    assert not common_runs(winnower.words("我们打算在明年春天去旅行"), ours)


def test_prints_tell_nothing_without_the_key():
    words = tuple(f"w{n}" for n in range(60))
    assert not Winnower(b"a" * 32).prints(words) & Winnower(b"b" * 32).prints(words)
    assert Winnower(b"a" * 32).prints(words) == Winnower(b"a" * 32).prints(words)
    assert len(Winnower(b"a" * 32).prints(words)) < 40
    with pytest.raises(ValueError, match="32 bytes"):
        Winnower(b"short")


def test_words_that_may_be_read_elsewhere_are_not_told(winnower: Winnower):
    words = tuple(f"w{n}" for n in range(30))
    assert told([Span(5, 20)], [], words) == Span(5, 13)
    assert told([Span(5, 20)], [Span(0, 25)], words) is None
    assert told([Span(5, 20)], [Span(0, 12), Span(12, 30)], words) == Span(5, 13)
    assert told([Span(5, 20)], [Span(0, 15), Span(8, 30)], words) is None


def test_texts_made_to_be_slow_are_not(winnower: Winnower):
    started = time.process_time()
    for many in (("a",) * 20_000, tuple("ab" * 10_000), tuple(random.Random(1).choices("ab", k=20_000))):
        winnower.prints(many)
        common_runs(many, many)
    assert time.process_time() - started < 20
