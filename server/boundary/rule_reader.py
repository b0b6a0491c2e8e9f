"""One ``[[rule]]`` table read into a rule; complaints name rule and line."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time
from difflib import get_close_matches
from functools import partial
from operator import eq, ge, gt, le, lt
from typing import Any, NoReturn, TypeVar, cast

from server.boundary.facts import DIRECTIONS, FactsError, normal_host
from server.boundary.labels import ONWARD, LabelError, Level
from server.boundary.rule import (
    DAYS,
    EFFECTS,
    PERS,
    RULE_KINDS,
    Conditions,
    Duty,
    Expires,
    Notify,
    Per,
    Rate,
    Review,
    Rule,
    RuleError,
    Span,
    Week,
    hint,
)
from server.boundary.rule_values import COMPARED, read_days, read_hours, read_span

WHOM = {
    "all": "everyone",
    "any": "everyone",
    "anyone": "everyone",
    "everybody": "everyone",
    "everyone": "everyone",
    "public": "tier:public",
    "partner": "tier:partner",
    "partners": "tier:partner",
    "customer": "tier:customer",
    "customers": "tier:customer",
    "stranger": "tier:stranger",
    "strangers": "tier:stranger",
}
LISTS = {
    "jam": "jams",
    "forum": "forums",
    "categories": "categories",
    "author": "authors",
    "unit": "units",
    "role": "roles",
    "findings": "findings",
    "act": "acts",
    "thing": "things",
    "attachment_types": "attachment_types",
}
FLAGS = ("consent", "first_crossing")
SPANS = ("length", "attachments", "attachment_bytes", "nth", "age")
REVIEW = ("approvals", "reviewers", "within")
KEYS = (
    *("id", "kind", "direction", "to", "from", *LISTS, "label", "onward", *FLAGS, *SPANS, "days", "hours"),
    *("effect", "redactions", *REVIEW, "notify", "rate", "rate_per", "starts", "expires", "note"),
)
_RATE = re.compile(r"\s*(\d{1,9})\s*(?:/\s*h(?:our)?)?\s*")
_WITHIN = re.compile(r"\s*(\d{1,5})\s*([hd])(?:ours?|ays?)?\s*")
_TESTS = {"=": eq, ">=": ge, "<=": le, ">": gt, "<": lt}
_EXAMPLES = {"attachment_bytes": "<=5MB", "nth": "<=3", "age": ">48h"}


_Rank = TypeVar("_Rank", Level, str)


class Refused(Exception):
    """One key's value cannot be read; its sentence is already among the problems."""


