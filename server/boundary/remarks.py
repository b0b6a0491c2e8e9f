"""Rules that do nothing (they can never match, never have a say, or others already say it), and holds that nobody
can release. Exact.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from server.boundary.dry_run import lasting, weight
from server.boundary.engine import CompiledRules
from server.boundary.facts import Facts
from server.boundary.openings import bits
from server.boundary.rule import Review, Rule, Span
from server.boundary.ruleset import RuleSet
from server.boundary.sentences import listed, when
from server.boundary.space import WORK, Space, Unproven, facts_of


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know about one rule: it never matches, has no say, is said already, or nobody can answer it."""

    kind: Literal["unreachable", "never decides", "redundant", "unanswerable"]
    rule_id: str
    sentence: str
    example: Facts | None = None


def findings(rule_set: RuleSet, now: datetime | None = None, work: int = 5 * WORK) -> tuple[Remark, ...]:
    """Return remarks on rules that are unreachable, never decide or are redundant, in the order of the rules.

    With ``now``, rules that have expired count as unreachable. A rule that would take too many of the ``work``
    steps to judge gets no remark.
    """
    try:
        space = Space(rule_set.rules, now, work, work // 50)
    except Unproven:
        return ()
    found: list[Remark] = []
    for index in range(len(rule_set.rules)):
        with suppress(Unproven):
            found += _remarks(space, rule_set, index, now)
    return tuple(found)


def _remarks(space: Space, rule_set: RuleSet, index: int, now: datetime | None) -> Iterator[Remark]:
    rule, compiled = rule_set.rules[index], rule_set.compiled
    denying = bits(each.effect == "deny" for each in rule_set.rules)
    why = _unreachable(rule, now) or _contradiction(space, 1 << index)
    if why:
        yield Remark("unreachable", rule.id, f"{rule.id} can never apply: {why}.")
    elif not _has_a_say(space, 1 << index, compiled.permits, denying):
        yield _never_decides(space, compiled, index)
    elif not _matters(space, compiled, 1 << index, denying):
        other = next((each for each in rule_set.rules if each.id != rule.id and covers(each, rule)), None)
        by = f"{other.id} covers all of it" if other else "the other rules together do the same"
        yield Remark("redundant", rule.id, f"{rule.id} changes nothing: {by}.")


def _unreachable(rule: Rule, now: datetime | None) -> str:
    """Return why no request can match the rule, or nothing."""
    asked = rule.conditions
    if now is not None and rule.expires_at is not None and rule.expires_at <= now:
        return f"it expired on {when(rule.expires_at)}"
    if asked.forums and asked.jams and not any(f.partition("/")[0] in asked.jams for f in asked.forums):
        return "none of its forums belongs to its jam"
    if rule.direction == "in" and asked.peers == frozenset({"*"}):
        return "nothing comes in from the anonymous public"
    return ""


def _contradiction(space: Space, bit: int) -> str:
    for _ in space.walk(lambda possible, _: bool(possible & bit), bit, 0, bit):
        return ""
    return "its conditions contradict one another"


def _has_a_say(space: Space, bit: int, permits: int, denying: int) -> bool:
    """Say whether the rule ever matches something that would otherwise, or does, get through."""
    others_deny = denying & ~bit

    def wanted(possible: int, certain: int) -> bool:
        return bool(possible & bit and possible & permits and not certain & others_deny)

    return any(True for _ in space.walk(wanted, bit, others_deny))


def _never_decides(space: Space, compiled: CompiledRules, index: int) -> Remark:
    rule = compiled.rules[index]
    mask, values = next(space.walk(lambda possible, _: bool(possible >> index & 1), 1 << index))
    by = ", ".join(compiled.outcome(mask).rules)
    example = facts_of(values)
    if rule.kind == "guard":
        said = f"{rule.id} stops nothing at present: no rule would let it through anyway. It stands by."
        return Remark("never decides", rule.id, said, example)
    said = f"{rule.id} never lets anything through: all that it speaks of is refused, e.g. by {by}."
    return Remark("never decides", rule.id, said, example)


def _matters(space: Space, compiled: CompiledRules, bit: int, denying: int) -> bool:
    """Say whether any outcome would be another without the rule."""
    plain = bits(
        rule.kind != "guard" and rule.effect == "allow" and not lasting(rule.duties) for rule in compiled.rules
    )
    permits, others_deny = compiled.permits, denying & ~bit
    relevant, avoid = space.everything, space.everything & ~permits & ~bit
    if plain & bit:
        relevant, avoid = permits | denying, space.everything & ~bit

    def wanted(possible: int, certain: int) -> bool:
        if not possible & bit or not possible & permits or certain & others_deny:
            return False
        return not (plain & bit and certain & permits & ~bit)

    walk = space.walk(wanted, bit, avoid, relevant)
    return any(weight(compiled.outcome(mask)) != weight(compiled.outcome(mask & ~bit)) for mask, _ in walk)


def covers(wide: Rule, narrow: Rule) -> bool:
    """Say whether ``wide`` matches whatever ``narrow`` does, and does the same."""
    same = (wide.kind, wide.direction, wide.effect) == (narrow.kind, narrow.direction, narrow.effect)
    if not same or not narrow.redactions <= wide.redactions or wide.starts_at or wide.expires_at:
        return False
    return all(
        _includes(getattr(wide.conditions, name), getattr(narrow.conditions, name))
        for name in wide.conditions.__dataclass_fields__
    )


def _includes(asked: object, given: object) -> bool:
    """Say whether one condition holds wherever another of the same fact does."""
    if asked is None or asked == given:
        return True
    if isinstance(asked, Span) and isinstance(given, Span):
        ends = asked.most is None or (given.most is not None and given.most <= asked.most)
        return asked.least <= given.least and ends
    if isinstance(asked, frozenset) and isinstance(given, frozenset):
        return given <= asked and not any(str(each).startswith("!") for each in asked)
    return False


def unanswerable(rule_set: RuleSet, may_review: Mapping[str, Collection[str]]) -> tuple[Remark, ...]:
    """Return remarks on holds that nobody, or not enough people, can release.

    ``may_review`` maps the names by which rules call reviewers (``@unit``, ``@role``, ``@username``, all in
    lower case) to the usernames of those who have the duty.
    """
    found = (_unanswerable(rule, may_review) for rule in rule_set.rules if rule.effect == "hold")
    return tuple(Remark("unanswerable", rule_id, said) for rule_id, said in found if said)


def _unanswerable(rule: Rule, may_review: Mapping[str, Collection[str]]) -> tuple[str, str]:
    duty = next((duty for duty in rule.duties if isinstance(duty, Review)), Review())
    called = [f"@{name.removeprefix('@').casefold()}" for name in duty.reviewers]
    groups = [may_review.get(name, ()) for name in called] if called else may_review.values()
    people = {person for group in groups for person in group}
    whom = listed(duty.reviewers) if duty.reviewers else "this organisation"
    if not people:
        return rule.id, f"Nobody can release what {rule.id} holds: nobody in {whom} may review."
    if len(people) < duty.approvals:
        few = f"{len(people)} of {whom} may review"
        return rule.id, f"Nobody can release what {rule.id} holds: it wants {duty.approvals} approvals, and {few}."
    authors = (rule.conditions.authors or frozenset()) if rule.direction == "out" else frozenset[str]()
    alone = [author for author in sorted(authors) if len(people - {author}) < duty.approvals]
    if alone:
        said = f"its reviewers are too few without the author, {listed(alone)}"
        return rule.id, f"Nobody can release what {rule.id} holds: {said}."
    if called and len(people) == duty.approvals and rule.direction == "out" and not authors:
        who = listed(sorted(people))
        return rule.id, f"What {who} wrote and {rule.id} holds cannot be released: nobody reviews their own words."
    return rule.id, ""
