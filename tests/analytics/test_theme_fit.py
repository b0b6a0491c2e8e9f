import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from analytics.corpus import Document
from analytics.themes import fit


@pytest.fixture(scope="module")
def report(write):
    return fit(write(240), k=4)


def test_four_subjects_are_found_as_four_themes(report, purity):
    assert len(report.themes) == 4
    assert purity(report.assignment) > 0.95


def test_every_theme_has_ten_different_single_words_a_label_and_quotes(report):
    for theme in report.themes:
        assert len(theme.words) == len(set(theme.words)) == 10
        assert all(" " not in word and word == word.lower() for word in theme.words)
        assert theme.label
        assert theme.representative


def test_a_label_says_what_its_documents_are_about(report):
    theme = next(t for t in report.themes if t.representative[0].startswith("canteen"))
    assert {"lunch", "canteen", "menu", "food", "kitchen", "vegetables"} & set(
        theme.label.lower().replace(",", "").split()
    )


def test_quotes_are_by_different_people(report, write):
    author = {document.id: document.author for document in write(240)}
    for theme in report.themes:
        people = [author[name] for name in theme.representative]
        assert len(people) == len(set(people))


def test_sizes_are_the_counts_of_the_assignment(report):
    placed = list(report.assignment.values())
    assert {theme.id: theme.size for theme in report.themes} == {theme: placed.count(theme) for theme in set(placed)}
    assert [theme.size for theme in report.themes] == sorted((theme.size for theme in report.themes), reverse=True)


def test_the_trend_of_a_theme_adds_up_to_its_size(report):
    for theme in report.themes:
        assert sum(theme.trend) == theme.size


def test_the_cells_of_the_map_fill_the_unit_square(report):
    assert sum(theme.w * theme.h for theme in report.themes) == pytest.approx(1.0, abs=1e-3)


def test_the_json_has_the_shape_of_the_contract(report):
    told = json.loads(json.dumps(report.to_json()))
    assert {"themes", "documents", "unplaced", "seconds"} <= set(told)
    first = told["themes"][0]
    assert {"id", "label", "words", "size", "representative", "trend"} <= set(first)
    assert isinstance(first["words"], list)
    assert set(report.assignment.values()) == {theme["id"] for theme in told["themes"]}


def test_the_order_of_the_documents_does_not_matter(report, write):
    again = fit(list(reversed(write(240))), k=4)
    assert replace(again, seconds=0.0) == replace(report, seconds=0.0)


def test_another_process_with_another_hash_seed_finds_the_same(report):
    program = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("writers", sys.argv[1])
writers = importlib.util.module_from_spec(spec); spec.loader.exec_module(writers)
from analytics.themes import fit
report = fit(writers._write(240), k=4)
told = report.to_json() | {"seconds": 0, "assignment": report.assignment}
print(json.dumps(told, sort_keys=True))
"""
    place = os.path.join(os.path.dirname(__file__), "conftest.py")
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program, place],
        env=os.environ | {"PYTHONHASHSEED": "12345", "OMP_NUM_THREADS": "1", "PYTHONPATH": os.getcwd()},
        capture_output=True,
        text=True,
        check=True,
    )
    told = report.to_json() | {"seconds": 0, "assignment": report.assignment}
    assert json.loads(ran.stdout) == json.loads(json.dumps(told))


@pytest.mark.parametrize("wanted", [1, 2, 7, 15])
def test_the_number_of_themes_can_be_fixed(write, wanted, find_encoder):
    assert len(fit(write(60), k=wanted, find_encoder=find_encoder).themes) == wanted


def test_there_are_no_more_themes_than_different_documents(write):
    few = [Document(f"{n}", text) for n, text in enumerate(["solar roofs", "canteen menu", "bicycle rack"] * 10)]
    assert len(fit(few, k=8).themes) == 3


def test_progress_goes_from_nothing_to_all(write):
    told: list[float] = []
    fit(write(40), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_without_the_sentence_encoder_words_alone_still_find_the_subjects(write, purity):
    report = fit(write(240), k=4, find_encoder=lambda: None)
    assert len(report.themes) == 4
    assert purity(report.assignment) > 0.8


def test_the_same_wish_in_six_languages_is_one_theme():
    wishes = {
        "solar": [
            "We should put solar panels on the roof",
            "Wir sollten Solarzellen auf das Dach setzen",
            "Deberíamos poner paneles solares en el tejado",
            "Nous devrions installer des panneaux solaires sur le toit",
            "Dovremmo mettere pannelli solari sul tetto",
            "我们应该在屋顶上安装太阳能电池板",
        ],
        "lunch": [
            "The canteen should offer vegetarian lunch",
            "Die Kantine sollte vegetarisches Mittagessen anbieten",
            "El comedor debería ofrecer almuerzos vegetarianos",
            "La cantine devrait proposer des déjeuners végétariens",
            "La mensa dovrebbe offrire pranzi vegetariani",
            "食堂应该提供素食午餐",
        ],
    }
    documents = [Document(f"{subject}-{n}", text) for subject, texts in wishes.items() for n, text in enumerate(texts)]
    assignment = fit(documents, k=2).assignment
    assert len({assignment[f"solar-{n}"] for n in range(6)}) == 1
    assert len({assignment[f"lunch-{n}"] for n in range(6)}) == 1
    assert assignment["solar-0"] != assignment["lunch-0"]
