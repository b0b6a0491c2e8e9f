"""The analysis over labels, numbers, hours, attachments and words to look for: exact, against every request."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.boundary.analyse import diff, findings, looser, openings, opens
from server.boundary.decide import decide
from server.boundary.facts import Facts
from server.boundary.rules import Conditions, Review, Rule, RuleSet, Span, Week
from tests.server.boundary.boundary_worlds import (
    FILE_RULES,
    FOUND,
    LABEL_RULES,
    NOW,
    every_file_request,
    every_label_request,
    facts,
    numbered,
)

WORLDS = {
    "labels": (LABEL_RULES, tuple(every_label_request())),
    "files": (FILE_RULES, tuple(every_file_request())),
}


def some_opening(old, new, everything):
    was, becomes = old.compiled, new.compiled
    return any(looser(was.verdict(one, NOW), becomes.verdict(one, NOW)) for one in everything)


@pytest.mark.parametrize("world", WORLDS)
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_opens_finds_an_example_exactly_when_there_is_one(world, data):
    rules, everything = WORLDS[world]
    old, new = (numbered(data.draw(st.lists(rules, max_size=5))) for _ in range(2))
    found = openings(old, new)
    assert bool(found) == some_opening(old, new, everything)
    for one in found:
        assert Facts.from_json(one.facts.to_json()) == one.facts
        assert looser(decide(one.facts, old, one.at), decide(one.facts, new, one.at))


@pytest.mark.parametrize("world", WORLDS)
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_rule_is_called_unreachable_exactly_when_it_is(world, data):
    rules, everything = WORLDS[world]
    rule = data.draw(rules)
    alone = RuleSet((replace(rule, id="R"),))
    matched = any(alone.compiled.match(one, NOW) for one in everything)
    assert matched == all(remark.kind != "unreachable" for remark in findings(alone))


@settings(max_examples=60, deadline=None)
@given(st.lists(LABEL_RULES, max_size=4), st.lists(LABEL_RULES, max_size=4), st.sampled_from(("less", "more", "other")))
def test_words_looked_for_no_longer_or_newly_are_weighed_exactly(some, others, change):
    old, new = numbered(some), numbered(others)
    terms = {"less": ("Umbrella",), "more": ("Umbrella", "Hooli", "Cyberdyne"), "other": ("Cyberdyne", "Hooli")}
    new = replace(new, lists=(("customers", terms[change]),))
    free = "list:customers"
    pairs = [(one, one) for one in FOUND]
    if change != "more":
        pairs += [(one | {free}, one - {free}) for one in FOUND]
    if change != "less":
        pairs += [(one - {free}, one | {free}) for one in FOUND]
    plain = [one for one in WORLDS["labels"][1] if not one.findings]
    expected = any(
        looser(
            old.compiled.verdict(one.supposing(findings=before), NOW),
            new.compiled.verdict(one.supposing(findings=after), NOW),
        )
        for one in plain
        for before, after in pairs
    )
    found = openings(old, new)
    assert bool(found) == expected
    for one in found:
        after = replace(one.facts, findings=one.found_after)
        assert looser(decide(one.facts, old, one.at), decide(after, new, one.at))
        assert str(one)


def hold(*duties, **asked):
    return Rule(
        id="G", kind="guard", direction="out", effect="hold", conditions=Conditions(**asked), duties=tuple(duties)
    )


SHARE = Rule(id="S", kind="share", direction="out", effect="allow")


@pytest.mark.parametrize(
    ("before", "after", "opened"),
    [
        (Review(2), Review(1), True),
        (Review(1), Review(2), False),
        (Review(1, ("@legal",)), Review(1), True),
        (Review(1), Review(1, ("@legal",)), False),
        (Review(1, ("@legal",)), Review(1, ("@legal", "carol")), True),
        (Review(1, ("@legal", "carol")), Review(1, ("@legal",)), False),
        (Review(2, ("@legal",)), Review(3, ("carol",)), True),
        (Review(2, within_hours=4), Review(2, within_hours=48), False),
    ],
)
def test_an_easier_release_is_an_opening(before, after, opened):
    old, new = RuleSet((SHARE, hold(before))), RuleSet((SHARE, hold(after)))
    assert bool(opens(old, new)) is opened


def test_reviews_of_several_rules_all_have_to_be_given():
    second = replace(hold(Review(1, ("@ip",), 8)), id="G2")
    decision = decide(facts(), RuleSet((SHARE, hold(Review(2, ("@legal",), 24)), second)), NOW)
    assert decision.duties == (Review(1, ("@ip",), 8), Review(2, ("@legal",), 8))
    assert decision.reason.endswith("It is released by @ip within 8 hours and by 2 of @legal within 8 hours.")
    assert opens(RuleSet((SHARE, second)), RuleSet((SHARE, second, hold(Review(1))))) == ()


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"attachments": Span(0, 0), "attachment_types": frozenset({"image/*"})}, "contradict"),
        ({"attachments": Span(0, 0), "attachment_bytes": Span(1)}, "contradict"),
        ({"forums": frozenset({"a/b"}), "jams": frozenset({"c"})}, "none of its forums"),
        ({"attachments": Span(1), "attachment_types": frozenset({"!image/*"})}, None),
        ({"nth": Span(1, 1), "age": Span(49), "week": Week(frozenset({6}))}, None),
    ],
)
def test_a_rule_that_contradicts_itself_is_named(asked, why):
    (*remarks,) = findings(RuleSet((SHARE, hold(**asked))))
    unreachable = [remark.sentence for remark in remarks if remark.kind == "unreachable"]
    assert bool(unreachable) is bool(why)
    assert all(why in sentence for sentence in unreachable)


def test_many_files_of_few_types_and_no_more_types_than_files():
    one_file = frozenset({"image/png", "application/pdf"})
    rules = RuleSet(
        (
            SHARE,
            hold(attachments=Span(1, 1), attachment_types=one_file),
            replace(hold(attachment_types=frozenset({"text/*"})), id="G2"),
        )
    )
    less = rules.without("G2")
    (opening,) = openings(rules, less)
    assert opening.facts.attachment_types == {"text/another"}


def test_differences_in_words_are_told():
    old = RuleSet(code_names=("Lynx",), lists=(("customers", ("Hooli",)),), patterns=(("ticket", "T-[0-9]+"),))
    new = RuleSet(lists=(("customers", ("Umbrella",)),), patterns=(("ticket", "T-[0-9]{6}"), ("case", "C-[0-9]+")))
    assert diff(old, new) == (
        "Code names are removed: Lynx.",
        "Terms of “customers” are removed: Hooli.",
        "Terms of “customers” are added: Umbrella.",
        "The pattern “case” is added: C-[0-9]+.",
        "The pattern “ticket” changes: T-[0-9]{6}.",
    )
    assert len(diff(RuleSet(), RuleSet(code_names=tuple(f"Name{n}" for n in range(500))))[0]) < 400
