"""Compare rule sets and look for rules that do nothing: exact answers, with examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Literal

from server.boundary.decide import Decision, decide
from server.boundary.engine import CompiledRules, Outcome
from server.boundary.facts import Facts
from server.boundary.rule import STRICTNESS, Duty, Expires, Notify, Rate, Rule
from server.boundary.ruleset import RuleSet
from server.boundary.sentences import removed, sentence, when
from server.boundary.space import WORK, Space, Unproven, facts_of

__all__ = ["Flip", "Opening", "Remark", "Unproven", "diff", "findings", "flips", "openings", "opens"]


@dataclass(frozen=True, slots=True)
class Opening:
    """A request that the old rules refuse, or treat more strictly than the new ones, at some time ``at``."""

    facts: Facts
    at: datetime
    before: Outcome
    after: Outcome

    def __str__(self) -> str:
        facts, whom = self.facts, "the public" if self.facts.peer == "*" else self.facts.peer
        way = f"to {whom}" if facts.direction == "out" else f"from {whom}"
        tier = "" if facts.peer == "*" else f" (a {facts.tier})"
        change = f"{_outcome_said(self.before)} becomes {_outcome_said(self.after)}"
        by = f" by {', '.join(self.after.rules)}" if self.after.rules else ""
        place = facts.forum or "no forum"
        return f"{facts.act} labelled {facts.label} in {place} {way}{tier}: {change}{by}."


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know about one rule: it can never match, it never has a say, or others already say it."""

    kind: Literal["unreachable", "never decides", "redundant"]
    rule_id: str
    sentence: str
    example: Facts | None = None


@dataclass(frozen=True, slots=True)
class Flip:
    """A stored case that the new rules decide otherwise; ``opens`` if less strictly."""

    key: str
    facts: Facts
    before: Decision
    after: Decision
    opens: bool


def _outcome_said(outcome: Outcome) -> str:
    rate = "".join(f" at {duty.per_hour} an hour" for duty in outcome.duties if isinstance(duty, Rate))
    what = f" ({removed(outcome.redactions)})" if outcome.redactions else ""
    return outcome.effect + what + (rate if outcome.effect != "deny" else "")


def diff(old: RuleSet, new: RuleSet) -> tuple[str, ...]:
    """Return the differences between two rule sets as sentences, removed and changed rules first."""
    said: list[str] = []
    for rule in old.rules:
        other = new.by_id.get(rule.id)
        if other is None:
            said.append(f"{rule.id} is removed: {sentence(rule)}")
        elif replace(other, note=rule.note) != rule:
            said.append(f"{rule.id} changes: {sentence(other)} Before: {sentence(rule)}")
        elif other != rule:
            said.append(f"{rule.id} has another note.")
    said += [f"{rule.id} is added: {sentence(rule)}" for rule in new.rules if rule.id not in old.by_id]
    for verb, names in (("removed", _less(old, new)), ("added", _less(new, old))):
        if names:
            said.append(f"Code names are {verb}: {', '.join(names)}.")
    return tuple(said)


def _less(one: RuleSet, other: RuleSet) -> list[str]:
    return sorted(set(one.code_names) - set(other.code_names))


def opens(
    old: RuleSet, new: RuleSet, limit: int = 5, now: datetime | None = None, work: int = WORK
) -> tuple[Facts, ...]:
    """Return up to ``limit`` requests that ``old`` treats more strictly than ``new``; none if there are none.

    Less strict is a weaker effect, or the same with fewer redactions or a higher rate. Where code names are
    dropped, examples hold one that only ``old`` finds. Times before ``now``
    are left out. Raises Unproven when that takes more than ``work`` steps: treat it as an opening.
    """
    return tuple(opening.facts for opening in openings(old, new, limit, now, work))


def openings(
    old: RuleSet, new: RuleSet, limit: int = 5, now: datetime | None = None, work: int = WORK
) -> tuple[Opening, ...]:
    """Return what ``opens`` does, with time and outcomes; examples differ in the rules behind them."""
    comparison = _Comparison(old, new)
    found: list[Opening] = []
    causes: set[int] = set()
    space = Space(comparison.rules, now, work)

    def wanted(possible: int, certain: int) -> bool:
        cause = possible & comparison.changed
        known = cause in causes and cause == certain & comparison.changed
        return not known and comparison.may_open(possible, certain)

    for mask, values in space.walk(wanted, comparison.changed, comparison.new & ~comparison.permits):
        before, after = comparison.outcomes(mask)
        if not looser(before, after) or mask & comparison.changed in causes:
            continue
        causes.add(mask & comparison.changed)
        found.append(Opening(facts_of(values), values["now"], before, after))
        if len(found) >= limit:
            break
    if len(found) < limit and _less(old, new):
        found += islice(_unnoticed(space, comparison, new), 1)
    return tuple(found)


