"""Themes across languages: those that the encoder does not know, and words of one language for one theme."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from analytics.columns import Columns
from analytics.corpus import Document
from analytics.shelf import Sheet
from analytics.tokens import LANGUAGES
from analytics.tongues import learn, shifted
from analytics.vectors import unit
from analytics.words import mainly, scored_as_spoken

NONE = np.zeros(0, dtype=np.int32)


def columns_of(languages):
    columns = Columns()
    for number, language in enumerate(languages):
        keys = np.array([number], dtype=np.int32)
        columns.append(Sheet(Document(str(number), ""), NONE, keys, 5, False, language, number.to_bytes(12, "little")))
    return columns


def spread(middle, directions, chance):
    return unit((middle + 0.4 * directions + 0.05 * chance.standard_normal(directions.shape)).astype(np.float32))


@pytest.fixture
def two_subjects():
    """Vectors of two subjects in English and Swedish; Swedish lies elsewhere, its subjects hardly apart."""
    chance = np.random.default_rng(4)
    english, swedish, subject = np.eye(3, 16, dtype=np.float32)
    sides = np.where(np.arange(200) % 2 == 0, 1.0, -1.0)[:, None] * subject
    return np.concatenate([spread(english, sides, chance), spread(3 * swedish, sides, chance)])


def test_a_language_that_the_encoder_does_not_know_is_brought_to_where_the_others_lie(two_subjects):
    columns = columns_of(["en"] * 200 + ["sv"] * 200)
    shifts = learn(columns, two_subjects, np.ones(400))
    assert list(shifts) == [LANGUAGES.index("sv") + 1]
    moved = shifted(two_subjects.copy(), columns.language, shifts)
    assert np.array_equal(moved[:200], two_subjects[:200])
    same = moved[200::2] @ moved[0:200:2].T
    other = moved[200::2] @ moved[1:200:2].T
    assert same.mean() > 0.9 > 0.8 > other.mean()
    assert np.allclose(np.linalg.norm(moved, axis=1), 1, atol=1e-3)


@pytest.mark.parametrize(
    "languages",
    [["sv"] * 400, ["en"] * 395 + ["sv"] * 5, ["en"] * 200 + ["de"] * 200],
    ids=["nothing to bring it to", "a few wrong guesses", "known ones"],
)
def test_where_there_is_no_such_language_nothing_moves(two_subjects, languages):
    assert learn(columns_of(languages), two_subjects, np.ones(400)) == {}


def test_a_theme_of_many_languages_speaks_the_one_that_is_common_and_others_their_own():
    labels = np.array([0] * 6 + [1] * 6 + [2] * 6)
    languages = np.array([1, 1, 2, 2, 3, 4, 1, 1, 1, 2, 3, 4, 5, 5, 5, 5, 5, 1])
    assert mainly(languages, labels, 3, np.ones(18)).tolist() == [1, 1, -1]


def test_words_of_a_mixed_theme_come_from_its_language_and_others_only_fill():
    # Words: 0 and 1 English, 2 and 3 in another language, though 2 is the most typical of all.
    uses = csr_matrix(np.array([[1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 1, 1], [0, 1, 0, 0]], dtype=float))
    labels, languages = np.array([0, 0, 0, 0, 1]), np.array([1, 1, 2, 2, 1])
    scores, firm = scored_as_spoken(uses, labels, np.array([1, -1]), languages, np.ones(5))
    assert scores[0, 0] > 10 * scores[0, 2] > 0
    assert firm.shape == (2, 4)


def test_a_snapshot_with_a_shifted_language_goes_on_bit_for_bit(begin, resume, write):
    swedish = ["Solpaneler på taket av lagret", "Cykelbanor till stationen och bron", "Lunch i matsalen på måndagar"]
    original = begin()
    for number, document in enumerate(write(96)):
        original.add(document)
        text = f"{swedish[number % 3]}, vilket alla som arbetar här vill ha, steg {number % 24}"
        original.add(Document(f"sv-{number}", text, f"p{number}"))
        if original.due():
            original.refresh()
    original.refresh()
    assert original.shelf.shifts
    copy = resume(original.dump())
    for live in (original, copy):
        live.add(Document("sv-new", "Solpaneler på taket, vilket alla vill ha", "p"))
        live.refresh()
    assert copy.dump() == original.dump()
