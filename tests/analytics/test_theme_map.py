import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.map import treemap

SIZES = st.lists(st.integers(min_value=0, max_value=10_000), min_size=1, max_size=40)


@given(SIZES)
def test_cells_fill_the_square_without_overlap(sizes):
    cells = treemap(sizes).cells
    assert len(cells) == len(sizes)
    assert sum(cell.w * cell.h for cell in cells) == pytest.approx(1.0, abs=1e-3)
    for cell in cells:
        assert cell.x >= 0
        assert cell.y >= 0
        assert cell.x + cell.w <= 1 + 1e-4
        assert cell.y + cell.h <= 1 + 1e-4
    for number, one in enumerate(cells):
        for other in cells[number + 1 :]:
            wide = min(one.x + one.w, other.x + other.w) - max(one.x, other.x)
            high = min(one.y + one.h, other.y + other.h) - max(one.y, other.y)
            assert wide < 1e-4 or high < 1e-4


def test_areas_are_in_proportion_to_sizes():
    cells = treemap([10, 20, 30, 40]).cells
    assert [cell.w * cell.h for cell in cells] == pytest.approx([0.1, 0.2, 0.3, 0.4], abs=1e-4)


def test_no_cell_is_a_sliver():
    for cell in treemap([5, 8, 13, 21, 34, 8, 5, 13, 8, 21]).cells:
        assert 1 / 6 < 1.6 * cell.w / cell.h < 6


def test_growing_a_little_leaves_every_cell_in_its_row():
    before = treemap([50, 40, 30, 30, 20, 20, 10])
    after = treemap([52, 43, 30, 33, 21, 20, 12], before.rows)
    assert after.rows == before.rows
    for old, new in zip(before.cells, after.cells, strict=True):
        assert abs(old.x - new.x) < 0.05
        assert abs(old.y - new.y) < 0.05


def test_a_new_theme_joins_at_the_end():
    before = treemap([50, 40, 30, 30])
    after = treemap([50, 40, 30, 30, 25], before.rows)
    assert after.rows[:-1] == before.rows[: len(after.rows) - 1]
    assert [cell.x for cell in after.cells[:2]] == pytest.approx([cell.x for cell in before.cells[:2]], abs=0.01)


def test_nothing_has_no_cells_and_only_zeros_have_equal_ones():
    assert treemap([]).cells == ()
    areas = [cell.w * cell.h for cell in treemap([0, 0, 0]).cells]
    assert areas == pytest.approx([1 / 3] * 3, abs=1e-4)
