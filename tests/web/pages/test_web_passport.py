from __future__ import annotations

from typing import Any

from federation.outside.ledger import Holding
from server.domain.crossings import Verdict
from web.threads import draw_passport, state_words

NAMES = {"jam.globex.example": "Globex"}


def holding(audience: str = "jam.globex.example", recall: str = "", revoked_at: float | None = None) -> Holding:
    return Holding(
        id=1,
        uri="https://jam.acme.example/objects/1",
        type="Article",
        audience=audience,
        peer=audience,
        version=1,
        how="delivered",
        released_at=1_790_000_000.0,
        revoked_at=revoked_at,
        recall=recall,
    )


def verdict(audience: str = "jam.globex.example", word: Any = "allowed") -> Verdict:
    reason = "Crosses to jam.globex.example by S1."
    return Verdict(audience=audience, verdict=word, rules=("S1", "G3"), reason=reason)


async def test_a_passport_names_who_has_it_and_what_became_of_it(site: Any) -> None:
    passport = draw_passport(site.house, [verdict()], [holding()], NAMES, "/recall")
    assert passport.sentence == "Acme and Globex. Nobody else."
    (line,) = passport.lines
    assert (line.receiver, line.words) == ("Globex", "received")
    assert line.reason == "Crosses to Globex by S1."
    assert line.rules == ("G3",)
    assert passport.recall_url == "/recall"


async def test_what_was_taken_back_is_held_by_nobody_and_cannot_be_taken_back_again(site: Any) -> None:
    copies = [holding(recall="accepted", revoked_at=1_790_000_100.0)]
    passport = draw_passport(site.house, [verdict()], copies, NAMES, "/recall")
    assert passport.sentence == "Taken back. Nobody outside Acme is served it any more."
    assert passport.tone == "inside"
    assert passport.recall_url == ""


async def test_what_was_taken_back_from_one_server_may_stand_at_another(site: Any) -> None:
    verdicts = [verdict(), verdict("b.example")]
    copies = [holding(recall="queued", revoked_at=1_790_000_100.0), holding("b.example")]
    passport = draw_passport(site.house, verdicts, copies, NAMES, "/recall")
    assert passport.sentence == "Acme and b.example. Nobody else."


async def test_an_idea_that_nobody_outside_may_read_says_so(site: Any) -> None:
    for word, sentence in (("denied", "Nobody outside Acme."), ("held", "Only Acme so far. It waits for a reviewer.")):
        passport = draw_passport(site.house, [verdict(word=word)], [], NAMES, "/recall")
        assert passport.sentence == sentence
        assert passport.recall_url == ""
    passport = draw_passport(site.house, [verdict(word="inside")], [], NAMES, "/recall")
    assert passport.lines == ()


def test_each_state_of_a_copy_has_its_words() -> None:
    assert state_words(holding()) == "received"
    assert state_words(holding(recall="unreachable")) == "taken back, holder does not answer"
    assert state_words(holding(recall="purged")) == "taken back, purged there"
    assert state_words(holding(revoked_at=1.0)) == "no longer served"
