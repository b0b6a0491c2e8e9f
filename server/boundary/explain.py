"""Why a decision is as it is, and what single change would let the thing cross."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from server.boundary.engine import CompiledRules, Outcome
from server.boundary.facts import NAMES, Facts
from server.boundary.labels import ONWARD, WISHES, Clearance, Label, Level
from server.boundary.rule import DAYS, MINUTES_A_DAY, Review, Span
from server.boundary.sentences import found, listed, removed, review_said, size_said

MOST_LENGTHS = 3


def reason(outcome: Outcome, facts: Facts, compiled: CompiledRules, now: datetime) -> str:
    """Return one sentence that a person understands, saying why the outcome is as it is."""
    whom = peer_said(facts)
    match outcome.cause:
        case "clearance":
            return _not_cleared(facts, whom)
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
        return f"Held by {listed(outcome.rules, 'and')}: {_first(outcome, facts, compiled)}{_release(outcome)}"
    permits = [rule.id for rule in compiled.rules_of(outcome.matched) if rule.kind != "guard"]
    verb = f"Crosses to {whom} by" if facts.direction == "out" else f"Accepted from {whom} by"
    if outcome.effect == "redact":
        others = [rule_id for rule_id in outcome.rules if rule_id not in permits]
        by = f" ({listed(others, 'and')})" if others else ""
        return f"{verb} {listed(permits, 'and')}, with {removed(outcome.redactions)}{by}."
    return f"{verb} {listed(permits, 'and')}."


def _not_cleared(facts: Facts, whom: str) -> str:
    lacking = facts.categories - facts.cleared_for
    if facts.label > facts.clearance:
        return f"This is labelled {facts.whole_label}, and {whom} is cleared up to {facts.clearance} only."
    return f"This is in the category {listed(sorted(lacking), 'and')}, for which {whom} is not cleared."


def _release(outcome: Outcome) -> str:
    """Return who has to release what several rules hold, or what is held for something found in it."""
    asked = [duty for duty in outcome.duties if isinstance(duty, Review)]
    if not asked:
        return ""
    by = listed([review_said(duty).removeprefix("released ") for duty in asked], "and")
    return f" It is released {by}."


def peer_said(facts: Facts) -> str:
    """Return the other side in words: its name, or ``the public``."""
    return "the public" if facts.peer == "*" else facts.peer


def _place(facts: Facts) -> str:
    return facts.forum or (f"the jam {facts.jam}" if facts.jam else "what belongs to no forum")


def _no_permit(facts: Facts, compiled: CompiledRules, now: datetime) -> str:
    whom, place = peer_said(facts), _place(facts)
    if compiled.reaches(facts, now):
        way = f"leave {place} for {whom}" if facts.direction == "out" else f"come from {whom} into {place}"
        return f"No rule lets this {facts.act}, labelled {facts.whole_label}, {way}."
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
    return next(_allowing(facts, compiled, now), None)


def single_changes(facts: Facts, compiled: CompiledRules, now: datetime, most: int = 3) -> tuple[str, ...]:
    """Name up to ``most`` single changes, each of another fact, that would let a refused or held thing cross."""
    return tuple(islice(_allowing(facts, compiled, now), most))


def _allowing(facts: Facts, compiled: CompiledRules, now: datetime) -> Iterator[str]:
    """Yield single changes that would let it cross, the nearest of each fact."""
    if not compiled.near(facts, now):
        return
    changes = _changes(facts, compiled) if compiled.reaches(facts, now) else _other_tiers(facts)
    told: set[str] = set()
    for changed, words in changes:
        name = next((name for name in NAMES if getattr(changed, name) != getattr(facts, name)), "")
        outcome = compiled.verdict(changed, now)
        if name not in told and outcome.effect in ("allow", "redact"):
            told.add(name)
            permit = next(rule.id for rule in compiled.rules_of(outcome.matched) if rule.kind != "guard")
            yield f"{permit} would allow it{', redacted,' if outcome.effect == 'redact' else ''} if {words}"


def _changes(facts: Facts, compiled: CompiledRules) -> Iterator[tuple[Facts, str]]:
    yield from _of_its_label(facts)
    yield from _of_its_words(facts, compiled)
    yield from _of_its_attachments(facts, compiled)
    yield from _of_its_time(facts, compiled)
    yield from _of_clearance(facts)
    yield from _other_tiers(facts)


def _of_its_label(facts: Facts) -> Iterator[tuple[Facts, str]]:
    usual = facts.onward == WISHES[facts.label]
    for level in sorted(Level, key=lambda level: (abs(level - facts.label), level)):
        if level != facts.label:
            wish = WISHES[level] if usual else facts.onward
            other = Label(level, facts.categories, wish)
            yield facts.supposing(label=level, onward=wish), f"the label were {other}"
    if facts.categories:
        named = f"the category {listed(sorted(facts.categories), 'and')}"
        for category in sorted(facts.categories) if len(facts.categories) > 1 else ():
            yield facts.supposing(categories=facts.categories - {category}), f"it were not in the category {category}"
        yield facts.supposing(categories=frozenset()), f"it were not in {named}"
    place = ONWARD.index(facts.onward)
    for wish in sorted(ONWARD, key=lambda wish: abs(ONWARD.index(wish) - place)):
        if wish != facts.onward:
            yield facts.supposing(onward=wish), f"its onward wish were {wish}"


def _of_its_words(facts: Facts, compiled: CompiledRules) -> Iterator[tuple[Facts, str]]:
    if facts.findings:
        yield facts.supposing(findings=frozenset()), f"it did not contain {found(facts.findings)}"
    if not facts.consent:
        yield facts.supposing(consent=True), "the author had agreed to be named"
    for limit in compiled.below("length", facts.length)[:MOST_LENGTHS]:
        yield facts.supposing(length=limit), f"it had no more than {limit} characters"


def _of_its_attachments(facts: Facts, compiled: CompiledRules) -> Iterator[tuple[Facts, str]]:
    if not facts.attachments:
        return
    none: dict[str, Any] = {"attachments": 0, "attachment_types": frozenset(), "attachment_bytes": 0}
    yield facts.supposing(**none), "it had no attachments"
    for limit in compiled.below("attachment_bytes", facts.attachment_bytes)[:MOST_LENGTHS]:
        said = size_said(Span(0, limit))
        yield facts.supposing(attachment_bytes=limit), f"its attachments had {said}"
    for left_out in sorted(facts.attachment_types) if len(facts.attachment_types) > 1 else ():
        rest = facts.attachment_types - {left_out}
        yield facts.supposing(attachment_types=rest), f"nothing of the type {left_out} were attached"


def _of_its_time(facts: Facts, compiled: CompiledRules) -> Iterator[tuple[Facts, str]]:
    if facts.first_crossing:
        yield facts.supposing(first_crossing=False), "it had crossed before"
    for number in compiled.above("nth", facts.nth)[:MOST_LENGTHS]:
        yield facts.supposing(nth=number), f"{number - 1} of its author's had crossed before"
    for limit in compiled.below("age", facts.age)[-1:]:
        yield facts.supposing(age=limit), f"it had been written no more than {limit} hours ago"
    for hours in compiled.above("age", facts.age)[:MOST_LENGTHS]:
        yield facts.supposing(age=hours), f"it had been written {hours} hours ago"
    for minute in compiled.minutes():
        if minute != facts.week_minute:
            day, rest = divmod(minute, MINUTES_A_DAY)
            at = f"{DAYS[day]} at {rest // 60:02}:{rest % 60:02} UTC"
            yield facts.supposing(week_minute=minute), f"it had been written on {at}"


def _of_clearance(facts: Facts) -> Iterator[tuple[Facts, str]]:
    """Yield what the other side would have to be cleared for, where that is what keeps it back."""
    if facts.whole_label.within(facts.whole_clearance):
        return
    level, categories = max(facts.label, facts.clearance), facts.cleared_for | facts.categories
    said = Clearance(facts.label if facts.label > facts.clearance else facts.clearance, facts.categories)
    yield facts.supposing(clearance=level, cleared_for=categories), f"{peer_said(facts)} were cleared for {said}"


def _other_tiers(facts: Facts) -> Iterator[tuple[Facts, str]]:
    if facts.tier in ("stranger", "customer"):
        yield facts.supposing(tier="partner"), f"{facts.peer} were a partner"
    if facts.tier == "stranger":
        yield facts.supposing(tier="customer"), f"{facts.peer} were a customer"
