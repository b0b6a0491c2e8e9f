"""Which ideas and replies stand behind a number of the board. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Of = Literal[
    "ideas", "replies", "people", "active", "unit", "host", "minute", "neglected", "half", "day", "across", "between",
    "theme", "emerging", "small", "country",
]  # fmt: skip
KINDS: tuple[Of, ...] = get_args(Of)
NAMED: frozenset[Of] = frozenset({"unit", "host", "minute", "between", "theme", "emerging", "country"})
"""Numbers of which there are several: a name says which."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a jam's board.

    `name` is the unit or host ("" for people without a unit, and for our own server), the minute (unix seconds), the
    theme, the emerging theme, the country, or who answers, as "unit:Sales", "host:jam.example" or "small:"; `to` is who
    is answered. `small` are units of fewer than five people, together; of one of them alone nothing is listed.
    """

    of: Of
    name: str = ""
    to: str = ""


def group_of(words: str) -> tuple[str, str]:
    """Return a group as it is counted, from "unit:Sales"."""
    kind, _, name = words.partition(":")
    return kind, name


def group_words(group: tuple[str, str]) -> str:
    return ":".join(group)
