"""What is missing, unknown or failing denies, and nothing that is added as a guard opens anything."""

import json
from dataclasses import fields, replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from server.boundary.analyse import looser
from server.boundary.decide import decide
from server.boundary.facts import ASSUMED, NAMES, Facts, FactsError, upgraded
from server.boundary.masks import dimensions
from server.boundary.rules import Conditions, Rule, RuleSet, default_rules, forum_rules
from tests.server.boundary.boundary_worlds import (
    FILE_RULES,
    GUARDS,
    LABEL_RULES,
    NOW,
    REQUESTS,
    RULES,
    facts,
    numbered,
)

ANYTHING = RuleSet(
    (
        Rule(id="S", kind="share", direction="out", effect="allow"),
        Rule(id="A", kind="accept", direction="in", effect="allow"),
    )
)
SETS = st.lists(st.one_of(RULES, LABEL_RULES, FILE_RULES), max_size=7).map(numbered)
JUNK = st.one_of(
    st.none(),
    st.integers(-3, -1),
    st.floats(),
    st.binary(max_size=3),
    st.lists(st.text(max_size=3), max_size=2),
    st.frozensets(st.integers(0, 3), min_size=1, max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=1),
    st.builds(object),
)


@given(SETS, st.one_of(GUARDS, LABEL_RULES, FILE_RULES), st.lists(REQUESTS, min_size=1, max_size=15))
def test_a_guard_more_never_treats_anything_less_strictly(rule_set, guard, asked):
    assume(guard.kind == "guard")
    wider = rule_set.with_rules(replace(guard, id="added"))
    for one in asked:
        assert not looser(decide(one, rule_set, NOW), decide(one, wider, NOW))


@given(REQUESTS, st.sampled_from(NAMES), JUNK)
def test_facts_with_any_value_that_is_none_deny_even_where_everything_is_shared(one, name, junk):
    broken = one.supposing(**{name: junk})
    decision = decide(broken, ANYTHING, NOW)
    assert decision.effect == "deny"
    assert decision.reason


@pytest.mark.parametrize("name", NAMES)
def test_facts_that_lack_any_one_deny_even_where_everything_is_shared(name):
    whole = facts()
    lacking = object.__new__(Facts)
    for other in NAMES:
        if other != name:
            object.__setattr__(lacking, other, getattr(whole, other))
    assert decide(whole, ANYTHING, NOW).effect == "allow"
    assert decide(lacking, ANYTHING, NOW).effect == "deny"


@given(REQUESTS, st.sampled_from(NAMES), JUNK)
def test_stored_facts_that_are_damaged_are_refused(one, name, junk):
    assume(not (isinstance(junk, list) and all(isinstance(each, str) for each in junk)))
    damaged = {**one.to_json(), name: junk}
    with pytest.raises(FactsError):
        Facts.from_json(damaged)
    with pytest.raises(FactsError):
        Facts.from_json(upgraded(damaged))


@given(REQUESTS, st.sets(st.sampled_from((*ASSUMED, "onward", "thing"))))
def test_facts_stored_before_a_fact_was_known_can_still_be_gone_over(one, unknown):
    stored = {name: value for name, value in one.to_json().items() if name not in unknown}
    if "attachment_types" in unknown and "attachments" not in unknown:
        stored["attachments"] = min(stored["attachments"], 1)
    if unknown & {"attachment_types", "attachment_bytes"} and not stored.get("attachments"):
        stored |= {"attachment_types": [], "attachment_bytes": 0} if "attachment_types" not in unknown else {}
    read = Facts.from_json(upgraded(json.loads(json.dumps(stored))))
    assert all(read.to_json()[name] == value for name, value in stored.items() if name not in ASSUMED)


def test_only_what_older_versions_did_not_know_may_be_missing():
    with pytest.raises(FactsError, match="missing or unknown: label"):
        Facts.from_json(upgraded({name: value for name, value in facts().to_json().items() if name != "label"}))


def test_every_fact_that_a_rule_can_ask_about_is_heard():
    """Each condition has a dimension, and the engine looks each dimension up: see CompiledRules."""
    known = {name for each in dimensions(()) for name in each.facts}
    named = {"peers": "peer", "labels": "label", "week": "week_minute"}
    asked = {named.get(field.name, field.name.removesuffix("s")) for field in fields(Conditions)}
    singular = {"categorie": "categories", "finding": "findings", "attachment": "attachments"}
    singular |= {"attachment_type": "attachment_types", "attachment_byte": "attachment_bytes"}
    assert {singular.get(name, name) for name in asked} <= known
    assert known | {"clearance", "cleared_for"} == set(NAMES)


def test_a_failing_clock_or_table_denies():
    house = default_rules().with_rules(*forum_rules("packaging/open", "Open", "public"))
    assert decide(facts(), house, NOW).effect == "allow"
    assert decide(facts(), house, NOW.replace(tzinfo=None)).effect == "deny"
    assert house.compiled.verdict(facts(), NOW.replace(tzinfo=None)).effect == "deny"
    assert decide(facts(), house, "now").effect == "deny"
