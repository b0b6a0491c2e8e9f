import pytest

from analytics.metrics import (
    Act,
    Bridge,
    Share,
    active_now,
    board,
    bridges,
    inequality,
    per_minute,
    quiet,
    reading_minutes,
    shares,
)

NOW = 1_790_000_010.0


def act(ago, person, kind="reply", **rest):
    return Act(NOW - ago, person, kind, **rest)


def test_active_are_those_who_did_anything_in_the_last_five_minutes():
    acts = [act(10, "ann", "visit"), act(20, "ann"), act(299, "bob", "mark"), act(301, "eve")]
    assert active_now(acts, NOW) == 2


def test_the_series_counts_each_minute_the_running_one_last():
    acts = [act(0, "ann"), act(29, "bob", "idea"), act(31, "ann"), act(40, "eve", "visit"), act(4_000, "ann")]
    assert per_minute(acts, NOW, minutes=3) == (0, 1, 2)


def test_a_clock_ahead_counts_in_the_running_minute():
    assert per_minute([act(-5_000, "ann")], NOW, minutes=2) == (0, 1)


def test_every_share_names_what_it_is_a_share_of():
    acts = [act(1, "ann", unit="sales"), act(2, "ann", unit="sales"), act(3, "bob", "idea", unit="sales")]
    found = board(acts, NOW, {"sales": 10, "legal": 4}, invited=14)
    assert found.by_unit == (Share("sales", 2, 10, 3), Share("legal", 0, 4, 0))
    assert (found.people, found.invited, found.ideas, found.replies) == (2, 14, 1, 2)


def test_the_size_of_a_partner_is_said_to_be_unknown():
    assert shares([("globex.example", "zoe")], {}) == (Share("globex.example", 1, None, 1),)


def test_quiet_units_are_listed_quietest_first():
    found = [Share("a", 5, 10, 9), Share("b", 0, 10, 0), Share("c", 1, 10, 1), Share("d", 1, None, 1)]
    assert [share.name for share in quiet(found, 0.4)] == ["b", "c"]


@pytest.mark.parametrize(
    ("written", "people", "expected"),
    [({"ann": 3, "bob": 3}, None, 0.0), ({"ann": 4}, 4, 0.75), ({}, 10, 0.0)],
)
def test_inequality_is_the_gini_coefficient(written, people, expected):
    acts = [act(1, person) for person, count in written.items() for _ in range(count)]
    assert inequality(acts, people) == pytest.approx(expected)


def test_reading_load_is_minutes_of_words_since_a_time():
    acts = [act(10, "ann", words=230), act(20, "bob", words=460), act(500, "eve", words=9_000)]
    assert reading_minutes(acts, NOW - 100) == pytest.approx(3.0)


def test_bridges_show_who_answers_whom_between_units():
    acts = [
        act(5, "ann", "idea", unit="sales"),
        act(4, "bob", unit="legal", answers="ann"),
        act(3, "bob", unit="legal", answers="ann"),
        act(2, "cem", unit="sales", answers="ann"),
        act(1, "cem", unit="sales", answers="nobody known"),
    ]
    assert bridges(acts) == (Bridge("legal", "sales", 2), Bridge("sales", "sales", 1))
    with pytest.raises(ValueError, match="units or hosts"):
        bridges(acts, "colour")
