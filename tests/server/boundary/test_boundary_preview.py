"""What the composer and the console say about verdicts."""

from server.boundary.decide import decide
from server.boundary.labels import Level
from server.boundary.preview import STAYS, Reader, button, crossing, line
from server.boundary.rules import default_rules, forum_rules
from tests.server.boundary.boundary_worlds import NOW, facts

HOUSE = default_rules().with_rules(
    *forum_rules("packaging/open", "Open", "public"), *forum_rules("packaging/near", "Near", "partners")
)


def readers(**changes):
    globex = decide(facts(**changes), HOUSE, NOW)
    public = decide(facts(peer="*", tier="public", **changes), HOUSE, NOW)
    return [Reader("*", "the public", public), Reader("globex.example", "Globex", globex)]


def test_a_line_says_to_whom_it_crosses_and_by_which_rule():
    assert line(readers()) == "Crosses to Globex and the public, by S-packaging/open."
    assert button(readers(), "Acme") == "Post to Acme, Globex and the public"


def test_a_line_says_what_is_taken_out():
    assert line(readers(consent=False)) == (
        "Crosses to Globex and the public, by S-packaging/open. "
        "Something is taken out for Globex and the public, by G-consent."
    )


def test_a_line_says_what_waits_and_why():
    held = readers(findings=frozenset({"secret"}))
    assert line(held) == (
        "Waits for a reviewer before it goes to Globex and the public. Held by G-findings: a secret was found in it."
    )
    assert button(held, "Acme") == "Post to Acme, ask review for Globex and the public"


def test_a_line_says_who_will_not_see_it():
    assert line(readers(forum="packaging/near")) == (
        "Crosses to Globex, by S-packaging/near. "
        "Does not go to the public. No rule shares packaging/near with the public."
    )
    amber = readers(label=Level.AMBER, clearance=Level.RED)
    assert line(amber) == (
        "Stays inside: it does not go to Globex and the public. "
        "Refused by G-label: nothing labelled AMBER or higher leaves, to anyone."
    )
    assert button(amber, "Acme") == "Post inside Acme"


def test_a_forum_without_outside_readers_stays_inside():
    assert line([]) == STAYS
    assert crossing("*", None) == {"audience": "*", "verdict": "inside", "rules": [], "reason": STAYS}


def test_an_entry_for_the_api_names_verdict_rules_and_reason():
    (public, _) = readers(label=Level.AMBER, clearance=Level.RED)
    assert crossing(public.audience, public.decision) == {
        "audience": "*",
        "verdict": "denied",
        "rules": ["G-label"],
        "reason": "Refused by G-label: nothing labelled AMBER or higher leaves, to anyone.",
        "would_allow": "S-packaging/open would allow it if the label were GREEN",
    }
