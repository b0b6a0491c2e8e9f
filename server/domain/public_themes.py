"""What everybody said where everybody may read it, and the themes that are told of it to everybody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

FEWEST = 5
"""A figure of fewer people, or of fewer contributions, is told to nobody outside."""


@dataclass(frozen=True, slots=True)
class Said:
    """One contribution as everybody may read it. `at` is in whole seconds since 1970 UTC, `thread` any mark of its
    thread; `author` is the name shown, `host` the server that it is from.
    """

    text: str
    author: str
    host: str
    thread: str
    at: int


@dataclass(frozen=True, slots=True)
class PublicTheme:
    """A theme as it is told outside. `size` counts contributions and `people` names, each `FEWEST` or more.

    `quotes` are the numbers of what says it best, in the order in which it was given. `trend` counts by hour, the
    newest last, None where fewer than `FEWEST` people said something; `hosts` counts by server, likewise left out.
    """

    label: str
    words: tuple[str, ...]
    size: int
    people: int
    quotes: tuple[int, ...]
    trend: tuple[int | None, ...]
    hosts: tuple[tuple[str, int], ...]


DrawThemes = Callable[[Sequence[Said]], tuple[PublicTheme, ...]]
"""Finds the themes of what was said: from these words alone, whatever their order."""
