"""Labels: how confidential a thing is, as in the Traffic Light Protocol 2.0 (https://www.first.org/tlp/).

A label has a level, categories (such as ``legal``) and an onward wish: how far its readers may pass it on. In
text it is ``LEVEL[+category…][>onward]``, e.g. ``AMBER+export+legal>organisation``. Labels are a lattice: the
label of a whole is the join of the labels of its parts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import IntEnum
from functools import lru_cache
from typing import Literal, get_args

Onward = Literal["anyone", "community", "clients", "organisation", "recipients"]

ONWARD: tuple[Onward, ...] = get_args(Onward)
LONGEST_LABEL = 200
CATEGORY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")
STRICT = "strict"
_FORM = "a label is written LEVEL, LEVEL+category or LEVEL+category>onward, e.g. AMBER+legal>organisation"


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


# TLP 2.0: CLEAR may go to anyone, GREEN to the community, AMBER to clients, RED stays with its recipients.
WISHES: dict[Level, Onward] = {
    Level.CLEAR: "anyone",
    Level.GREEN: "community",
    Level.AMBER: "clients",
    Level.RED: "recipients",
}


def is_category(text: str) -> bool:
    """Say whether ``text`` is a category as labels and rules spell it: lower-case letters, digits, hyphens."""
    return CATEGORY.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Clearance:
    """What somebody is cleared for: things up to a level, with none but these categories."""

    level: Level
    categories: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        _check(self.level, self.categories)

    def __str__(self) -> str:
        return _spelt(self.level, self.categories)

    @classmethod
    def parse(cls, text: str) -> Clearance:
        """Return the clearance that ``LEVEL[+category…]`` says; raise LabelError for anything else."""
        if ">" in text:
            raise LabelError(f"a clearance has no onward wish: '{text}' ends before its '>'")
        level, categories, _ = _read(text)
        return cls(level, categories)

    def meet(self, other: Clearance) -> Clearance:
        """Return what somebody may have who needs both clearances for it."""
        return Clearance(min(self.level, other.level), self.categories & other.categories)


@dataclass(frozen=True, slots=True)
class Label:
    """How confidential a thing is. ``str`` of it is its one canonical spelling, which ``parse`` reads back."""

    level: Level
    categories: frozenset[str]
    onward: Onward

    def __post_init__(self) -> None:
        _check(self.level, self.categories)
        if self.onward not in ONWARD:
            raise LabelError(f"unknown onward wish '{self.onward}'; known are {', '.join(ONWARD)}")

    def __str__(self) -> str:
        wish = "" if self.onward == WISHES[self.level] else f">{self.onward}"
        return _spelt(self.level, self.categories) + wish

    @classmethod
    @lru_cache(4096)
    def parse(cls, text: str) -> Label:
        """Return the label that ``text`` spells, in any case and order; raise LabelError otherwise.

        Without an onward wish the level's own holds. ``TLP:`` before it and TLP 2.0's ``AMBER+STRICT`` (which
        is ``AMBER>organisation``) are understood.
        """
        level, categories, onward = _read(text)
        wish: Onward = onward or WISHES[level]
        if STRICT in categories:
            categories, wish = categories - {STRICT}, _stricter(wish, "organisation")
        return cls(level, categories, wish)

    def join(self, *others: Label) -> Label:
        """Return the least label that is as strict as all of these, in level, categories and onward wish."""
        return join((self, *others))

    def within(self, clearance: Clearance) -> bool:
        """Say whether somebody with this clearance may have what bears this label."""
        return self.level <= clearance.level and self.categories <= clearance.categories

    def lowers(self, other: Label) -> bool:
        """Say whether going from ``other`` to this label makes anything of it less strict."""
        return self.join(other) != self


def join(labels: Iterable[Label]) -> Label:
    """Return the label of a whole made of parts with these labels; CLEAR for no parts."""
    whole = Label(Level.CLEAR, frozenset(), "anyone")
    for label in labels:
        categories = whole.categories | label.categories
        whole = Label(max(whole.level, label.level), categories, _stricter(whole.onward, label.onward))
    return whole


def _stricter(one: Onward, other: Onward) -> Onward:
    return max(one, other, key=ONWARD.index)


def _check(level: Level, categories: Collection[str]) -> None:
    if type(level) is not Level or type(categories) is not frozenset:
        raise LabelError("a label has a level and a frozenset of categories")
    for category in categories:
        if type(category) is not str or not is_category(category):
            raise LabelError(f"'{category}' is no category: those have lower-case letters, digits and hyphens")
    if len(_spelt(level, categories)) > LONGEST_LABEL - len(">organisation"):
        raise LabelError(f"a label has at most {LONGEST_LABEL} characters")


def _spelt(level: Level, categories: Iterable[str]) -> str:
    return "+".join((str(level), *sorted(categories)))


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[Level, frozenset[str], Onward | None]:
    if len(text) > LONGEST_LABEL:
        raise LabelError(f"a label has at most {LONGEST_LABEL} characters")
    said, wished, wish = text.partition(">")
    first, *rest = said.split("+")
    level = Level.parse(first.strip().upper().removeprefix("TLP:"))
    categories = [each.strip().lower() for each in rest]
    for category in categories:
        if not category:
            raise LabelError(f"a category is missing in '{text}'; {_FORM}")
        if not is_category(category):
            raise LabelError(f"'{category}' is no category; {_FORM}")
    return level, frozenset(categories), _wish(wish) if wished else None


def _wish(text: str) -> Onward:
    wanted = text.strip().lower()
    for onward in ONWARD:
        if onward == wanted:
            return onward
    near = get_close_matches(wanted, ONWARD, 1)
    known = f"; known are {', '.join(ONWARD)}"
    raise LabelError(f"unknown onward wish '{text}'" + (f": did you mean '{near[0]}'?" if near else known))
