"""However many write, and whatever they write again: a refresh stays bounded, the same again costs next to nothing."""

from itertools import pairwise

import numpy as np
import pytest
from gensim.models.phrases import Phrases

from analytics import live as living
from analytics import sieve
from analytics import themes as finished
from analytics.corpus import Document
from analytics.labels import pairs
from analytics.live import LiveThemes
from analytics.sieve import some
from analytics.themes import fit
from analytics.vectors import wide


def play(live, documents):
    for document in documents:
        live.add(document)
        if live.due():
            live.refresh()
    return live


class CountingEncoder:
    """The encoder, and how many texts it was asked about."""

    def __init__(self, encoder):
        self._encoder, self.size, self.asked = encoder, encoder.size, 0

    def encode(self, texts):
        self.asked += len(texts)
        return self._encoder.encode(texts)

    def pieces(self, text):
        return self._encoder.pieces(text)


def test_of_many_rows_some_of_every_theme_are_chosen_the_same_again_and_stand_for_all():
    chance = np.random.default_rng(1)
    marks = chance.integers(0, 2**63, 50_000).astype(np.uint64)
    labels = np.where(np.arange(50_000) % 250 == 0, 1, 0)
    rows, weights = some(np.arange(50_000), labels, marks, np.ones(50_000), 5_000)
    assert 4_900 <= len(rows) <= 5_300
    assert (labels[rows] == 1).sum() == 200
    assert weights[labels[rows] == 0].sum() == pytest.approx(49_800)
    earlier, _ = some(np.arange(49_000), labels[:49_000], marks[:49_000], np.ones(49_000), 5_000)
    assert np.isin(earlier, rows).mean() > 0.95
    assert len(some(np.arange(50_000), labels, marks, np.ones(50_000), 50_000)[0]) == 50_000


@pytest.fixture
def bounded(monkeypatch):
    """Let few documents count as very many."""
    monkeypatch.setattr(living, "SHAPING", 60)
    monkeypatch.setattr(finished, "SHAPING", 60)
    monkeypatch.setattr("analytics.sieve.FEW", 10)
    monkeypatch.setattr(living, "WEIGHED", 30)
    monkeypatch.setattr(living, "LOOKED_AT", 50)


def test_themes_of_very_many_are_found_by_some_of_them_and_hold_all(bounded, write, begin, purity, find_encoder):
    live = play(begin(), write(310))
    assert purity(live.report().assignment) > 0.8
    assert None not in live.report().assignment.values()
    report = fit(write(310), k=4, find_encoder=find_encoder)
    assert purity(report.assignment) > 0.8
    assert sum(theme.size for theme in report.themes) == 310


def test_a_snapshot_of_very_many_goes_on_bit_for_bit(bounded, write, begin, resume):
    original = play(begin(), write(310))
    original.remove(write(1)[0].id)
    copy = resume(original.dump())
    for live in (original, copy):
        play(live, write(120, seed=9, start=310))
    assert copy.dump() == original.dump()


def test_vectors_are_brought_in_line_bit_by_bit_also_across_a_snapshot(bounded, write, begin, resume):
    live = play(begin(), write(95))
    assert 0 < live.weighed < live.weighing
    behind = live.shelf.standing()[1]
    behind = behind[(behind >= live.weighed) & (behind < live.weighing)]
    assert out_of_line(live, behind) > 0.01
    for name in [*live.shelf.row_of][10:30:7]:
        live.remove(name)
    copy = resume(live.dump())
    assert copy.weighed < live.weighed
    for one in (live, copy):
        for _ in range(3):
            one.refresh()
    assert live.weighed == live.weighing
    assert copy.dump() == live.dump()
    assert out_of_line(live, behind) < 0.001


def out_of_line(live, rows):
    """Return how far a number of some vectors is at most from what it would be if they were written now."""
    kept = live.shelf.vectors[rows]
    live.shelf.weigh(rows.tolist())
    found = float(np.abs(live.shelf.vectors[rows].astype(np.float32) - kept).max())
    live.shelf.vectors[rows] = kept
    return found


