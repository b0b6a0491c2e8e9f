"""Decisions, against a slow and obvious reference."""

import json
import random
from dataclasses import fields, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.boundary.decide import decide
from server.boundary.facts import ACTS, Facts, FactsError, is_host, normal_host
from server.boundary.labels import Label, LabelError, Level
from server.boundary.rule import STRICTNESS
from server.boundary.rules import (
    Conditions,
    Expires,
    Notify,
    Rate,
    Rule,
    RuleError,
    RuleSet,
    default_rules,
    forum_rules,
    mirror_rules,
)
from tests.server.boundary.boundary_worlds import (
    GUARDS,
    NOW,
    REQUESTS,
    RULE_SETS,
    SOME_REQUESTS,
    facts,
    reference,
)

HOUSE = default_rules().with_rules(
    *forum_rules("packaging/open", "Open", "public"), *forum_rules("packaging/near", "Near", "partners")
)
PUBLIC = {"peer": "*", "tier": "public"}


@given(RULE_SETS, SOME_REQUESTS)
def test_decisions_are_those_of_looking_at_each_rule_in_turn(rule_set, asked):
    for one in asked:
        decision = decide(one, rule_set, NOW)
        assert (decision.effect, decision.rules, decision.redactions) == reference(one, rule_set, NOW)
        assert decision.reason


@given(RULE_SETS.flatmap(lambda found: st.tuples(st.just(found), st.permutations(found.rules))), REQUESTS)
def test_the_order_of_rules_never_matters(orders, asked):
    rule_set, shuffled = orders
    assert decide(asked, rule_set, NOW).to_json() == decide(asked, RuleSet(tuple(shuffled)), NOW).to_json()


@given(RULE_SETS, GUARDS, SOME_REQUESTS)
def test_adding_a_guard_never_opens_anything(rule_set, guard, asked):
    wider = rule_set.with_rules(replace(guard, id="added"))
    for one in asked:
        before, after = decide(one, rule_set, NOW), decide(one, wider, NOW)
        assert STRICTNESS[after.effect] >= STRICTNESS[before.effect]
        assert after.effect == "deny" or after.redactions >= before.redactions


@given(RULE_SETS, SOME_REQUESTS)
def test_what_would_allow_it_would(rule_set, asked):
    for one in asked:
        said = decide(one, rule_set, NOW).would_allow or ""
        if "the label were" in said:
            label = Label.parse(said.rsplit(" ", 1)[1])
            changed = replace(one, label=label.level, onward=label.onward)
            assert decide(changed, rule_set, NOW).effect in ("allow", "redact")
        if "agreed to be named" in said:
            assert decide(replace(one, consent=True), rule_set, NOW).effect in ("allow", "redact")


@given(RULE_SETS, SOME_REQUESTS)
def test_stored_facts_replay_to_the_same_decision_bit_for_bit(rule_set, asked):
    for one in asked:
        stored = json.dumps(one.to_json())
        again = decide(Facts.from_json(json.loads(stored)), RuleSet(rule_set.rules), NOW)
        assert json.dumps(again.to_json()) == json.dumps(decide(one, rule_set, NOW).to_json())


def test_nothing_crosses_without_a_share():
    decision = decide(facts(forum="packaging/inner"), HOUSE, NOW)
    assert (decision.effect, decision.rules) == ("deny", ())
    assert decision.reason == "No rule shares packaging/inner with globex.example."


def test_no_rules_at_all_deny():
    assert decide(facts(), RuleSet(), NOW).effect == "deny"
    assert decide(facts(direction="in"), RuleSet(), NOW).effect == "deny"


def test_a_public_forum_crosses_to_everyone_including_the_anonymous():
    for peer in ({}, PUBLIC, {"peer": "unknown.example", "tier": "stranger"}):
        decision = decide(facts(**peer), HOUSE, NOW)
        assert (decision.effect, decision.rules) == ("allow", ("S-packaging/open",))
    assert decide(facts(**PUBLIC), HOUSE, NOW).reason == "Crosses to the public by S-packaging/open."


def test_amber_stays_and_the_reason_and_the_way_out_are_named():
    decision = decide(facts(label=Level.AMBER, clearance=Level.RED), HOUSE, NOW)
    assert decision.reason == "Refused by G-label: nothing labelled AMBER or higher leaves, to anyone."
    assert decision.would_allow == "S-packaging/open would allow it if the label were GREEN"