class Reader:
    """Reads one table into a rule and gathers every problem on the way."""

    def __init__(self, table: dict[str, Any], lines: dict[str, int]) -> None:
        self._table = table
        self._lines = lines
        self.problems: list[str] = []

    def place(self, key: str = "") -> str:
        line = self._lines.get(key, self._lines.get(""))
        name = self._table.get("id")
        named = f"rule {name}" if isinstance(name, str) and name else "a rule without an id"
        return named + (f", line {line}" if line else "")

    def refuse(self, key: str, problem: str) -> NoReturn:
        self.problems.append(f"{self.place(key)}: {problem}")
        raise Refused

    def rule(self) -> Rule | None:
        """Return the rule, or None if there is any problem with it."""
        for key in self._table:
            if key not in KEYS:
                self.problems.append(f"unknown fact '{key}' in {self.place(key)}{hint(key, KEYS)}")
        parts: dict[str, Any] = {}
        for name, read in self._readers().items():
            with suppress(Refused):
                parts[name] = read()
        if self.problems:
            return None
        try:
            return Rule(**parts)
        except RuleError as error:
            self.problems.append(f"{self.place()}: {error}")
            return None

    def _readers(self) -> dict[str, Callable[[], Any]]:
        return {
            "id": lambda: self._word("id"),
            "kind": lambda: self._word("kind", RULE_KINDS),
            "direction": self._direction,
            "effect": self._effect,
            "conditions": self._conditions,
            "redactions": lambda: frozenset(self._list("redactions") or ()),
            "duties": self._duties,
            "starts_at": lambda: self._time("starts"),
            "note": lambda: self._word("note") if "note" in self._table else "",
        }

    def _word(self, key: str, known: tuple[str, ...] = ()) -> str:
        value = self._table.get(key)
        if not isinstance(value, str):
            choice = f", one of {', '.join(known)}" if known else ""
            self.refuse(key, f"'{key}' must be a text{choice}")
        if known and value not in known:
            self.refuse(key, f"unknown {key} '{value}'{hint(value, known)}")
        return value

    def _list(self, key: str) -> list[str] | None:
        value = self._table.get(key)
        values = [value] if isinstance(value, str) else value
        if values is None:
            return None
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            self.refuse(key, f"'{key}' must be a text or a list of texts")
        return values

    def _direction(self) -> str:
        kind = self._table.get("kind")
        implied = {"share": "out", "accept": "in"}.get(kind if isinstance(kind, str) else "")
        if "to" in self._table and "from" in self._table:
            self.refuse("from", "a rule has either 'to' (what goes out) or 'from' (what comes in)")
        implied = implied or ("out" if "to" in self._table else "in" if "from" in self._table else None)
        if "direction" not in self._table and implied is None:
            self.refuse("", 'say which way it guards: direction = "out" or direction = "in"')
        stated = self._word("direction", tuple(sorted(DIRECTIONS))) if "direction" in self._table else implied
        if implied not in (None, stated):
            self.refuse("direction", f"direction '{stated}' contradicts the rest of the rule")
        return str(stated)

    def _effect(self) -> str:
        if "effect" in self._table or self._table.get("kind") == "guard":
            return self._word("effect", EFFECTS)
        return "redact" if self._table.get("redactions") else "allow"

    def _conditions(self) -> Conditions:
        readers: dict[str, Callable[[], Any]] = {
            "peers": self._peers,
            "labels": self._labels,
            "onward": self._wishes,
            "week": self._week,
        }
        readers |= {name: partial(self._set, key) for key, name in LISTS.items()}
        readers |= {key: partial(self._flag, key) for key in FLAGS}
        readers |= {key: partial(self._span, key) for key in SPANS}
        parts: dict[str, Any] = {}
        for name, read in readers.items():
            with suppress(Refused):
                parts[name] = read()
        keys = {name: key for key, name in LISTS.items()} | {"peers": "to" if "to" in self._table else "from"}
        for name, value in parts.items():
            try:
                Conditions(**{name: value})
            except RuleError as error:
                self.problems.append(f"{self.place(keys.get(name, name))}: {error}")
        if self.problems:
            raise Refused
        return Conditions(**parts)

    def _set(self, key: str) -> frozenset[str] | None:
        values = self._list(key)
        if values is not None and key in ("categories", "attachment_types"):
            values = [value.strip().lower() for value in values]
        return None if values is None else frozenset(values)

    def _flag(self, key: str) -> bool | None:
        value = self._table.get(key)
        if value is not None and not isinstance(value, bool):
            self.refuse(key, f"'{key}' must be true or false")
        return value

    def _peers(self) -> frozenset[str] | None:
        kind = self._table.get("kind")
        key = "from" if "from" in self._table or kind == "accept" else "to"
        if (kind == "share" and key == "from") or (kind == "accept" and "to" in self._table):
            self.refuse(key, "a share has 'to' and an accept has 'from'")
        values = self._list(key)
        if values is None:
            if kind in ("share", "accept"):
                self.refuse("", f'a {kind} must say with whom, e.g. {key} = "tier:partner" or {key} = "everyone"')
            return None
        if "everyone" in values or ("*" in values and kind == "guard"):
            return None
        peers = set()
        for value in values:
            if value.startswith("tier:") or value == "*":
                peers.add("*" if value == "tier:public" else value)
                continue
            meant = [] if "." in value or ":" in value else get_close_matches(value.lower(), WHOM, 1, 0.8)
            if meant:
                self.refuse(key, f"'{value}' would be a host name: did you mean '{WHOM[meant[0]]}'?")
            try:
                peers.add(normal_host(value))
            except (FactsError, UnicodeError):
                self.refuse(key, f"'{value}' is no host name, nor '*', 'everyone' or 'tier:NAME'")
        return frozenset(peers)

    def _labels(self) -> frozenset[Level] | None:
        return self._compared("label", tuple(Level), Level.parse)

    def _wishes(self) -> frozenset[str] | None:
        def parse(text: str) -> str:
            if text.lower() not in ONWARD:
                raise LabelError(f"unknown onward wish '{text}'{hint(text, ONWARD)}")
            return text.lower()

        return self._compared("onward", ONWARD, parse)

    def _compared(self, key: str, known: tuple[_Rank, ...], parse: Callable[[str], _Rank]) -> frozenset[_Rank] | None:
        """Return those of ``known`` (from lax to strict) that texts such as ``>=AMBER`` choose."""
        values = self._list(key)
        if values is None:
            return None
        chosen: set[_Rank] = set()
        for value in values:
            compared = COMPARED.fullmatch(value)
            if key == "label" and compared and re.search(r"[+>]", compared[2]):
                self.refuse(key, f"'{value}' is a whole label; here stand levels, and besides: categories, onward")
            try:
                rank = known.index(parse(compared[2] if compared else value))
            except LabelError as error:
                self.refuse(key, str(error))
            test = _TESTS[(compared[1] if compared else None) or "="]
            chosen |= {each for place, each in enumerate(known) if test(place, rank)}
        if not chosen:
            self.refuse(key, f"no {key} is {' or '.join(values)}")
        return frozenset(chosen)

    def _span(self, key: str) -> Span | None:
        value = self._table.get(key)
        if value is None:
            return None
        text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else "?"
        try:
            return read_span(key, text)
        except RuleError as error:
            example = _EXAMPLES.get(key, ">5000")
            unit = f" ({error})" if "unit" in str(error) else ""
            self.refuse(key, f"'{key}' must be a number or a comparison such as '{example}', not {value!r}{unit}")

    def _week(self) -> Week | None:
        days, hours = self._list("days"), self._table.get("hours")
        if days is None and hours is None:
            return None
        if hours is not None and not isinstance(hours, str):
            self.refuse("hours", "'hours' must be a text such as \"08:00-18:00\", in UTC")
        key = "days"
        try:
            chosen = frozenset(range(len(DAYS))) if days is None else read_days(days)
            key = "hours" if hours is not None else "days"
            begins, ends = (0, 24 * 60) if hours is None else read_hours(hours)
            return Week(chosen, begins, ends)
        except RuleError as error:
            self.refuse(key, str(error))

    def _duties(self) -> tuple[Duty, ...]:
        duties: list[Duty] = [Notify(whom) for whom in self._list("notify") or ()]
        if "rate" in self._table:
            value = self._table["rate"]
            number = _RATE.fullmatch("" if isinstance(value, bool) else str(value))
            if number is None or int(number[1]) < 1:
                self.refuse("rate", f"'rate' must be a number an hour such as \"60/h\", not {value!r}")
            per = self._word("rate_per", PERS) if "rate_per" in self._table else "peer"
            duties.append(Rate(int(number[1]), cast(Per, per)))
        elif "rate_per" in self._table:
            self.refuse("rate_per", "'rate_per' says what a rate is counted by: it needs 'rate'")
        duties += self._review()
        ends = self._time("expires")
        return (*duties, *([Expires(ends)] if ends else []))

    def _review(self) -> list[Duty]:
        if not any(key in self._table for key in REVIEW):
            return []
        approvals, within = self._table.get("approvals", 1), self._table.get("within")
        if not isinstance(approvals, int) or isinstance(approvals, bool):
            self.refuse("approvals", f"'approvals' must be a number of people such as 2, not {approvals!r}")
        hours = None
        if within is not None:
            found = _WITHIN.fullmatch(within) if isinstance(within, str) else None
            if found is None:
                self.refuse("within", f'\'within\' must be a time such as "4h" or "2d", not {within!r}')
            hours = int(found[1]) * (24 if found[2] == "d" else 1)
        key = "approvals" if "approvals" in self._table else "reviewers" if "reviewers" in self._table else "within"
        try:
            return [Review(approvals, tuple(self._list("reviewers") or ()), hours)]
        except RuleError as error:
            self.refuse(key, str(error))

    def _time(self, key: str) -> datetime | None:
        value = self._table.get(key)
        try:
            if isinstance(value, str):
                value = datetime.fromisoformat(value)
        except ValueError:
            value = "?"
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime.combine(value, time(), UTC)
        if value is None:
            return None
        if not isinstance(value, datetime) or value.tzinfo is None:
            self.refuse(key, f"'{key}' must be a date-time with a zone, e.g. 2027-01-31T12:00:00Z")
        return value.astimezone(UTC)