def test_a_text_said_again_is_neither_read_nor_encoded_again(find_encoder):
    encoder = CountingEncoder(find_encoder())
    live = LiveThemes("jam", find_encoder=lambda: encoder)
    play(live, (Document(f"{n}", "Plant trees along the river, please", f"p{n % 90}") for n in range(500)))
    assert encoder.asked == 1
    vectors = live.shelf.vectors
    assert (vectors[:, : encoder.size] != 0).any(axis=1).all()
    assert live.shelf.dictionary.dfs[live.shelf.dictionary.token2id["river"]] == 500


def test_what_was_read_of_a_text_said_again_is_what_a_new_reading_would_be(begin, resume, write):
    again = "Plant trees along the river, please"
    live = play(begin(), write(60))
    live.add(Document("first", again))
    fresh = resume(live.dump())
    for one in (live, fresh):
        one.meet("River Song")
        one.add(Document("second", again))
        one.add(Document("third", again))
        one.remove("first")
        one.add(Document("fourth", again))
    assert live.dump() == fresh.dump()


def test_clocks_that_jump_neither_stop_a_live_jam_nor_empty_its_trend(begin, write):
    live = play(begin(), write(120))
    for number, at in enumerate([9e15, -1.0, float("nan"), float("inf"), 0.0]):
        live.add(Document(f"jump-{number}", "Solar panels on the roof", at=at))
    play(live, write(120, seed=4, start=120))
    assert sum(sum(theme.trend) for theme in live.report().themes) >= 200


def test_half_precision_is_widened_to_the_last_bit():
    every = np.arange(2**16, dtype=np.uint16).view(np.float16)
    finite = every[np.isfinite(every)].reshape(-1, 64)
    assert wide(finite).tobytes() == finite.astype(np.float32).tobytes()
    assert wide(finite[:3]).tobytes() == finite[:3].astype(np.float32).tobytes()


def test_what_is_remembered_of_who_floods_is_what_a_new_look_finds(begin, write):
    def loud(first, last):
        said = ("Buy the amber lamps of number {} now", "Order {} amber lamps", "Amber lamps, only {} left")
        return [Document(f"loud-{n}", said[n % 3].format(n), "loud", f"i{n}") for n in range(first, last)]

    live = play(begin(), [*write(90), *loud(0, 30)])

    def seen():
        fresh = sieve.weigh(live.shelf.columns, live.shelf.vectors)
        assert live._weights().tolist() == fresh.tolist()
        return {name for name, row in live.shelf.row_of.items() if name.startswith("loud") and fresh[row] == 0}

    assert len(seen()) == 30
    play(live, loud(30, 40))
    assert len(seen()) == 40
    for number in range(25):
        live.remove(f"loud-{number}")
    assert not seen(), "fifteen are no flood"


def test_pairs_counted_in_arrays_are_those_that_gensim_counts(begin, write):
    live = play(begin(), write(200))
    shelf = live.shelf
    runs = []
    for row in range(len(shelf)):
        runs.append([])
        for form in shelf.sheets[row].forms.tolist():
            if form < 0:
                runs.append([])
            else:
                runs[-1].append(str(shelf.written[form][0]))
    counted = Phrases([run for run in runs if len(run) > 1], min_count=3, threshold=0.4, scoring="npmi", delimiter="\0")
    expected = {tuple(map(int, pair.split("\0"))) for pair in counted.export_phrases()}
    forms, source = shelf.forms(list(range(len(shelf))))
    keys = np.where(forms >= 0, shelf.keys(np.maximum(forms, 0)), -1).astype(np.int64)
    found = pairs(keys, source, np.zeros(len(shelf), dtype=np.int64), 1, 3)
    assert found[0] == {pair: n for pair in expected if (n := holders(shelf, pair)) >= 3}
    assert len(found[0]) > 5


def holders(shelf, pair):
    """Count the documents that say two words one after the other."""
    return sum(
        any(
            one >= 0 and other >= 0 and (shelf.written[one][0], shelf.written[other][0]) == pair
            for one, other in pairwise(sheet.forms.tolist())
        )
        for sheet in shelf.sheets
    )
