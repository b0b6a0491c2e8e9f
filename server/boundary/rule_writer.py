"""Rules written as a TOML file that reads back the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC

from server.boundary.labels import Level
from server.boundary.rule import Notify, Rate, Rule, Span
from server.boundary.rule_file import FLAGS, LISTS, SPANS
from server.boundary.ruleset import RuleSet


def write_rules(rule_set: RuleSet) -> str:
    """Return the rules as TOML; ``parse_rules`` of it is equal to ``rule_set``."""
    tables = ("".join(f"{key} = {value}\n" for key, value in _pairs(rule)) for rule in rule_set.rules)
    listed = ", ".join(map(_text, rule_set.code_names))
    names = f"code_names = [{listed}]\n\n" if listed else ""
    return names + "\n".join("[[rule]]\n" + table for table in tables)


def _pairs(rule: Rule) -> Iterator[tuple[str, str]]:
    asked = rule.conditions
    yield "id", _text(rule.id)
    yield "kind", _text(rule.kind)
    if rule.kind == "guard":
        yield "direction", _text(rule.direction)
    if rule.kind != "guard" or asked.peers is not None:
        public = "tier:public" if rule.kind == "guard" else "*"
        spelt = {public if peer == "*" else peer for peer in asked.peers or ()}
        yield "to" if rule.direction == "out" else "from", _texts(spelt) if spelt else '"everyone"'
    for key, name in LISTS.items():
        if getattr(asked, name) is not None:
            yield key, _texts(getattr(asked, name))
    if asked.labels is not None:
        yield "label", _label(asked.labels)
    for key in FLAGS:
        if getattr(asked, key) is not None:
            yield key, "true" if getattr(asked, key) else "false"
    for key in SPANS:
        if getattr(asked, key) is not None:
            yield key, _text(span_text(getattr(asked, key)))
    yield "effect", _text(rule.effect)
    if rule.redactions:
        yield "redactions", _texts(rule.redactions)
    yield from _duty_pairs(rule)
    if rule.note:
        yield "note", _text(rule.note)


def _duty_pairs(rule: Rule) -> Iterator[tuple[str, str]]:
    told = [duty.whom for duty in rule.duties if isinstance(duty, Notify)]
    if told:
        yield "notify", f"[{', '.join(map(_text, told))}]"
    for duty in rule.duties:
        if isinstance(duty, Rate):
            yield "rate", _text(f"{duty.per_hour}/h")
    if rule.starts_at is not None:
        yield "starts", rule.starts_at.astimezone(UTC).isoformat()
    if rule.expires_at is not None:
        yield "expires", rule.expires_at.astimezone(UTC).isoformat()


def span_text(span: Span) -> str:
    """Return a span as rule files spell it: ``5``, ``<=5``, ``>=5`` or ``5..9``."""
    if span.most is None:
        return f">={span.least}"
    if span.most == span.least:
        return str(span.least)
    return f"{span.least}..{span.most}" if span.least else f"<={span.most}"


def _label(levels: frozenset[Level]) -> str:
    if len(levels) > 1 and levels == frozenset(Level(n) for n in range(max(levels) + 1)):
        return _text(f"<={max(levels)}")
    if len(levels) > 1 and levels == frozenset(Level(n) for n in range(min(levels), max(Level) + 1)):
        return _text(f">={min(levels)}")
    names = [str(level) for level in sorted(levels)]
    return _text(names[0]) if len(names) == 1 else f"[{', '.join(map(_text, names))}]"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _texts(values: frozenset[str] | set[str]) -> str:
    return f"[{', '.join(map(_text, sorted(values)))}]"
