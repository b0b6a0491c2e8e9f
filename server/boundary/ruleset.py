"""A set of rules, with the words and patterns that the detectors look for with them: immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

from server.boundary.engine import CompiledRules
from server.boundary.facts import LIST_PREFIX, PATTERN_PREFIX
from server.boundary.rule import Rule, RuleError


@dataclass(frozen=True)
class RuleSet:
    """Rules that are in force together; ids are unique and the order means nothing to decisions.

    ``code_names`` are terms that the detectors look for with them (findings of kind "codename"); ``lists`` are
    admins' own lists of terms (kind ``list:NAME``) and ``patterns`` their own RE2 patterns (``pattern:NAME``),
    each a pair of a name and its terms or pattern.
    """

    rules: tuple[Rule, ...] = ()
    code_names: tuple[str, ...] = ()
    lists: tuple[tuple[str, tuple[str, ...]], ...] = ()
    patterns: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        for what, names in (
            ("rules", [rule.id for rule in self.rules]),
            ("lists", [name for name, _ in self.lists]),
            ("patterns", [name for name, _ in self.patterns]),
        ):
            seen: set[str] = set()
            for name in names:
                if name in seen:
                    raise RuleError(f"there are two {what} called {name}")
                seen.add(name)

    @cached_property
    def by_id(self) -> Mapping[str, Rule]:
        """The rules by their ids."""
        return MappingProxyType({rule.id: rule for rule in self.rules})

    @cached_property
    def compiled(self) -> CompiledRules:
        """The rules ready for deciding, made when first needed and kept with this set."""
        return CompiledRules(self.rules)

    @cached_property
    def sources(self) -> Mapping[str, frozenset[str]]:
        """What the detectors look for with these rules: the terms or the pattern behind each kind of finding."""
        found = {"codename": frozenset(self.code_names)}
        found |= {LIST_PREFIX + name: frozenset(terms) for name, terms in self.lists}
        found |= {PATTERN_PREFIX + name: frozenset({pattern}) for name, pattern in self.patterns}
        return MappingProxyType(found)

    def with_rules(self, *rules: Rule) -> RuleSet:
        """Return this set with these rules added, each taking the place of one with the same id."""
        new = {rule.id for rule in rules}
        return replace(self, rules=tuple(rule for rule in self.rules if rule.id not in new) + rules)

    def without(self, *ids: str) -> RuleSet:
        """Return this set without the rules of these ids."""
        return replace(self, rules=tuple(rule for rule in self.rules if rule.id not in ids))
