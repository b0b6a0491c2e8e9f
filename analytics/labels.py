"""Labels that people understand: a phrase and two words, beside documents that say it best."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analytics.groups import Indices, Numbers
from analytics.shelf import Shelf

Pair = tuple[int, int]
"""Two neighbouring words, as word ids."""

CLEARLY = 1.33
READ = 60_000
"""Words from which phrases are learnt: enough to know them, few enough to be quick."""


def spellings(shelf: Shelf, rows: Sequence[int], wanted: set[int]) -> dict[int, str]:
    """Return for each wanted word its commonest spelling in `rows` (ties: the first in the alphabet)."""
    forms = [sheet.forms[sheet.forms >= 0] for row in rows if (sheet := shelf.sheets[row]) is not None]
    counts = np.bincount(np.concatenate(forms), minlength=len(shelf.written)) if forms else np.zeros(0, dtype=np.int64)
    best: dict[int, tuple[int, str]] = {}
    asked = np.isin(shelf.keys(np.arange(len(counts), dtype=np.int32)), sorted(wanted))
    for form in np.flatnonzero(asked & (counts > 0)).tolist():
        key, written = shelf.written[form]
        offer = (-int(counts[form]), written)
        if key not in best or offer < best[key]:
            best[key] = offer
    return {key: written for key, (_, written) in best.items()}


def phrases(shelf: Shelf, rows: Sequence[int], labels: Indices, k: int) -> list[list[Pair]]:
    """Return for each group its phrases of two words, most typical first; learnt by gensim's Phrases."""
    from gensim.models.phrases import Phrases

    runs = {row: _runs(shelf, row) for row in _some(shelf, rows)}
    few = max(3, len(runs) // 500)
    model = Phrases(
        [run for own in runs.values() for run in own],
        min_count=few,
        threshold=0.4,
        scoring="npmi",
        delimiter="\0",
    )
    known = {tuple(int(part) for part in pair.split("\0")) for pair in model.export_phrases()}
    counts: list[Counter[Pair]] = [Counter() for _ in range(k)]
    place = dict(zip(rows, labels.tolist(), strict=True))
    for row, own in runs.items():
        if place[row] >= 0:
            pairs = {(int(a), int(b)) for run in own for a, b in pairwise(run)}
            counts[place[row]].update(pairs & known)
    return [_typical(own, counts, few) for own in counts]


def _typical(own: Counter[Pair], counts: Sequence[Counter[Pair]], few: int) -> list[Pair]:
    total = {pair: sum(other[pair] for other in counts) for pair in own}
    kept = [pair for pair, count in own.items() if count >= few and count >= 0.5 * total[pair]]
    return sorted(kept, key=lambda pair: (-own[pair] * own[pair] / total[pair], pair))


def _some(shelf: Shelf, rows: Sequence[int]) -> Sequence[int]:
    """Return rows evenly from all, few enough that their words are no more than READ."""
    said = sum(len(sheet.forms) for row in rows[:: len(rows) // 500 + 1] if (sheet := shelf.sheets[row]) is not None)
    total = said * (len(rows) // 500 + 1)
    return rows[:: total // READ + 1]


def _runs(shelf: Shelf, row: int) -> list[list[str]]:
    sheet = shelf.sheets[row]
    runs: list[list[str]] = [[]]
    for form in sheet.forms.tolist() if sheet is not None else []:
        if form < 0:
            runs.append([])
        else:
            runs[-1].append(str(shelf.written[form][0]))
    return [run for run in runs if len(run) > 1]


@dataclass(frozen=True, slots=True)
class Label:
    """A label and the words (ids) that it is made of."""

    text: str = ""
    parts: tuple[tuple[int, ...], ...] = ()


def settle(known: Label, words: Sequence[int], pairs: Sequence[Pair], spelt: dict[int, str], scores: Numbers) -> Label:
    """Return a theme's label: "Phrase, word, word", three words where it has no phrase.

    The `known` label stays while its words are still said and the new one's are not a third more typical.
    """
    among = set(words)
    phrase = next((pair for pair in pairs if pair[0] in among and pair[1] in among), None)
    parts: list[tuple[int, ...]] = [phrase] if phrase else []
    parts += [(word,) for word in words if not phrase or word not in phrase]
    chosen = tuple(parts[:3])
    said = all(word in spelt and scores[word] > 0 for part in known.parts for word in part)
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
