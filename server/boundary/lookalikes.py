"""Look-alikes: names from outside that a reader could take for those of our own people."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from server.boundary.plain import Alphabet, fold, plainly

# Letters and signs that pass for others in most fonts (after the Unicode confusables, UTS 39), in lower case.
PASSING = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "!": "l", "$": "s", "5": "s", "@": "a", "3": "e"})
PASSING_FIGURES = "01|!$5@3"
PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
# Names of one short word are common: the same one elsewhere is no sign of anything.
LEAST = 6
# From so many letters on, one letter more, less or other makes no different name.
LONG = 8
WORD = re.compile(r"[^\W_]+")


class Lookalikes:
    """The names of our people, made ready for comparison; make it once and keep it.

    ``people`` are ``(username, name)``. Names are alike when they are the same after disguises, accents, look-alike
    letters, order of words and joiners are set aside, or, from LONG letters on, differ in one letter.
    """

    def __init__(self, people: Iterable[tuple[str, str]]) -> None:
        self._alphabet = Alphabet()
        self._whole: dict[str, str] = {}
        self._halves: dict[tuple[int, bool, str], list[str]] = {}
        self.add(people)

    def add(self, people: Iterable[tuple[str, str]]) -> None:
        """Take in more people; whoever is known already changes nothing."""
        for username, name in people:
            for form in self._forms(name) | self._forms(username):
                if form not in self._whole:
                    self._whole[form] = username
                    if len(form) >= LONG:
                        for half in _halves(form):
                            self._halves.setdefault(half, []).append(form)

    def of(self, *names: str) -> str:
        """Return the username of the person whose name one of these looks like, or ""."""
        for name in names:
            disguised = self._disguised(name)
            several = len(WORD.findall(name)) > 1
            for form in sorted(self._forms(name)):
                if (len(form) >= LEAST or several or disguised) and form in self._whole:
                    return self._whole[form]
                if found := self._near(form):
                    return self._whole[found]
        return ""

    def _forms(self, name: str) -> set[str]:
        """Return the bare letters of a name, with its words as they stand and in the order of the alphabet."""
        words = WORD.findall(fold(plainly(name, self._alphabet).text).translate(PASSING))
        forms = set()
        for form in ("".join(words), "".join(sorted(words))):
            for pair, one in PAIRS:
                form = form.replace(pair, one)
            if len(form) > 1:
                forms.add(form)
        return forms

    def _disguised(self, name: str) -> bool:
        """Say whether letters of other alphabets, invisible ones or figures stand in a name for plain letters."""
        plain = plainly(name, self._alphabet).text
        if any(letter in PASSING_FIGURES for letter in plain) and any(letter.isalpha() for letter in plain):
            return True
        foreign = [letter for letter in name if not letter.isascii() and _is_odd(letter)]
        return bool(foreign) and plain.isascii()

    def _near(self, form: str) -> str:
        if len(form) < LONG - 1:
            return ""
        for length in (len(form), len(form) - 1, len(form) + 1):
            middle = length // 2
            for half in ((length, True, form[:middle]), (length, False, form[len(form) - (length - middle) :])):
                for other in self._halves.get(half, ()):
                    if _one_apart(form, other):
                        return other
        return ""


def _is_odd(letter: str) -> bool:
    """Say whether a letter is none of the Latin ones, with or without accents, that people write names with."""
    return not unicodedata.name(letter, "").startswith("LATIN")


def _halves(form: str) -> Iterable[tuple[int, bool, str]]:
    """Return the first and the last half: of two forms that differ in one letter, one half is the same."""
    middle = len(form) // 2
    return (len(form), True, form[:middle]), (len(form), False, form[middle:])


def _one_apart(one: str, other: str) -> bool:
    """Say whether two texts differ in one letter, in one more or less, or in two that changed places."""
    if len(one) > len(other):
        one, other = other, one
    start = 0
    while start < len(one) and one[start] == other[start]:
        start += 1
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    swapped = one[start : start + 2] == other[start : start + 2][::-1] and one[start + 2 :] == other[start + 2 :]
    return one[start + 1 :] == other[start + 1 :] or swapped
