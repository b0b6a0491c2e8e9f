"""The engine: rules compiled to bit masks, so that a thousand cost about as much to decide by as ten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Literal

from server.boundary.facts import ACTS, FAILED, Facts, is_kind
from server.boundary.masks import Attachments, Dimension, Times, dimensions
from server.boundary.rule import STRICTNESS, Duty, Effect, Expires, Rule, unite
from server.boundary.sentences import sentence

Cause = Literal["rules", "no permit", "clearance", "detector", "unknown act", "unknown finding", "error"]

REMEMBERED = 16_384
GROUPS = (
    frozenset({"direction", "peer", "tier", "act", "thing"}),
    frozenset({"jam", "forum", "label", "categories", "onward"}),
    frozenset({"unit", "role", "author", "consent", "first_crossing"}),
    frozenset({"attachments", "attachment_types", "attachment_bytes", "findings"}),
    frozenset({"length"}),
    frozenset({"nth"}),
    frozenset({"age"}),
    frozenset({"week_minute"}),
)
ALWAYS = frozenset({"label", "clearance", "categories", "cleared_for", "findings", "act"})
NEARNESS = ("direction", "jam", "forum", "act")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the matching rules come to. ``rules`` decided; ``matched`` are all that matched (both sorted)."""

    effect: Effect
    cause: Cause
    rules: tuple[str, ...] = ()
    matched: tuple[str, ...] = ()
    redactions: frozenset[str] = frozenset()
    duties: tuple[Duty, ...] = ()


CLEARANCE = Outcome("deny", "clearance")
DETECTOR = Outcome("deny", "detector")
UNKNOWN_ACT = Outcome("deny", "unknown act")
UNKNOWN_FINDING = Outcome("deny", "unknown finding")
ERROR = Outcome("deny", "error")


class Remembered(dict[Any, Any]):
    """A table that works out an entry when first asked for it, and starts anew when grown too large."""

    def __init__(self, work_out: Callable[[Any], Any]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, key: Any) -> Any:
        value = self._work_out(key)
        if len(self) >= REMEMBERED:
            self.clear()
        self[key] = value
        return value


