"""Sentences made below the pages, said in the reader's language."""

from __future__ import annotations

from datetime import UTC, date, datetime

from server.domain.errors import Conflict, Invalid, Missing
from server.domain.sentences import Sentence, counted, each, either, say, together
from server.language import speaking, told
from server.language.figures import clock, day, distance, number


def test_a_sentence_reads_as_its_english_wherever_nobody_translates() -> None:
    made = say("“%(name)s” has %(n)s of %(kinds)s.", name="a%b", n=12345, kinds=("x", "y"))
    assert made == "“a%b” has 12,345 of x, y."
    assert f"{made}!" == "“a%b” has 12,345 of x, y.!"
    assert (
        str(Conflict("There is a jam called %(slug)s already.", slug="x").public) == "There is a jam called x already."
    )
    assert str(Invalid("slug", "100 % wrong")) == "slug: 100 % wrong"
    assert counted("%(n)s vote", "%(n)s votes", 1) == "1 vote"
    assert counted("%(n)s vote", "%(n)s votes", 2000) == "2,000 votes"
    assert [each(["a", "b", "c"]), either(["a", "b"]), each(["a"]), each([])] == ["a, b and c", "a or b", "a", ""]


def test_a_refusal_is_said_in_the_language_of_whoever_reads_it() -> None:
    refusal = Conflict("There is a jam called %(slug)s already.", slug="better")
    with speaking("de"):
        assert told(refusal.public) == "Es gibt schon einen Jam namens better."
        assert told(Missing("idea").public) == "Diese Idee gibt es hier nicht."
        assert told(together(Missing("jam").public, "Own words.")) == "Diesen Jam gibt es hier nicht. Own words."
    assert told(refusal.public) == refusal.public


def test_what_people_wrote_is_never_translated_though_a_catalogue_knows_the_words() -> None:
    with speaking("de"):
        assert told("Reply") == "Reply"
        assert told(say("“%(words)s” and %(other)s", words="Reply", other=say("Reply"))).startswith("“Reply”")


def test_numbers_and_times_are_written_as_the_language_writes_them() -> None:
    at = datetime(2026, 11, 2, 9, 5, tzinfo=UTC)
    assert [number(4120, code) for code in ("en", "de")] == ["4,120", "4.120"]
    assert [number(2.5, code) for code in ("en", "de")] == ["2.5", "2,5"]
    assert [clock(at, code) for code in ("en", "de")] == ["2 November 2026, 09:05 UTC", "2. November 2026, 09:05 UTC"]
    assert day(date(2026, 11, 2), "ar") == "2 نوفمبر 2026"
    assert [distance(7300, code) for code in ("en", "de", "ar")] == ["2 hours ago", "vor 2 Stunden", "قبل ساعتين"]
    assert [distance(-200, code) for code in ("en", "de")] == ["in 3 minutes", "in 3 Minuten"]
    assert distance(59, "en") == ""
    with speaking("de"):
        assert told(say("%(n)s and %(at)s", n=1234, at=at)) == "1.234 and 2. November 2026, 09:05 UTC"


def test_a_sentence_survives_being_stored_copied_and_compared() -> None:
    made = say("There is no such page here.")
    assert {made: 1}["There is no such page here."] == 1
    assert isinstance(made, Sentence)
    assert type(str(made)) is str
