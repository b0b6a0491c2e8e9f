"""Facts in words, for the page that explains a decision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from server.boundary.facts import FAILED, Facts
from server.boundary.rule import DAYS
from server.boundary.rule import MINUTES_A_DAY as DAY
from server.boundary.sentences import found, listed

NAMES: dict[str, str] = {
    "direction": "Direction",
    "peer": "Other side",
    "tier": "Its standing",
    "clearance": "Cleared for",
    "cleared_for": "Cleared for the categories",
    "jam": "Jam",
    "forum": "Forum",
    "label": "Label",
    "categories": "Categories",
    "onward": "May be passed on to",
    "author": "Author",
    "unit": "Author’s unit",
    "role": "Author’s role",
    "consent": "Author agreed to be named",
    "findings": "Detectors found",
    "act": "What is being done",
    "thing": "What it is done to",
    "length": "Length",
    "attachments": "Attachments",
    "attachment_types": "Kinds of attachments",
    "attachment_bytes": "Size of attachments",
    "first_crossing": "First of its thread to cross",
    "nth": "Author’s contributions there, with this one",
    "age": "Age",
    "week_minute": "Written on",
}


def facts_in_words(facts: Facts) -> tuple[tuple[str, str], ...]:
    """Return each fact as (what it is, what it was), in the order of the facts."""
    return tuple(
        (NAMES.get(each.name, each.name.replace("_", " ").capitalize()), _said(each.name, getattr(facts, each.name)))
        for each in fields(facts)
    )


def _said(name: str, value: Any) -> str:
    if name in SAID:
        return SAID[name](value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset):
        return listed(sorted(map(str, value)), "and") if value else "none"
    return str(value) if value != "" else "none"


def _findings(kinds: frozenset[str]) -> str:
    if FAILED in kinds:
        return "a detector could not finish"
    return listed([found([kind]) for kind in sorted(kinds)], "and") if kinds else "nothing"


SAID: dict[str, Callable[[Any], str]] = {
    "direction": lambda way: "out of this organisation" if way == "out" else "into this organisation",
    "peer": lambda peer: "everyone, the anonymous public" if peer == "*" else str(peer),
    "tier": lambda tier: {"public": "anybody", "stranger": "no agreement"}.get(tier, str(tier)),
    "findings": _findings,
    "length": lambda length: f"{length:,} characters",
    "attachment_bytes": lambda size: f"{size:,} bytes",
    "age": lambda hours: "less than an hour" if hours < 1 else f"{hours} hours",
    "week_minute": lambda minute: f"{DAYS[minute // DAY]} at {minute % DAY // 60:02}:{minute % 60:02} UTC",
}
