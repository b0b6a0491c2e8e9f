"""Numbers that count what everybody does, told to people as numbers that count nothing. Pure.

Whoever is told two numbers of one log can tell how much happened in between, also where they may not look. A veil
turns each number below 2^52 into another, in an order that nobody without the key knows, and back: a Feistel network
(Luby and Rackoff, 1988) with HMAC-SHA256. Told numbers stay exact as JSON numbers of JavaScript.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

HALF = 26
MASK = (1 << HALF) - 1
TURNS = range(6)


@dataclass(frozen=True, slots=True)
class Veil:
    """Hides numbers with a key of 32 bytes. 0, which is before the first, stays what it is."""

    key: bytes = field(repr=False)

    def hide(self, number: int) -> int:
        """Return what is told in place of a number from 0 to 2^52 - 1."""
        if number == 0:
            return 0
        left, right = number >> HALF, number & MASK
        for turn in TURNS:
            left, right = right, left ^ self._mixed(turn, right)
        return left << HALF | right

    def read(self, told: int) -> int:
        """Return the number that was told so; for anything that never was, any number, or one beyond all."""
        if told == 0 or told >> 2 * HALF:
            return told
        left, right = told >> HALF, told & MASK
        for turn in reversed(TURNS):
            left, right = right ^ self._mixed(turn, left), left
        return left << HALF | right

    def _mixed(self, turn: int, half: int) -> int:
        drawn = hmac.digest(self.key, bytes([turn]) + half.to_bytes(4), "sha256")
        return int.from_bytes(drawn[:4]) & MASK
