"""What is kept of decisions, over generated rules and facts: it replays, and a dry run decides each as if anew."""

from __future__ import annotations

import json

from hypothesis import given

from server.boundary.analyse import looser
from server.boundary.decide import decide
from server.boundary.detectors import Detectors
from server.boundary.engine import Outcome
from server.boundary.explain import single_changes
from server.boundary.facts_said import facts_in_words
from server.boundary.rules import Expires, parse_rules, write_rules
from server.domain.crossings import KeptVerdict
from server.services.dry_run import Rehearsal, _Comparison
from server.services.explain import replay
from server.services.house import Rulebook
from server.services.judgement import verdict_of
from tests.server.boundary.boundary_worlds import NOW, REQUESTS, RULE_SETS, SOME_REQUESTS

DETECTORS = Detectors()


@given(RULE_SETS, SOME_REQUESTS)
def test_a_kept_verdict_replays_to_the_same_bytes_from_the_text_of_its_version(rule_set, asked):
    text = write_rules(rule_set)
    book = Rulebook(1, parse_rules(text), DETECTORS)
    for one in asked:
        kept = KeptVerdict(subject_id="x", version=1, act="Create", verdict=verdict_of(book, one, NOW))
        assert replay(kept, parse_rules(text)) == "same"


@given(RULE_SETS, RULE_SETS, SOME_REQUESTS)
def test_a_dry_run_counts_what_deciding_each_by_both_tables_does(old, new, asked):
    done = Rehearsal()
    rows = [(str(n), "x", 1, json.dumps(one.to_json()), 0.0) for n, one in enumerate([*asked, *asked])]
    _Comparison(old, new, None, NOW).go_over(done, [*rows, ("odd", "x", 1, "{}", 0.0)], {})

    def noticed(outcome: Outcome) -> object:
        duties = [duty for duty in outcome.duties if not isinstance(duty, Expires)]
        return outcome.effect, outcome.redactions, duties if outcome.effect != "deny" else ()

    both = [(old.compiled.verdict(one, NOW), new.compiled.verdict(one, NOW)) for one in [*asked, *asked]]
    flips = [(before, after) for before, after in both if noticed(before) != noticed(after)]
    assert (done.judged, done.unreadable, done.total) == (len(both), 1, len(flips))
    assert done.opening == sum(looser(before, after) for before, after in flips)
    assert len(done.flips) == len(flips)


@given(RULE_SETS, SOME_REQUESTS)
def test_single_changes_are_of_different_facts_and_the_first_is_the_advice(rule_set, asked):
    for one in asked:
        changes = single_changes(one, rule_set.compiled, NOW)
        decision = decide(one, rule_set, NOW)
        assert len(changes) <= 3
        assert len(set(changes)) == len(changes)
        if decision.would_allow is not None:
            assert changes[0] == decision.would_allow


@given(REQUESTS)
def test_every_fact_has_words(asked):
    told = facts_in_words(asked)
    assert len(told) == len(asked.to_json())
    assert all(name and value for name, value in told)
