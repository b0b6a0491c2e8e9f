"""Plain text: what a text says once disguises are taken off, with every character traceable to the original.

Disguises are HTML entities and percent signs for characters, full-width and other compatibility forms,
letters of other alphabets that look like Latin ones, accents, invisible characters, and markup inside words.
"""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

ESCAPED = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?|%[2-7][0-9A-Fa-f]")
MARKUP = re.compile(r"<[^<>]{1,2000}>|[*`~\\]+")
RUN = re.compile(r"\s{2,}")
ODD = "\x00"
ODDITIES = re.compile(ODD + "+")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
ROUNDS = 3
MOST_LETTERS = 50_000
FEW_LETTERS = 24
BLANKS = str.maketrans(dict.fromkeys("./\t\n\r\v\f", " "))
SEPARATORS = str.maketrans(dict.fromkeys("-_./\t\n\r\x0b\x0c", " "))
LOOK_ALIKE = {
    letter: latin
    for letters, latins in (
        ("аеорсухіјѕһԁԛԝкмт", "aeopcyxijshdqwkmt"),
        ("АВЕЅІЈКМНОРСТУХԌԚԜ", "ABESIJKMHOPCTYXGQW"),
        ("οανρικυχ", "oavpikux"),
        ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
        ("օսհոɡɑıǀ", "ouhngail"),
    )
    for letter, latin in zip(letters, latins, strict=True)
}


@dataclass(frozen=True, slots=True)
class Plain:
    """A text and, where it differs from the original in length, the pieces that it was made of.

    ``starts`` are where pieces begin in this text; ``pieces`` their ``(start, end, copied)`` in the original;
    a piece that was not copied stands as a whole for all of its original.
    """

    text: str
    starts: tuple[int, ...] = ()
    pieces: tuple[tuple[int, int, bool], ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where ``text[start:end]`` (not empty) stood in the original."""
        if not self.starts:
            return start, end
        first = bisect_right(self.starts, start) - 1
        last = bisect_right(self.starts, end - 1) - 1
        begin, _, copied = self.pieces[first]
        begin += start - self.starts[first] if copied else 0
        finish_from, finish, copied = self.pieces[last]
        return begin, finish_from + end - self.starts[last] if copied else finish


def rewrite(plain: Plain, pattern: re.Pattern[str], write: Callable[[re.Match[str]], str]) -> Plain:
    """Return ``plain`` with each match of ``pattern`` replaced by what ``write`` makes of it."""
    texts: list[str] = []
    starts: list[int] = []
    pieces: list[tuple[int, int, bool]] = []
    done = length = 0
    for match in pattern.finditer(plain.text):
        new = write(match)
        if new == match[0]:
            continue
        for text, begin, end, copied in (
            (plain.text[done : match.start()], done, match.start(), True),
            (new, match.start(), match.end(), False),
        ):
            if text:
                starts.append(length)
                pieces.append((begin, end, copied))
                texts.append(text)
                length += len(text)
        done = match.end()
    if not done:
        return plain
    starts.append(length)
    pieces.append((done, len(plain.text), True))
    texts.append(plain.text[done:])
    return _traced(plain, "".join(texts), starts, pieces)


def _traced(before: Plain, text: str, starts: list[int], pieces: list[tuple[int, int, bool]]) -> Plain:
    """Return the rewritten text with pieces that refer to the first original, through those of ``before``."""
    if not before.starts:
        return Plain(text, tuple(starts), tuple(pieces))
    all_starts: list[int] = []
    all_pieces: list[tuple[int, int, bool]] = []
    for start, (begin, end, copied) in zip(starts, pieces, strict=True):
        if not copied:
            all_starts.append(start)
            all_pieces.append((*before.span(begin, end), False))
            continue
        index = max(bisect_right(before.starts, begin) - 1, 0)
        while begin < end:
            stop = before.starts[index + 1] if index + 1 < len(before.starts) else end
            stop = min(stop, end)
            if begin < stop:
                all_starts.append(start)
                all_pieces.append((*before.span(begin, stop), before.pieces[index][2]))
                start, begin = start + stop - begin, stop
            index += 1
    return Plain(text, tuple(all_starts), tuple(all_pieces))


class Alphabet(dict[int, str]):
    """For ``str.translate``: each letter as a plain one, or ODD where that takes none or several."""

    def __missing__(self, code: int) -> str:
        letters = letters_of(chr(code))
        plain = letters if len(letters) == 1 else ODD
        if len(self) < MOST_LETTERS:
            self[code] = plain
        return plain

    def plainly(self, text: str) -> str:
        """Return ``text.translate(self)``, faster where only few different letters need it."""
        odd = [letter for letter in set(text) if not " " <= letter <= "~"]
        if len(odd) > FEW_LETTERS:
            return text.translate(self)
        for letter in odd:
            text = text.replace(letter, self[ord(letter)])
        return text


def letters_of(letter: str) -> str:
    """Return a character in plain letters: ``ﬁ`` is ``fi``, ``é`` is ``e``, an invisible one is nothing."""
    if letter.isascii():
        return "" if CONTROL.match(letter) else letter
    if letter.isspace():
        return " "
    if "\uac00" <= letter <= "\ud7a3":
        return letter
    plain = ""
    for part in unicodedata.normalize("NFKD", letter):
        kind = unicodedata.category(part)
        if kind in ("Mn", "Me", "Cf", "Cc") or part in "\u115f\u1160\u3164\uffa0\u2800":
            continue
        if kind == "Nd":
            plain += str(unicodedata.decimal(part))
        elif kind == "Pd":
            plain += "-"
        elif part in "。｡":
            plain += "."
        else:
            plain += LOOK_ALIKE.get(part, part)
    return plain


def _unescape(match: re.Match[str]) -> str:
    return chr(int(match[0][1:], 16)) if match[0].startswith("%") else html.unescape(match[0])


def plainly(text: str, alphabet: Alphabet) -> Plain:
    """Return the text with disguised characters undone; case, blanks and markup are kept."""
    plain = Plain(text)
    for _ in range(ROUNDS):
        if "&" not in plain.text and "%" not in plain.text:
            break
        undone = rewrite(plain, ESCAPED, _unescape)
        if undone is plain:
            break
        plain = undone
    before = plain.text
    if before.isascii() and before.replace("\n", "").replace("\r", "").replace("\t", "").isprintable():
        return plain
    even = alphabet.plainly(before)
    plain = Plain(even, plain.starts, plain.pieces)
    if ODD not in even:
        return plain
    return rewrite(plain, ODDITIES, lambda m: "".join(map(letters_of, before[m.start() : m.end()])))


def bare(plain: Plain) -> Plain:
    """Return the text without markup: tags and emphasis marks taken out, even inside words."""
    text = plain.text
    if not ("<" in text or "*" in text or "`" in text or "~" in text or "\\" in text):
        return plain
    return rewrite(plain, MARKUP, lambda match: "")


def fold(text: str) -> str:
    """Return the text as terms are searched in it: lower case, joiners as blanks, runs of blanks as one."""
    even = " ".join(_spaced(text).split())
    return even.replace(".", " ").replace("/", " ")


def folded(plain: Plain) -> Plain:
    """Return ``fold`` of the text, traceable to the original, with the blanks at its ends kept."""
    even = rewrite(Plain(_spaced(plain.text), plain.starts, plain.pieces), RUN, lambda match: " ")
    blank = even.text.translate(BLANKS)
    return Plain(blank, even.starts, even.pieces)


def _spaced(text: str) -> str:
    return text.replace("İ", "I").lower().replace("-", " ").replace("_", " ")
