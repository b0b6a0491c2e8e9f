"""Searches: what was typed as a full-text query, and what a search can be narrowed by. Pure."""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Literal, get_args

Order = Literal["best", "newest"]
DateWord = Literal["day", "week", "month"]
DATES: tuple[DateWord, ...] = get_args(DateWord)
DATE_SECONDS: Mapping[str, float] = {"day": 86_400.0, "week": 7 * 86_400.0, "month": 30 * 86_400.0}
FACETS = ("kind", "forum", "jam", "author", "unit", "server", "label", "intent", "mark", "date")
MOST_WORDS = 12
LONGEST = 1000
# Shorter words are not taken as beginnings: half of all words begin with any two letters.
LEAST_BEGINNING = 3
# So much of a text is looked through for the place to show, and so many letters of it are shown.
LOOKED_AT, SHOWN, BEFORE = 20_000, 240, 60
HERE = "here"
_CONTROLS = re.compile("[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]")
_PART = re.compile(r'(-?)"([^"]*)"?|(\S+)')
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What somebody looks for. Each facet is "" or the one value to narrow by.

    `jam` and `forum` are ids, `author` is a person's id, `server` a host or HERE for our own people, `label` a level.
    """

    query: str = ""
    kind: str = ""
    forum: str = ""
    jam: str = ""
    author: str = ""
    unit: str = ""
    server: str = ""
    label: str = ""
    intent: str = ""
    mark: str = ""
    date: str = ""
    order: Order = "best"

    @property
    def chosen(self) -> dict[str, str]:
        """The facets that narrow, by name."""
        return {name: getattr(self, name) for name in FACETS if getattr(self, name)}

    @property
    def is_empty(self) -> bool:
        return not self.query.strip() and not self.chosen

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Sought:
        """Take what an address or a form holds. Unknown names are left alone; unknown values find nothing."""
        known = {field.name for field in fields(cls)} - {"order"}
        values = {name: clean(value)[:LONGEST] for name, value in given.items() if name in known}
        return cls(**values, order="newest" if given.get("order") == "newest" else "best")


def clean(text: str) -> str:
    """Return text that the store can take: no controls, no halves of characters."""
    whole = text.encode("utf-8", "ignore").decode("utf-8")
    return _CONTROLS.sub(" ", unicodedata.normalize("NFC", whole)).strip()


def match_of(query: str) -> str:
    """Turn what was typed into FTS5's language: every word must occur, as the beginning of a word.

    "Words in quotes" must stand together, and -words must not occur. "" where there is nothing to look for.
    """
    return terms_of(query).match


def in_words(expression: str) -> str:
    """Return an FTS5 query that looks at titles and texts alone: where a text stands is in the index as well."""
    return f"{{title text}} : ({expression})"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a query wants, all of it, and what it does not want, in FTS5's language."""

    wanted: tuple[str, ...]
    unwanted: tuple[str, ...] = ()

    @property
    def match(self) -> str:
        """The whole query, "" where nothing is wanted."""
        left = " AND ".join(self.wanted)
        return in_words(f"({left})" + "".join(f" NOT {term}" for term in self.unwanted)) if left else ""


def terms_of(query: str) -> Terms:
    """Turn what was typed into terms: see `match_of`."""
    wanted: list[str] = []
    unwanted: list[str] = []
    for part in _PART.finditer(clean(query)[:LONGEST]):
        quoted = part[2] is not None
        raw = part[2] if quoted else part[3]
        minus = part[1] == "-" if quoted else raw.startswith("-") and len(raw) > 1
        words = _WORD.findall(raw)
        if words:
            whole = quoted or len(words) > 1 or len(words[0]) < LEAST_BEGINNING
            term = f'"{" ".join(words)}"' + ("" if whole else "*")
            (unwanted if minus else wanted).append(term)
    return Terms(tuple(wanted[:MOST_WORDS]), tuple(unwanted[:MOST_WORDS]))


def folded(text: str) -> list[str]:
    """Return the words of a text as the index holds them: lower case, without accents."""
    # Of plain letters nothing is to be cleaned that would be part of a word.
    plain = text.lower() if text.isascii() else clean(text).lower()
    if not plain.isascii():
        plain = "".join(one for one in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(one))
    return _WORD.findall(plain)


def rare_words(counts: Mapping[str, int], total: int, most: int = MOST_WORDS, often: int | None = None) -> list[str]:
    """Return the words that tell texts apart, rarest first. `counts` says in how many of `total` texts each occurs.

    Words in more than one text in twenty, or in more than `often`, are left out, unless nothing else is left.
    """
    known = sorted((word for word, count in counts.items() if count > 0), key=lambda word: (counts[word], word))
    least = total // 20 if often is None else min(total // 20, often)
    telling = [word for word in known if counts[word] <= max(20, least)]
    return (telling or known[:3])[:most]


def any_of(words: Iterable[str]) -> Terms:
    """Return the query for texts with any of these words."""
    return Terms(("(" + " OR ".join(f'"{word}"' for word in words) + ")",))


def level_of(label: str) -> str:
    """Return the level that a stored label begins with."""
    return re.split(r"[+>]", label, maxsplit=1)[0]


def weights_of(words: Sequence[str], counts: Mapping[str, int], total: int) -> dict[str, float]:
    """Return how much each of some words tells texts apart: rare ones more."""
    return {word: math.log(1 + total / max(1, counts.get(word, 1))) for word in words}


def coverage(weights: Mapping[str, float], text: str) -> float:
    """Say how much of what telling words weigh a text shares, between 0 and 1."""
    there = set(folded(text))
    whole = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in there) / whole if whole else 0.0


def snippet(query: str, text: str) -> tuple[tuple[str, bool], ...]:
    """Return the place in a text where most of what was looked for stands together, cut where that begins and ends.

    Each piece is (words, whether they are what was looked for).
    """
    line = " ".join(text[:LOOKED_AT].split())
    sought = folded(query.replace("-", " "))
    whole, begun = frozenset(sought), tuple(one for one in sought if len(one) >= LEAST_BEGINNING)
    hits = [(one.start(), one.end()) for one in _WORD.finditer(line) if _is_sought(one[0], whole, begun)]
    densest = _densest(hits)
    start = max(0, densest[0] - BEFORE)
    start = line.find(" ", start) + 1 if start else 0
    end = len(line) if len(line) <= start + SHOWN else max(line.rfind(" ", start, start + SHOWN), densest[1])
    pieces, at = [("… ", False)] if start else [], start
    for begin, stop in hits:
        if start <= begin and stop <= end:
            pieces += [(line[at:begin], False), (line[begin:stop], True)]
            at = stop
    pieces += [(line[at:end], False), (" …" if end < len(line) else "", False)]
    return tuple(piece for piece in pieces if piece[0])


def _is_sought(word: str, whole: frozenset[str], begun: tuple[str, ...]) -> bool:
    plain = word.lower() if word.isascii() else next(iter(folded(word)), "")
    return plain in whole or (bool(begun) and plain.startswith(begun))


def _densest(hits: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the first of the hits, in the order of the text, that most others follow within what is shown."""
    starts = [start for start, _ in hits]
    follow = [bisect_left(starts, start + SHOWN - BEFORE) - at for at, start in enumerate(starts)]
    return hits[follow.index(max(follow))] if hits else (0, 0)
