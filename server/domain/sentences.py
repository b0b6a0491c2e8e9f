"""Sentences for people that can be said in their language: English text that remembers its id and its values.

A `Sentence` is a `str`: wherever nobody translates, it reads, compares and is stored as its English. The room that
speaks to people (`server/language`) finds the id and the values in it and says it anew.

    say("“%(name)s” is empty.", name=name)
    counted("%(n)s vote", "%(n)s votes", n)

Values are written by language as well: whole numbers with their separators, times, lists, and sentences within.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Self


class Sentence(str):
    """A sentence in English. `message` and `many` are its ids, `number` what chooses between them."""

    __slots__ = ("many", "message", "number", "values")

    message: str
    many: str
    number: int | None
    values: Mapping[str, object]

    def __new__(
        cls, message: str, many: str = "", number: int | None = None, values: Mapping[str, object] | None = None
    ) -> Self:
        chosen = message if number is None or number == 1 else many
        made = super().__new__(cls, chosen % {key: _english(one) for key, one in values.items()} if values else chosen)
        made.message, made.many, made.number, made.values = message, many, number, values or {}
        return made


def say(message: str, /, **values: object) -> Sentence:
    """Make a sentence of an id in English, where `%(name)s` stands for the value called name."""
    return Sentence(message, values=values)


def counted(one: str, many: str, n: int, /, **values: object) -> Sentence:
    """Make a sentence about a number of things, which it calls `%(n)s`."""
    return Sentence(one, many, n, {"n": n, **values})


def later(message: str) -> str:
    """Mark a sentence or a word for the catalogues: it is said in the reader's language when it is shown."""
    return message


def sentence_of(public: str, values: Mapping[str, object]) -> Sentence:
    """Return what was said already as it is, else make a sentence of it."""
    return public if isinstance(public, Sentence) else Sentence(public, values=values)


def _english(value: object) -> str:
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, int | float):
        return f"{value:,}"
    if isinstance(value, date) and not isinstance(value, datetime):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if isinstance(value, tuple | list | frozenset | set):
        return ", ".join(_english(one) for one in value)
    return str(value)


def together(*parts: str, between: str = " ") -> Sentence:
    """Put sentences beside one another; each is said in the reader's language by itself."""
    named = {f"part{place}": part for place, part in enumerate(parts)}
    return Sentence(between.join(f"%({name})s" for name in named), values=named)


def each(parts: Sequence[str]) -> Sentence:
    """Put parts of a sentence in a row: "a", "a and b", "a, b and c"."""
    return _row(parts, say("%(first)s and %(last)s", first="", last=""))


def either(parts: Sequence[str]) -> Sentence:
    """Put what there is to choose from in a row: "a", "a or b", "a, b or c"."""
    return _row(parts, say("%(first)s or %(last)s", first="", last=""))


def _row(parts: Sequence[str], pair: Sentence) -> Sentence:
    if len(parts) < 2:
        return together(*parts)
    return say(pair.message, first=tuple(parts[:-1]), last=parts[-1])