def test_a_peer_gets_nothing_above_its_clearance_whatever_the_rules_say():
    share = Rule(id="S", kind="share", direction="out", effect="allow")
    decision = decide(facts(label=Level.RED, clearance=Level.AMBER), RuleSet((share,)), NOW)
    assert (decision.effect, decision.rules) == ("deny", ())
    assert "cleared up to AMBER" in decision.reason


def test_a_finding_holds_and_is_named():
    decision = decide(facts(findings=frozenset({"secret", "email"})), HOUSE, NOW)
    assert (decision.effect, decision.rules) == ("hold", ("G-findings",))
    assert decision.reason == "Held by G-findings: an e-mail address and a secret were found in it."
    assert decision.would_allow.startswith("S-packaging/open would allow it if it did not contain")


def test_an_own_pattern_holds_by_default():
    assert decide(facts(findings=frozenset({"pattern:ticket"})), HOUSE, NOW).effect == "hold"


def test_no_consent_turns_the_name_into_a_role():
    decision = decide(facts(consent=False), HOUSE, NOW)
    assert (decision.effect, decision.redactions) == ("redact", {"name->role"})
    assert "by S-packaging/open" in decision.reason
    assert "(G-consent)" in decision.reason


def test_a_partners_forum_is_for_partners_or_the_named_servers():
    named = RuleSet(forum_rules("a/b", "B", "partners", ("initech.example",)))
    near = facts(forum="packaging/near")
    assert decide(near, HOUSE, NOW).effect == "allow"
    assert decide(replace(near, tier="stranger"), HOUSE, NOW).effect == "deny"
    assert decide(replace(near, tier="stranger"), HOUSE, NOW).would_allow == (
        "S-packaging/near would allow it if globex.example were a partner"
    )
    assert decide(facts(forum="a/b"), named, NOW).effect == "deny"
    assert decide(facts(forum="a/b", peer="initech.example", tier="stranger"), named, NOW).effect == "allow"


def test_an_inside_forum_has_no_rules():
    assert forum_rules("a/b", "B", "inside") == ()
    with pytest.raises(ValueError, match="unknown audience"):
        forum_rules("a/b", "B", "everybody")


def test_answers_are_accepted_at_a_rate():
    decision = decide(facts(direction="in"), HOUSE, NOW)
    assert (decision.effect, decision.rules, decision.duties) == (
        "allow",
        ("A-packaging/open",),
        (Rate(6_000),),
    )
    assert decide(facts(direction="in", act="Announce"), HOUSE, NOW).effect == "deny"


def test_a_mirrored_forum_talks_to_its_own_server_only():
    mirror = default_rules().with_rules(*mirror_rules("globex/lifts", "Lifts", "globex.example"))
    here = facts(forum="globex/lifts", act="Follow")
    assert decide(here, mirror, NOW).effect == "allow"
    assert decide(replace(here, peer="initech.example"), mirror, NOW).effect == "deny"
    assert decide(replace(here, peer="*", tier="public"), mirror, NOW).effect == "deny"
    assert decide(replace(here, direction="in", act="Announce"), mirror, NOW).effect == "allow"
    assert decide(replace(here, direction="in", peer="initech.example"), mirror, NOW).effect == "deny"


def test_redactions_and_duties_of_all_matching_rules_unite_and_the_strictest_rate_holds():
    both = RuleSet(
        (
            Rule(
                id="S1",
                kind="share",
                direction="out",
                effect="redact",
                redactions=frozenset({"email"}),
                duties=(Rate(60), Notify("carol"), Expires(NOW + timedelta(days=1))),
            ),
            Rule(
                id="S2",
                kind="share",
                direction="out",
                effect="redact",
                redactions=frozenset({"codename"}),
                duties=(Rate(600), Expires(NOW + timedelta(days=2))),
            ),
        )
    )
    decision = decide(facts(), both, NOW)
    assert decision.redactions == {"email", "codename"}
    assert decision.duties == (Notify("carol"), Rate(60), Expires(NOW + timedelta(days=2)))


def test_a_share_ends_at_its_expiry_and_not_before():
    ends = NOW + timedelta(hours=1)
    share = Rule(id="S", kind="share", direction="out", effect="allow", duties=(Expires(ends),))
    assert decide(facts(), RuleSet((share,)), ends - timedelta(microseconds=1)).effect == "allow"
    assert decide(facts(), RuleSet((share,)), ends).effect == "deny"


