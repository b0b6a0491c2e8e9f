"""Rules written as a TOML file that reads back the same."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import TypeVar

from server.boundary.labels import ONWARD, Level
from server.boundary.rule import Notify, Rate, Review, Rule
from server.boundary.rule_reader import FLAGS, LISTS, SPANS
from server.boundary.rule_values import days_text, hours_text, span_text
from server.boundary.ruleset import RuleSet

_Rank = TypeVar("_Rank", Level, str)


def write_rules(rule_set: RuleSet) -> str:
    """Return the rules as TOML; ``parse_rules`` of it is equal to ``rule_set``."""
    parts = [f"code_names = {_in_order(rule_set.code_names)}\n"] if rule_set.code_names else []
    if rule_set.lists:
        parts.append("[lists]\n" + "".join(f"{name} = {_in_order(terms)}\n" for name, terms in rule_set.lists))
    if rule_set.patterns:
        parts.append("[patterns]\n" + "".join(f"{name} = {_text(text)}\n" for name, text in rule_set.patterns))
    return "\n".join([*parts, *map(write_rule, rule_set.rules)])


def write_rule(rule: Rule) -> str:
    """Return one rule as its table of a rule file: the wording to which an approval of it is bound."""
    return "[[rule]]\n" + "".join(f"{key} = {value}\n" for key, value in _pairs(rule))


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
        yield "label", _ranks(asked.labels, tuple(Level))
    if asked.onward is not None:
        yield "onward", _ranks(asked.onward, ONWARD)
    for key in FLAGS:
        if getattr(asked, key) is not None:
            yield key, "true" if getattr(asked, key) else "false"
    for key in SPANS:
        if getattr(asked, key) is not None:
            yield key, _text(span_text(getattr(asked, key), key))
    if asked.week is not None:
        yield "days", _in_order(days_text(asked.week.days))
        yield "hours", _text(hours_text(asked.week))
    yield "effect", _text(rule.effect)
    if rule.redactions:
        yield "redactions", _texts(rule.redactions)
    yield from _duty_pairs(rule)
    if rule.note:
        yield "note", _text(rule.note)


def _duty_pairs(rule: Rule) -> Iterator[tuple[str, str]]:
    told = [duty.whom for duty in rule.duties if isinstance(duty, Notify)]
    if told:
        yield "notify", _in_order(told)
    for duty in rule.duties:
        if isinstance(duty, Rate):
            yield "rate", _text(f"{duty.per_hour}/h")
            if duty.per != "peer":
                yield "rate_per", _text(duty.per)
        if isinstance(duty, Review):
            yield "approvals", str(duty.approvals)
            if duty.reviewers:
                yield "reviewers", _in_order(duty.reviewers)
            if duty.within_hours is not None:
                yield "within", _text(f"{duty.within_hours}h")
    if rule.starts_at is not None:
        yield "starts", rule.starts_at.astimezone(UTC).isoformat()
    if rule.expires_at is not None:
        yield "expires", rule.expires_at.astimezone(UTC).isoformat()


def _ranks(chosen: frozenset[_Rank], known: tuple[_Rank, ...]) -> str:
    """Return chosen levels or wishes, of those known from lax to strict, as ``<=GREEN``, ``>=AMBER`` or a list."""
    places = sorted(known.index(each) for each in chosen)
    names = [str(known[place]) for place in places]
    if len(names) > 1 and places == list(range(places[-1] + 1)):
        return _text(f"<={names[-1]}")
    if len(names) > 1 and places == list(range(places[0], len(known))):
        return _text(f">={names[0]}")
    return _text(names[0]) if len(names) == 1 else _in_order(names)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _texts(values: frozenset[str] | set[str]) -> str:
    return _in_order(sorted(values))


def _in_order(values: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"
