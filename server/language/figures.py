"""Numbers and times as the languages write them (CLDR, through Babel). Pure; what is asked for often is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_timedelta
from babel.numbers import format_decimal

#: Days come before months in our English.
LOCALES = {"en": "en_GB"}
MINUTE, HOUR, DAY = 60, 3600, 86400
Unit = Literal["day", "hour", "minute"]
_UNITS: tuple[tuple[int, Unit], ...] = ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"))


@lru_cache(16)
def locale_of(language: str) -> Locale:
    """Return the locale behind one of our languages."""
    return Locale.parse(LOCALES.get(language, language))


@lru_cache(4096)
def number(value: float, language: str) -> str:
    """4120 → "4,120" or "4.120"; whole numbers without decimals, others with one."""
    shape = "#,##0" if float(value).is_integer() else "#,##0.0"
    return str(format_decimal(value, shape, locale=locale_of(language)))


@lru_cache(1024)
def day(at: date, language: str) -> str:
    """Return a day in words: "2 November 2026"."""
    return str(format_date(at, "long", locale=locale_of(language)))


def clock(at: datetime, language: str) -> str:
    """Return the exact time in words, in UTC."""
    at = at.astimezone(UTC)
    return f"{day(at.date(), language)}, {at:%H:%M} UTC"


def distance(seconds: float, language: str) -> str:
    """Return how long ago something was, or in how long it is where `seconds` is negative: "3 hours ago".

    Whole units, cut off; below a minute "".
    """
    for size, unit in _UNITS:
        if abs(seconds) >= size:
            return _distance(int(abs(seconds) // size), unit, seconds >= 0, language)
    return ""


@lru_cache(2048)
def _distance(many: int, unit: Unit, past: bool, language: str) -> str:
    span = timedelta(**{f"{unit}s": -many if past else many})
    return format_timedelta(
        span,
        granularity=unit,
        threshold=1,
        add_direction=True,
        locale=locale_of(language),
    )
