"""Structured fields (RFC 9651), as far as signatures and digests are written in them.

Read are dictionaries whose members are byte sequences, other bare values, or lists in parentheses, each with
parameters. What is not written exactly so is refused: there is one reading, and it can be written back.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

Bare = str | int | bool | bytes
LONGEST_FIELD = 16_384
MOST_MEMBERS = 32
_KEY = re.compile(r"[a-z*][a-z0-9_\-.*]*")
_INTEGER = re.compile(r"-?[0-9]{1,15}(?![0-9.])")
_STRING = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_TOKEN = re.compile(r"[A-Za-z*][A-Za-z0-9!#$%&'*+\-.^_`|~:/]*")
_BYTES = re.compile(r":([A-Za-z0-9+/]*={0,2}):")
_BOOLEAN = re.compile(r"\?([01])")
_ESCAPED = re.compile(r"\\(.)")


class BadField(ValueError):
    """The header is no such field; ``str()`` says why."""


class Token(str):
    """A bare word, which is written without quotation marks."""


@dataclass(frozen=True, slots=True)
class Item:
    """One value with its parameters, in order."""

    value: Bare
    parameters: tuple[tuple[str, Bare], ...] = ()

    def __str__(self) -> str:
        return write_bare(self.value) + write_parameters(self.parameters)


@dataclass(frozen=True, slots=True)
class InnerList:
    """Values in parentheses, with parameters of the whole."""

    items: tuple[Item, ...]
    parameters: tuple[tuple[str, Bare], ...] = ()

    def __str__(self) -> str:
        return f"({' '.join(map(str, self.items))})" + write_parameters(self.parameters)


Member = Item | InnerList


def read_dictionary(text: str) -> dict[str, Member]:
    """Read a dictionary; raise BadField for anything else, and for a name that stands there twice."""
    if len(text) > LONGEST_FIELD or not text.isascii():
        raise BadField("it is too long or not ASCII")
    reader = _Reader(text.strip(" "))
    found: dict[str, Member] = {}
    while True:
        name = reader.take(_KEY)
        if name in found or len(found) >= MOST_MEMBERS:
            raise BadField(f"{name[:40]!r} stands there twice, or there are too many")
        found[name] = reader.member()
        if reader.is_done():
            return found
        reader.comma()


def write_bare(value: Bare) -> str:
    """Write a value as RFC 9651 section 4.1 does; raise ValueError for a string that cannot be written."""
    if isinstance(value, bool):
        return f"?{int(value)}"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return f":{base64.b64encode(value).decode('ascii')}:"
    if isinstance(value, Token):
        return str(value)
    if re.search(r"[^\x20-\x7e]", value):
        raise ValueError(f"{value[:60]!r} cannot stand in a header")
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write_parameters(parameters: tuple[tuple[str, Bare], ...]) -> str:
    return "".join(f";{name}" if value is True else f";{name}={write_bare(value)}" for name, value in parameters)


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def is_done(self) -> bool:
        return self._at == len(self._text)

    def take(self, pattern: re.Pattern[str]) -> str:
        found = self._match(pattern)
        if found is None:
            raise BadField(f"{self._text[self._at : self._at + 20]!r} is not to be read here")
        return found.group()

    def comma(self) -> None:
        self._skip(" \t")
        if not self._is_next(","):
            raise BadField("its members are not parted by commas")
        self._skip(" \t")

    def member(self) -> Member:
        if not self._is_next("="):
            return Item(True, self._parameters())
        return self._list() if self._is_next("(") else self._item()

    def _list(self) -> InnerList:
        items: list[Item] = []
        while True:
            self._skip(" ")
            if self._is_next(")"):
                return InnerList(tuple(items), self._parameters())
            if items and self._text[self._at - 1] != " ":
                raise BadField("the values of a list are not parted by spaces")
            if len(items) >= MOST_MEMBERS:
                raise BadField("a list is too long")
            items.append(self._item())

    def _item(self) -> Item:
        return Item(self._bare(), self._parameters())

    def _parameters(self) -> tuple[tuple[str, Bare], ...]:
        found: dict[str, Bare] = {}
        while self._is_next(";"):
            self._skip(" ")
            name = self.take(_KEY)
            if name in found or len(found) >= MOST_MEMBERS:
                raise BadField(f"the parameter {name[:40]!r} stands there twice, or there are too many")
            found[name] = self._bare() if self._is_next("=") else True
        return tuple(found.items())

    def _bare(self) -> Bare:
        if (found := self._match(_STRING)) is not None:
            return _ESCAPED.sub(r"\1", found.group(1))
        if (found := self._match(_INTEGER)) is not None:
            return int(found.group())
        if (found := self._match(_BYTES)) is not None:
            try:
                return base64.b64decode(found.group(1), validate=True)
            except (binascii.Error, ValueError) as error:
                raise BadField("bytes are not in Base64") from error
        if (found := self._match(_BOOLEAN)) is not None:
            return found.group(1) == "1"
        return Token(self.take(_TOKEN))

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._at)
        if found is not None:
            self._at = found.end()
        return found

    def _is_next(self, sign: str) -> bool:
        if self._text.startswith(sign, self._at):
            self._at += 1
            return True
        return False

    def _skip(self, signs: str) -> None:
        while self._at < len(self._text) and self._text[self._at] in signs:
            self._at += 1
