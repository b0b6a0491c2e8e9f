"""`themes`: a file of texts."""

import codecs
import json
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from server.cli import verbs

Lines = Callable[..., Path]
KEYS = {"id", "label", "words", "size", "representative"}
SUBJECTS = {
    "bread": "flour yeast dough oven crust loaf baking knead sourdough rye",
    "stars": "telescope galaxy orbit planet nebula comet eclipse lens moon asteroid",
    "boats": "sail anchor harbour rudder mast keel tide rope hull deck",
}
ONCE = """Refugees should learn to speak the language at evening schools. A tram between harbour and university would
save hours. Farmers deserve cheaper water during droughts. Our museum ought to open on Sundays. Every playground needs
shade and drinking fountains. Noise from motorcycles keeps neighbours awake. Doctors must answer letters within two
weeks. Plant walnut trees along the canal. Older residents want benches near the pharmacy. Broadband in villages is far
too slow. Wages of nurses lag behind inflation. Abandoned factories could become workshops. Bakeries throw away good
loaves each evening. Teach children swimming before they turn eight. Street lamps should dim after midnight. Libraries
might lend tools and tents. Empty shops ought to be studios for painters. Cyclists and walkers collide under the bridge.
Rents rise quicker than salaries everywhere."""


def _texts() -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for subject, words in SUBJECTS.items():
        told = words.split()
        for number in range(20):
            chosen = [told[(number * 3 + step) % len(told)] for step in range(6)]
            found.append({"id": f"{subject}-{number}", "text": f"We need {' and '.join(chosen)}.", "mood": 1})
    return found


def test_themes_have_exactly_the_promised_shape(lines: Lines) -> None:
    result = CliRunner().invoke(verbs, ["themes", str(lines(*_texts())), "--k", "3", "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert set(told) == {"themes", "assignment", "seconds"}
    assert all(set(theme) == KEYS for theme in told["themes"])
    assert len(told["themes"]) == 3
    assert all(len(theme["words"]) == 10 for theme in told["themes"])
    assert sum(theme["size"] for theme in told["themes"]) == 60
    for subject in SUBJECTS:
        assert len({theme for name, theme in told["assignment"].items() if name.startswith(subject)}) == 1


def test_the_themes_of_few_texts_have_words_too(lines: Lines) -> None:
    texts = [{"id": f"{n}", "text": text} for n, text in enumerate(ONCE.split(".")) if text.strip()]
    result = CliRunner().invoke(verbs, ["themes", str(lines(*texts)), "--json"])
    told = json.loads(result.stdout)
    assert len(told["themes"]) > 1
    assert all(len(theme["words"]) == 10 and theme["label"] != theme["id"] for theme in told["themes"])


def test_lines_that_repeat_an_id_are_told_of(lines: Lines) -> None:
    texts = [{"id": "one", "text": "Bread"}, {"id": "two", "text": "Stars"}, {"id": "one", "text": "Boats"}]
    result = CliRunner().invoke(verbs, ["themes", str(lines(*texts)), "--json"])
    assert "1 lines repeat the id of another" in result.stderr
    assert json.loads(result.stdout)["assignment"].keys() == {"one", "two"}


def test_a_mark_of_the_encoding_before_the_first_line_is_no_fault(lines: Lines) -> None:
    path = lines({"id": "one", "text": "Bread"})
    path.write_bytes(codecs.BOM_UTF8 + path.read_bytes())
    result = CliRunner().invoke(verbs, ["themes", str(path), "--json"])
    assert (result.exit_code, json.loads(result.stdout)["assignment"].keys()) == (0, {"one"})


def test_sub_themes_are_told_where_they_are_asked_for(lines: Lines) -> None:
    places = [
        "barn",
        "bridge",
        "camp",
        "castle",
        "forest",
        "garden",
        "gate",
        "hill",
        "house",
        "island",
        "market",
        "mill",
        "park",
        "road",
        "school",
        "shop",
    ]
    texts = [one | {"text": f"{one['text']} At the {places[at % 16]}."} for at, one in enumerate(_texts())]
    asked = ["themes", str(lines(*texts)), "--k", "1", "--subthemes"]
    told = json.loads(CliRunner().invoke(verbs, [*asked, "--json"]).stdout)
    (theme,) = told["themes"]
    assert set(theme) == KEYS | {"subthemes"}
    assert all(set(part) == KEYS for part in theme["subthemes"])
    assert sum(part["size"] for part in theme["subthemes"]) == len(told["within"]) == 60
    assert {row.split()[0] for row in CliRunner().invoke(verbs, asked).stdout.splitlines()[1:3]} == {"t1", "t1.1"}


def test_the_same_seed_gives_the_same_themes(lines: Lines) -> None:
    asked = ["themes", str(lines(*_texts())), "--k", "3", "--seed", "5", "--json"]
    one, other = (json.loads(CliRunner().invoke(verbs, asked).stdout) for _ in range(2))
    assert (one["themes"], one["assignment"]) == (other["themes"], other["assignment"])


def test_people_get_a_table_with_sizes_and_words(lines: Lines) -> None:
    told = CliRunner().invoke(verbs, ["themes", str(lines(*_texts())), "--k", "3"]).stdout.splitlines()
    assert told[0].split()[:3] == ["theme", "size", "label"]
    assert len(told) == 5
    assert told[-1].startswith("60 of 60 texts placed, ")


def test_lines_that_cannot_be_used_are_named(lines: Lines) -> None:
    result = CliRunner().invoke(
        verbs, ["themes", str(lines({"id": "a", "text": "b"}, "{", {"id": "", "text": "x"}, {"id": "c"}))]
    )
    assert result.exit_code == 1
    assert result.stdout == ""
    for said in ("line 2: no JSON", "line 3: id is missing", "line 4: text is missing"):
        assert said in result.stderr


def test_a_file_without_texts_has_no_themes(lines: Lines) -> None:
    result = CliRunner().invoke(verbs, ["themes", str(lines()), "--json"])
    assert json.loads(result.stdout)["themes"] == []
