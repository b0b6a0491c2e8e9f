"""Gettext catalogues, read from `locale/` when the first sentence needs them.

English is written in templates and code; a sentence that a catalogue lacks stays English.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from server.domain.sentences import Sentence
from server.language.figures import clock, day, number

LOCALES = Path(__file__).resolve().parent / "locale"
DEFAULT = "en"
#: The languages to choose from, each by its own name. What a catalogue lacks is shown in English.
LANGUAGES = {"en": "English", "de": "Deutsch", "ar": "العربية"}
RIGHT_TO_LEFT = frozenset({"ar"})

_spoken: ContextVar[str] = ContextVar("language", default=DEFAULT)


@cache
def _catalogue(language: str) -> NullTranslations:
    path = LOCALES / language / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def liked_best(header: str) -> str:
    """Return which of our languages an Accept-Language header likes best (RFC 9110, 12.5.4)."""
    liked: list[tuple[float, str]] = []
    for part in header.split(",")[:20]:
        tag, _sign, weight = part.strip().partition(";q=")
        try:
            liked.append((-float(weight or 1), tag.split("-", 1)[0].lower()))
        except ValueError:
            continue
    return next((tag for weight, tag in sorted(liked, key=lambda one: one[0]) if weight and tag in LANGUAGES), DEFAULT)


def spoken() -> str:
    """Return the language in which is spoken now."""
    return _spoken.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Have what is said within in a language, by its code: `de`."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def _(message: str) -> str:
    """Return a sentence in the reader's language."""
    return _catalogue(_spoken.get()).gettext(message) if message else ""


def ngettext(one: str, many: str, number: int) -> str:
    """Return a sentence about a number of things in the reader's language."""
    return _catalogue(_spoken.get()).ngettext(one, many, number)


def told(sentence: str) -> str:
    """Return what was said in English below in the reader's language; people's own words stay as they are."""
    if not isinstance(sentence, Sentence):
        return sentence
    said = (
        _(sentence.message) if sentence.number is None else ngettext(sentence.message, sentence.many, sentence.number)
    )
    return said % {name: _value(one) for name, one in sentence.values.items()} if sentence.values else said


def _value(value: object) -> str:
    if isinstance(value, str):
        return told(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value, spoken())
    if isinstance(value, datetime):
        return clock(value, spoken())
    if isinstance(value, date):
        return day(value, spoken())
    if isinstance(value, tuple | list | set | frozenset):
        return _(", ").join(_value(one) for one in value)
    return str(value)