@pytest.mark.parametrize(
    "broken",
    [
        lambda: decide(None, HOUSE, NOW),
        lambda: decide(facts(), None, NOW),
        lambda: decide(facts(), HOUSE, None),
        lambda: decide(facts(), HOUSE, datetime(2026, 1, 1)),
        lambda: decide(object.__new__(Facts), HOUSE, NOW),
        lambda: decide(facts(act="Frobnicate"), HOUSE, NOW),
        lambda: decide(facts(findings=frozenset({"failed"})), HOUSE, NOW),
        lambda: decide(facts(findings=frozenset({"aura"})), HOUSE, NOW),
    ],
)
def test_whatever_is_missing_unknown_or_failing_denies(broken):
    decision = broken()
    assert decision.effect == "deny"
    assert decision.reason


@pytest.mark.parametrize("name", [field.name for field in fields(Facts)])
def test_a_missing_or_ill_typed_fact_cannot_be_made(name):
    whole = facts().to_json()
    with pytest.raises(FactsError):
        Facts.from_json({key: value for key, value in whole.items() if key != name})
    with pytest.raises(FactsError):
        Facts.from_json({**whole, name: None})
    with pytest.raises(FactsError):
        Facts.from_json({**whole, "more": 1})
    with pytest.raises(FactsError):
        facts(**{name: 1.5})


@pytest.mark.parametrize(
    "peer",
    [
        "Globex.example",
        "globex.example.",
        "globex.example:443",
        "gl obex",
        "",
        "https://globex.example",
        "ü.example",
    ],
)
def test_a_server_has_one_spelling(peer):
    assert not is_host(peer)
    with pytest.raises(FactsError):
        facts(peer=peer)


def test_other_spellings_can_be_made_normal():
    assert normal_host("Globex.Example.:443") == "globex.example"
    assert normal_host("127.0.0.1:8402") == "127.0.0.1:8402"
    assert normal_host("[::1]:8402") == "[::1]:8402"
    assert normal_host("Bücher.example") == "xn--bcher-kva.example"
    with pytest.raises(FactsError):
        normal_host("not a host")


def test_the_public_is_nobody_else():
    with pytest.raises(FactsError, match="go together"):
        facts(peer="*")
    with pytest.raises(FactsError, match="go together"):
        facts(tier="public")


def test_levels_are_parsed():
    assert Level.parse(" amber ") is Level.AMBER
    assert str(Level.GREEN) == f"{Level.GREEN}" == "GREEN"
    with pytest.raises(LabelError, match="did you mean 'AMBER'"):
        Level.parse("AMBR")


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"kind": "guard", "effect": "allow"}, "a guard can only"),
        ({"kind": "share", "effect": "deny"}, "cannot deny"),
        ({"kind": "accept", "direction": "out", "effect": "allow"}, "what goes out"),
        ({"kind": "guard", "effect": "redact"}, "to redact, say what"),
        ({"kind": "guard", "effect": "deny", "redactions": frozenset({"email"})}, "need the effect"),
        ({"kind": "guard", "effect": "hold", "redactions": frozenset({"emial"})}, "did you mean 'email'"),
        ({"kind": "guard", "effect": "hold", "duties": (Rate(1), Rate(2))}, "one rate"),
        ({"id": ""}, "needs an id"),
    ],
)
def test_a_rule_that_cannot_mean_anything_cannot_be_made(parts, problem):
    whole = {"id": "R", "kind": "guard", "direction": "out", "effect": "deny", **parts}
    with pytest.raises(RuleError, match=problem):
        Rule(**whole)


def test_conditions_take_only_what_we_know():
    for asked in (
        {"acts": frozenset({"Creat"})},
        {"findings": frozenset({"failed"})},
        {"peers": frozenset({"tier:friend"})},
        {"peers": frozenset({"Globex.example"})},
        {"forums": frozenset()},
    ):
        with pytest.raises(RuleError):
            Conditions(**asked)


def test_two_rules_cannot_share_an_id():
    with pytest.raises(RuleError, match="two rules called G-label"):
        RuleSet(default_rules().rules + default_rules().rules[:1])


def test_what_is_remembered_is_bounded_and_changes_nothing():
    shares = [rule for n in range(40) for rule in forum_rules(f"j/f{n}", f"F{n}", "partners", (f"h{n}.example",))]
    many = RuleSet(tuple(shares))
    chance = random.Random(1)
    asked = [facts(forum=f"j/f{chance.randrange(400)}", peer=f"h{chance.randrange(99)}.example") for _ in range(3000)]
    first = [decide(one, many, NOW) for one in asked]
    assert first == [decide(one, many, NOW) for one in asked]
    assert {decision.effect for decision in first} == {"allow", "deny"}
    assert "Create" in ACTS
