"""Strings that nobody could guess, planted in fields, and the search for them in whatever others hold."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from ahocorasick_rs import BytesAhoCorasick


@dataclass(frozen=True, slots=True)
class Sighting:
    """A planted string where it was found, and in which form."""

    canary: str
    form: str
    where: str

    def __str__(self) -> str:
        return f"{self.canary} ({self.form}) in {self.where}"


class Canaries:
    """Makes and remembers planted strings by name; the part of a name before ":" tells who may hold it."""

    def __init__(self) -> None:
        self.tokens: dict[str, str] = {}

    def token(self, name: str) -> str:
        """Return the string of a name, made on first use: a letter and hexadecimal digits, one word to any index."""
        return self.tokens.setdefault(name, f"k{secrets.token_hex(9)}")

    def tag(self, name: str) -> str:
        """Return the string with a blank before it, to follow words."""
        return f" {self.token(name)}"

    def watch(self, name: str, text: str) -> None:
        """Search for a string that is not of our making: a name, a password, a token."""
        self.tokens[name] = text

    def names(self, *families: str) -> list[str]:
        """Return the names of some families ("" for the inside), or all."""
        return [name for name in self.tokens if not families or family_of(name) in families]

    def search(self, names: Iterable[str], pieces: Iterable[tuple[str, bytes]]) -> list[Sighting]:
        """Look for the strings of `names`, in every form, in (where, bytes) pieces."""
        sought: dict[str, list[str]] = {}
        for name in names:
            sought.setdefault(self.tokens[name], []).append(name)
        patterns = [(text, form, pattern) for text in sought for form, pattern in forms(text)]
        if not patterns:
            return []
        machine = BytesAhoCorasick([pattern for _, _, pattern in patterns])
        found: dict[tuple[str, str, str], Sighting] = {}
        for where, data in pieces:
            for text in {data, data.lower()}:
                for index, _, _ in machine.find_matches_as_indexes(text, overlapping=True):
                    planted, form, _ = patterns[index]
                    for name in sought[planted]:
                        found.setdefault((name, form, where), Sighting(name, form, where))
        return list(found.values())


def family_of(name: str) -> str:
    """Return what stands before ":" in a name, "" for what belongs inside."""
    return name.partition(":")[0] if ":" in name else ""


def forms(text: str) -> list[tuple[str, bytes]]:
    """Return a string in the forms in which it may be written: raw, escaped, percent, base64, UTF-16, hexadecimal."""
    raw = text.encode()
    made = [
        ("raw", raw.lower()),
        ("UTF-16 little-endian", text.encode("utf-16-le")),
        ("UTF-16 big-endian", text.encode("utf-16-be")),
        ("JSON escapes", "".join(f"\\u{ord(letter):04x}" for letter in text).encode()),
        ("HTML decimal", "".join(f"&#{ord(letter)};" for letter in text).encode()),
        ("HTML hexadecimal", "".join(f"&#x{ord(letter):x};" for letter in text).encode()),
        ("percent", "".join(f"%{byte:02x}" for byte in raw).encode()),
        ("hexadecimal", raw.hex().encode()),
    ]
    made += [(f"base64 at {shift}", pattern) for shift in range(3) for pattern in _base64(raw, shift)]
    return list(dict(zip([pattern for _, pattern in made], made, strict=True)).values())


def _base64(raw: bytes, shift: int) -> set[bytes]:
    """Return the letters of base64 that `raw` fixes when `shift` unknown bytes stand before it in their group."""
    first, last = (0, 2, 3)[shift], (shift + len(raw)) * 8 // 6
    padded = bytes(shift) + raw
    return {encode(padded)[first:last] for encode in (base64.b64encode, base64.urlsafe_b64encode)}
