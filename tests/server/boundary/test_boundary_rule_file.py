"""Rule files: what they may say, what is refused and with which sentence."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.boundary.labels import Level
from server.boundary.rules import (
    Conditions,
    Expires,
    Notify,
    Rate,
    Rule,
    RuleErrors,
    RuleSet,
    Span,
    default_rules,
    forum_rules,
    mirror_rules,
    parse_rules,
    sentence,
    write_rules,
)
from tests.server.boundary.boundary_worlds import RULE_SETS, RULES

TABLE = """
# The guards of the house.
[[rule]]
id = "G1"
kind = "guard"
direction = "out"
label = ">=AMBER"
effect = "deny"

[[rule]]
id = "G2"
kind = "guard"
to = "everyone"
findings = ["secret", "email"]
effect = "deny"
notify = "@security"

[[rule]]
id = "S2"
kind = "share"
to = ["tier:customer", "Acme.Example:443"]
jam = "feedback"
label = "<=GREEN"
act = ["Create", "Update"]
unit = "R&D"
redactions = ["email", "codename"]
expires = 2027-01-31T12:00:00+02:00

[[rule]]
id = "A1"
kind = "accept"
from = "acme.example"
forum = "packaging/open"
length = "<=5000"
attachments = 0
rate = "60/h"
"""


def problems(text):
    with pytest.raises(RuleErrors) as caught:
        parse_rules(text)
    return caught.value.problems


def rule(**lines):
    usual = {"id": "G1", "kind": "guard", "direction": "out", "effect": "deny", **lines}
    written = (f"{key} = {json.dumps(value)}" for key, value in usual.items())
    return "[[rule]]\n" + "\n".join(written) + "\n"


def test_a_table_is_read():
    found = parse_rules(TABLE).by_id
    assert found["G1"].conditions == Conditions(labels=frozenset({Level.AMBER, Level.RED}))
    assert (found["G2"].direction, found["G2"].conditions.peers) == ("out", None)
    assert found["G2"].duties == (Notify("@security"),)
    assert found["S2"].effect == "redact"
    assert found["S2"].conditions.peers == {"tier:customer", "acme.example"}
    assert found["S2"].expires_at == datetime(2027, 1, 31, 10, tzinfo=UTC)
    assert found["A1"].conditions.length == Span(0, 5000)
    assert found["A1"].conditions.attachments == Span(0, 0)
    assert found["A1"].duties == (Rate(60),)


@given(RULE_SETS)
def test_what_is_written_reads_back_equal(rule_set):
    assert parse_rules(write_rules(rule_set)) == rule_set


def test_the_rules_of_a_house_read_back_equal():
    house = default_rules().with_rules(
        *forum_rules("p/o", 'Open “lifts” \\ "x"\n', "public"),
        *forum_rules("p/n", "Near", "partners", ("a.example", "b.example:8443")),
        *mirror_rules("m/x", "Far", "c.example"),
    )
    assert parse_rules(write_rules(house)) == house


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_in_sentences(text):
    with pytest.raises(RuleErrors) as caught:
        parse_rules("[[rule]]\n" + text)
    assert all(caught.value.problems)


@given(RULES)
def test_every_rule_has_a_sentence(one):
    assert sentence(one).endswith(".")
    assert "None" not in sentence(one)


def test_an_unknown_fact_is_named_with_its_line_and_a_suggestion():
    text = TABLE.replace('label = ">=AMBER"', 'labl = ">=AMBER"')
    assert problems(text) == ("unknown fact 'labl' in rule G1, line 7: did you mean 'label'?",)


def test_everything_wrong_is_told_at_once():
    text = rule(labl="RED", act="Creat", findings="emial", effect="denny", consent="no", length="long")
    assert problems(text) == (
        "unknown fact 'labl' in rule G1, line 6: did you mean 'label'?",
        "rule G1, line 5: unknown effect 'denny': did you mean 'deny'?",
        "rule G1, line 9: 'consent' must be true or false",
        "rule G1, line 10: 'length' must be a number or a comparison such as '>5000', not 'long'",
        "rule G1, line 8: unknown finding 'emial': did you mean 'email'?",
        "rule G1, line 7: unknown act 'Creat': did you mean 'Create'?",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[rule", "this is not TOML: "),
        ("[rule]\nid = 'x'", "each rule must be a table of its own"),
        ("[[rules]]\nid = 'x'", "unknown table or key 'rules', line 1: did you mean 'rule'?"),
        ("rule = 3", "each rule must be a table of its own"),
        (rule(id=3), "a rule without an id, line 2: 'id' must be a text"),
        (rule(kind="gard"), "rule G1, line 3: unknown kind 'gard': did you mean 'guard'?"),
        (rule(label="AMBR"), "rule G1, line 6: unknown label 'AMBR': did you mean 'AMBER'?"),
        (rule(label=">RED"), "rule G1, line 6: no label is >RED"),
        (rule(label=5), "rule G1, line 6: 'label' must be a text or a list of texts"),
        (rule(forum=[]), "rule G1, line 6: forums is empty"),
        (rule(length=">5..3"), "rule G1, line 6: 'length' must be a number"),
        (rule(length="<0"), "rule G1, line 6: 'length' must be a number"),
        (rule(attachments=True), "rule G1, line 6: 'attachments' must be a number"),
        (rule(rate="0/h"), "rule G1, line 6: 'rate' must be a number an hour"),
        (rule(expires="2027-01-01T00:00:00"), "rule G1, line 6: 'expires' must be a date-time with a zone"),
        (rule(expires="soon"), "rule G1, line 6: 'expires' must be a date-time with a zone"),
        (rule(to="not a host"), "rule G1, line 6: 'not a host' is no host name"),
        (rule(to="partners"), "rule G1, line 6: 'partners' would be a host name: did you mean 'tier:partner'?"),
        (rule(to="Everybody"), "rule G1, line 6: 'Everybody' would be a host name: did you mean 'everyone'?"),
        (rule(to="tier:friend"), "rule G1, line 6: unknown tier 'friend'"),
        (rule(**{"from": "a.example"}), "rule G1, line 4: direction 'out' contradicts"),
        (rule(to="a.example", **{"from": "a.example"}), "rule G1, line 7: a rule has either 'to'"),
        (rule(kind="share", effect="allow"), "rule G1, line 1: a share must say with whom"),
        (rule(kind="share", to="everyone"), "rule G1, line 1: a share cannot deny"),
        (rule(effect="allow"), "rule G1, line 1: a guard can only deny, hold or redact"),
        (rule(effect="redact"), "rule G1, line 1: to redact, say what"),
        (rule(effect="hold", redactions="emial"), "rule G1, line 1: unknown redaction 'emial'"),
        (
            rule(starts="2027-01-01T00:00:00Z", expires="2026-01-01T00:00:00Z"),
            "rule G1, line 1: the rule would",
        ),
        (rule() + rule(), "there are two rules called G1: rule G1, line 1 and rule G1, line 6"),
        ("[[rule]]\nid = 'G'\nkind = 'guard'\neffect = 'deny'", "rule G, line 1: say which way it guards"),
        ("x" * 8_000_001, "the rule file is longer than"),
        ("a = " + "[" * 5000, "this is "),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(text, expected):
    assert problems(text)[0].startswith(expected)


def test_a_file_from_another_system_is_read_too():
    assert parse_rules("\ufeff" + TABLE.replace("\n", "\r\n")) == parse_rules(TABLE)


def test_lines_are_right_after_texts_of_several_lines():
    text = rule(id="G0") + 'note = """\n[[rule]]\nlabl = 1\n"""\n'
    assert problems(text + rule(labl=1)) == ("unknown fact 'labl' in rule G1, line 15: did you mean 'label'?",)


def test_a_star_is_the_public_in_a_share_and_everyone_in_a_guard():
    share = parse_rules(rule(kind="share", effect="allow", to="*")).rules[0]
    assert share.conditions.peers == {"*"}
    assert parse_rules(rule(to="*")).rules[0].conditions.peers is None
    assert parse_rules(rule(to="strange.rs")).rules[0].conditions.peers == {"strange.rs"}
    assert parse_rules(rule(to="tier:public")).rules[0].conditions.peers == {"*"}
    assert parse_rules(rule(to=["everyone", "a.example"])).rules[0].conditions.peers is None


@pytest.mark.parametrize(
    ("spelt", "span"),
    [
        (">5", Span(6)),
        (">=5", Span(5)),
        ("<5", Span(0, 4)),
        ("<=5", Span(0, 5)),
        ("5", Span(5, 5)),
        (5, Span(5, 5)),
        ("3..9", Span(3, 9)),
        ("= 7", Span(7, 7)),
    ],
)
def test_numbers_are_compared(spelt, span):
    assert parse_rules(rule(length=spelt)).rules[0].conditions.length == span


def test_sentences_read_like_english():
    found = parse_rules(TABLE).by_id
    assert sentence(found["G1"]) == "Nothing labelled AMBER or higher leaves, to anyone."
    assert sentence(found["G2"]) == (
        "Nothing in which an e-mail address or a secret was found leaves, to anyone; @security is told."
    )
    assert sentence(found["S2"]) == (
        "Anything whose act is Create or Update labelled GREEN or lower in the jam feedback from the unit "
        "R&D may leave, to acme.example and customers, with code names and e-mail addresses removed, "
        "until 2027-01-31 10:00 UTC."
    )
    assert sentence(found["A1"]) == (
        "Anything in packaging/open with at most 5000 characters without attachments may come in, "
        "from acme.example, at most 60 an hour for each server."
    )


def test_duties_have_one_order_however_they_are_given():
    ends = Expires(datetime(2027, 1, 1, tzinfo=UTC))
    one = Rule(id="S", kind="share", direction="out", effect="allow", duties=(ends, Rate(5), Notify("x")))
    assert one.duties == (Notify("x"), Rate(5), ends)
    assert parse_rules(write_rules(RuleSet((one,)))).rules == (one,)
    assert replace(one, duties=()).expires_at is None