def _unnoticed(space: Space, comparison: _Comparison, new: RuleSet) -> Iterator[Opening]:
    """Yield requests that cross more easily once a code name in them is no longer looked for."""
    for mask, values in space.walk(lambda possible, _: bool(possible & comparison.permits)):
        if "codename" in values["findings"]:
            facts = facts_of(values)
            before, _ = comparison.outcomes(mask)
            after = new.compiled.verdict(replace(facts, findings=facts.findings - {"codename"}), values["now"])
            if looser(before, after):
                yield Opening(facts, values["now"], before, after)


def looser(before: Outcome | Decision, after: Outcome | Decision) -> bool:
    """Say whether ``after`` treats a thing less strictly than ``before``."""
    if STRICTNESS[before.effect] != STRICTNESS[after.effect]:
        return STRICTNESS[after.effect] < STRICTNESS[before.effect]
    if after.effect == "deny":
        return False
    return not before.redactions <= after.redactions or _rate(before) < _rate(after)


def _rate(outcome: Outcome | Decision) -> float:
    return min((duty.per_hour for duty in outcome.duties if isinstance(duty, Rate)), default=float("inf"))


class _Comparison:
    """The rules of two sets side by side, those that mean the same taken as one."""

    def __init__(self, old: RuleSet, new: RuleSet) -> None:
        places: dict[Rule, int] = {}
        owners = [0, 0]
        for owner, rule_set in enumerate((old, new)):
            for rule in rule_set.rules:
                place = places.setdefault(replace(rule, id="-", note="", duties=_binding(rule)), len(places))
                owners[owner] |= 1 << place
        named = {replace(r, id="-", note="", duties=_binding(r)): r for r in (*old.rules, *new.rules)}
        self.rules = tuple(named[bare] for bare in places)
        self.old, self.new = owners
        self.changed = self.old ^ self.new
        self.permits = _bits(rule.kind != "guard" for rule in self.rules)
        self._denying = _bits(rule.effect == "deny" for rule in self.rules)
        self._tight = _bits(
            rule.effect != "allow" or any(isinstance(duty, Rate) for duty in rule.duties) for rule in self.rules
        )
        self._compiled = CompiledRules(self.rules)

    def outcomes(self, mask: int) -> tuple[Outcome, Outcome]:
        return self._compiled.outcome(mask & self.old), self._compiled.outcome(mask & self.new)

    def may_open(self, possible: int, certain: int) -> bool:
        """Say whether anything here may be treated less strictly by the new rules."""
        added, dropped = possible & self.new & ~self.old, possible & self.old & ~self.new
        if not added & self.permits and not dropped & self._tight:
            return False
        if not possible & self.new & self.permits or certain & self.new & self._denying:
            return False
        return not certain & self.old & self.permits or bool(possible & self.old & self._tight)


def _binding(rule: Rule) -> tuple[Duty, ...]:
    """Return the duties that bear on what crosses: telling somebody does not."""
    return tuple(duty for duty in rule.duties if not isinstance(duty, Notify))


def _bits(flags: Iterable[bool]) -> int:
    return sum(1 << index for index, flag in enumerate(flags) if flag)


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
    denying = _bits(each.effect == "deny" for each in rule_set.rules)
    why = _unreachable(rule, now)
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
    plain = _bits(
        rule.kind != "guard" and rule.effect == "allow" and not _lasting(rule.duties) for rule in compiled.rules
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
    return any(_weight(compiled.outcome(mask)) != _weight(compiled.outcome(mask & ~bit)) for mask, _ in walk)


def _lasting(duties: Iterable[Duty]) -> list[Duty]:
    return [duty for duty in duties if not isinstance(duty, Expires)]


def _weight(outcome: Outcome) -> tuple[object, ...]:
    return outcome.effect, outcome.redactions, _lasting(outcome.duties) if outcome.effect != "deny" else ()


def covers(wide: Rule, narrow: Rule) -> bool:
    """Say whether ``wide`` matches whatever ``narrow`` does, and does the same."""
    same = (wide.kind, wide.direction, wide.effect) == (narrow.kind, narrow.direction, narrow.effect)
    if not same or not narrow.redactions <= wide.redactions or wide.starts_at or wide.expires_at:
        return False
    for name in wide.conditions.__dataclass_fields__:
        asked, given = getattr(wide.conditions, name), getattr(narrow.conditions, name)
        if asked is None or asked == given:
            continue
        if not (isinstance(asked, frozenset) and isinstance(given, frozenset) and given <= asked):
            return False
    return True


def flips(old: RuleSet, new: RuleSet, cases: Iterable[tuple[str, Facts]], now: datetime) -> tuple[Flip, ...]:
    """Decide stored cases (key, facts) by both rule sets at ``now``; return those that come out otherwise."""
    was, becomes = old.compiled, new.compiled
    found: list[Flip] = []
    for key, facts in cases:
        before, after = was.verdict(facts, now), becomes.verdict(facts, now)
        if _weight(before) != _weight(after):
            words = decide(facts, old, now), decide(facts, new, now)
            found.append(Flip(key, facts, *words, looser(before, after)))
    return tuple(found)
