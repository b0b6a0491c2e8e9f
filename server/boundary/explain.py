"""Why a decision is as it is, and what single change would let the thing cross."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from server.boundary.engine import CompiledRules, Outcome
from server.boundary.facts import Facts
from server.boundary.labels import Level
from server.boundary.sentences import found, listed, removed

MOST_LENGTHS = 3


def reason(outcome: Outcome, facts: Facts, compiled: CompiledRules, now: datetime) -> str:
    """Return one sentence that a person understands, saying why the outcome is as it is."""
    whom = peer_said(facts)
    match outcome.cause:
        case "clearance":
            return f"This is labelled {facts.label}, and {whom} is cleared up to {facts.clearance} only."
        case "detector":
            return "A detector could not finish its search, so this is refused."
        case "unknown act":
            return f"“{facts.act}” is no act that rules can speak about, so it is refused."
        case "unknown finding":
            return "A detector reported a kind of finding that is unknown here, so this is refused."
        case "error":
            return "The decision could not be made, so this is refused."
        case "no permit":
            return _no_permit(facts, compiled, now)
    if outcome.effect == "deny":
        return f"Refused by {listed(outcome.rules, 'and')}: {_first(outcome, facts, compiled)}"
    if outcome.effect == "hold":
        return f"Held by {listed(outcome.rules, 'and')}: {_first(outcome, facts, compiled)}"
    permits = [rule.id for rule in compiled.rules_of(outcome.matched) if rule.kind != "guard"]
    verb = f"Crosses to {whom} by" if facts.direction == "out" else f"Accepted from {whom} by"
    if outcome.effect == "redact":
        others = [rule_id for rule_id in outcome.rules if rule_id not in permits]
        by = f" ({listed(others, 'and')})" if others else ""
        return f"{verb} {listed(permits, 'and')}, with {removed(outcome.redactions)}{by}."
    return f"{verb} {listed(permits, 'and')}."


def peer_said(facts: Facts) -> str:
    """Return the other side in words: its name, or ``the public``."""
    return "the public" if facts.peer == "*" else facts.peer


def _place(facts: Facts) -> str:
    return facts.forum or (f"the jam {facts.jam}" if facts.jam else "what belongs to no forum")


def _no_permit(facts: Facts, compiled: CompiledRules, now: datetime) -> str:
    whom, place = peer_said(facts), _place(facts)
    if compiled.reaches(facts, now):
        way = f"leave {place} for {whom}" if facts.direction == "out" else f"come from {whom} into {place}"
        return f"No rule lets this {facts.act}, labelled {facts.label}, {way}."
    if facts.direction == "out":
        return f"No rule shares {place} with {whom}."
    return f"No rule accepts a {facts.act} from {whom} in {place}."


def _first(outcome: Outcome, facts: Facts, compiled: CompiledRules) -> str:
    """Return what the first of the deciding rules says, as the rest of a sentence."""
    (rule, *_) = compiled.rules_of(outcome.rules)
    if rule.conditions.findings is not None:
        kinds = sorted(facts.findings & rule.conditions.findings) or sorted(facts.findings)
        said = listed([found([kind]) for kind in kinds], "and")
        return f"{said} {'were' if kinds[1:] else 'was'} found in it."
    says: str = compiled.said[rule.id]
    return says[0].lower() + says[1:]


def would_allow(facts: Facts, compiled: CompiledRules, now: datetime) -> str | None:
    """Return, as a sentence, the first single change of the facts with which the thing would cross.

    Each candidate is decided for real, so the sentence is true of the rules as they are.
    """
    if not compiled.near(facts, now):
        return None
    changes = _changes(facts, compiled) if compiled.reaches(facts, now) else _other_tiers(facts)
    for changed, words in changes:
        outcome = compiled.verdict(changed, now)
        if outcome.effect in ("allow", "redact"):
            permit = next(rule.id for rule in compiled.rules_of(outcome.matched) if rule.kind != "guard")
            return f"{permit} would allow it{', redacted,' if outcome.effect == 'redact' else ''} if {words}"
    return None


def _changes(facts: Facts, compiled: CompiledRules) -> Iterator[tuple[Facts, str]]:
    for level in sorted(Level, key=lambda level: (abs(level - facts.label), level)):
        if level != facts.label:
            yield facts.supposing(label=level), f"the label were {level}"
    if facts.findings:
        yield facts.supposing(findings=frozenset()), f"it did not contain {found(facts.findings)}"
    if not facts.consent:
        yield facts.supposing(consent=True), "the author had agreed to be named"
    if facts.attachments:
        yield facts.supposing(attachments=0), "it had no attachments"
    for limit in compiled.lengths_below(facts.length)[:MOST_LENGTHS]:
        yield facts.supposing(length=limit), f"it had no more than {limit} characters"
    if facts.first_crossing:
        yield facts.supposing(first_crossing=False), "it had crossed before"
    if facts.label > facts.clearance:
        yield facts.supposing(clearance=facts.label), f"{peer_said(facts)} were cleared for {facts.label}"
    yield from _other_tiers(facts)


def _other_tiers(facts: Facts) -> Iterator[tuple[Facts, str]]:
    if facts.tier in ("stranger", "customer"):
        yield facts.supposing(tier="partner"), f"{facts.peer} were a partner"
    if facts.tier == "stranger":
        yield facts.supposing(tier="customer"), f"{facts.peer} were a customer"
