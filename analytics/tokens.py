"""Words: which language a text is in, which of its words carry meaning, and how each is counted.

Languages come from py3langid, stop words from stopwordsiso, dictionary forms from simplemma. Words of two
letters are kept (AI, HR, IT). Chinese, Japanese and Thai have no spaces between words: there the pieces of
the sentence encoder's own vocabulary stand for words.
"""

import re
from collections.abc import Callable, Set
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import stopwordsiso
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE, LanguageIdentifier
from simplemma import Lemmatizer
from simplemma.strategies import DefaultStrategy
from simplemma.strategies.dictionaries import StreamDictionaryFactory

from analytics import lexicon

_LANGUAGES = "ar bg ca cs da de el en es fa fi fr he hi hr hu id it ja ko nl no pl pt ro ru sk sv th tr uk vi zh"
LANGUAGES = tuple(_LANGUAGES.split())
Numbers = NDArray[np.float64]
_NO_RANK = np.zeros(0)

_MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0900-\u0dff\u0e00-\u0eff"
_WORD = re.compile(rf"[^\W\d_](?:[^\W_]|[{_MARKS}])*(?:['’](?:[^\W_]|[{_MARKS}])+)*")
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3005-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+")
_APOSTROPHE = re.compile("['’]")
_DIACRITIC = re.compile("[\u0610-\u061a\u064b-\u065f\u0640]")

_MEANINGFUL = frozenset(lexicon.KEPT.split())
_TWO_LETTERS = frozenset(lexicon.PAIRS.split())
_EVERYWHERE = frozenset(lexicon.EVERYWHERE.split())
_ACRONYMS = frozenset(lexicon.ACRONYMS.split())
_NODS = frozenset(lexicon.NODS.split())
_TAILS = frozenset({"s", "t", "re", "ve", "ll", "d", "m"})
_FILLERS = frozenset(lexicon.FILLERS.split())


@dataclass(frozen=True, slots=True)
class Tokens:
    """The counted words of a text: `runs` are stretches of neighbouring words, each as (key, as written)."""

    language: str
    runs: tuple[tuple[tuple[str, str], ...], ...]
    words: int  # words of any kind, stop words included
    chatter: bool

    @property
    def keys(self) -> list[str]:
        return [key for run in self.runs for key, _ in run]


SURE = 40
"""Characters of a text from which its language can be told without help."""
COMMON = 5.0
CODE = 3
"""Digits from which a word is a number, a key or a code (covid19 is none, a455b01 is)."""


class Mixture:
    """Which languages a corpus is known to use: the light in which a short text's language is guessed."""

    def __init__(self, counts: dict[str, float] | None = None) -> None:
        self.counts = dict.fromkeys(LANGUAGES, 0.05) | (counts or {})

    def see(self, text: str, rank: Numbers) -> None:
        """Count the language of a text long enough to be sure of."""
        if len(rank) and len(text) >= SURE:
            self.counts[LANGUAGES[int(rank.argmax())]] += 1

    def common(self, language: str) -> bool:
        """Say whether a language is used often enough to load its dictionary for (seconds, and 14 MB)."""
        return language == "en" or self.counts.get(language, 0.0) >= COMMON

    def likeliest(self, text: str, rank: Numbers) -> str:
        """Return the ISO 639-1 code of `text`'s language, "" where it has no letters."""
        if not len(rank):
            return ""
        weight = 4.0 if len(text) < 200 else 0.8
        counts = np.array([self.counts[code] for code in LANGUAGES])
        return LANGUAGES[int((rank + weight * np.log(counts)).argmax())]


