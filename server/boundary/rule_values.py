"""Numbers, sizes, times and days as rule files spell them, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from server.boundary.rule import DAYS, MINUTES_A_DAY, RuleError, Span, Week

COMPARED = re.compile(r"\s*(>=|<=|>|<|=)?\s*(\S.*?)\s*")
SIZES = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
HOURS = {"h": 1, "d": 24}
LARGEST = 10**15
_UNITS: dict[str, dict[str, int]] = {"attachment_bytes": SIZES, "age": HOURS}
_NUMBER = re.compile(r"(\d{1,16})\s*([A-Za-z]*)")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_LONG_DAYS = {
    name: number
    for number, day in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
    for name in (day, day[:3])
}


def read_span(fact: str, text: str) -> Span:
    """Return what ``text`` (``5``, ``>5000``, ``<=5MB``, ``3..9``) compares a fact with; raise RuleError."""
    if ".." in text:
        least, _, most = text.partition("..")
        return Span(_number(fact, least), _number(fact, most))
    compared = COMPARED.fullmatch(text)
    if compared is None:
        raise RuleError("there is no number in it")
    number = _number(fact, compared[2])
    match compared[1]:
        case ">=":
            return Span(number)
        case ">":
            return Span(number + 1)
        case "<=":
            return Span(0, number)
        case "<":
            return Span(0, number - 1)
    return Span(number, number)


def _number(fact: str, text: str) -> int:
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise RuleError("there is no number in it")
    units = {unit.lower(): factor for unit, factor in _UNITS.get(fact, {}).items()}
    if found[2] and found[2].lower() not in units:
        known = f"; units are {', '.join(_UNITS[fact])}" if fact in _UNITS else ""
        raise RuleError(f"'{found[2]}' is no unit of it{known}")
    number = int(found[1]) * (units[found[2].lower()] if found[2] else 1)
    if number > LARGEST:
        raise RuleError("that number is too large")
    return number


def span_text(span: Span, fact: str = "") -> str:
    """Return a span as rule files spell it: ``5``, ``<=5MB``, ``>=48h`` or ``5..9``."""
    if span.most is None:
        return f">={_with_unit(fact, span.least)}"
    if span.most == span.least:
        return _with_unit(fact, span.least)
    if span.least:
        return f"{_with_unit(fact, span.least)}..{_with_unit(fact, span.most)}"
    return f"<={_with_unit(fact, span.most)}"


def _with_unit(fact: str, number: int) -> str:
    units = {"attachment_bytes": {"GB": 10**9, "MB": 10**6, "kB": 10**3}, "age": {"h": 1}}.get(fact, {})
    for unit, factor in units.items():
        if number and number % factor == 0:
            return f"{number // factor}{unit}"
    return str(number)


def read_hours(text: str) -> tuple[int, int]:
    """Return the minutes of the day from and to which ``08:00-18:00`` (UTC) reaches; raise RuleError."""
    begins, dash, ends = text.replace("–", "-").partition("-")
    if not dash:
        raise RuleError("hours are written from-to in UTC, e.g. 08:00-18:00")
    return _clock(begins), _clock(ends)


def _clock(text: str) -> int:
    found = _CLOCK.fullmatch(text.strip())
    minute = int(found[1]) * 60 + int(found[2]) if found and int(found[2]) < 60 else MINUTES_A_DAY + 1
    if minute > MINUTES_A_DAY:
        raise RuleError(f"'{text.strip()}' is no time of day between 00:00 and 24:00")
    return minute


def hours_text(week: Week) -> str:
    """Return a window's hours as rule files spell them."""
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in (week.begins, week.ends))


def read_days(names: Iterable[str]) -> frozenset[int]:
    """Return the days (0 is Monday) that ``Mon``, ``Tuesday`` or ``Mon-Fri`` name; raise RuleError."""
    found: set[int] = set()
    for name in names:
        first, dash, last = name.replace("–", "-").partition("-")
        begin, end = _day(first), _day(last if dash else first)
        found |= {day % 7 for day in range(begin, end + 1 + (7 if end < begin else 0))}
    return frozenset(found)


def _day(text: str) -> int:
    word = text.strip().lower()
    if word not in _LONG_DAYS:
        near = get_close_matches(word, _LONG_DAYS, 1)
        hint = f": did you mean '{DAYS[_LONG_DAYS[near[0]]]}'?" if near else f"; days are {', '.join(DAYS)}"
        raise RuleError(f"unknown day '{text}'{hint}")
    return _LONG_DAYS[word]


def days_text(days: Iterable[int]) -> list[str]:
    """Return days as rule files spell them, Monday first."""
    return [DAYS[day] for day in sorted(days)]
