import os
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from scipy.linalg import eigh

from analytics import usage
from analytics.columns import Columns
from analytics.graph import lie_by_links, linked, slowest, strengths
from analytics.groups import group
from analytics.neighbours import neighbours
from analytics.vectors import unit


@pytest.fixture
def arcs():
    """Two arcs on a sphere, each long and thin: an end lies nearer to the other arc than to its own other end."""
    chance = np.random.default_rng(3)
    truth = np.arange(400) % 2
    along = chance.uniform(0, 2.5, 400)
    rows = np.stack([np.cos(along), np.sin(along), np.where(truth, 0.25, -0.25)], axis=1)
    return unit((rows + 0.02 * chance.standard_normal(rows.shape)).astype(np.float32)), truth


def test_what_hangs_together_through_neighbours_is_one_group(arcs):
    rows, truth = arcs
    found, cosine = neighbours(rows, seed=1, count=10)
    by_links = group(lie_by_links(rows, found, cosine, 2, seed=1), 2, np.ones(400), seed=1).nearest
    by_place = group(rows, 2, np.ones(400), seed=1).nearest
    agree = [max(np.mean(labels == truth), np.mean(labels != truth)) for labels in (by_links, by_place)]
    assert agree[0] > 0.98
    assert agree[1] < 0.8


def test_the_directions_found_are_the_slowest_of_the_graph(arcs):
    rows, _ = arcs
    found, cosine = neighbours(rows, seed=1, count=10)
    links = linked(found, cosine)
    values, directions = slowest(links, rows, 4, seed=1)
    assert np.allclose(values, eigh(links.toarray(), eigvals_only=True)[::-1][:4], atol=1e-3)
    assert np.allclose(links @ directions, directions * values, atol=1e-2)


def test_links_go_both_ways_and_the_nearest_counts_whole(arcs):
    rows, _ = arcs
    found, cosine = neighbours(rows, seed=1, count=10)
    strong = strengths(cosine)
    assert (strong[:, 0] == 1).all()
    assert all((one >= other).all() for one, other in pairwise(strong.T))
    assert np.mean(np.isclose(strong.sum(axis=1), np.log2(10), atol=0.01)) > 0.9
    assert abs(linked(found, cosine) - linked(found, cosine).T).max() < 1e-6


def test_rows_without_neighbours_harm_nobody():
    rows = np.eye(6, dtype=np.float32)
    found = np.full((6, 3), -1)
    assert np.isfinite(lie_by_links(rows, found, np.zeros((6, 3), dtype=np.float32), 2, seed=1)).all()


def _workshop() -> list[list[str]]:
    chance = np.random.default_rng(1)
    shops = (["pump", "valve", "gasket", "flange"], ["salad", "soup", "bread", "curry"])
    return [[str(word) for word in chance.choice(shops[number % 2], 3, replace=False)] for number in range(600)]


def test_words_that_are_used_beside_each_other_bring_texts_together():
    found = usage.learn([*_workshop(), ["pump"], ["valve"], ["soup"], []])
    pump, valve, soup, nothing = found[-4:]
    assert pump @ valve > 0.5 > 0 > pump @ soup
    assert not nothing.any()


def test_what_is_not_to_be_learnt_from_is_placed_all_the_same():
    flooded = usage.learn([*_workshop(), *[["pump", "soup"]] * 400], learnt=range(600))
    assert np.array_equal(flooded[:600], usage.learn(_workshop()))
    assert flooded[-1].any()


def test_how_words_are_used_is_learnt_alike_in_every_process():
    code = "import sys; sys.path.insert(0, '.'); from tests.analytics.test_theme_links import _workshop, usage; import "
    code += "hashlib; print(hashlib.sha256(usage.learn(_workshop(), 7).tobytes()).hexdigest())"
    told = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1


@pytest.mark.parametrize("bags", [[], [[]], [["one"]], [["one", "two"]] * 3])
def test_few_words_or_none_are_placed_by_words_alone(bags):
    found = usage.lexical(bags)
    assert len(found) == len(bags)
    assert np.isfinite(found).all()


def test_many_short_texts_in_one_language_are_placed_by_how_words_are_used_too():
    def serves(languages, words=5, weight=1.0):
        made = Columns()
        made._count, made._language = len(languages), np.array(languages, dtype=np.uint8)
        return usage.serves([["word"] * words] * len(languages), made, np.full(len(languages), weight))

    assert serves([1] * 950 + [2] * 60)
    assert not serves([1] * 800 + [2] * 210), "several languages"
    assert not serves([1] * 900), "too few"
    assert not serves([1] * 1_100, words=30), "long texts"
    assert not serves([1] * 1_100, weight=0.0), "nothing counts"
