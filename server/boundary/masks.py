"""The facts that rules ask about, each as a dimension: which rules does this value of the fact satisfy?

A set of rules is a bit mask in a Python integer: bit ``i`` stands for the ``i``-th rule. A dimension
answers, for a value of its facts, the mask of the rules that ask nothing of it or are satisfied by it; a rule
matches when it is in the masks of all dimensions. ``samples`` lists one value of each sort that these rules
can tell apart, which is what makes exact analysis possible.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from operator import xor
from typing import Any, Protocol

from server.boundary.facts import ACTS, MINUTES_A_WEEK, THINGS
from server.boundary.labels import ONWARD, Level
from server.boundary.rule import Rule, Span
from server.boundary.sets import categories_of, findings_of, types_of, unused

LIKELY_LEVELS = (Level.GREEN, Level.CLEAR, Level.AMBER, Level.RED)
LIKELY_WISHES = ("community", *(wish for wish in ONWARD if wish != "community"))
LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)


class Dimension(Protocol):
    """Some facts that rules ask about together."""

    @property
    def facts(self) -> tuple[str, ...]:
        """The names of the facts, in the order of ``mask``'s arguments."""

    @property
    def asking(self) -> int:
        """The mask of the rules that ask about these facts."""

    def mask(self, *values: Any) -> int:
        """The mask of the rules that these values do not rule out."""

    def samples(self) -> Iterable[tuple[Any, ...]]:
        """One value of each sort that the rules can tell apart, natural ones first."""


def fold(text: str) -> str:
    """Return ``text`` as units and roles are compared."""
    return " ".join(text.casefold().split())


def same(value: Hashable) -> Hashable:
    """Return ``value`` itself: facts that are compared as they are."""
    return value


class Choice:
    """A fact compared with a set of values, e.g. the forum.

    ``others`` are the values that the fact can have besides those the rules name; ``fresh`` the stem of one
    that no rule names, where the fact is any text.
    """

    def __init__(
        self,
        name: str,
        wanted: Sequence[Iterable[Any] | None],
        others: Sequence[Any] = (),
        fresh: str | None = None,
        key: Callable[[Any], Hashable] = same,
    ) -> None:
        self.facts: tuple[str, ...] = (name,)
        self._key = key
        self._by_value: dict[Hashable, int] = {}
        self._spelt: dict[Hashable, Any] = {}
        self._others = list(others)
        self._open = 0
        for index, values in enumerate(wanted):
            if values is None:
                self._open |= 1 << index
            for value in values or ():
                self._by_value[key(value)] = self._by_value.get(key(value), 0) | 1 << index
                self._spelt.setdefault(key(value), value)
        self.asking = ((1 << len(wanted)) - 1) & ~self._open
        if fresh is not None:
            self._others.insert(0, unused(fresh, lambda name: key(name) in self._by_value))

    def mask(self, value: Any) -> int:
        return self._open | self._by_value.get(self._key(value), 0)

    def samples(self) -> Iterable[tuple[Any, ...]]:
        yield from ((value,) for value in self._others)
        listed = {self._key(value) for value in self._others}
        yield from ((value,) for key, value in self._spelt.items() if key not in listed)


class Peers:
    """The other server: by name or by tier."""

    facts = ("peer", "tier")

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._by_name = Choice("peer", [rule.conditions.peers for rule in rules], ())
        self.asking = self._by_name.asking

    def mask(self, peer: str, tier: str) -> int:
        return self._by_name.mask(peer) | self._by_name.mask(f"tier:{tier}")

    def samples(self) -> Iterable[tuple[str, str]]:
        named = [name for (name,) in self._by_name.samples() if name != "*" and not name.startswith("tier:")]
        other = unused("elsewhere", lambda stem: f"{stem}.example" in named) + ".example"
        yield ("*", "public")
        for host in (other, *named):
            for tier in ("stranger", "customer", "partner"):
                yield (host, tier)


def sweep(origin: Any, spans: Sequence[tuple[Any, Any] | None]) -> tuple[list[Any], list[int]]:
    """Return the steps from ``origin`` on at which a mask changes, and the masks from each step on.

    Bit ``i`` is set from the start of the ``i``-th span up to but not including its end; None is no end, and
    no span at all is always.
    """
    flips: dict[Any, int] = {origin: 0}
    for index, span in enumerate(spans):
        start, end = span or (origin, None)
        flips[start] = flips.get(start, 0) ^ 1 << index
        if end is not None:
            flips[end] = flips.get(end, 0) ^ 1 << index
    steps = sorted(flips)
    return steps, list(accumulate((flips[step] for step in steps), xor))


class Number:
    """A fact that is a whole number from ``least`` on, compared with spans."""

    def __init__(self, name: str, wanted: Sequence[Span | None], least: int = 0) -> None:
        self.facts: tuple[str, ...] = (name,)
        spans = [None if span is None else _steps_of(span, least) for span in wanted]
        self.steps, self._masks = sweep(least, spans)
        self.asking = sum(1 << index for index, span in enumerate(wanted) if span is not None)

    def mask(self, number: int) -> int:
        return self._masks[bisect_right(self.steps, number) - 1]

    def samples(self) -> Iterable[tuple[int]]:
        return ((step,) for step in self.steps)


