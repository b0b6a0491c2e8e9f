"""A set of rules: immutable, and known by its digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

from server.boundary.engine import CompiledRules
from server.boundary.rule import Rule, RuleError


@dataclass(frozen=True)
class RuleSet:
    """Rules that are in force together; ids are unique and the order means nothing to decisions.

    ``code_names`` are the terms that the detectors look for with them (findings of kind "codename").
    """

    rules: tuple[Rule, ...] = ()
    code_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for rule in self.rules:
            if rule.id in seen:
                raise RuleError(f"there are two rules called {rule.id}")
            seen.add(rule.id)

    @cached_property
    def by_id(self) -> Mapping[str, Rule]:
        """The rules by their ids."""
        return MappingProxyType({rule.id: rule for rule in self.rules})

    @cached_property
    def compiled(self) -> CompiledRules:
        """The rules ready for deciding, made when first needed and kept with this set."""
        return CompiledRules(self.rules)

    def with_rules(self, *rules: Rule) -> RuleSet:
        """Return this set with these rules added, each taking the place of one with the same id."""
        new = {rule.id for rule in rules}
        return replace(self, rules=tuple(rule for rule in self.rules if rule.id not in new) + rules)

    def without(self, *ids: str) -> RuleSet:
        """Return this set without the rules of these ids."""
        return replace(self, rules=tuple(rule for rule in self.rules if rule.id not in ids))
