"""What changed between two texts, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Change = Literal["same", "gone", "new"]
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
#: Longer texts are compared line by line first, and word by word only where lines differ.
_MANY = 2_000


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words that stand in both texts, in the old one alone, or in the new one alone."""

    change: Change
    text: str


def compare(old: str, new: str) -> list[Piece]:
    """Return the pieces in reading order: those "same" and "gone" together are `old`, "same" and "new" are `new`."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if len(before) + len(after) <= _MANY:
        return _joined(_steps(before, after))
    pieces: list[Piece] = []
    for gone, came in _lines(old.splitlines(keepends=True), new.splitlines(keepends=True)):
        if gone == came:
            pieces.append(Piece("same", gone))
            continue
        words, others = _WORDS.findall(gone), _WORDS.findall(came)
        few = len(words) + len(others) <= _MANY
        pieces += _steps(words, others) if few else [Piece("gone", gone), Piece("new", came)]
    return _joined(pieces)


def _lines(before: list[str], after: list[str]) -> list[tuple[str, str]]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return [("".join(before[a:b]), "".join(after[c:d])) for _, a, b, c, d in matcher.get_opcodes()]


def _steps(before: list[str], after: list[str]) -> list[Piece]:
    pieces = []
    for gone, came in _lines(before, after):
        pieces += [Piece("same", gone)] if gone == came else [Piece("gone", gone), Piece("new", came)]
    return pieces


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Leave out empty pieces, and join neighbours of one kind."""
    found: list[Piece] = []
    for piece in pieces:
        if found and piece.text and found[-1].change == piece.change:
            found[-1] = Piece(piece.change, found[-1].text + piece.text)
        elif piece.text:
            found.append(piece)
    return found