def _steps_of(span: Span, least: int) -> tuple[int, int | None]:
    return max(span.least, least), None if span.most is None else span.most + 1


class Attachments:
    """What is attached: how many files, of which types, of how many bytes. They hang together: no file has no
    type and no bytes, and there are no more types than files.
    """

    facts = ("attachments", "attachment_types", "attachment_bytes")

    def __init__(self, rules: Sequence[Rule]) -> None:
        asked = [rule.conditions for rule in rules]
        self._count = Number("attachments", [each.attachments for each in asked])
        self._types = types_of(rules)
        self._bytes = Number("attachment_bytes", [each.attachment_bytes for each in asked])
        self.asking = self._count.asking | self._types.asking | self._bytes.asking

    def mask(self, count: int, types: frozenset[str], size: int) -> int:
        return self._count.mask(count) & self._types.mask(types) & self._bytes.mask(size)

    @property
    def counts(self) -> list[int]:
        """The numbers of files, least of each sort that the rules tell apart."""
        return sorted({0, 1, *self._count.steps})

    @property
    def sizes(self) -> list[int]:
        """The sizes in bytes, least of each sort that the rules tell apart."""
        return self._bytes.steps

    def samples(self) -> Iterable[tuple[int, frozenset[str], int]]:
        """Yield one of each sort, without attachments first."""
        yield 0, frozenset(), 0
        steps = sorted({1, *self._count.steps} - {0})
        ends = [*(step - 1 for step in steps[1:]), None]
        for (types,) in self._types.samples():
            for step, end in zip(steps, ends, strict=True):
                count = max(step, len(types))
                if types and (end is None or count <= end):
                    yield from ((count, types, size) for size in self._bytes.steps)


class Weeks:
    """The minute of the week in which the words were written, compared with windows that come again."""

    facts = ("week_minute",)

    def __init__(self, rules: Sequence[Rule]) -> None:
        flips: dict[int, int] = {0: 0}
        self.asking = always = 0
        for index, rule in enumerate(rules):
            week = rule.conditions.week
            if week is None:
                always |= 1 << index
                continue
            self.asking |= 1 << index
            for minute in (minute for span in week.spans for minute in span):
                flips[minute] = flips.get(minute, 0) ^ 1 << index
        flips.pop(MINUTES_A_WEEK, None)
        self._steps = sorted(flips)
        self._masks = [always | mask for mask in accumulate((flips[step] for step in self._steps), xor)]

    def mask(self, minute: int) -> int:
        found: int = self._masks[bisect_right(self._steps, minute) - 1]
        return found

    def samples(self) -> Iterable[tuple[int]]:
        return ((step,) for step in self._steps)


class Times:
    """The time at which rules are in force. Not a fact: it is given with each decision."""

    facts = ("now",)

    def __init__(self, rules: Sequence[Rule]) -> None:
        periods = [(rule.starts_at or LONG_AGO, rule.expires_at) for rule in rules]
        self._steps, self._masks = sweep(LONG_AGO, periods)
        self.asking = sum(1 << index for index, each in enumerate(periods) if each != (LONG_AGO, None))

    def mask(self, now: datetime) -> int:
        return self._masks[bisect_right(self._steps, now) - 1]

    def samples(self) -> Iterable[tuple[datetime]]:
        """Yield an instant of each period, earliest first."""
        if len(self._steps) > 1:
            yield (self._steps[1] - timedelta(seconds=1),)
        for step in self._steps[1:]:
            yield (step,)


def dimensions(rules: Sequence[Rule]) -> tuple[Dimension, ...]:
    """Return the dimensions of the facts for these rules, in the order of the bits of all masks."""
    asked = [rule.conditions for rule in rules]
    flags = {None: None, True: (True,), False: (False,)}
    return (
        Choice("direction", [(rule.direction,) for rule in rules], ("out", "in")),
        Choice("act", [each.acts for each in asked], sorted(ACTS, key=lambda act: (act != "Create", act))),
        Choice("thing", [each.things for each in asked], THINGS),
        Choice("forum", [each.forums for each in asked], fresh="packaging/another"),
        Choice("jam", [each.jams for each in asked], fresh="packaging"),
        Peers(rules),
        Choice("label", [each.labels for each in asked], LIKELY_LEVELS),
        categories_of(rules),
        Choice("onward", [each.onward for each in asked], LIKELY_WISHES),
        Choice("unit", [each.units for each in asked], fresh="Sales", key=fold),
        Choice("role", [each.roles for each in asked], fresh="engineer", key=fold),
        Choice("author", [each.authors for each in asked], fresh="anna"),
        Choice("consent", [flags[each.consent] for each in asked], (True, False)),
        Choice("first_crossing", [flags[each.first_crossing] for each in asked], (False, True)),
        Number("nth", [each.nth for each in asked], 1),
        Number("age", [each.age for each in asked]),
        Weeks(rules),
        Attachments(rules),
        Number("length", [each.length for each in asked]),
        findings_of(rules),
    )
