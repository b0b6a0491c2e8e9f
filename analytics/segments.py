"""Texts cut into pieces of the sentence encoder's vocabulary, word by word: a word's pieces are remembered.

No piece of the vocabulary has the beginning of a word inside it, so the best cut of a text is that of its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

BEGIN: Final = "\u2581"
"""What the vocabulary writes for the space before a word."""
WORDS: Final = 6_000
"""Words remembered that were used lately, and as many that were before."""
LETTERS: Final = 24
"""Longer runs of letters are not remembered: they rarely come again."""


class Segments:
    """Cuts texts as the package's tokenizer does."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._by_word = _parted(tokenizer)
        self._lately: dict[str, tuple[int, ...]] = {}
        self._before: dict[str, tuple[int, ...]] = {}

    @property
    def remembered(self) -> int:
        """Return how many words are remembered now."""
        return len(self._lately) + len(self._before)

    def of(self, text: str) -> Sequence[int]:
        """Return the ids of a text's pieces, between that of its begin and that of its end."""
        if not self._by_word or BEGIN in text:
            whole: list[int] = self._tokenizer.encode(text, out_type=int, add_bos=True, add_eos=True)
            return whole
        found = [self._first]
        known = self._lately
        for word in text.split(" "):
            pieces = known.get(word)
            found.extend(self._word(word) if pieces is None else pieces)
        if len(found) == 1:
            found.append(self._unknown)
        found.append(self._last)
        return found

    @property
    def _first(self) -> int:
        return int(self._tokenizer._bos_id)

    @property
    def _last(self) -> int:
        return int(self._tokenizer._eos_id)

    @property
    def _unknown(self) -> int:
        return int(self._tokenizer._unk_id)

    def _word(self, word: str) -> tuple[int, ...]:
        pieces = self._before.get(word)
        if pieces is None:
            normal = self._tokenizer._normalizer.normalize(word)
            pieces = tuple(self._tokenizer._viterbi(normal)) if normal else ()
        if len(word) <= LETTERS:
            if len(self._lately) >= WORDS:
                self._before, self._lately = self._lately, {}
            self._lately[word] = pieces
        return pieces


def _parted(tokenizer: Any) -> bool:
    """Tell whether the package's tokenizer is the one known here, and no piece goes beyond a word."""
    try:
        normal, spaces = tokenizer._normalizer, tokenizer._normalizer._two_byte
        pieces = [tokenizer._unk_id, tokenizer._bos_id, tokenizer._eos_id]
        sure = all(isinstance(piece, int) for piece in pieces) and callable(tokenizer._viterbi)
        sure = sure and normal.normalize("a  b ") == f"{BEGIN}a{BEGIN}b" and not any(two >> 8 == 0x20 for two in spaces)
        return sure and not any(BEGIN in piece[1:] for piece in tokenizer._pieces)
    except (AttributeError, TypeError):
        return False
