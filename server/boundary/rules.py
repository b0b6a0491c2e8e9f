"""Everything about rules in one place: their shape, their file, their sentences and the default ones."""

from server.boundary.defaults import default_rules, forum_rules, mirror_rules
from server.boundary.rule import (
    NAME_TO_ROLE,
    Conditions,
    Duty,
    Effect,
    Expires,
    Notify,
    Rate,
    Review,
    Rule,
    RuleError,
    RuleKind,
    Span,
    Week,
)
from server.boundary.rule_file import RuleErrors, parse_rules
from server.boundary.rule_writer import write_rule, write_rules
from server.boundary.ruleset import RuleSet
from server.boundary.sentences import sentence

__all__ = [
    "NAME_TO_ROLE",
    "Conditions",
    "Duty",
    "Effect",
    "Expires",
    "Notify",
    "Rate",
    "Review",
    "Rule",
    "RuleError",
    "RuleErrors",
    "RuleKind",
    "RuleSet",
    "Span",
    "Week",
    "default_rules",
    "forum_rules",
    "mirror_rules",
    "parse_rules",
    "sentence",
    "write_rule",
    "write_rules",
]
