import subprocess
import sys

import pytest

from analytics.corpus import clean, name_words
from analytics.tokens import Mixture, shared_reader


@pytest.fixture(scope="module")
def reader(find_encoder):
    return shared_reader(find_encoder().pieces)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("see https://example.org/x?y=z and www.example.org/a now", "see and now"),
        ("ask @anna@example.org or @ben please", "ask or please"),
        ("mail anna.b@example.org today", "mail today"),
        ("> quoted before\nmy own words", "my own words"),
        ("Anna wrote:\n| quoted\nI agree", "I agree"),
        ("run `rm -rf` or\n```\ncode here\n```\nthen rest", "run or then rest"),
        ("<p>bold <b>words</b></p><style>p {}</style>", "bold words"),
        ("nul\x00 and \u202eturned\u202c \ud800text", "nul and turned text"),
        ("cafe\u0301", "café"),
        ("2 < 3 and a > b", "2 < 3 and a > b"),
    ],
)
def test_only_the_writers_own_words_are_kept(written, read):
    assert clean(written) == read


def test_words_of_two_letters_are_kept_and_stop_words_are_not(reader):
    keys = reader.read("The AI in HR and VR is for us at work", "en").keys
    assert keys == ["ai", "hr", "vr", "work"]


def test_capitals_tell_an_acronym_from_a_small_word(reader):
    assert reader.read("Ask IT whether it works in the US", "en").keys[:1] == ["IT"]
    assert "IT" not in reader.read("PUT IT THERE NOW", "en").keys


def test_forms_of_a_word_count_as_one(reader):
    assert set(reader.read("bicycle bicycles Bicycles", "en").keys) == {"bicycle"}


def test_neighbouring_words_form_runs_that_stop_words_and_stops_end(reader):
    runs = reader.read("Solar panels on the office roof. Roof gardens", "en").runs
    assert [[key for key, _ in run] for run in runs] == [["solar", "panel"], ["office", "roof"], ["roof", "garden"]]


def test_chinese_is_cut_into_words(reader):
    keys = reader.read("我们应该在屋顶上安装太阳能电池板", "zh").keys
    assert "太阳能" in keys or "太阳" in keys
    assert all(len(key) > 1 for key in keys)


def test_arabic_vowel_marks_do_not_split_words(reader):
    assert reader.read("مَدْرَسَة جديدة", "ar").keys == reader.read("مدرسة جديدة", "ar").keys


@pytest.mark.parametrize("text", ["Thanks!", "Great idea, I totally agree", "+1 agree", "Danke, super Idee"])
def test_thanks_and_nods_are_chatter(reader, text):
    assert reader.read(text, "de" if text.startswith("Danke") else "en").chatter


@pytest.mark.parametrize("text", ["Do you agree?", "Great idea for the canteen", "Solar panels", ""])
def test_questions_and_statements_are_not_chatter(reader, text):
    assert not reader.read(text, "en").chatter


def test_names_are_ignored_where_they_are_written_as_names(reader):
    names = name_words(["Mark Hill", "Ü. Öz"])
    assert names == {"mark", "hill", "öz"}
    assert reader.read("Mark said we should mark the hill", "en", names).keys == ["mark", "hill"]


def test_short_texts_are_read_in_the_language_of_the_long_ones(reader):
    mixture = Mixture()
    for text in ["Wir sollten mehr Bäume in der Stadt pflanzen, damit es kühler wird"] * 20:
        mixture.see(text, reader.rank(text))
    assert mixture.likeliest("mehr Radwege", reader.rank("mehr Radwege")) == "de"
    assert mixture.likeliest("🎉", reader.rank("🎉")) == ""


def test_importing_the_room_loads_no_gensim():
    program = "import sys, analytics, analytics.map; sys.exit('gensim' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_encoder_needs_no_network(monkeypatch):
    import socket

    from analytics.vectors import SentenceEncoder

    def refuse(*_args, **_rest):
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert SentenceEncoder().encode(["solar panels", ""]).shape == (2, 512)
