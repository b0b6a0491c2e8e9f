"""Whatever is written: no exception, and an honest None where there is nothing to place."""

import time

import pytest

from analytics.corpus import Document
from analytics.themes import fit


def test_an_empty_jam_has_no_themes(begin):
    report = fit([])
    assert report.themes == ()
    assert report.assignment == {}
    assert begin().report().themes == ()


def test_one_document_is_one_theme():
    report = fit([Document("a", "Solar panels on the roof of the warehouse")])
    assert [theme.size for theme in report.themes] == [1]
    assert report.assignment == {"a": report.themes[0].id}


NOTHING_SAID = {
    "empty": "",
    "blank": " \n\t ",
    "emoji": "🎉🎉👍🏽",
    "link": "https://example.org/a?b=c www.example.org",
    "code": "```\nfor x in y: print(x)\n```",
    "numbers": "1 2 3 4,5",
    "quote": "> solar panels on the roof\n> and the gate",
    "nul": "\x00\x00",
    "surrogate": "\ud800\udfff",
    "markup": "<script>alert('solar panels')</script><br>",
    "name": "@anna@example.org",
}


@pytest.mark.parametrize("kind", NOTHING_SAID)
def test_what_has_no_words_is_nowhere(write, kind, begin):
    report = fit([*write(20), Document("odd", NOTHING_SAID[kind])])
    assert report.assignment["odd"] is None
    live = begin()
    assert live.add(Document("odd", NOTHING_SAID[kind])) is None


SOMETHING_SAID = {
    "nul inside": "solar\x00panels on the \x00roof",
    "right to left": "يجب أن نضع ألواحا شمسية على سطح المبنى",
    "override": "\u202esolar panels on the roof\u202c",
    "mixed": "Solar panels, bitte auf das Dach, en el tejado, 屋顶",
    "shouting": "SOLAR PANELS ON THE ROOF NOW!!!",
    "half a pair": "solar panels \ud83d on the roof",
    "long": "solar panels on the roof of the old hall " * 1_250,
    "one long word": "a" * 50_000,
    "unclosed": "<script " * 3_000 + "```" * 3_000 + " solar",
    "at signs": "a@" * 25_000,
}


@pytest.mark.parametrize("kind", SOMETHING_SAID)
def test_odd_text_is_read_without_an_error_and_quickly(write, kind, begin):
    began = time.perf_counter()
    report = fit([*write(20), Document("odd", SOMETHING_SAID[kind])])
    assert "odd" in report.assignment
    live = begin()
    live.add(Document("odd", SOMETHING_SAID[kind]))
    live.refresh()
    assert time.perf_counter() - began < 20


def test_three_thousand_identical_documents_are_one_theme_and_do_not_drown_the_others(write, purity):
    copies = [Document(f"copy-{n:05d}", "Solar panels on the roof of the warehouse", f"p{n}") for n in range(3_000)]
    report = fit([*write(120), *copies], k=4)
    assert len({report.assignment[copy.id] for copy in copies}) == 1
    rest = {name: theme for name, theme in report.assignment.items() if not name.startswith("copy")}
    assert purity(rest) > 0.9


def test_only_copies_make_a_single_theme():
    report = fit([Document(f"{n:05d}", "Plant trees along the river") for n in range(2_000)])
    assert [theme.size for theme in report.themes] == [2_000]


def test_a_hundred_thousand_identical_documents_take_bounded_time(find_encoder):
    copies = [Document(f"{n:06d}", "Plant trees along the river", f"p{n % 300}") for n in range(100_000)]
    began = time.process_time()
    report = fit(copies, find_encoder=find_encoder)
    assert [theme.size for theme in report.themes] == [100_000]
    assert time.process_time() - began < 60


def test_the_same_words_again_and_again_cost_a_live_jam_little_and_leave_its_themes_alone(write, begin, purity):
    live = begin()
    for document in write(200):
        live.add(document)
        if live.due():
            live.refresh()
    began = time.process_time()
    for number in range(2_000):
        live.add(Document(f"copy-{number}", "Solar panels on the roof, please", f"p{number % 90}"))
        if live.due():
            live.refresh()
    assert time.process_time() - began < 60
    report = live.report()
    assert len({report.assignment[f"copy-{number}"] for number in range(2_000)}) == 1
    assert live.emerging == []
    assert purity({name: theme for name, theme in report.assignment.items() if not name.startswith("copy")}) > 0.8


def test_one_authors_flood_makes_no_theme(write):
    flood = [
        Document(f"flood-{n}", f"Buy cheap golden watches today, best offer number {n} of the week", "spammer")
        for n in range(100)
    ]
    report = fit([*write(200), *flood])
    assert not {"watches", "golden", "cheap"} & {word for theme in report.themes for word in theme.words}
    assert not any(name.startswith("flood") for theme in report.themes for name in theme.representative)


def test_thanks_and_nods_follow_their_thread_and_shape_nothing(write):
    documents = write(120)
    nods = [
        Document(f"nod-{n}", text, f"p{n}", documents[n].id)
        for n, text in enumerate(
            ["Thanks a lot!", "Great idea, I agree", "+1, totally agree", "Danke, super Idee"] * 10
        )
    ]
    alone = Document("nod-alone", "Thanks everyone!")
    report = fit([*documents, *nods, alone], k=4)
    assert all(report.assignment[nod.id] == report.assignment[nod.thread] for nod in nods)
    assert report.assignment["nod-alone"] is None
    assert not {"thanks", "agree", "danke", "idea"} & {word for theme in report.themes for word in theme.words}


def test_names_of_participants_are_no_words(write, begin):
    live = begin(["Rosalind Quimby"])
    for document in write(100):
        live.add(Document(document.id, f"Rosalind Quimby is right. {document.text}", document.author))
    live.refresh()
    assert not {"rosalind", "quimby"} & {word for theme in live.report().themes for word in theme.words}


def test_clocks_that_jumped_do_not_empty_the_trend(write):
    odd = [Document("late", "Solar panels on the roof", at=9e9), Document("never", "A heat pump", at=float("nan"))]
    report = fit([*write(100), *odd, Document("past", "Better insulation of windows", at=-5.0)], k=4)
    assert sum(sum(theme.trend) for theme in report.themes) >= 100


@pytest.mark.parametrize("reviewers", [("",), tuple("abcde")])
def test_a_template_filled_in_again_and_again_is_no_theme_and_no_alert(write, begin, reviewers):
    live = begin()
    for document in write(620):
        live.add(document)
        if live.due():
            live.refresh()
    filled = "Gadget check {0} - key {0}f{1}. This is a gizmo description for the widget of run {1}."
    for number, usual in enumerate(write(80, seed=3, start=620)):
        live.add(usual)
        by = reviewers[number % len(reviewers)]
        live.add(Document(f"form-{number}", filled.format(number, 1000 + number), by, f"t{number}"))
        if live.due():
            live.refresh()
    assert live.emerging == []
    report = fit([*write(400), *(Document(f"form-{n}", filled.format(n, 1000 + n), f"p{n}") for n in range(80))], k=4)
    assert not {"gadget", "gizmo", "widget"} & {word for theme in report.themes for word in theme.words[:5]}
