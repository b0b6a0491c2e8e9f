"""The engine: rules compiled to bit masks, so that a thousand cost about as much to decide by as ten."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Literal

from server.boundary.facts import ACTS, FAILED, Facts, is_kind
from server.boundary.masks import Attachments, Times, dimensions
from server.boundary.rule import STRICTNESS, Duty, Effect, Expires, Rule, unite
from server.boundary.sentences import sentence

Cause = Literal["rules", "no permit", "clearance", "detector", "unknown act", "unknown finding", "error"]

REMEMBERED = 16_384
# Facts that are looked up together. ``verdict`` names them once more, in this order: it is the hot path.
TABLES: tuple[tuple[str, ...], ...] = (
    ("direction", "peer", "tier", "act", "thing"),
    ("jam", "forum", "label", "categories", "onward"),
    ("unit", "role", "consent", "first_crossing"),
    ("author",),
    ("attachments", "attachment_types", "attachment_bytes"),
    ("findings",),
    ("length",),
    ("nth",),
    ("age",),
    ("week_minute",),
)
ALWAYS = frozenset({"label", "clearance", "categories", "cleared_for", "findings", "act"})
NEARNESS = ("direction", "jam", "forum", "act")
NEVER = datetime.min.replace(tzinfo=UTC)


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
        self._times = Times(self.rules)
        self._moment = (NEVER, self._times.mask(NEVER))
        self._dimensions = dimensions(self.rules)
        self._tables = tuple(self._table(names) for names in TABLES)
        for each in self._dimensions:
            if not any(set(each.facts) <= set(names) for names in TABLES):
                raise LookupError(f"no table looks up {each.facts}, so rules about them would go unheard")
        self._unfit = Remembered(_unfit)
        self._outcomes = Remembered(self._combine)
        self._near = Remembered(self._nearby)
        self._by_id = {rule.id: rule for rule in self.rules}
        self.asked = Remembered(self._asked)
        self.said = Remembered(lambda rule_id: sentence(self._by_id[rule_id]))

    def _table(self, names: tuple[str, ...]) -> Remembered | None:
        """Return the masks for the values of these facts, or None where no rule asks about any of them."""
        asked = [each for each in self._dimensions if each.asking and set(each.facts) <= set(names)]
        places = [tuple(names.index(name) for name in each.facts) for each in asked]

        def mask_of(key: Any) -> int:
            values = key if len(names) > 1 else (key,)
            mask = -1
            for each, chosen in zip(asked, places, strict=True):
                mask &= each.mask(*(values[place] for place in chosen))
            return mask

        return Remembered(mask_of) if asked else None

    def _at(self, now: datetime) -> int:
        """Return the mask of the rules in force at ``now``, and keep it for the next question."""
        if now.tzinfo is None:
            raise ValueError("a time without a zone")
        mask = self._times.mask(now)
        self._moment = (now, mask)
        return mask

    @property
    def asks(self) -> frozenset[str]:
        """The names of the facts on which a verdict can depend: what the rules ask about, and a few always."""
        return ALWAYS.union(*(each.facts for each in self._dimensions if each.asking))

    def match(self, facts: Facts, now: datetime) -> int:
        """Return the mask (bits of ``self.rules``) of the rules that match the facts at ``now``."""
        mask = self._at(now)
        for part in self.parts(facts):
            mask &= part
        return mask

    def parts(self, facts: Facts) -> tuple[int, ...]:
        """Return the masks of the facts, one for each of TABLES: together they are the rules that match."""
        return tuple(
            -1 if table is None else table[_key(facts, names, {})]
            for names, table in zip(TABLES, self._tables, strict=True)
        )

    def verdict(self, facts: Facts, now: datetime) -> Outcome:
        """Return what the rules say about these facts. Total: whatever goes wrong refuses.

        Default deny; deny > hold > redact > allow; the order of rules means nothing; a label above the peer's
        clearance, an unknown act or finding and a failed detector are refused whatever the rules say.
        """
        try:
            if facts.label > facts.clearance or not facts.categories <= facts.cleared_for:
                return CLEARANCE
            if facts.findings and (unfit := self._unfit[facts.findings]):
                return unfit  # type: ignore[no-any-return]
            if facts.act not in ACTS:
                return UNKNOWN_ACT
            moment = self._moment
            mask = moment[1] if moment[0] is now else self._at(now)
            whom, what, who, author, files, found, length, nth, age, week = self._tables
            if whom is not None:
                mask &= whom[facts.direction, facts.peer, facts.tier, facts.act, facts.thing]
            if what is not None:
                mask &= what[facts.jam, facts.forum, facts.label, facts.categories, facts.onward]
            if who is not None:
                mask &= who[facts.unit, facts.role, facts.consent, facts.first_crossing]
            if author is not None:
                mask &= author[facts.author]
            if files is not None:
                mask &= files[facts.attachments, facts.attachment_types, facts.attachment_bytes]
            if found is not None:
                mask &= found[facts.findings]
            if length is not None:
                mask &= length[facts.length]
            if nth is not None:
                mask &= nth[facts.nth]
            if age is not None:
                mask &= age[facts.age]
            if week is not None:
                mask &= week[facts.week_minute]
            return self._outcomes[mask]  # type: ignore[no-any-return]
        except Exception:
            return ERROR

    def rest(self, parts: Sequence[int], name: str, now: datetime) -> int:
        """Return the mask of the rules that match all but the fact ``name`` and those looked up with it."""
        mask = self._at(now)
        for names, part in zip(TABLES, parts, strict=True):
            if name not in names:
                mask &= part
        return mask

    def supposing(self, facts: Facts, rest: int, changes: Mapping[str, Any]) -> Outcome:
        """Return what the rules would say were some facts otherwise, all of them looked up together.

        ``rest`` is what ``rest`` returned for one of them.
        """
        if "label" in changes or "categories" in changes or "clearance" in changes:
            label, clearance = changes.get("label", facts.label), changes.get("clearance", facts.clearance)
            cleared_for = changes.get("cleared_for", facts.cleared_for)
            if label > clearance or not changes.get("categories", facts.categories) <= cleared_for:
                return CLEARANCE
        elif facts.label > facts.clearance or not facts.categories <= facts.cleared_for:
            return CLEARANCE
        if unfit := self._unfit[changes.get("findings", facts.findings)]:
            return unfit  # type: ignore[no-any-return]
        if facts.act not in ACTS:
            return UNKNOWN_ACT
        for names, table in zip(TABLES, self._tables, strict=True):
            if table is not None and not changes.keys().isdisjoint(names):
                rest &= table[_key(facts, names, changes)]
        return self._outcomes[rest]  # type: ignore[no-any-return]

    def _asked(self, rule_id: str) -> frozenset[str]:
        """Return the names of the facts that a rule asks about."""
        bit = 1 << self.rules.index(self._by_id[rule_id])
        return frozenset(name for each in self._dimensions if each.asking & bit for name in each.facts)

    def near(self, facts: Facts, now: datetime) -> int:
        """Return the mask of the shares or accepts in force about this forum, jam and act."""
        near: int = self._near[(facts.direction, facts.jam, facts.forum, facts.act)]
        return near & self._at(now)

    def _nearby(self, key: tuple[str, str, str, str]) -> int:
        mask = self.permits
        for each in self._dimensions:
            if each.facts[0] in NEARNESS:
                mask &= each.mask(key[NEARNESS.index(each.facts[0])])
        return mask

    def reaches(self, facts: Facts, now: datetime) -> bool:
        """Say whether any of those shares or accepts is about this peer."""
        whom = self._tables[0]
        mask = self.near(facts, now)
        return bool(mask if whom is None else mask & whom[_key(facts, TABLES[0], {})])

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
        return [step - 1 for step in reversed(self.steps(name)) if step <= number and step > self.steps(name)[0]]

    def above(self, name: str, number: int) -> list[int]:
        """Return the least number of each sort of a fact that rules tell apart, above ``number``, least first."""
        return [step for step in self.steps(name) if step > number]

    def minutes(self) -> list[int]:
        """Return the first minute of the week of each sort that rules tell apart."""
        return self.steps("week_minute")

    def steps(self, name: str) -> list[int]:
        """Return the least number of each sort of a fact that rules tell apart, from the very least on."""
        for each in self._dimensions:
            if each.facts == (name,):
                return [step for (step,) in each.samples()]
            if isinstance(each, Attachments) and name in each.facts:
                return each.sizes if name == "attachment_bytes" else each.counts
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


def _key(facts: Facts, names: tuple[str, ...], changes: Mapping[str, Any]) -> Any:
    """Return the key of one of the tables for these facts, some of them changed."""
    values = tuple(changes[name] if name in changes else getattr(facts, name) for name in names)
    return values if len(values) > 1 else values[0]


def _unfit(findings: frozenset[str]) -> Outcome | None:
    """Return the refusal that findings bring with them: a detector failed, or found what rules cannot ask about."""
    if FAILED in findings:
        return DETECTOR
    return None if all(map(is_kind, findings)) else UNKNOWN_FINDING
