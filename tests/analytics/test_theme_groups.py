import numpy as np
import pytest
from scipy.sparse import csr_matrix

from analytics.groups import group, nearest, split, suited
from analytics.neighbours import neighbours, smooth
from analytics.vectors import unit
from analytics.words import candidates, choose, expected, scored, tally


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
    ("documents", "themes"), [(1, 1), (10, 2), (25, 4), (47, 8), (200, 8), (1_000, 12), (4_000, 17), (10**6, 30)]
)
def test_the_number_of_themes_grows_slowly(documents, themes):
    assert suited(documents) == themes


def test_nearest_names_the_closest_centre():
    best, cosine = nearest(np.eye(3, dtype=np.float32), np.eye(3, dtype=np.float32)[::-1].copy())
    assert best.tolist() == [2, 1, 0]
    assert cosine.tolist() == [1, 1, 1]


def test_words_that_go_together_stand_for_a_theme():
    held = [[0, 1, 2], [0, 1, 2], [0, 1, 3], [4, 5], [4, 5, 6], [4, 5]]
    uses = csr_matrix([[float(word in one) for word in range(7)] for one in held])
    scores, firm = scored(tally(uses, np.array([0, 0, 0, 1, 1, 1]), 2, np.ones(6)), 6)
    found = candidates(scores, firm, np.arange(7), list("abcdefg"), 2)
    chosen = choose(scores, found, uses.tocsc(), np.ones(6), 2)
    assert [set(words) for words, _ in chosen] == [{0, 1}, {4, 5}]
    assert all(-1 <= together <= 1 for _, together in chosen)


def test_a_pair_seen_once_is_believed_less_than_one_seen_often():
    held = np.zeros((60, 4))
    held[0, :2] = 1
    held[1, 0] = held[2, 1] = 1
    held[10:20, 2:] = 1
    pairs = expected(csr_matrix(held).tocsc(), np.arange(4), np.ones(60))
    assert pairs[0, 1] < 0.2 < 0.9 < pairs[2, 3]
    assert pairs[0, 2] < 0


def test_forms_of_one_word_and_one_spelling_of_two_stand_for_a_theme_once():
    scores = np.array([[5.0, 4.0, 3.0, 2.0]])
    found = candidates(scores, np.ones(4, dtype=bool), np.array([7, 7, 8, 9]), ["bike", "bikes", "lane", "lane"], 4)
    assert found[0].tolist() == [0, 2]
