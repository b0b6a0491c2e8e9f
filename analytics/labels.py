"""Labels that people understand: a phrase and two words, beside documents that say it best."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.groups import Indices, Numbers
from analytics.shelf import Forms, Shelf

Pair = tuple[int, int]
"""Two neighbouring words, as word ids."""

CLEARLY = 1.33
READ = 60_000
"""Words from which phrases are learnt: enough to know them, few enough to be quick."""


def spellings(shelf: Shelf, forms: Forms, wanted: set[int]) -> dict[int, str]:
    """Return for each wanted word its commonest spelling among `forms` (ties: the first in the alphabet)."""
    counts = np.bincount(forms[forms >= 0], minlength=len(shelf.written))
    best: dict[int, tuple[int, str]] = {}
    asked = np.isin(shelf.keys(np.arange(len(counts), dtype=np.int32)), sorted(wanted))
    for form in np.flatnonzero(asked & (counts > 0)).tolist():
        key, written = shelf.written[form]
        offer = (-int(counts[form]), written)
        if key not in best or offer < best[key]:
            best[key] = offer
    return {key: written for key, (_, written) in best.items()}


def phrases(shelf: Shelf, rows: Sequence[int], labels: Indices, k: int) -> list[list[Pair]]:
    """Return for each group its phrases of two words, most typical first: gensim's Phrases tells which pairs are."""
    step = _step(shelf, rows)
    some, own = rows[::step], labels[::step]
    few = max(3, len(some) // 500)
    forms, source = shelf.forms(some)
    found = _neighbours(np.where(forms >= 0, shelf.keys(np.maximum(forms, 0)), -1).astype(np.int64))
    pairs, which = np.unique(found.codes, return_inverse=True)
    often = np.bincount(which, minlength=len(pairs))
    known = np.flatnonzero(often >= few)
    named = [(code // found.base, code % found.base) for code in pairs[known].tolist()]
    phrase = np.zeros(len(pairs), dtype=np.bool_)
    phrase[known] = _bound(named, often[known].tolist(), found.words, few)
    said = phrase[which] & (own[source[found.places]] >= 0)
    # A document that says a phrase twice counts once.
    once = np.unique(np.stack([source[found.places[said]], which[said]]), axis=1)
    counts: list[Counter[Pair]] = [Counter() for _ in range(k)]
    name = dict(zip(known.tolist(), named, strict=True))
    for group in range(k):
        held, number = np.unique(once[1, own[once[0]] == group], return_counts=True)
        counts[group].update({name[pair]: n for pair, n in zip(held.tolist(), number.tolist(), strict=True)})
    return [_typical(mine, counts, few) for mine in counts]


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


def _typical(own: Counter[Pair], counts: Sequence[Counter[Pair]], few: int) -> list[Pair]:
    total = {pair: sum(other[pair] for other in counts) for pair in own}
    kept = [pair for pair, count in own.items() if count >= few and count >= 0.5 * total[pair]]
    return sorted(kept, key=lambda pair: (-own[pair] * own[pair] / total[pair], pair))


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


def settle(known: Label, words: Sequence[int], pairs: Sequence[Pair], spelt: dict[int, str], scores: Numbers) -> Label:
    """Return a theme's label: "Phrase, word, word", three words where it has no phrase.

    The `known` label stays while its words are still said, half of them among the theme's words, and the new one's are
    not a third more typical.
    """
    among = set(words)
    phrase = next((pair for pair in pairs if pair[0] in among and pair[1] in among), None)
    parts: list[tuple[int, ...]] = [phrase] if phrase else []
    parts += [(word,) for word in words if not phrase or word not in phrase]
    chosen = tuple(parts[:3])
    held = [word for part in known.parts for word in part]
    said = all(word in spelt and scores[word] > 0 for word in held) and 2 * len(among & set(held)) >= len(set(held))
    if known.parts and said and _worth(chosen, scores) < CLEARLY * _worth(known.parts, scores):
        chosen = known.parts
    return Label(_spell(chosen, spelt), chosen)


def _worth(parts: tuple[tuple[int, ...], ...], scores: Numbers) -> float:
    return float(np.mean([scores[word] for part in parts for word in part])) if parts else 0.0


def _spell(parts: tuple[tuple[int, ...], ...], spelt: dict[int, str]) -> str:
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
