"""Labels: how confidential a thing is, as in the Traffic Light Protocol 2.0 (https://www.first.org/tlp/)."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from enum import IntEnum


class LabelError(ValueError):
    """A label that we do not know. Whoever meets one must treat the thing as not allowed to cross."""


class Level(IntEnum):
    """The levels, from harmless to secret: ``CLEAR < GREEN < AMBER < RED``."""

    CLEAR = 0
    GREEN = 1
    AMBER = 2
    RED = 3

    def __str__(self) -> str:
        return self.name

    @classmethod
    def parse(cls, text: str) -> Level:
        """Return the level called ``text`` in any case; raise LabelError otherwise."""
        level = cls.__members__.get(text.strip().upper())
        if level is None:
            near = get_close_matches(text.strip().upper(), cls.__members__, 1)
            known = f"; the levels are {', '.join(cls.__members__)}"
            raise LabelError(f"unknown label '{text}'" + (f": did you mean '{near[0]}'?" if near else known))
        return level


def join(levels: Iterable[Level]) -> Level:
    """Return the label of a whole made of parts with these labels: the strictest; CLEAR for no parts."""
    return max(levels, default=Level.CLEAR)
