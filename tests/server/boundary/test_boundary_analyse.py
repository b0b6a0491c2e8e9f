"""What a change of rules would open, and which rules do nothing: exact, against trying every request."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings

from server.boundary.analyse import Unproven, diff, findings, looser, openings, opens
from server.boundary.decide import decide
from server.boundary.labels import Level
from server.boundary.rules import (
    Conditions,
    Expires,
    Rate,
    Rule,
    RuleSet,
    default_rules,
    forum_rules,
    parse_rules,
)
from tests.server.boundary.boundary_worlds import (
    GUARDS,
    NARROW_RULE_SETS,
    NARROW_RULES,
    NOW,
    RULE_SETS,
    RULES,
    every_narrow_request,
)

HOUSE = default_rules().with_rules(
    *forum_rules("packaging/open", "Open", "public"), *forum_rules("packaging/near", "Near", "partners")
)
EVERYTHING = tuple(every_narrow_request())


def changed(rule_id, **parts):
    return HOUSE.with_rules(replace(HOUSE.by_id[rule_id], **parts))


def some_opening(old, new):
    """Whether any narrow request at all is treated less strictly by the new rules."""
    was, becomes = old.compiled, new.compiled
    return any(looser(was.verdict(one, NOW), becomes.verdict(one, NOW)) for one in EVERYTHING)


@settings(max_examples=60, deadline=None)
@given(NARROW_RULE_SETS, NARROW_RULE_SETS)
def test_opens_finds_an_example_exactly_when_there_is_one(old, new):
    found = opens(old, new)
    assert bool(found) == some_opening(old, new)
    for one in found:
        assert looser(decide(one, old, NOW), decide(one, new, NOW))


@settings(max_examples=60, deadline=None)
@given(NARROW_RULE_SETS, NARROW_RULES)
def test_opens_is_exact_for_one_more_or_one_less_rule(rule_set, rule):
    wider = rule_set.with_rules(replace(rule, id="added"))
    assert bool(opens(rule_set, wider)) == some_opening(rule_set, wider)
    assert bool(opens(wider, rule_set)) == some_opening(wider, rule_set)


@given(RULE_SETS, RULES)
def test_every_example_is_an_opening_at_its_time(rule_set, rule):
    wider = rule_set.with_rules(replace(rule, id="added"))
    for opening in openings(rule_set, wider):
        before, after = (decide(opening.facts, rules, opening.at) for rules in (rule_set, wider))
        assert looser(before, after)
        assert (before.effect, after.effect) == (opening.before.effect, opening.after.effect)
        assert str(opening)


@given(RULE_SETS, GUARDS)
def test_adding_a_guard_is_proven_to_open_nothing(rule_set, guard):
    assert opens(rule_set, rule_set.with_rules(replace(guard, id="added"))) == ()


@settings(max_examples=40, deadline=None)
@given(NARROW_RULE_SETS)
def test_remarks_are_true(rule_set):
    for remark in findings(rule_set):
        less = rule_set.without(remark.rule_id)
        for one in EVERYTHING:
            before, after = rule_set.compiled.verdict(one, NOW), less.compiled.verdict(one, NOW)
            if remark.kind == "unreachable":
                continue
            if remark.kind == "never decides":
                assert remark.rule_id not in before.matched or before.effect == "deny"
            assert (before.effect, before.redactions) == (after.effect, after.redactions)


@settings(max_examples=40, deadline=None)
@given(NARROW_RULE_SETS)
def test_a_rule_without_remark_makes_a_difference(rule_set):
    remarked = {remark.rule_id for remark in findings(rule_set)}
    for rule in rule_set.rules:
        if rule.id not in remarked:
            less = rule_set.without(rule.id).compiled
            pairs = ((rule_set.compiled.verdict(one, NOW), less.verdict(one, NOW)) for one in EVERYTHING)
            assert any(
                (before.effect, before.redactions, before.duties) != (after.effect, after.redactions, after.duties)
                for before, after in pairs
            )


@pytest.mark.parametrize(
    ("new", "why"),
    [
        (HOUSE.without("G-findings"), "hold becomes allow"),
        (HOUSE.without("G-consent"), "redact (the author's role in place of the name) becomes allow"),
        (changed("S-packaging/near", conditions=Conditions()), "deny becomes allow"),
        (
            changed("A-packaging/open", duties=(Rate(60_000),)),
            "allow at 6000 an hour becomes allow at 60000 an hour",
        ),
        (changed("A-packaging/open", duties=()), "allow at 6000 an hour becomes allow"),
        (HOUSE.with_rules(*forum_rules("a/b", "B", "partners")), "in a/b to elsewhere.example (a partner)"),
        (replace(HOUSE, code_names=("Lynx",)), None),
        (changed("G-consent", effect="hold"), None),
        (
            changed("G-consent", effect="hold", redactions=frozenset()),
            "hold (the author's role in place of the name) becomes hold",
        ),
        (changed("A-packaging/open", duties=(Rate(6),)), None),
        (HOUSE.without("S-packaging/open"), None),
        (HOUSE.without("G-label"), None),
        (RuleSet(HOUSE.rules[::-1]), None),
        (RuleSet(tuple(replace(rule, id=f"x{rule.id}", note="new") for rule in HOUSE.rules)), None),
        (changed("S-packaging/open", duties=(Expires(NOW),)), None),
    ],
)
def test_planted_openings_are_found_and_tightenings_are_not(new, why):
    found = openings(HOUSE, new)
    assert [str(one) for one in found if why and why in str(one)] if why else not found


def test_a_share_that_ends_later_opens_the_time_between():
    old = changed("S-packaging/open", duties=(Expires(NOW),))
    new = changed("S-packaging/open", duties=(Expires(NOW + timedelta(days=1)),))
    (opening,) = openings(old, new)
    assert NOW <= opening.at < NOW + timedelta(days=1)
    assert opens(old, new, now=NOW + timedelta(days=2)) == ()


def test_dropping_a_code_name_opens_what_it_held():
    old = replace(HOUSE, code_names=("Lynx", "Opal"))
    (opening,) = openings(old, replace(HOUSE, code_names=("Opal",)))
    assert (opening.before.effect, opening.after.effect) == ("hold", "allow")
    assert opens(old.without("G-findings"), HOUSE.without("G-findings")) == ()
    assert diff(old, HOUSE) == ("Code names are removed: Lynx, Opal.",)


def test_examples_look_like_what_happens():
    (example,) = opens(HOUSE, HOUSE.without("G-findings"), limit=1)
    assert (example.act, example.label, example.jam) == ("Create", Level.GREEN, "packaging")


def test_what_takes_too_much_work_is_unproven():
    holds = (
        Rule(
            id=f"G{n}",
            kind="guard",
            direction="out",
            effect="hold",
            conditions=Conditions(findings=frozenset({f"pattern:p{n}"})),
        )
        for n in range(30)
    )
    with pytest.raises(Unproven, match="could not be proven"):
        opens(HOUSE.with_rules(*holds), HOUSE.without("G-label"))
    with pytest.raises(Unproven):
        opens(RuleSet(), HOUSE, work=3)


def test_two_hundred_rules_are_analysed_within_the_work_allowed():
    house = default_rules()
    for n in range(100):
        peers = (f"h{n % 40}.example", f"h{n % 7}.example") if n % 3 == 0 else ()
        house = house.with_rules(*forum_rules(f"jam{n % 9}/f{n}", f"F{n}", ("public", "partners")[n % 2], peers))
    assert len(house.rules) == 206
    assert [remark.rule_id for remark in findings(house)] == ["G-label"]
    assert opens(house, house.without("G-findings"))
    assert opens(house, house.without("S-jam0/f0", "S-jam1/f1")) == ()


def test_rules_that_do_nothing_are_named():
    house = HOUSE.with_rules(
        *parse_rules(
            """
            [[rule]]
            id = "S-red"
            kind = "share"
            to = "everyone"
            label = "RED"
            [[rule]]
            id = "S-again"
            kind = "share"
            to = "tier:partner"
            forum = "packaging/open"
            label = "GREEN"
            [[rule]]
            id = "S-old"
            kind = "share"
            to = "everyone"
            expires = 2020-01-01
            [[rule]]
            id = "S-elsewhere"
            kind = "share"
            to = "everyone"
            jam = "lifts"
            forum = "packaging/open"
            """
        ).rules
    )
    assert [(remark.rule_id, remark.kind, remark.sentence) for remark in findings(house, NOW)] == [
        (
            "S-red",
            "never decides",
            "S-red never lets anything through: all that it speaks of is refused, e.g. by G-label.",
        ),
        ("S-again", "redundant", "S-again changes nothing: S-packaging/open covers all of it."),
        ("S-old", "unreachable", "S-old can never apply: it expired on 2020-01-01 00:00 UTC."),
        ("S-elsewhere", "unreachable", "S-elsewhere can never apply: none of its forums belongs to its jam."),
    ]


def test_differences_are_told_in_sentences():
    new = HOUSE.without("G-consent").with_rules(
        replace(HOUSE.by_id["G-label"], effect="hold"), replace(HOUSE.by_id["G-findings"], note="x")
    )
    assert diff(HOUSE, HOUSE) == ()
    assert diff(HOUSE, new) == (
        "G-label changes: Anything labelled AMBER or higher waits for a reviewer before it leaves, to anyone."
        " Before: Nothing labelled AMBER or higher leaves, to anyone.",
        "G-findings has another note.",
        "G-consent is removed: Anything whose author has not agreed to be named leaves only with the "
        "author's role in place of the name, to anyone.",
    )
    assert diff(new, HOUSE)[-1].startswith("G-consent is added: Anything whose author")
