"""Rules read from a TOML file: ``[[rule]]`` tables, and the words and patterns to look for with them.

Complaints name the rule, list or pattern, and the line.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from server.boundary.facts import LIST_PREFIX, PATTERN_PREFIX
from server.boundary.own_patterns import NAME, PatternError, compile_own
from server.boundary.rule import ANY_LIST, ANY_PATTERN, Rule, hint
from server.boundary.rule_reader import Reader
from server.boundary.ruleset import RuleSet

LONGEST_FILE = 8_000_000
MOST_RULES = 10_000
MOST_TERMS = 100_000
LONGEST_TERM = 200
MOST_PATTERNS = 200
LONGEST_KEPT = 50_000
TABLES_KEPT = 16
TABLES = ("rule", "code_names", "lists", "patterns")
_HEADER = re.compile(r"\s*\[\[\s*(?:rule|\"rule\"|'rule')\s*\]\]")
_TABLE = re.compile(r"\s*\[\[?\s*[\"']?(\w+)[\"']?\s*\]")
_KEY = re.compile(r"""\s*["']?([\w.-]+)["']?\s*=""")


class RuleErrors(ValueError):
    """A rule file that cannot be used; ``problems`` are sentences, each with its rule and line."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def parse_rules(text: str) -> RuleSet:
    """Return the rules of a TOML text; raise RuleErrors with everything that is wrong with it.

    The tables read last are kept, unless they are long: the same text is read whenever rules are looked at.
    """
    return _read_before(text) if len(text) <= LONGEST_KEPT else _read(text)


def _read(text: str) -> RuleSet:
    if len(text) > LONGEST_FILE:
        raise RuleErrors((f"the rule file is longer than {LONGEST_FILE} characters",))
    try:
        tables = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise RuleErrors((f"this is not TOML: {error}",)) from error
    except RecursionError as error:
        raise RuleErrors(("this is nested too deeply to be a rule file",)) from error
    found = tables.get("rule", [])
    if not isinstance(found, list) or not all(isinstance(table, dict) for table in found):
        raise RuleErrors(("each rule must be a table of its own, begun by a line [[rule]]",))
    if len(found) > MOST_RULES:
        raise RuleErrors((f"more than {MOST_RULES} rules",))
    lines = _Lines(text)
    problems = [f"unknown table or key '{key}'{lines.at(key)}{hint(key, TABLES)}" for key in set(tables) - set(TABLES)]
    words = _Words(tables, lines)
    problems += words.problems
    rules = _rules(found, lines, problems)
    for rule, place in rules:
        problems += words.unknown(rule, place)
    if problems:
        raise RuleErrors(tuple(problems))
    return RuleSet(tuple(rule for rule, _ in rules), words.code_names, words.lists, words.patterns)


_read_before = lru_cache(maxsize=TABLES_KEPT)(_read)


def _rules(found: list[dict[str, Any]], lines: _Lines, problems: list[str]) -> list[tuple[Rule, str]]:
    rules: list[tuple[Rule, str]] = []
    places: dict[str, str] = {}
    for index, table in enumerate(found):
        reader = Reader(table, lines.rules[index] if len(lines.rules) == len(found) else {})
        rule = reader.rule()
        problems += reader.problems
        if rule is None:
            continue
        if rule.id in places:
            problems.append(f"there are two rules called {rule.id}: {places[rule.id]} and {reader.place()}")
        places.setdefault(rule.id, reader.place())
        rules.append((rule, reader.place("findings")))
    return rules


class _Words:
    """The terms and patterns that the detectors look for with the rules."""

    def __init__(self, tables: Mapping[str, Any], lines: _Lines) -> None:
        self.problems: list[str] = []
        self._lines = lines
        self._left = MOST_TERMS
        names = self._terms(tables.get("code_names", []), "code_names", "code_names")
        self.code_names = names
        self.lists = tuple(
            (name, self._terms(terms, f"list {name}", f"lists.{name}"))
            for name, terms in self._named(
                tables, "lists", '[lists] holds lists of terms, e.g. customers = ["Umbrella"]'
            )
        )
        said = '[patterns] holds RE2 patterns, e.g. ticket = "T-[0-9]{6}"'
        found = tuple(self._named(tables, "patterns", said))
        if len(found) > MOST_PATTERNS:
            self.problems.append(f"more than {MOST_PATTERNS} patterns{lines.at('patterns')}")
        self.patterns = tuple((name, self._pattern(name, text)) for name, text in found[:MOST_PATTERNS])

    def _named(self, tables: Mapping[str, Any], key: str, said: str) -> Iterator[tuple[str, Any]]:
        table = tables.get(key, {})
        if not isinstance(table, dict):
            self.problems.append(f"{said}{self._lines.at(key)}")
            return
        for name, value in table.items():
            if NAME.fullmatch(name):
                yield name, value
            else:
                where = self._lines.at(f"{key}.{name}")
                self.problems.append(
                    f"'{name}' in [{key}]{where}: a name has lower-case letters, digits and hyphens, at most 40"
                )

    def _terms(self, terms: Any, what: str, key: str) -> tuple[str, ...]:
        where = self._lines.at(key)
        if not isinstance(terms, list) or not all(isinstance(term, str) and term.strip() for term in terms):
            self.problems.append(f"'{what}'{where} must be a list of terms, e.g. [\"Bluebird\"]")
            return ()
        found = tuple(dict.fromkeys(term.strip() for term in terms))
        long = next((term for term in found if len(term) > LONGEST_TERM), None)
        if long is not None:
            self.problems.append(f"'{what}'{where} has a term of more than {LONGEST_TERM} characters: {long[:40]}…")
        self._left -= len(found)
        if self._left < 0:
            self.problems.append(
                f"'{what}'{where}: code names and lists together have more than {MOST_TERMS} terms"
                f" ({len(found)} in this one)"
            )
            self._left = MOST_TERMS
            return ()
        return found

    def _pattern(self, name: str, pattern: Any) -> str:
        where = self._lines.at(f"patterns.{name}")
        if not isinstance(pattern, str):
            self.problems.append(f"pattern {name}{where}: must be a text, an RE2 pattern")
            return ""
        try:
            compile_own(name, pattern)
        except PatternError as error:
            self.problems.append(f"pattern {name}{where}: {error}")
        return pattern

    def unknown(self, rule: Rule, place: str) -> Iterator[str]:
        """Yield a problem for each list or pattern that a rule names and the file does not have."""
        known = {LIST_PREFIX + name for name, _ in self.lists} | {PATTERN_PREFIX + name for name, _ in self.patterns}
        named = (rule.conditions.findings or frozenset()) | rule.redactions
        for kind in sorted(named - known - {ANY_LIST, ANY_PATTERN}):
            for prefix, table in ((LIST_PREFIX, "lists"), (PATTERN_PREFIX, "patterns")):
                if kind.startswith(prefix):
                    same = {other for other in known if other.startswith(prefix)}
                    said = hint(kind, same) if same else ""
                    yield f"{place}: '{kind}' is not in [{table}]{said}"


class _Lines:
    """The numbers of the lines on which keys stand: of each rule (its header under ``""``), and of the rest."""

    def __init__(self, text: str) -> None:
        self.rules: list[dict[str, int]] = []
        self._others: dict[str, int] = {}
        table: str | None = ""
        fence = ""
        for number, line in enumerate(text.splitlines(), 1):
            if not fence and _HEADER.match(line):
                self.rules.append({"": number})
                self._others.setdefault("rule", number)
                table = None
            elif not fence and (header := _TABLE.match(line)):
                table = header[1]
                self._others.setdefault(table, number)
            elif not fence and (key := _KEY.match(line)):
                if table is None:
                    self.rules[-1].setdefault(key[1], number)
                else:
                    self._others.setdefault(f"{table}.{key[1]}" if table else key[1], number)
            for mark in ('"""', "'''"):
                if fence in ("", mark) and line.count(mark) % 2:
                    fence = "" if fence else mark

    def at(self, key: str) -> str:
        """Return ``, line N`` for a key outside the rules, or nothing where its line is not known."""
        return f", line {self._others[key]}" if key in self._others else ""