class Reader:
    """Turns cleaned text into Tokens. Loads its models once; holds no text."""

    def __init__(self, pieces: Callable[[str], list[str]] | None = None) -> None:
        self._identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
        self._identifier.set_languages(LANGUAGES)
        self._pieces = pieces or _pairs
        self._stops: dict[str, frozenset[str]] = {}
        self._roots = Recent(RECENT)

    def rank(self, text: str) -> Numbers:
        """Return how likely each of LANGUAGES is for `text` (log scale); empty where it has no letters."""
        if not _WORD.search(text):
            return _NO_RANK
        rank = dict(self._identifier.rank(text[:400]))
        return np.array([rank[code] for code in LANGUAGES])

    def read(self, text: str, language: str, ignore: Set[str] = frozenset(), roots: bool = True) -> Tokens:
        """Split cleaned `text` of `language` into Tokens, without stop words and the names in `ignore`.

        With `roots`, the forms of a word (bike, bikes) count as one.
        """
        stops = self._stop_words(language)
        runs: list[tuple[tuple[str, str], ...]] = []
        run: list[tuple[str, str]] = []
        words = nods = end = 0
        shouting = text.isupper()
        for found in self._split(text):
            written, start, stop = found
            words += 1
            lower = written.lower()
            nods += lower in _NODS
            gap = text[end:start]
            end = stop
            acronym = written in _ACRONYMS and not shouting
            named = lower in ignore and written[:1] != lower[:1]
            dropped = (
                len(lower) < 2 or sum(map(str.isdigit, lower)) >= CODE or (lower in stops and not acronym) or named
            )
            if run and (dropped or gap.strip() not in ("", "-")):
                runs.append(tuple(run))
                run = []
            if not dropped:
                key = written if acronym else self._root(lower, language if roots else "")
                run.append((key, written))
        if run:
            runs.append(tuple(run))
        kept = sum(len(run) for run in runs)
        empty = sum(written.lower() in _NODS | _FILLERS for run in runs for _, written in run)
        chatter = nods > 0 and words <= 12 and empty == kept and "?" not in text
        return Tokens(language, tuple(runs), words, chatter)

    def _split(self, text: str) -> list[tuple[str, int, int]]:
        found: list[tuple[str, int, int]] = []
        for match in _WORD.finditer(text):
            word, start = match.group(), match.start()
            if word.isalnum() and (word.isascii() or not _UNSPACED.search(word)):
                found.append((word, start, match.end()))
            elif _UNSPACED.search(word):
                for piece in self._unspaced(word):
                    found.append((piece, start, start + len(piece)))
                    start += len(piece)
            else:
                parts = _APOSTROPHE.split(word)
                kept = parts[:1] if parts[-1].lower() in _TAILS else parts
                found.extend((part, start, match.end()) for part in kept)
        return found

    def _unspaced(self, word: str) -> list[str]:
        return [part for stretch in re.split(f"({_UNSPACED.pattern})", word) if stretch
                for part in (self._pieces(stretch) if _UNSPACED.match(stretch) else [stretch])]  # fmt: skip

    def _stop_words(self, language: str) -> frozenset[str]:
        if language not in self._stops:
            listed = {word.lower() for word in stopwordsiso.stopwords(language or "en")}
            parts = {part for word in listed for part in re.split("['’]", word)}
            if language == "en":
                parts = {word for word in parts if len(word) != 2} - _MEANINGFUL | _TWO_LETTERS | _EVERYWHERE
            self._stops[language] = frozenset(parts)
        return self._stops[language]

    def _root(self, lower: str, language: str) -> str:
        asked = f"{language}\0{lower}"
        known = self._roots.get(asked)
        if known is None:
            lower_bare = _DIACRITIC.sub("", lower)
            spoken = language in _LEMMAS and len(lower) > 3
            known = _lemmatizer().lemmatize(lower_bare, lang=language).lower() if spoken else lower_bare
            known = lower if known == lower else known
            self._roots.put(asked, known)
        return known


RECENT = 75_000
"""Words of which the dictionary form is remembered: at least so many that were read last, at most twice as many."""


class Recent:
    """Remembers what was asked for lately."""

    def __init__(self, least: int) -> None:
        self._least = least
        self._young: dict[str, str] = {}
        self._old: dict[str, str] = {}

    def get(self, asked: str) -> str | None:
        """Return what is known; None where nothing is, or it was not asked for in a long time."""
        found = self._young.get(asked)
        if found is None and (found := self._old.get(asked)) is not None:
            self.put(asked, found)
        return found

    def put(self, asked: str, found: str) -> None:
        """Remember something, and forget what was not asked for since so much else was."""
        if len(self._young) >= self._least:
            self._old, self._young = self._young, {}
        self._young[asked] = found


_LEMMAS = frozenset({"ca", "cs", "da", "de", "en", "es", "fi", "fr", "it", "nl", "pl", "pt", "ro", "ru", "sv", "tr"})


@lru_cache(maxsize=1)
def _lemmatizer() -> Lemmatizer:
    """Return what knows the dictionary forms of _LEMMAS: all languages at once, 220 MB.

    As tables they are 1.7 GB, and of eight at a time a jam of more languages would read one anew for each text. What
    it answered is remembered by the reader.
    """
    strategy = DefaultStrategy(dictionary_factory=StreamDictionaryFactory(len(_LEMMAS)))
    return Lemmatizer(cache_max_size=1, lemmatization_strategy=strategy)


def _pairs(text: str) -> list[str]:
    """Without a vocabulary: the overlapping pairs of characters stand for words."""
    return [text[i : i + 2] for i in range(len(text) - 1)] if len(text) > 1 else [text]


@lru_cache(maxsize=4)
def shared_reader(pieces: Callable[[str], list[str]] | None = None) -> Reader:
    """Return this process's Reader: its models take a second and 60 MB to load."""
    return Reader(pieces)
