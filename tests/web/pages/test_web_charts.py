from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.charts import Box, draw_spark, draw_treemap, squarify, wrap
from web.figures import draw_themes, since_first, trend_words
from web.templates import ago, count
from web.views import Person, ThemeRow


@given(st.lists(st.floats(1, 1e6), min_size=1, max_size=30))
def test_a_treemap_fills_its_box_and_overlaps_nowhere(sizes: list[float]) -> None:
    sizes = sorted(sizes, reverse=True)
    boxes = squarify(sizes, Box(0, 0, 1000, 420))
    total = sum(sizes)
    for size, box in zip(sizes, boxes, strict=True):
        assert box.width * box.height == pytest.approx(size / total * 420_000, rel=1e-6)
        assert box.x >= -1e-6
        assert box.x + box.width <= 1000 + 1e-6
        assert box.y + box.height <= 420 + 1e-6
    for one, other in combinations(boxes, 2):
        apart = (
            one.x + one.width <= other.x + 1e-6
            or other.x + other.width <= one.x + 1e-6
            or one.y + one.height <= other.y + 1e-6
            or other.y + other.height <= one.y + 1e-6
        )
        assert apart


@given(st.text(), st.integers(0, 40), st.integers(0, 5))
def test_wrapped_words_fit_their_cell(words: str, letters: int, most: int) -> None:
    lines = wrap(words, letters, most)
    assert len(lines) <= max(most, 0)
    assert all(len(line) <= letters for line in lines)


def test_themes_keep_the_places_that_the_analysis_gave_them() -> None:
    row = ThemeRow(
        id="t1", label="Crates", words="a, b", size=3, share=100, trend="", hue=1, url="/", place=(0.5, 0, 0.5, 1)
    )
    (cell,) = draw_treemap((row,))
    assert (cell.x, cell.y, cell.width, cell.height) == (500, 0, 500, 420)


def test_of_twenty_four_themes_no_two_look_alike_and_each_has_the_number_of_its_line_in_the_key() -> None:
    rows = [
        ThemeRow(id=f"t{n}", label="Crates", words="", size=n, share=4, trend="", hue=(n - 1) % 8, url="/")
        for n in range(1, 25)
    ]
    assert len({(row.hue, row.weave) for row in rows}) == 24
    cells = draw_treemap(rows)
    assert [rows[cell.number - 1].size for cell in cells] == list(range(24, 0, -1))


def test_a_report_names_how_much_of_what_was_said_belongs_to_a_theme() -> None:
    report = (
        '{"themes":[{"id":"t1","label":"Crates","words":["crate"],"size":2,"representative":["a"],"trend":[1,9]}],'
        '"documents":3}'
    )
    (theme,), sentence = draw_themes(report, "/jams/x")
    assert sentence == "2 of 3 ideas and replies belong to a theme"
    assert theme.rising
    assert theme.url == "/jams/x/themes/t1"


def test_trends_are_said_in_words() -> None:
    assert trend_words([]) == ("", False)
    assert trend_words([4]) == ("4 in the last hour", False)
    assert trend_words([2, 2, 9]) == ("rising, 9 in the last hour", True)
    assert trend_words([9, 9, 2]) == ("falling, 2 in the last hour", False)
    assert since_first([0, 0, 3, 0]) == [3, 0]
    assert since_first([0, 0]) == []
    assert draw_spark([1]) == ""
    assert draw_spark([0, 2]) == "0.0,22.0 100.0,2.0"


def test_numbers_and_times_read_well() -> None:
    from datetime import UTC, datetime

    at = datetime(2026, 11, 23, tzinfo=UTC)
    assert count(4120) == "4,120"
    assert ago(30, at) == "just now"
    assert ago(-7200, at) == "in 2 hours"
    assert ago(30 * 86400, at) == "23 November 2026"


@given(st.text(max_size=40))
def test_every_name_has_a_face(name: str) -> None:
    person = Person(name=name, handle=f"@{name}")
    assert 1 <= len(person.initials) <= 6
    assert 0 <= person.hue < 8
