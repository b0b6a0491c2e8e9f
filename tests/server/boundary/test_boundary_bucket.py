"""Token buckets: never more than a full one and what runs in meanwhile, and nothing waits longer than it must."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.boundary.bucket import HOUR, Bucket

RATES = st.integers(1, 10_000)
PAUSES = st.lists(st.floats(0, 2 * HOUR, allow_nan=False), max_size=60)


@settings(derandomize=True, max_examples=200)
@given(RATES, PAUSES)
def test_in_any_stretch_of_time_no_more_is_taken_than_the_bucket_holds_and_gains(per_hour, pauses):
    bucket, now, taken = Bucket.full(per_hour, 0.0), 0.0, []
    for pause in pauses:
        now += pause
        bucket = bucket.at_time(now)
        while not bucket.wait and len(taken) < 500:
            bucket = bucket.spend()
            taken.append(now)
    for first in range(0, len(taken), 7):
        for last in range(first, len(taken), 7):
            span = taken[last] - taken[first]
            assert last - first + 1 <= per_hour + span * per_hour / HOUR + 0.001


@settings(derandomize=True, max_examples=200)
@given(RATES, st.floats(0, 1, allow_nan=False))
def test_after_its_wait_one_can_be_taken_and_before_it_none(per_hour, share):
    empty = Bucket(per_hour, share, 0.0)
    if empty.wait:
        assert empty.wait <= HOUR / per_hour * 1.000001
        assert empty.at_time(empty.wait * 0.99).wait
        with pytest.raises(ValueError, match="no token"):
            empty.spend()
    assert empty.at_time(empty.wait).spend().tokens >= 0


def test_a_full_bucket_lets_an_hours_worth_through_at_once_and_then_one_after_the_other():
    bucket = Bucket.full(3, 0.0)
    for _ in range(3):
        bucket = bucket.spend()
    assert bucket.wait == 1200.0
    assert bucket.at_time(1200.0).spend().wait == 1200.0
    assert bucket.at_time(10 * HOUR).tokens == 3


def test_a_clock_that_goes_back_gives_nothing_away():
    bucket = Bucket(2, 0.5, 1000.0)
    assert bucket.at_time(10.0) == bucket


@pytest.mark.parametrize(("per_hour", "tokens"), [(0, 0), (2, 3), (2, -1), (2, float("nan"))])
def test_a_bucket_that_cannot_be_is_not_made(per_hour, tokens):
    with pytest.raises(ValueError, match="bucket"):
        Bucket(per_hour, tokens, 0.0)
