"""The language of a reader of the pages: chosen in this browser, or what the browser asks for.

What is said in it comes from `server/language`.
"""

from __future__ import annotations

from server.domain.sentences import counted, each, either, later, say, together
from server.language import DEFAULT, LANGUAGES, LOCALES, RIGHT_TO_LEFT, _, liked_best, ngettext, speaking, spoken, told

__all__ = [
    "DEFAULT",
    "LANGUAGES",
    "LOCALES",
    "RIGHT_TO_LEFT",
    "_",
    "asked_for",
    "counted",
    "each",
    "either",
    "later",
    "liked_best",
    "ngettext",
    "say",
    "speaking",
    "spoken",
    "together",
    "told",
]


def asked_for(cookie: str, header: str) -> str:
    """Return the language of a reader: the one chosen, else the one that the browser likes best."""
    return cookie if cookie in LANGUAGES else liked_best(header)
