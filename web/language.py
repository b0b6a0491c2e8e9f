"""The languages of the pages: gettext catalogues, read from `web/locale/` when the first page needs them.

English is written in templates and code; a sentence that a catalogue lacks stays English.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = Path(__file__).resolve().parent / "locale"
DEFAULT = "en"

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
    return _catalogue(_spoken.get()).gettext(message)


def ngettext(one: str, many: str, number: int) -> str:
    """Return a sentence about a number of things in the reader's language."""
    return _catalogue(_spoken.get()).ngettext(one, many, number)
