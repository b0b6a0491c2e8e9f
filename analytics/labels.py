"""Labels that people understand: a phrase and two words, beside documents that say it best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.groups import Indices, Numbers
from analytics.shelf import Forms, Shelf

Pair = tuple[int, int]
"""Two neighbouring words, as word ids."""
Phrase = tuple[int, ...]
"""Two or three words that follow each other, as word ids."""

CLEARLY = 1.15
PARTS = 3
ACRONYM = 3
"""Letters of which a word in capitals is no shout."""
SHOUTED = 0.25
OFTEN = 0.3
"""Share of a word's documents that say it in a phrase, from which it is shown in that."""
MOSTLY = 0.6
"""Share of a phrase's documents that say one more word beside it, from which that belongs to it."""
READ = 60_000
"""Words from which phrases are learnt: enough to know them, few enough to be quick."""


def spellings(shelf: Shelf, forms: Forms, wanted: set[int]) -> dict[int, str]:
    """Return for each wanted word its commonest spelling among `forms` (ties: the first in the alphabet).

    A shouted one is taken where it is four times as common: headlines say YORK of York.
    """
    counts = np.bincount(forms[forms >= 0], minlength=len(shelf.written))
    best: dict[int, tuple[float, str]] = {}
    asked = np.isin(shelf.keys(np.arange(len(counts), dtype=np.int32)), sorted(wanted))
    for form in np.flatnonzero(asked & (counts > 0)).tolist():
        key, written = shelf.written[form]
        shouted = written.isupper() and len(written) > ACRONYM
        offer = (-float(counts[form]) * (SHOUTED if shouted else 1.0), written)
        if key not in best or offer < best[key]:
            best[key] = offer
    return {key: written for key, (_, written) in best.items()}


