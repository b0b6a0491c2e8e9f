"""What people wrote, as the analysis sees it: documents, and text cleaned of what is not the writer's own."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST = 20_000
"""Characters of a document that are read; the rest of a very long one adds time and no theme."""


@dataclass(frozen=True, slots=True)
class Document:
    """One idea or reply. `at` is in seconds since 1970 UTC; `thread` is the id of the idea it belongs to."""

    id: str
    text: str
    author: str = ""
    thread: str = ""
    at: float = 0.0


_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ue000-\uf8ff]"
)
_OTHERS = (
    re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL),  # code
    re.compile(r"<(script|style)\b.{0,4000}?</\1\s*>|<!--.{0,4000}?-->", re.DOTALL | re.IGNORECASE),
    re.compile(r"</?[A-Za-z][^<>]{0,400}>"),  # markup
    re.compile(r"(?:\b[a-z][a-z0-9+.-]{1,15}://|\bwww\.)\S+", re.IGNORECASE),  # links
    re.compile(r"(?<!\w)@[\w.-]+(?:@[\w.-]+)?"),  # @names
    re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"),  # addresses
    re.compile(r"^[ \t]*[>|].*$", re.MULTILINE),  # quoted lines
    re.compile(r"^.{0,120}\b(?:wrote|writes|schrieb|escribió|a écrit)[ \t]*:[ \t]*$", re.MULTILINE | re.IGNORECASE),
)
_SPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    """Return the writer's own words: no code, markup, links, addresses, @names, quoted lines or controls.

    Broken Unicode (lone surrogates, NUL) is dropped. The result is NFC on one line; it may be empty.
    """
    text = _CONTROL.sub(" ", text[:LONGEST].replace("\r\n", "\n"))
    for pattern in _OTHERS:
        text = pattern.sub(" ", text)
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()


def name_words(names: Iterable[str]) -> frozenset[str]:
    """Return the lower-case words of people's names, to be ignored in themes; no single letters."""
    parts = (part for name in names for part in re.split(r"[\W_]+", name.casefold()))
    return frozenset(part for part in parts if len(part) > 1)