class CompiledRules:
    """Rules made ready for deciding. What it remembers only saves time; equal questions get equal answers."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self.permits = sum(1 << index for index, rule in enumerate(rules) if rule.kind != "guard")
        self._all = (1 << len(self.rules)) - 1
        self._times = Times(self.rules)
        self._dimensions = dimensions(self.rules)
        self._tables = tuple(self._group(self._dimensions))
        self._outcomes = Remembered(self._combine)
        self._near = Remembered(self._nearby)
        self._by_id = {rule.id: rule for rule in self.rules}
        self.said = Remembered(lambda rule_id: sentence(self._by_id[rule_id]))

    def _group(self, known: Sequence[Dimension]) -> list[tuple[Callable[[Facts], Any], Remembered]]:
        """Return, for each group of facts that rules ask about, how to get them and their masks."""
        tables: list[tuple[Callable[[Facts], Any], Remembered]] = []
        for names in GROUPS:
            together = [each for each in known if each.asking and names >= set(each.facts)]
            facts = [name for each in together for name in each.facts]
            if together:
                tables.append((attrgetter(*facts), Remembered(_mask_of(together))))
        return tables

    @property
    def asks(self) -> frozenset[str]:
        """The names of the facts on which a verdict can depend: what the rules ask about, and a few always."""
        return ALWAYS.union(*(each.facts for each in self._dimensions if each.asking))

    def match(self, facts: Facts, now: datetime) -> int:
        """Return the mask (bits of ``self.rules``) of the rules that match the facts at ``now``."""
        mask = self._times.mask(now) if self._times.asking else self._all
        for get, table in self._tables:
            mask &= table[get(facts)]
        return mask

    def verdict(self, facts: Facts, now: datetime) -> Outcome:
        """Return what the rules say about these facts. Total: whatever goes wrong refuses.

        Default deny; deny > hold > redact > allow; the order of rules means nothing; a label above the peer's
        clearance, an unknown act or finding and a failed detector are refused whatever the rules say.
        """
        try:
            if facts.label > facts.clearance or not facts.categories <= facts.cleared_for:
                return CLEARANCE
            if facts.findings:
                if FAILED in facts.findings:
                    return DETECTOR
                if not all(map(is_kind, facts.findings)):
                    return UNKNOWN_FINDING
            if facts.act not in ACTS:
                return UNKNOWN_ACT
            if now.tzinfo is None:
                return ERROR
            mask = self._times.mask(now) if self._times.asking else self._all
            for get, table in self._tables:
                mask &= table[get(facts)]
            outcome: Outcome = self._outcomes[mask]
            return outcome
        except Exception:
            return ERROR

    def near(self, facts: Facts, now: datetime) -> int:
        """Return the mask of the shares or accepts in force about this forum, jam and act."""
        near: int = self._near[(facts.direction, facts.jam, facts.forum, facts.act)]
        return near & self._times.mask(now)

    def _nearby(self, key: tuple[str, str, str, str]) -> int:
        mask = self.permits
        for each in self._dimensions:
            if each.facts[0] in NEARNESS:
                mask &= each.mask(key[NEARNESS.index(each.facts[0])])
        return mask

    def reaches(self, facts: Facts, now: datetime) -> bool:
        """Say whether any of those shares or accepts is about this peer."""
        mask = self.near(facts, now)
        for each in self._dimensions:
            if each.facts == ("peer", "tier"):
                mask &= each.mask(facts.peer, facts.tier)
        return mask != 0

    def matching(self, mask: int) -> list[Rule]:
        """Return the rules of a mask, in order of their ids."""
        found = []
        while mask:
            found.append(self.rules[(mask & -mask).bit_length() - 1])
            mask &= mask - 1
        return sorted(found, key=attrgetter("id"))

    def rules_of(self, ids: Sequence[str]) -> list[Rule]:
        """Return the rules of these ids, in their order."""
        return [self._by_id[rule_id] for rule_id in ids]

    def below(self, name: str, number: int) -> list[int]:
        """Return the greatest number of each sort of a fact that rules tell apart, below ``number``, greatest first."""
        return [step - 1 for step in reversed(self._steps(name)) if step <= number and step > self._steps(name)[0]]

    def above(self, name: str, number: int) -> list[int]:
        """Return the least number of each sort of a fact that rules tell apart, above ``number``, least first."""
        return [step for step in self._steps(name) if step > number]

    def minutes(self) -> list[int]:
        """Return the first minute of the week of each sort that rules tell apart."""
        return self._steps("week_minute")

    def _steps(self, name: str) -> list[int]:
        for each in self._dimensions:
            if each.facts == (name,):
                return [step for (step,) in each.samples()]
            if name == "attachment_bytes" and isinstance(each, Attachments):
                return each.sizes
        return []

    def outcome(self, mask: int) -> Outcome:
        """Return what the rules of a mask come to when they, and no others, match."""
        outcome: Outcome = self._outcomes[mask]
        return outcome

    def _combine(self, mask: int) -> Outcome:
        matching = self.matching(mask)
        ids = tuple(rule.id for rule in matching)
        permitted = bool(mask & self.permits)
        effect: Effect = max((rule.effect for rule in matching), key=STRICTNESS.__getitem__, default="deny")
        if not permitted and effect != "deny":
            return Outcome("deny", "no permit", (), ids)
        deciding = tuple(rule.id for rule in matching if rule.effect == effect)
        duties = unite(duty for rule in matching for duty in rule.duties)
        if effect == "deny":
            return Outcome("deny", "rules" if deciding else "no permit", deciding, ids, frozenset(), duties)
        redactions = frozenset().union(*(rule.redactions for rule in matching))
        return Outcome(effect, "rules", deciding, ids, redactions, duties + self._end(mask & self.permits))

    def _end(self, permits: int) -> tuple[Expires, ...]:
        """Return when the last of the permits ends, if they all do."""
        ends = [rule.expires_at for rule in self.matching(permits)]
        return () if None in ends else (Expires(max(end for end in ends if end is not None).astimezone(UTC)),)


def _mask_of(together: Sequence[Dimension]) -> Callable[[Any], int]:
    """Return a function from the values of these dimensions' facts, in a row, to their common mask."""
    sizes = [len(each.facts) for each in together]

    def mask_of(key: Any) -> int:
        values = key if sum(sizes) > 1 else (key,)
        mask = -1
        for each, size in zip(together, sizes, strict=True):
            mask &= each.mask(*values[:size])
            values = values[size:]
        return mask

    return mask_of
