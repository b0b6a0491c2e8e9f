"""What a change of rules opens: exact, with examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from server.boundary.decide import Decision
from server.boundary.engine import CompiledRules, Outcome
from server.boundary.facts import Facts
from server.boundary.rule import STRICTNESS, Duty, Notify, Rate, Review, Rule, rates
from server.boundary.ruleset import RuleSet
from server.boundary.sentences import RATED, removed, review_said
from server.boundary.sentences import found as found_said
from server.boundary.sets import TwoViews, kind_entries
from server.boundary.space import WORK, Space, Unproven, facts_of


@dataclass(frozen=True, slots=True)
class Opening:
    """A request that the old rules refuse, or treat more strictly than the new ones, at some time ``at``.

    ``found_after`` is what the new set's detectors find in it, where ``facts`` has what the old one's do.
    """

    facts: Facts
    at: datetime
    before: Outcome
    after: Outcome
    found_after: frozenset[str]

    def __str__(self) -> str:
        facts, whom = self.facts, "the public" if self.facts.peer == "*" else self.facts.peer
        way = f"to {whom}" if facts.direction == "out" else f"from {whom}"
        tier = "" if facts.peer == "*" else f" (a {facts.tier})"
        change = f"{_outcome_said(self.before)} becomes {_outcome_said(self.after)}"
        by = f" by {', '.join(self.after.rules)}" if self.after.rules else ""
        place = facts.forum or "no forum"
        particulars = "".join(f", {each}" for each in self._particulars())
        return f"{facts.act} labelled {facts.whole_label} in {place} {way}{tier}{particulars}: {change}{by}."

    def _particulars(self) -> Iterator[str]:
        gone, come = self.facts.findings - self.found_after, self.found_after - self.facts.findings
        if gone:
            yield f"in which {found_said(gone)} is no longer looked for"
        if come:
            yield f"in which {found_said(come)} is newly found"


def _outcome_said(outcome: Outcome) -> str:
    rate = "".join(
        f" at {rate.per_hour} an hour" + (f" for {RATED[rate.per]}" if rate.per != "peer" else "")
        for rate in rates(outcome.duties)
    )
    what = f" ({removed(outcome.redactions)})" if outcome.redactions else ""
    if outcome.effect == "hold":
        what += "".join(f" {review_said(duty)}" for duty in outcome.duties if isinstance(duty, Review))
    return outcome.effect + what + (rate if outcome.effect != "deny" else "")


def opens(
    old: RuleSet, new: RuleSet, limit: int = 5, now: datetime | None = None, work: int = WORK
) -> tuple[Facts, ...]:
    """Return up to ``limit`` requests that ``old`` treats more strictly than ``new``; none if there are none.

    Less strict is a weaker effect, or the same with fewer redactions, a higher rate, or an easier release. Words
    and patterns that only one of the sets looks for count: the facts are those that ``old`` finds. Times before
    ``now`` are left out. Raises Unproven when that takes more than ``work`` steps: treat it as an opening.
    """
    return tuple(opening.facts for opening in openings(old, new, limit, now, work))


def openings(
    old: RuleSet, new: RuleSet, limit: int = 5, now: datetime | None = None, work: int = WORK
) -> tuple[Opening, ...]:
    """Return what ``opens`` does, with time and outcomes; examples differ in the rules behind them.

    Where some were found, others may be missing because the work came to its end.
    """
    comparison = _Comparison(old, new)
    found: list[Opening] = []
    causes: set[int] = set()
    space = Space(comparison.rules, now, work, work, comparison.findings)

    def wanted(possible: int, certain: int) -> bool:
        cause = comparison.unlike(possible)
        known = cause in causes and cause == comparison.unlike(certain)
        return not known and comparison.may_open(possible, certain)

    walk = space.walk(wanted, comparison.changed, comparison.new & ~comparison.permits)
    try:
        for mask, values in walk:
            before, after = comparison.outcomes(mask)
            if not looser(before, after) or comparison.unlike(mask) in causes:
                continue
            causes.add(comparison.unlike(mask))
            found.append(_opening(old, new, values))
            if len(found) >= limit:
                break
    except Unproven:
        if not found:
            raise
    return tuple(found)


def _opening(old: RuleSet, new: RuleSet, values: Mapping[str, Any]) -> Opening:
    facts, at = facts_of(values), values["now"]
    found_after = values.get("findings_after", facts.findings)
    after = new.compiled.verdict(facts.supposing(findings=found_after), at)
    return Opening(facts, at, old.compiled.verdict(facts, at), after, found_after)


def looser(before: Outcome | Decision, after: Outcome | Decision) -> bool:
    """Say whether ``after`` treats a thing less strictly than ``before``."""
    if STRICTNESS[before.effect] != STRICTNESS[after.effect]:
        return STRICTNESS[after.effect] < STRICTNESS[before.effect]
    if after.effect == "deny":
        return False
    if before.effect == "hold" and not _asks_for_all(_demands(after), _demands(before)):
        return True
    return not before.redactions <= after.redactions or _freer(before, after)


def _demands(outcome: Outcome | Decision) -> list[Review]:
    return [duty for duty in outcome.duties if isinstance(duty, Review)] or [Review()]


def _asks_for_all(demands: list[Review], others: list[Review]) -> bool:
    return all(any(one.asks_for(other) for one in demands) for other in others)


def _freer(before: Outcome | Decision, after: Outcome | Decision) -> bool:
    """Say whether a rate of any sort is higher than it was, or gone."""
    now = {rate.per: rate.per_hour for rate in rates(after.duties)}
    return any(now.get(rate.per, float("inf")) > rate.per_hour for rate in rates(before.duties))


class _Comparison:
    """The rules of two sets side by side, those that mean the same taken as one."""

    def __init__(self, old: RuleSet, new: RuleSet) -> None:
        vanishing, appearing = _unlike(old, new), _unlike(new, old)
        old, new = _gathered(old, new, vanishing | appearing)
        places: dict[tuple[Rule, int], int] = {}
        named: list[Rule] = []
        owners = [0, 0]
        for owner, rule_set in enumerate((old, new)):
            for rule in rule_set.rules:
                bare = _bare(rule)
                # Where the two do not look for the same words, rules about these cannot be taken as one.
                apart = owner if _is_about(rule, vanishing | appearing) else 0
                place = places.setdefault((bare, apart), len(places))
                if place == len(named):
                    named.append(rule)
                owners[owner] |= 1 << place
        self.rules = tuple(named)
        self.old, self.new = owners
        late = self.new & ~self.old
        self.findings = TwoViews(self.rules, late, vanishing, appearing) if vanishing or appearing else None
        twins = [(place, places[bare, 1]) for (bare, owner), place in places.items() if (bare, 1 - owner) in places]
        self._twins = [1 << one | 1 << other for one, other in twins if one != other]
        self._everything = (1 << len(named)) - 1
        self.changed = self.old ^ self.new
        self.permits = bits(rule.kind != "guard" for rule in self.rules)
        self._denying = bits(rule.effect == "deny" for rule in self.rules)
        self._tight = bits(
            rule.effect != "allow" or any(isinstance(duty, Rate) for duty in rule.duties) for rule in self.rules
        )
        self._compiled = CompiledRules(self.rules)

    def outcomes(self, mask: int) -> tuple[Outcome, Outcome]:
        return self._compiled.outcome(mask & self.old), self._compiled.outcome(mask & self.new)

    def unlike(self, possible: int) -> int:
        """Return those of some rules that only one of the sets has, less those that match together in both.

        Rules that differ in nothing but the words that are looked for match together once it is known what was
        found, which is the first thing that a walk fixes.
        """
        unlike = possible & self.changed
        if possible != self._everything:
            for twins in self._twins:
                if possible & twins == twins:
                    unlike &= ~twins
        return unlike

    def may_open(self, possible: int, certain: int) -> bool:
        """Say whether anything here may be treated less strictly by the new rules."""
        unlike = self.unlike(possible)
        added, dropped = unlike & self.new, unlike & self.old
        if not added & self.permits and not dropped & self._tight:
            return False
        if not possible & self.new & self.permits or certain & self.new & self._denying:
            return False
        return not certain & self.old & self.permits or bool(dropped & self._tight)


def _unlike(one: RuleSet, other: RuleSet) -> frozenset[str]:
    """Return the kinds of findings that detectors may find with ``one`` where they do not with ``other``."""
    nothing = frozenset[str]()
    return frozenset(kind for kind, terms in one.sources.items() if not terms <= other.sources.get(kind, nothing))


def _gathered(old: RuleSet, new: RuleSet, kinds: frozenset[str]) -> tuple[RuleSet, RuleSet]:
    """Return the sets with guards of both that differ only in what they look for (not in ``kinds``) made into one.

    A guard for either of two findings does what two guards do, and there are far fewer ways for it to match.
    """
    known = [{_bare(rule): rule for rule in rule_set.rules} for rule_set in (old, new)]
    alike: dict[Rule, list[Rule]] = {}
    for bare in known[0].keys() & known[1].keys():
        if bare.kind == "guard" and bare.conditions.findings is not None and not _is_about(bare, kinds):
            alike.setdefault(replace(bare, conditions=replace(bare.conditions, findings=None)), []).append(bare)
    one_of: dict[Rule, Rule] = {}
    for several in alike.values():
        found = frozenset().union(*(bare.conditions.findings or () for bare in several))
        one_of |= dict.fromkeys(several, replace(several[0], conditions=replace(several[0].conditions, findings=found)))
    sets = []
    for rule_set in (old, new):
        rules = dict.fromkeys(one_of.get(_bare(rule), _bare(rule)) for rule in rule_set.rules)
        sets.append(replace(rule_set, rules=tuple(replace(rule, id=f"R{n}") for n, rule in enumerate(rules))))
    return sets[0], sets[1]


def _bare(rule: Rule) -> Rule:
    """Return a rule without what makes no difference to decisions."""
    return replace(rule, id="-", note="", duties=_binding(rule))


def _is_about(rule: Rule, kinds: frozenset[str]) -> bool:
    """Say whether it makes a difference to the rule that one of these kinds is found."""
    wanted = rule.conditions.findings
    if wanted is None or not kinds:
        return False
    return rule.kind != "guard" or any(not wanted.isdisjoint(kind_entries(kind)) for kind in kinds)


def _binding(rule: Rule) -> tuple[Duty, ...]:
    """Return the duties that bear on what crosses: telling somebody does not."""
    return tuple(duty for duty in rule.duties if not isinstance(duty, Notify))


def bits(flags: Iterable[bool]) -> int:
    """Return the mask whose bits are these flags, in order."""
    return sum(1 << index for index, flag in enumerate(flags) if flag)
