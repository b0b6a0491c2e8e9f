"""Quotes: find words copied from one text into another, without keeping the words that are looked for.

Winnowing (Schleimer, Wilkerson, Aiken: "Winnowing: Local Algorithms for Document Fingerprinting", 2003) over runs
of five words, with a window of four: a text keeps about two of five prints, and any copied run of eight words
leaves at least one that both texts keep. Prints are keyed, so that they tell nothing to whoever lacks the key.
A paraphrase leaves none.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.boundary.plain import Alphabet, bare, fold, plainly

SHINGLE = 5
WINDOW = 4
RUN = SHINGLE + WINDOW - 1
MOST_PLACES = 16
MOST_WORDS = 50_000
KEY_BYTES = 32
# Scripts written without blanks: each letter is a word here, and weighs less than one.
HAN = "\u2e80-\u2fdf\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
SOUTH = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
WORD = re.compile(f"[{HAN}{SOUTH}]|[^\\W_{HAN}{SOUTH}]+")
UNSPACED = re.compile(f"([{HAN}])|[{SOUTH}]")
_MASK = (1 << 64) - 1
_SIGN = 1 << 63

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A run of words, from ``start`` up to but not including ``end``."""

    start: int
    end: int


def weight(words: Sequence[str]) -> float:
    """Return how many words these count for: a Chinese character is half a word, a Thai letter a quarter."""
    if all(word.isascii() for word in words):
        return len(words)
    return sum(1.0 if (found := UNSPACED.match(word)) is None else 0.5 if found[1] else 0.25 for word in words)


class _Numbers(dict[str, int]):
    """Each word as a number that only the key makes of it; starts anew when grown too large."""

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self._base = hashlib.blake2b(key=key, digest_size=8)

    def __missing__(self, word: str) -> int:
        hashed = self._base.copy()
        hashed.update(word.encode())
        if len(self) >= MOST_WORDS:
            self.clear()
        number = self[word] = int.from_bytes(hashed.digest())
        return number


class Winnower:
    """Makes prints of texts with one organisation's key (32 bytes); make it once and keep it."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key of prints has {KEY_BYTES} bytes")
        self._alphabet = Alphabet()
        self._numbers = _Numbers(key)
        self._base = int.from_bytes(hashlib.blake2b(b"base", key=key, digest_size=8).digest()) | 1
        self._last = pow(self._base, SHINGLE, 1 << 64)

    def words(self, text: str) -> Words:
        """Return the words of a text as they are compared: plain letters, lower case, no markup, no punctuation."""
        return tuple(WORD.findall(fold(bare(plainly(text, self._alphabet)).text)))

    def prints(self, words: Words) -> frozenset[int]:
        """Return the prints of a text: signed 64-bit numbers; none for fewer than RUN words."""
        if len(words) < RUN:
            return frozenset()
        hashes = self._shingles(words)
        least = _rightmost_least(hashes, 0)
        kept = {hashes[least]}
        for place in range(WINDOW, len(hashes)):
            value = hashes[place]
            if value < hashes[least]:
                least = place
            elif place - least < WINDOW:
                continue
            else:
                least = _rightmost_least(hashes, place - WINDOW + 1)
            kept.add(hashes[least])
        return frozenset([value - _SIGN for value in kept])

    def _shingles(self, words: Words) -> list[int]:
        """Return the hash of each SHINGLE words in a row: a polynomial over the words' keyed numbers."""
        numbers, base, last = self._numbers, self._base, self._last
        values = [numbers[word] for word in words]
        rolling = 0
        for value in values[:SHINGLE]:
            rolling = (rolling * base + value) & _MASK
        hashes = [rolling]
        for leaving, coming in zip(values, values[SHINGLE:], strict=False):
            rolling = (rolling * base + coming - leaving * last) & _MASK
            hashes.append(rolling)
        return hashes


