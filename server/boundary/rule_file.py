"""Rules read from a TOML file: one ``[[rule]]`` table each; complaints name rule and line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time
from difflib import get_close_matches
from functools import partial
from operator import eq, ge, gt, le, lt
from typing import Any, NoReturn

from server.boundary.facts import DIRECTIONS, FactsError, normal_host
from server.boundary.labels import LabelError, Level
from server.boundary.rule import (
    EFFECTS,
    RULE_KINDS,
    Conditions,
    Duty,
    Expires,
    Notify,
    Rate,
    Rule,
    RuleError,
    Span,
    hint,
)
from server.boundary.ruleset import RuleSet

LONGEST_FILE = 2_000_000
MOST_RULES = 10_000
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
MOST_NAMES = 100_000
LISTS = {
    "jam": "jams",
    "forum": "forums",
    "author": "authors",
    "unit": "units",
    "role": "roles",
    "findings": "findings",
    "act": "acts",
}
FLAGS = ("consent", "first_crossing")
SPANS = ("length", "attachments")
KEYS = (
    *("id", "kind", "direction", "to", "from", *LISTS, "label", *FLAGS, *SPANS),
    *("effect", "redactions", "notify", "rate", "starts", "expires", "note"),
)
_HEADER = re.compile(r"\s*\[\[\s*(?:rule|\"rule\"|'rule')\s*\]\]")
_KEY = re.compile(r"""\s*["']?([\w-]+)["']?\s*=""")
_RATE = re.compile(r"\s*(\d{1,9})\s*(?:/\s*h(?:our)?)?\s*")
_COMPARED = re.compile(r"\s*(>=|<=|>|<|=)?\s*(\S+)\s*")


class RuleErrors(ValueError):
    """A rule file that cannot be used; ``problems`` are sentences, each with its rule and line."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def parse_rules(text: str) -> RuleSet:
    """Return the rules of a TOML text; raise RuleErrors with everything that is wrong with it."""
    if len(text) > LONGEST_FILE:
        raise RuleErrors((f"the rule file is longer than {LONGEST_FILE} characters",))
    try:
        tables = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise RuleErrors((f"this is not TOML: {error}",)) from error
    except RecursionError as error:
        raise RuleErrors(("this is nested too deeply to be a rule file",)) from error
    found = tables.pop("rule", [])
    if not isinstance(found, list) or not all(isinstance(table, dict) for table in found):
        raise RuleErrors(("each rule must be a table of its own, begun by a line [[rule]]",))
    lines = list(_lines(text))
    names = tables.pop("code_names", [])
    problems = [f"unknown table or key '{key}'{hint(key, ('rule', 'code_names'))}" for key in tables]
    if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() for name in names):
        names = []
        problems.append("'code_names' must be a list of terms, e.g. code_names = [\"Bluebird\"]")
    if len(names) > MOST_NAMES:
        raise RuleErrors((f"more than {MOST_NAMES} code names",))
    if len(found) > MOST_RULES:
        raise RuleErrors((f"more than {MOST_RULES} rules",))
    rules: list[Rule] = []
    places: dict[str, str] = {}
    for index, table in enumerate(found):
        reader = _Reader(table, lines[index] if len(lines) == len(found) else {})
        rule = reader.rule()
        problems += reader.problems
        if rule is None:
            continue
        if rule.id in places:
            problems.append(f"there are two rules called {rule.id}: {places[rule.id]} and {reader.place()}")
        places.setdefault(rule.id, reader.place())
        rules.append(rule)
    if problems:
        raise RuleErrors(tuple(problems))
    return RuleSet(tuple(rules), tuple(dict.fromkeys(name.strip() for name in names)))


def _lines(text: str) -> Iterator[dict[str, int]]:
    """Yield, for each ``[[rule]]``, the line numbers of its keys, and of the header under the name ``""``."""
    current: dict[str, int] | None = None
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not fence and _HEADER.match(line):
            if current is not None:
                yield current
            current = {"": number}
        elif not fence and current is not None and (key := _KEY.match(line)):
            current.setdefault(key[1], number)
        for mark in ('"""', "'''"):
            if fence in ("", mark) and line.count(mark) % 2:
                fence = "" if fence else mark
    if current is not None:
        yield current


class _Refused(Exception):
    """One key's value cannot be read; its sentence is already among the problems."""


class _Reader:
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
        raise _Refused

    def rule(self) -> Rule | None:
        """Return the rule, or None if there is any problem with it."""
        for key in self._table:
            if key not in KEYS:
                self.problems.append(f"unknown fact '{key}' in {self.place(key)}{hint(key, KEYS)}")
        parts: dict[str, Any] = {}
        for name, read in self._readers().items():
            with suppress(_Refused):
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
        readers: dict[str, Callable[[], Any]] = {"peers": self._peers, "labels": self._labels}
        readers |= {name: partial(self._set, key) for key, name in LISTS.items()}
        readers |= {key: partial(self._flag, key) for key in FLAGS}
        readers |= {key: partial(self._span, key) for key in SPANS}
        parts: dict[str, Any] = {}
        for name, read in readers.items():
            with suppress(_Refused):
                parts[name] = read()
        keys = {name: key for key, name in LISTS.items()} | {"peers": "to" if "to" in self._table else "from"}
        for name, value in parts.items():
            try:
                Conditions(**{name: value})
            except RuleError as error:
                self.problems.append(f"{self.place(keys.get(name, name))}: {error}")
        if self.problems:
            raise _Refused
        return Conditions(**parts)

    def _set(self, key: str) -> frozenset[str] | None:
        values = self._list(key)
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
        values = self._list("label")
        if values is None:
            return None
        chosen: set[Level] = set()
        for value in values:
            compared = _COMPARED.fullmatch(value)
            try:
                level = Level.parse(compared[2] if compared else value)
            except LabelError as error:
                self.refuse("label", str(error))
            sign = (compared[1] if compared else None) or "="
            tests = {"=": eq, ">=": ge, "<=": le, ">": gt, "<": lt}
            chosen |= {each for each in Level if tests[sign](each, level)}
        if not chosen:
            self.refuse("label", f"no label is {' or '.join(values)}")
        return frozenset(chosen)

    def _span(self, key: str) -> Span | None:
        value = self._table.get(key)
        if value is None:
            return None
        text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else "?"
        try:
            if ".." in text:
                least, _, most = text.partition("..")
                return Span(int(least), int(most))
            compared = _COMPARED.fullmatch(text)
            number = int(compared[2]) if compared else int(text)
            spans: dict[str | None, tuple[int, int | None]] = {
                None: (number, number),
                "=": (number, number),
                ">=": (number, None),
                ">": (number + 1, None),
                "<=": (0, number),
                "<": (0, number - 1),
            }
            return Span(*spans[compared[1] if compared else None])
        except (RuleError, ValueError):
            self.refuse(key, f"'{key}' must be a number or a comparison such as '>5000', not {value!r}")

    def _duties(self) -> tuple[Duty, ...]:
        duties: list[Duty] = [Notify(whom) for whom in self._list("notify") or ()]
        if "rate" in self._table:
            value = self._table["rate"]
            number = _RATE.fullmatch("" if isinstance(value, bool) else str(value))
            if number is None or int(number[1]) < 1:
                self.refuse("rate", f"'rate' must be a number an hour such as \"60/h\", not {value!r}")
            duties.append(Rate(int(number[1])))
        ends = self._time("expires")
        return (*duties, *([Expires(ends)] if ends else []))

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
