from dataclasses import replace

import numpy as np
import pytest

from analytics.branches import Branch, due, parts_suited
from analytics.corpus import Document
from analytics.live import LiveThemes
from analytics.themes import fit
from tests.analytics.test_live_themes import play

COUNT = 1_200


@pytest.fixture(scope="module")
def live(write, begin) -> LiveThemes:
    live = play(begin(), write(COUNT))
    for _ in range(3):
        live.refresh()
    return live


def test_what_one_theme_holds_is_told_apart_by_its_sub_themes(write, find_encoder, purity):
    report = fit(write(480), k=1, find_encoder=find_encoder, divided=True)
    assert len(report.themes) == 1
    assert len(report.themes[0].subthemes) >= 3
    assert purity(report.within) > 0.7
    assert len({one.label for one in report.themes[0].subthemes}) == len(report.themes[0].subthemes)


def test_each_document_of_a_divided_theme_stands_in_one_sub_theme_of_it(live):
    report = live.report()
    divided = [theme for theme in report.themes if theme.subthemes]
    assert divided
    for theme in divided:
        own = [name for name, placed in report.assignment.items() if placed == theme.id]
        assert sum(one.size for one in theme.subthemes) == theme.size == len(own)
        assert {report.within[name] for name in own} == {one.id for one in theme.subthemes}
        assert all(report.within[quote] == one.id for one in theme.subthemes for quote in one.representative)
        assert [one.size for one in theme.subthemes] == sorted((one.size for one in theme.subthemes), reverse=True)


def test_small_themes_have_none_and_without_being_asked_a_finished_set_has_none(write, find_encoder):
    assert not fit(write(30), k=2, find_encoder=find_encoder, divided=True).within
    assert not fit(write(120), k=2, find_encoder=find_encoder).within


def test_thanks_stand_in_the_sub_theme_of_the_idea_that_they_answer(live):
    live = LiveThemes.load(live.dump(), live._find_encoder)
    idea = next(iter(live.report().within))
    live.add(Document("thanks", "Thank you!", "someone", idea))
    live.refresh()
    report = live.report()
    assert report.within["thanks"] == report.within[idea]


def test_sub_themes_keep_their_ids_as_more_is_written_and_new_ones_get_new_ids(write, begin):
    live = play(begin(), write(COUNT, subjects=("canteen", "energy")))
    before = live.report()
    for document in write(300, seed=2, start=COUNT, subjects=("canteen", "energy")):
        live.add(document)
    live.refresh()
    after = live.report()
    kept = [name for name in before.within if after.assignment[name] == before.assignment[name]]
    assert len(kept) > 400
    assert np.mean([after.within[name] == before.within[name] for name in kept]) > 0.85
    branch = next(iter(live.branches.values()))
    assert len(set(branch.numbers)) == len(branch.numbers)
    assert max(branch.numbers) <= branch.named


def test_where_documents_stand_is_the_same_whether_it_was_told_before_or_not(live, write):
    often, once = (LiveThemes.load(live.dump(), live._find_encoder) for _ in range(2))
    for number, document in enumerate(write(150, seed=5, start=3_000)):
        for one in (often, once):
            one.add(document)
            if number % 40 == 7:
                one.remove(document.id)
            if number == 100:
                one.change(replace(document, text="Vegetarian lunch in the canteen on Fridays."))
        often.report()
    assert often.report().within == once.report().within
    assert {name for name in often.report().within if name.endswith(("03001", "03002"))}


def test_what_is_deleted_is_gone_from_the_words_and_quotes_of_sub_themes(live, write):
    live = LiveThemes.load(live.dump(), live._find_encoder)
    word = next(theme for theme in live.report().themes if theme.subthemes).subthemes[0].words[0]
    gone = [document.id for document in write(COUNT) if word in document.text.lower()]
    for name in gone:
        live.remove(name)
    parts = [one for theme in live.report().themes for one in theme.subthemes]
    assert parts
    assert not any(word in (*one.words, *one.label.lower().split()) for one in parts)
    assert not {quote for one in parts for quote in one.representative} & set(gone)


def test_a_snapshot_goes_on_with_the_same_sub_themes(live, write):
    again = LiveThemes.load(live.dump(), live._find_encoder)
    other = LiveThemes.load(live.dump(), live._find_encoder)
    for one in (again, other):
        for document in write(200, seed=9, start=2_000):
            one.add(document)
        one.refresh()
    assert again.dump() == other.dump()
    assert replace(again.report(), seconds=0) == replace(other.report(), seconds=0)
    assert again.report().within


def test_those_that_changed_most_are_divided_first():
    def branch(counted):
        return Branch(np.zeros((0, 4), dtype=np.float32), (), (), counted, 0)

    branches = {"t1": branch(100.0), "t2": branch(100.0), "t3": branch(100.0)}
    sizes = {"t1": 110.0, "t2": 130.0, "t3": 400.0, "t4": 50.0, "t5": 20.0}
    assert due(branches, sizes, 3) == ["t4", "t3", "t2"]
    assert due(branches, sizes, 1) == ["t4"]
    assert due(branches, {"t1": 50.0}, 3) == ["t1"]


@pytest.mark.parametrize(("documents", "parts"), [(0, 0), (39, 0), (40, 2), (300, 3), (1_000, 5), (10**6, 6)])
def test_the_number_of_sub_themes_grows_slowly(documents, parts):
    assert parts_suited(documents) == parts