def phrases(shelf: Shelf, rows: Sequence[int], labels: Indices, k: int) -> list[dict[int, Phrase]]:
    """Return for each group the phrases in which its words stand: of words that often do, in the commonest."""
    step = _step(shelf, rows)
    some, own = rows[::step], labels[::step]
    forms, source = shelf.forms(some)
    keys = np.where(forms >= 0, shelf.keys(np.maximum(forms, 0)), -1).astype(np.int64)
    said = pairs(keys, source, own, k, max(3, len(some) // 500))
    # A document that says a word twice counts once.
    held = np.unique(np.stack([source[keys >= 0], keys[keys >= 0]]), axis=1)
    base = int(keys.max(initial=0)) + 1
    counts = [np.bincount(held[1, own[held[0]] == group], minlength=base) for group in range(k)]
    return [_standing(*both) for both in zip(said, counts, strict=True)]


def pairs(keys: Indices, source: Indices, labels: Indices, k: int, few: int) -> list[dict[Pair, int]]:
    """Return for each group the pairs of words that are phrases, and how many of its documents say each.

    gensim's Phrases tells which neighbours are a phrase; half of the documents that say it are of the group, `few` at
    least. `keys` are word ids end to end (−1: a run of neighbours ends), `source` tells the document of each, `labels`
    the group of each document (−1: none).
    """
    found = _neighbours(keys)
    codes, which = np.unique(found.codes, return_inverse=True)
    often = np.bincount(which, minlength=len(codes))
    known = np.flatnonzero(often >= few)
    named = [(code // found.base, code % found.base) for code in codes[known].tolist()]
    phrase = np.zeros(len(codes), dtype=np.bool_)
    phrase[known] = _bound(named, often[known].tolist(), found.words, few)
    said = phrase[which] & (labels[source[found.places]] >= 0)
    # A document that says a phrase twice counts once.
    once = np.unique(np.stack([source[found.places[said]], which[said]]), axis=1)
    everywhere = np.bincount(once[1], minlength=len(codes))
    name = dict(zip(known.tolist(), named, strict=True))
    result = []
    for group in range(k):
        numbers, counts = np.unique(once[1, labels[once[0]] == group], return_counts=True)
        mostly = (counts >= few) & (2 * counts >= everywhere[numbers])
        chosen = zip(numbers[mostly].tolist(), counts[mostly].tolist(), strict=True)
        result.append({name[number]: count for number, count in chosen})
    return result


def _standing(counts: Mapping[Pair, int], held: Indices) -> dict[int, Phrase]:
    """Return the phrase in which words stand, where they often do.

    `counts` says how often each pair is said, `held` how often each word.
    """
    found: dict[int, Phrase] = {}
    for pair, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        words = [word for word in pair if word not in found and count >= OFTEN * held[word]]
        if words:
            found.update(dict.fromkeys(words, _longer(pair, counts)))
    return found


def _longer(pair: Pair, counts: Mapping[Pair, int]) -> Phrase:
    """Return a pair with the word that most of those say who say the pair, before or behind it."""
    enough = MOSTLY * counts[pair]
    before = [(count, other) for other, count in counts.items() if other[1] == pair[0] and other[0] not in pair]
    behind = [(count, other) for other, count in counts.items() if other[0] == pair[1] and other[1] not in pair]
    often, more = max(before + behind, default=(0, pair))
    if often < enough:
        return pair
    return (more[0], *pair) if more[1] == pair[0] else (*pair, more[1])


@dataclass(frozen=True, slots=True)
class _Found:
    """Neighbours: the `codes` of pairs (first times `base` and second) and their `places`; counts of paired `words`."""

    base: int
    codes: Indices
    places: Indices
    words: Indices


def _neighbours(keys: Indices) -> _Found:
    """Find the pairs of neighbours among word ids (−1: a run of neighbours ends)."""
    base = int(keys.max(initial=0)) + 1
    both = (keys[:-1] >= 0) & (keys[1:] >= 0)
    places = np.flatnonzero(both)
    paired = np.zeros(len(keys), dtype=np.bool_)
    paired[places] = paired[places + 1] = True
    words = np.bincount(keys[paired], minlength=base)
    return _Found(base, keys[places] * base + keys[places + 1], places, words)


def _bound(pairs: Sequence[Pair], often: Sequence[int], words: Indices, few: int) -> list[bool]:
    """Say of each pair of words whether it is a phrase, from how often it and its words were said.

    gensim's Phrases is given the counts, which it would take longer to count itself.
    """
    from gensim.models.phrases import Phrases

    model = Phrases(min_count=few, threshold=0.4, scoring="npmi", delimiter="\0")
    model.corpus_word_count = int(words.sum())
    told = sorted({key for pair in pairs for key in pair})
    model.vocab = {str(key): n for key, n in zip(told, words[told].tolist(), strict=True)}
    joined = [f"{one}\0{other}" for one, other in pairs]
    model.vocab |= dict(zip(joined, often, strict=True))
    found = model.export_phrases()
    return [name in found for name in joined]


def _step(shelf: Shelf, rows: Sequence[int]) -> int:
    """Say which of rows to read, evenly from all, so that their words are no more than READ."""
    said = sum(len(sheet.forms) for row in rows[:: len(rows) // 500 + 1] if (sheet := shelf.sheets[row]) is not None)
    total = said * (len(rows) // 500 + 1)
    return total // READ + 1


@dataclass(frozen=True, slots=True)
class Label:
    """A label and the words (ids) that it is made of."""

    text: str = ""
    parts: tuple[tuple[int, ...], ...] = ()


def settle(
    known: Label, words: Sequence[int], among: Mapping[int, Phrase], spelt: Mapping[int, str], worth: Numbers
) -> Label:
    """Return a theme's label: of its words the three that tell it best from the others, a word with its phrase.

    `worth` says of each word how much better than chance it tells the theme from the others. The `known` label stays
    while its words are still said, half of them among the theme's words, and the new one's are not a third better.
    """
    chosen = _chosen(words, among, spelt, worth)
    held = [word for part in known.parts for word in part]
    said = all(word in spelt and worth[word] > 0 for word in held) and 2 * len(set(words) & set(held)) >= len(set(held))
    if known.parts and said and _worth(chosen, worth) < CLEARLY * _worth(known.parts, worth):
        chosen = known.parts
    return Label(_spell(chosen, spelt), chosen)


def _chosen(
    words: Sequence[int], among: Mapping[int, Phrase], spelt: Mapping[int, str], worth: Numbers
) -> tuple[Phrase, ...]:
    """Return up to three parts: words, the most telling first, each as the phrase that it stands in; phrases lead."""
    parts: list[Phrase] = []
    taken: list[int] = []
    for word in sorted(words, key=lambda word: -float(worth[word])):
        if len(parts) < PARTS and not any(_one(spelt[word], spelt[other]) for other in taken):
            phrase = among.get(word, (word,))
            part = (word,) if any(_one(spelt[one], spelt[other]) for one in phrase for other in taken) else phrase
            parts.append(part)
            taken += part
    return tuple(sorted(parts, key=lambda part: -len(part)))


def _one(word: str, other: str) -> bool:
    """Tell whether two words are one, or one of four letters or more begins the other: Israel and Israeli."""
    short, long = sorted((word.casefold(), other.casefold()), key=len)
    return short == long or (len(short) >= 4 and long.startswith(short))


def _worth(parts: tuple[tuple[int, ...], ...], scores: Numbers) -> float:
    return float(np.mean([scores[word] for part in parts for word in part])) if parts else 0.0


def _spell(parts: tuple[tuple[int, ...], ...], spelt: Mapping[int, str]) -> str:
    shown = [" ".join(spelt[word] for word in part) for part in parts]
    shown = [text.lower() if text.isupper() and len(text) > 5 else text for text in shown]
    return ", ".join([shown[0][:1].upper() + shown[0][1:], *shown[1:]]) if shown else ""


def quotes(shelf: Shelf, rows: Indices, closeness: Numbers, weights: Numbers, count: int = 3) -> tuple[str, ...]:
    """Return the ids of `count` documents nearest a theme's middle: 15 to 60 words, different authors."""
    order = rows[np.argsort(-closeness[rows], kind="stable")]
    chosen: list[str] = []
    authors: set[str] = set()
    for shortest, longest in ((15, 60), (6, 120), (1, 10**9)):
        for row in order.tolist():
            sheet = shelf.sheets[row]
            if len(chosen) >= count:
                return tuple(chosen)
            if sheet is None or weights[row] <= 0 or sheet.about.id in chosen:
                continue
            if shortest <= sheet.words <= longest and (not sheet.about.author or sheet.about.author not in authors):
                chosen.append(sheet.about.id)
                authors.add(sheet.about.author)
    return tuple(chosen)
