import math

from analytics.trends import HOUR, hourly, last_hour

NOON = 490_000 * HOUR


def test_documents_are_counted_in_their_hour_newest_last():
    times = [NOON, NOON + 10, NOON - HOUR, NOON - 3 * HOUR]
    assert hourly(times, last_hour(times), hours=5) == (0, 1, 0, 1, 2)


def test_what_is_older_than_the_shown_hours_is_left_out():
    assert sum(hourly([NOON, NOON - 100 * HOUR], last_hour([NOON]))) == 1


def test_without_times_there_is_no_trend():
    assert hourly([0.0, 0.0], last_hour([0.0, 0.0])) == ()


def test_one_clock_ahead_does_not_move_the_newest_hour():
    times = [NOON + second for second in range(50)] + [NOON + 1_000 * HOUR]
    assert last_hour(times) == NOON // HOUR


def test_times_that_are_no_times_are_ignored():
    assert hourly([math.nan, math.inf, -1.0, NOON], last_hour([math.nan, NOON]), hours=2) == (0, 1)