def _rightmost_least(hashes: Sequence[int], start: int) -> int:
    window = hashes[start : start + WINDOW]
    least = min(window)
    return start + max(at for at, value in enumerate(window) if value == least)


def common_runs(words: Words, other: Words) -> list[Span]:
    """Return the runs of ``words`` that stand in ``other`` too and weigh RUN words or more, none within another."""
    places: dict[Words, list[int]] = {}
    for at in range(len(other) - SHINGLE + 1):
        known = places.setdefault(other[at : at + SHINGLE], [])
        if len(known) < MOST_PLACES:
            known.append(at)
    runs: set[Span] = set()
    reached: dict[int, int] = {}
    looked: dict[Words, int] = {}
    furthest, is_closed, known_words = Span(0, 0), False, frozenset(other)
    for place in range(len(words) - SHINGLE + 1):
        if is_closed and furthest.end >= place + SHINGLE:
            continue
        shingle = words[place : place + SHINGLE]
        times = looked[shingle] = looked.get(shingle, 0) + 1
        for at in places.get(shingle, ()) if times <= MOST_PLACES else ():
            shift = at - place
            if reached.get(shift, -1) > place or (
                furthest.end >= place + SHINGLE and not _leads_on(words, other, shift, furthest)
            ):
                continue
            run = _widened(words, other, place, at)
            reached[shift] = run.end
            if (run.end, -run.start) > (furthest.end, -furthest.start):
                furthest, is_closed = run, _is_closed(words, run, known_words)
            if run.end - run.start >= RUN and weight(words[run.start : run.end]) >= RUN:
                runs.add(run)
    return _outermost(runs)


def _is_closed(words: Words, run: Span, known: frozenset[str]) -> bool:
    """Say whether no run can reach beyond this one: a text ends there, or a word that the other has nowhere stands."""
    before, after = run.start - 1, run.end
    return (before < 0 or words[before] not in known) and (after == len(words) or words[after] not in known)


def _leads_on(words: Words, other: Words, shift: int, run: Span) -> bool:
    """Say whether a run with this shift can reach beyond a run, to either side: where the same is said again and
    again, very many cannot.
    """
    before, after = run.start - 1, run.end
    return (before >= 0 <= before + shift < len(other) and words[before] == other[before + shift]) or (
        after < len(words) and 0 <= after + shift < len(other) and words[after] == other[after + shift]
    )


def _outermost(runs: Iterable[Span]) -> list[Span]:
    """Return those of some runs that stand within no other, in order."""
    kept: list[Span] = []
    for run in sorted(runs, key=lambda one: (one.start, -one.end)):
        if not kept or run.end > kept[-1].end:
            kept.append(run)
    return kept


def _widened(words: Words, other: Words, place: int, at: int) -> Span:
    """Return the run around ``words[place]`` in which both texts agree, ``other[at]`` standing for it."""
    start, end = place, place + SHINGLE
    shift = at - place
    while start and start + shift and words[start - 1] == other[start + shift - 1]:
        start -= 1
    while end < len(words) and end + shift < len(other) and words[end] == other[end + shift]:
        end += 1
    return Span(start, end)


def told(hidden: Iterable[Span], open_runs: Sequence[Span], words: Words) -> Span | None:
    """Return the first words of ``hidden`` that weigh RUN words and stand whole in none of ``open_runs``.

    Words that are hidden in one place and may be read in another are no secret.
    """
    for run in hidden:
        for start in range(run.start, run.end):
            least = _least(words, start, run.end)
            if least is None:
                break
            if not any(each.start <= start and least.end <= each.end for each in open_runs):
                return least
    return None


def _least(words: Words, start: int, end: int) -> Span | None:
    """Return the shortest run from ``start`` on, within ``end``, that weighs RUN words."""
    stop = start + RUN
    while stop <= end:
        missing = RUN - weight(words[start:stop])
        if missing <= 0:
            return Span(start, stop)
        stop += max(1, int(missing))
    return None
