"""Why a decision is as it is, and what single change would let the thing cross."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any

from server.boundary.engine import CompiledRules, Outcome
from server.boundary.facts import Facts
from server.boundary.labels import ONWARD, WISHES, Clearance, Label, Level, Onward
from server.boundary.rule import DAYS, MINUTES_A_DAY, Review, Span
from server.boundary.sentences import found, listed, removed, review_said, size_said

MOST_TRIED = 3
MOST_MINUTES = 50


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
    parts, helpful = compiled.parts(facts), _helpful(compiled, compiled.verdict(facts, now))
    reached = compiled.reaches(facts, now)
    changes = _changes(facts, compiled, helpful) if reached else _other_tiers(facts, compiled)
    told: set[str] = set()
    rest: dict[str, int] = {}
    for changed, words in changes:
        name = next(iter(changed))
        if name in told or (helpful is not None and helpful.isdisjoint(changed)):
            continue
        if name not in rest:
            rest[name] = compiled.rest(parts, name, now)
        outcome = compiled.supposing(facts, rest[name], changed)
        if outcome.effect in ("allow", "redact"):
            told.add(name)
            permit = next(rule.id for rule in compiled.rules_of(outcome.matched) if rule.kind != "guard")
            yield f"{permit} would allow it{', redacted,' if outcome.effect == 'redact' else ''} if {words()}"


def _helpful(compiled: CompiledRules, outcome: Outcome) -> frozenset[str] | None:
    """Return the facts about which every rule asks that holds or refuses it: only these can help. None is any."""
    if outcome.cause == "clearance":
        return frozenset({"label", "categories", "clearance", "cleared_for"})
    against = [rule.id for rule in compiled.rules_of(outcome.matched) if rule.effect in ("hold", "deny")]
    asked: list[frozenset[str]] = [compiled.asked[rule_id] for rule_id in against]
    return frozenset.intersection(*asked) if asked else None


# Facts by name as they would be, the one that it is about first, and the words for it.
Change = tuple[dict[str, Any], Callable[[], str]]


def _changes(facts: Facts, compiled: CompiledRules, helpful: frozenset[str] | None) -> Iterator[Change]:
    for names, changes in _SORTS:
        if helpful is None or not helpful.isdisjoint(names):
            yield from changes(facts, compiled)


def _of_its_label(facts: Facts, _: CompiledRules) -> Iterator[Change]:
    usual = facts.onward == WISHES[facts.label]
    for level in sorted(Level, key=lambda level: (abs(level - facts.label), level)):
        if level != facts.label:
            wish = WISHES[level] if usual else facts.onward
            yield {"label": level, "onward": wish}, partial(_label_said, level, facts.categories, wish)
    for category in sorted(facts.categories) if len(facts.categories) > 1 else ():
        rest = facts.categories - {category}
        yield {"categories": rest}, partial("it were not in the category {}".format, category)
    if facts.categories:
        named = sorted(facts.categories)
        yield {"categories": frozenset()}, lambda: f"it were not in the category {listed(named, 'and')}"
    place = ONWARD.index(facts.onward)
    for wish in sorted(ONWARD, key=lambda wish: abs(ONWARD.index(wish) - place)):
        if wish != facts.onward:
            yield {"onward": wish}, partial("its onward wish were {}".format, wish)


def _label_said(level: Level, categories: frozenset[str], wish: Onward) -> str:
    return f"the label were {Label(level, categories, wish)}"


def _size_said(limit: int) -> str:
    return f"its attachments had {size_said(Span(0, limit))}"


def _of_its_words(facts: Facts, compiled: CompiledRules) -> Iterator[Change]:
    if facts.findings:
        yield {"findings": frozenset()}, lambda: f"it did not contain {found(facts.findings)}"
    if not facts.consent:
        yield {"consent": True}, lambda: "the author had agreed to be named"
    for limit in compiled.below("length", facts.length)[:MOST_TRIED]:
        yield {"length": limit}, partial("it had no more than {} characters".format, limit)


def _of_its_files(facts: Facts, compiled: CompiledRules) -> Iterator[Change]:
    if not facts.attachments:
        return
    none = {"attachments": 0, "attachment_types": frozenset[str](), "attachment_bytes": 0}
    yield none, lambda: "it had no attachments"
    for limit in compiled.below("attachment_bytes", facts.attachment_bytes)[:MOST_TRIED]:
        yield {"attachment_bytes": limit}, partial(_size_said, limit)
    for left_out in sorted(facts.attachment_types) if len(facts.attachment_types) > 1 else ():
        rest = {"attachment_types": facts.attachment_types - {left_out}}
        yield rest, partial("nothing of the type {} were attached".format, left_out)


def _of_its_time(facts: Facts, compiled: CompiledRules) -> Iterator[Change]:
    if facts.first_crossing:
        yield {"first_crossing": False}, lambda: "it had crossed before"
    for number in compiled.above("nth", facts.nth)[:MOST_TRIED]:
        yield {"nth": number}, partial("{} of its author's had crossed before".format, number - 1)
    for limit in compiled.below("age", facts.age)[-1:]:
        yield {"age": limit}, partial("it had been written no more than {} hours ago".format, limit)
    for hours in compiled.above("age", facts.age)[:MOST_TRIED]:
        yield {"age": hours}, partial("it had been written {} hours ago".format, hours)
    for minute in compiled.minutes()[:MOST_MINUTES]:
        if minute != facts.week_minute:
            yield {"week_minute": minute}, partial(_written_at, minute)


def _written_at(minute: int) -> str:
    day, rest = divmod(minute, MINUTES_A_DAY)
    return f"it had been written on {DAYS[day]} at {rest // 60:02}:{rest % 60:02} UTC"


def _of_clearance(facts: Facts, _: CompiledRules) -> Iterator[Change]:
    """Yield what the other side would have to be cleared for, where that is what keeps it back."""
    if facts.whole_label.within(facts.whole_clearance):
        return
    level, categories = max(facts.label, facts.clearance), facts.cleared_for | facts.categories
    wanted = {"clearance": level, "cleared_for": categories}
    yield wanted, lambda: f"{peer_said(facts)} were cleared for {Clearance(level, facts.categories)}"


def _other_tiers(facts: Facts, _: CompiledRules) -> Iterator[Change]:
    if facts.tier in ("stranger", "customer"):
        yield {"tier": "partner"}, lambda: f"{facts.peer} were a partner"
    if facts.tier == "stranger":
        yield {"tier": "customer"}, lambda: f"{facts.peer} were a customer"


_SORTS: tuple[tuple[frozenset[str], Callable[[Facts, CompiledRules], Iterator[Change]]], ...] = (
    (frozenset({"label", "categories", "onward"}), _of_its_label),
    (frozenset({"findings", "consent", "length"}), _of_its_words),
    (frozenset({"attachments", "attachment_types", "attachment_bytes"}), _of_its_files),
    (frozenset({"first_crossing", "nth", "age", "week_minute"}), _of_its_time),
    (frozenset({"clearance", "cleared_for"}), _of_clearance),
    (frozenset({"tier"}), _other_tiers),
)
