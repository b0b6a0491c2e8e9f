"""Labels: one spelling each, a lattice, and what passes a clearance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.boundary.labels import ONWARD, WISHES, Clearance, Label, LabelError, Level, join

CATEGORIES = st.frozensets(st.sampled_from(("legal", "export", "m-and-a", "x9")), max_size=3)
LABELS = st.builds(Label, st.sampled_from(Level), CATEGORIES, st.sampled_from(ONWARD))
CLEARANCES = st.builds(Clearance, st.sampled_from(Level), CATEGORIES)


@given(LABELS)
def test_a_label_has_one_spelling_which_reads_back(label):
    assert Label.parse(str(label)) == label
    assert str(Label.parse(f" tlp:{str(label).lower()} ")) == str(label)


@given(CLEARANCES)
def test_a_clearance_has_one_spelling_which_reads_back(clearance):
    assert Clearance.parse(str(clearance)) == clearance


@given(LABELS, LABELS, LABELS)
def test_labels_are_a_lattice(one, two, three):
    assert one.join(two) == two.join(one)
    assert one.join(two).join(three) == one.join(two.join(three)) == join([three, one, two])
    assert one.join(one) == one == one.join(Label.parse("CLEAR"))


@given(LABELS, LABELS, CLEARANCES)
def test_a_whole_passes_only_where_each_part_does(one, two, clearance):
    assert one.join(two).within(clearance) == (one.within(clearance) and two.within(clearance))
    assert not one.join(two).lowers(one)
    assert one.lowers(two) or one.join(two) == one


@given(st.text(max_size=40))
def test_any_text_is_a_label_or_is_refused_in_a_sentence(text):
    said = ""
    try:
        said = str(Label.parse(text))
    except LabelError as error:
        said = f"refused: {error}"
    assert said.startswith("refused: ") or str(Label.parse(said)) == said


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("green", "GREEN"),
        ("TLP:GREEN", "GREEN"),
        ("GREEN>community", "GREEN"),
        ("GREEN>organisation", "GREEN>organisation"),
        ("amber+Legal+export", "AMBER+export+legal"),
        ("AMBER + legal > Recipients", "AMBER+legal>recipients"),
        ("AMBER+STRICT", "AMBER>organisation"),
        ("RED+strict", "RED"),
    ],
)
def test_other_spellings_are_understood(text, spelt):
    assert str(Label.parse(text)) == spelt


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "unknown label"),
        ("AMBR", "did you mean 'AMBER'"),
        ("GREEN+", "a category is missing"),
        ("GREEN+le gal", "'le gal' is no category"),
        ("GREEN>everyone", "unknown onward wish"),
        ("GREEN>organization", "did you mean 'organisation'"),
        ("GREEN>", "unknown onward wish"),
        ("GREEN" + "+x" * 100, "at most 200"),
    ],
)
def test_what_is_no_label_is_refused(text, problem):
    with pytest.raises(LabelError, match=problem):
        Label.parse(text)


def test_a_clearance_has_no_onward_wish():
    with pytest.raises(LabelError, match="no onward wish"):
        Clearance.parse("GREEN>anyone")


def test_a_level_says_how_far_it_may_be_passed_on():
    assert {str(level): Label.parse(str(level)).onward for level in Level} == {
        "CLEAR": "anyone",
        "GREEN": "community",
        "AMBER": "clients",
        "RED": "recipients",
    }
    assert set(WISHES) == set(Level)
