"""Labels: what tells a theme from the others, in the phrases that people use."""

import random
from itertools import product

import numpy as np
import pytest

from analytics.corpus import Document
from analytics.labels import Label, settle
from analytics.themes import fit

SPELT = {1: "Gaza", 2: "Strip", 3: "Israel", 4: "Israeli", 5: "army", 6: "border", 7: "market"}


def worth(**of):
    found = np.zeros(8)
    for word, much in of.items():
        found[int(word[1:])] = much
    return found


def test_the_words_that_tell_a_theme_best_make_its_label():
    best = settle(Label(), [5, 6, 7, 1], {}, SPELT, worth(w5=1, w6=9, w7=5, w1=4))
    assert best.text == "Border, market, Gaza"


def test_a_word_that_stands_in_a_phrase_is_shown_in_it_and_phrases_lead():
    label = settle(Label(), [3, 5, 1], {1: (1, 2), 2: (1, 2)}, SPELT, worth(w3=9, w5=8, w1=2, w2=2))
    assert label.text == "Gaza Strip, Israel, army"


def test_a_label_says_no_word_twice_in_two_forms():
    label = settle(Label(), [3, 4, 5, 6], {}, SPELT, worth(w3=9, w4=8, w5=3, w6=2))
    assert label.text == "Israel, army, border"


def test_a_known_label_stays_until_another_is_clearly_better():
    known = settle(Label(), [5, 6, 7], {}, SPELT, worth(w5=3, w6=2, w7=1))
    assert settle(known, [1, 3, 5, 6, 7], {}, SPELT, worth(w1=2.5, w3=2, w5=2.2, w6=2, w7=2)).text == known.text
    assert settle(known, [1, 3, 5, 6, 7], {}, SPELT, worth(w1=9, w3=8, w5=2.2, w6=2, w7=2)).text != known.text


def test_a_known_label_goes_when_half_of_its_words_are_no_longer_the_themes():
    known = settle(Label(), [5, 6, 7], {}, SPELT, worth(w5=3, w6=2, w7=1))
    assert settle(known, [5, 1, 3], {}, SPELT, worth(w1=2, w3=2, w5=3, w6=3, w7=3)).text == "Army, Gaza, Israel"


@pytest.fixture(scope="module")
def told():
    """Labels of two subjects of which each text says "city" in one of three; one is called by three words."""
    bikes = product(
        ["We need", "I want", "Please lend us"], ["electric cargo bikes"], ["for parcels", "to carry tools"]
    )
    meals = product(["We cook", "I miss", "Please serve"], ["vegetable soup"], ["with bread", "on cold days"])
    chance = random.Random(4)
    texts = []
    for subject in (list(bikes), list(meals)):
        for number in range(90):
            ending = "in this city" if number % 3 == 0 else f"near the {chance.choice(['gate', 'tower', 'hall'])}"
            texts.append(" ".join((*chance.choice(subject), ending)))
    return [one.label for one in fit([Document(f"{n:03d}", text) for n, text in enumerate(texts)], k=2).themes]


def test_what_people_say_in_three_words_is_the_label_in_three_words(told):
    assert any(label.startswith("Electric cargo bikes") for label in told)


def test_a_word_that_all_themes_say_is_in_no_label(told):
    assert not any("city" in label.lower() for label in told)
