"""What two other engines say of the same rules: Cedar of decisions, z3 of what a change opens."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.boundary.analyse import looser, openings
from server.boundary.decide import decide
from server.boundary.rules import RuleSet, default_rules, forum_rules
from tests.server.boundary import cedar_oracle, z3_oracle
from tests.server.boundary.boundary_worlds import (
    FILE_RULES,
    GUARDS,
    LABEL_RULES,
    NARROW_RULES,
    NOW,
    REQUESTS,
    RULES,
    facts,
    numbered,
)

CROSSING = ("allow", "redact")
CHOSEN = st.one_of(RULES, LABEL_RULES, FILE_RULES, NARROW_RULES)
SETS = st.lists(CHOSEN, max_size=6).map(numbered)
PLAIN = REQUESTS.filter(lambda one: one.act in cedar_oracle.ACTS and one.findings <= set(cedar_oracle.EVERY_KIND))
HOUSE = default_rules().with_rules(*forum_rules("packaging/open", "Open", "public"))


@settings(max_examples=40)
@given(st.lists(CHOSEN, min_size=1, max_size=8).map(numbered), st.lists(PLAIN, min_size=10, max_size=20))
def test_cedar_lets_the_same_cross(rule_set, asked):
    decided = [decide(one, rule_set, NOW).effect for one in asked]
    assert cedar_oracle.crosses(rule_set, asked, NOW, unasked=False) == [effect != "deny" for effect in decided]
    assert cedar_oracle.crosses(rule_set, asked, NOW, unasked=True) == [effect in CROSSING for effect in decided]


@settings(max_examples=30)
@given(SETS)
def test_cedar_finds_the_rules_well_typed(rule_set):
    assert cedar_oracle.valid(cedar_oracle.policies(rule_set, unasked=True)) == []


def test_cedar_tells_the_usual_cases_apart():
    secret = facts(findings=frozenset({"secret"}))
    asked = [facts(), facts(forum="packaging/inner"), secret, facts(categories=frozenset({"legal"}))]
    assert cedar_oracle.crosses(HOUSE, asked, NOW, unasked=False) == [True, False, True, False]
    assert cedar_oracle.crosses(HOUSE, asked, NOW, unasked=True) == [True, False, False, False]


@settings(max_examples=120)
@given(SETS, SETS)
def test_z3_finds_an_opening_exactly_when_the_analysis_does(old, new):
    agree(old, new)


@settings(max_examples=80)
@given(SETS, CHOSEN, st.booleans())
def test_z3_agrees_on_one_rule_more_or_less(rule_set, rule, more):
    wider = rule_set.with_rules(replace(rule, id="added"))
    agree(rule_set, wider) if more else agree(wider, rule_set)


@settings(max_examples=60)
@given(SETS, GUARDS)
def test_z3_finds_nothing_that_a_guard_more_would_open(rule_set, guard):
    assert z3_oracle.opening(rule_set, rule_set.with_rules(replace(guard, id="added"))) is None


def agree(old: RuleSet, new: RuleSet) -> None:
    found, solved = openings(old, new), z3_oracle.opening(old, new)
    assert bool(found) == (solved is not None)
    for one, at in ([solved] if solved else []) + [(one.facts, one.at) for one in found]:
        assert looser(decide(one, old, at), decide(one, new, at))


@pytest.mark.parametrize(
    ("changed", "opens"),
    [(HOUSE.without("G-findings"), True), (HOUSE.without("S-packaging/open"), False), (HOUSE, False)],
)
def test_z3_knows_the_usual_changes(changed, opens):
    solved = z3_oracle.opening(HOUSE, changed)
    assert (solved is not None) is opens
    assert solved is None or solved[1] > NOW - timedelta(days=10_000)
