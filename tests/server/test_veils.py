"""A veil hides numbers of a log, and gives them back."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from server.domain.veils import Veil

NUMBERS = st.integers(0, (1 << 52) - 1)


@given(NUMBERS, st.binary(min_size=32, max_size=32))
def test_what_is_hidden_is_read_again_and_stays_exact_in_a_browser(number: int, key: bytes):
    told = Veil(key).hide(number)
    assert 0 <= told < 1 << 52
    assert Veil(key).read(told) == number


def test_numbers_that_follow_each_other_are_told_as_any():
    told = [Veil(b"k" * 32).hide(number) for number in range(1, 1001)]
    assert len(set(told)) == 1000
    assert told[:5] != [Veil(b"j" * 32).hide(number) for number in range(1, 6)]
    rising = sum(one < other for one, other in pairwise(told))
    assert 400 < rising < 600
    assert 400 < sum(one > 1 << 51 for one in told) < 600


def test_what_was_never_told_is_read_as_something_beyond_all():
    veil = Veil(b"k" * 32)
    assert veil.read(0) == veil.hide(0) == 0
    assert veil.read(10**17) == 10**17
    assert min(veil.read(number) for number in range(1, 1000)) > 1 << 30
