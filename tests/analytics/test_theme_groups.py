import numpy as np
import pytest

from analytics.groups import group, nearest, split, suited
from analytics.neighbours import neighbours, smooth
from analytics.vectors import unit
from analytics.words import choose, tally, typical


@pytest.fixture
def blobs():
    chance = np.random.default_rng(5)
    centres = unit(chance.standard_normal((5, 32)).astype(np.float32))
    truth = np.arange(400) % 5
    return unit((centres[truth] + 0.12 * chance.standard_normal((400, 32))).astype(np.float32)), truth


def test_planted_groups_are_found(blobs):
    rows, truth = blobs
    found = group(rows, 5, np.ones(400), seed=1).nearest
    assert len(set(zip(found.tolist(), truth.tolist(), strict=True))) == 5


def test_rows_of_no_weight_are_placed_but_move_nothing(blobs):
    rows, _ = blobs
    weights = np.ones(400)
    alone = group(rows, 5, weights, seed=1)
    noise = unit(np.random.default_rng(9).standard_normal((300, 32)).astype(np.float32))
    both = group(np.vstack([rows, noise]), 5, np.concatenate([weights, np.zeros(300)]), seed=1)
    assert np.array_equal(both.nearest[:400], alone.nearest)


def test_no_group_stays_empty(blobs):
    rows, _ = blobs
    assert len(set(group(rows, 40, np.ones(400), seed=1).nearest.tolist())) == 40


def test_a_group_of_two_things_is_cut_between_them(blobs):
    rows, truth = blobs
    labels = np.where(truth < 2, 0, 1)
    halves = split(rows, labels, 0, np.ones(400), seed=1)
    assert halves is not None
    assert len({int(t) for t in truth[halves[1]]}) == 1


def test_the_neighbours_found_by_cells_are_nearly_all_true(blobs):
    chance = np.random.default_rng(2)
    centres = unit(chance.standard_normal((40, 32)).astype(np.float32))
    rows = unit((centres[np.arange(4_500) % 40] + 0.2 * chance.standard_normal((4_500, 32))).astype(np.float32))
    found, cosine = neighbours(rows, seed=1, count=5)
    asked = np.arange(0, 4_500, 90)
    near = rows[asked] @ rows.T
    near[np.arange(len(asked)), asked] = -2
    true = np.argsort(-near, axis=1)[:, :5]
    hits = np.mean([len(set(a.tolist()) & set(b.tolist())) / 5 for a, b in zip(found[asked], true, strict=True)])
    assert hits > 0.9
    assert (np.diff(cosine, axis=1) <= 0).all()


def test_smoothing_draws_rows_together(blobs):
    rows, truth = blobs
    found, cosine = neighbours(rows, seed=1, count=5)
    drawn = smooth(rows, found, cosine, 0.5)
    own = [float(np.mean(part[truth == 0] @ part[truth == 0].T)) for part in (rows, drawn)]
    assert own[1] > own[0]
    assert np.allclose(np.linalg.norm(drawn, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(
    ("documents", "themes"), [(1, 1), (10, 2), (25, 4), (47, 8), (1_000, 8), (4_000, 13), (10**6, 30)]
)
def test_the_number_of_themes_grows_slowly(documents, themes):
    assert suited(documents) == themes


def test_nearest_names_the_closest_centre():
    best, cosine = nearest(np.eye(3, dtype=np.float32), np.eye(3, dtype=np.float32)[::-1].copy())
    assert best.tolist() == [2, 1, 0]
    assert cosine.tolist() == [1, 1, 1]


def test_words_that_go_together_stand_for_a_theme():
    held = [np.array(words, dtype=np.int32) for words in ([0, 1, 2], [0, 1, 2], [0, 1, 3], [4, 5], [4, 5, 6], [4, 5])]
    counts = tally(held, np.array([0, 0, 0, 1, 1, 1]), 2, 7, np.ones(6))
    chosen = choose(typical(counts), held, count=2)
    assert [set(words) for words, _ in chosen] == [{0, 1}, {4, 5}]
    assert all(-1 <= together <= 1 for _, together in chosen)
