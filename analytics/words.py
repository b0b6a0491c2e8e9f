"""Which words stand for a theme: typical of it, and likely to stand together in texts not seen yet.

Class TF-IDF (Grootendorst 2022) counted over documents gives candidates; then one after another the word is
taken that is typical and is expected to go with those taken. What goes together in the texts at hand by chance
alone does not do so in others, so each pair's count is discounted before it is believed: a pair that was seen once
may well not be seen again, and a pair never seen together counts against both words (NPMI, Bouma 2009).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analytics.groups import Indices, Numbers

CANDIDATES = 50
SHARED = 0.3
"""A word stands for a theme when it is there at least this share as typical as where it is most typical."""
ELSEWHERE = 0.7
"""How much it counts against a word that another theme has it oftener."""
MOSTLY = 0.6
"""Share of a group's documents from which it has a language of its own."""
BEHIND = 0.01
"""What a word of another language is worth, where a group has one of its own."""
PULL = 1.5
KNOWN = 1.2
DISCOUNT = 0.6
NEVER = 1e-12
"""The probability that coherence is counted with where words never meet."""


def tally(uses: sparse.csr_matrix, labels: Indices, k: int, weights: Numbers) -> Numbers:
    """Return (k, words): how much weight of documents in each group holds each word. Label −1 is nowhere."""
    placed = np.flatnonzero(labels >= 0)
    member = sparse.csr_matrix((weights[placed], (labels[placed], placed)), shape=(k, uses.shape[0]))
    return np.asarray((member @ uses).todense(), dtype=np.float64)


def typical(counts: Numbers) -> Numbers:
    """Return the (k, words) class TF-IDF of word counts in groups."""
    totals = counts.sum(axis=1, keepdims=True)
    share = np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)
    rarity = np.log1p(totals.sum() / max(1, len(counts)) / np.maximum(counts.sum(axis=0), 1.0))
    return np.asarray(share * rarity)


def usable(counts: Numbers, documents: float) -> NDArray[np.bool_]:
    """Return which words are held often enough and not everywhere: max(3, 0.05 %) to 50 % of documents.

    Among fewer than 60 documents two are enough, among fewer than 20 one.
    """
    fewest = 1 if documents < 20 else 2 if documents < 60 else max(3.0, documents * 0.0005)
    return np.asarray((counts.sum(axis=0) >= fewest) & ~_everywhere(counts, documents))


def seldom_from(documents: float) -> float:
    """Return how many documents have to hold a word that fills a gap: one up to a hundred, two from two hundred on."""
    return min(2.0, documents / 100)


def _everywhere(counts: Numbers, documents: float) -> NDArray[np.bool_]:
    return np.asarray((counts.sum(axis=0) > documents * 0.5) & (documents >= 20))


def scored(counts: Numbers, documents: float) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return how typical each word is of each group, and which words are usable; rarer ones only fill gaps."""
    firm = usable(counts, documents)
    seldom = (counts.sum(axis=0) >= seldom_from(documents)) & ~_everywhere(counts, documents)
    return typical(np.where(firm | seldom, counts, 0.0)), firm


def mainly(languages: NDArray[np.integer], labels: Indices, k: int, weights: Numbers) -> Indices:
    """Return for each group the number of the language in which its words are to be chosen; −1: any.

    Words of several languages never stand together. A group without a language of its own (most of its documents)
    speaks the language in which most of such groups' documents are, where it is at least half as common in the group
    as the one most common there; else that one.
    """
    placed = labels >= 0
    mass = np.zeros((k, int(languages.max(initial=0)) + 1))
    np.add.at(mass, (labels[placed], languages[placed]), weights[placed])
    mass[:, 0] = 0.0
    whole, top = mass.sum(axis=1), mass.max(axis=1, initial=0.0)
    mixed = top < MOSTLY * whole
    common = int(mass[mixed].sum(axis=0).argmax()) if mixed.any() else 0
    enough = (mass[:, common] >= 0.5 * top) & (mass[:, common] > 0)
    return np.where(mixed, np.where(enough, common, mass.argmax(axis=1)), -1).astype(np.int64)


def scored_as_spoken(
    uses: sparse.csr_matrix, labels: Indices, spoken: Indices, languages: NDArray[np.integer], weights: Numbers
) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return `scored` for each group among the documents of its language in all groups; (k, words) each.

    Where these leave too few words, those of all its documents follow far behind.
    """
    k = len(spoken)
    scores, often = scored(tally(uses, labels, k, weights), float(weights[labels >= 0].sum()))
    firm = np.tile(often, (k, 1))
    for language in np.unique(spoken[spoken >= 0]).tolist():
        own = np.where(languages == language, labels, -1)
        told, often = scored(tally(uses, own, k, weights), float(weights[own >= 0].sum()))
        groups = np.flatnonzero(spoken == language)
        scores[groups] = told[groups] + BEHIND * scores[groups]
        firm[groups] = often
    return scores, firm


def telling(
    uses: sparse.csr_matrix, labels: Indices, spoken: Indices, languages: NDArray[np.integer], weights: Numbers
) -> Numbers:
    """Return how well each word tells each group from the others: (k, words), Dunning's G² (1993).

    Counted among the documents of the group's language.
    """
    k = len(spoken)
    found = np.zeros((k, uses.shape[1]))
    for language in np.unique(spoken).tolist():
        own = labels if language < 0 else np.where(languages == language, labels, -1)
        counts = tally(uses, own, k, weights)
        masses = np.bincount(own[own >= 0], weights=weights[own >= 0], minlength=k)
        for group in np.flatnonzero(spoken == language).tolist():
            rest, others = counts.sum(axis=0) - counts[group], masses.sum() - masses[group]
            found[group] = surprise(counts[group], rest, masses[group], others)
    return found


def surprise(here: Numbers, there: Numbers, some: float, others: float) -> Numbers:
    """Return Dunning's G² of how often words are held by `some` documents and by `others`; 0 where not more often."""
    total = max(1e-9, some + others)
    with np.errstate(divide="ignore", invalid="ignore"):
        first = np.where(here > 0, here * np.log(here * total / ((here + there) * some)), 0.0)
        second = np.where(there > 0, there * np.log(there * total / ((here + there) * others)), 0.0)
    return np.asarray(np.where(here * others > there * some, 2 * (first + second), 0.0))


def candidates(
    scores: Numbers, firm: NDArray[np.bool_], keys: Indices, names: Sequence[str], count: int = 10
) -> list[Indices]:
    """Return for each group the words that may stand for it, most typical first, one for each key and name.

    Where fewer than `count` are its own, seldom ones of its own follow, then those that it shares with others.
    """
    own = scores >= SHARED * scores.max(axis=0, initial=0.0)
    found = []
    for group, values in enumerate(scores):
        some = np.flatnonzero(values > 0)
        sure = firm[group, some] if firm.ndim == 2 else firm[some]
        rank = np.where(own[group, some], np.where(sure, 2.0, 1.0), 0.0)
        order = some[np.argsort(-rank - values[some] / (1.0 + values.max(initial=0.0)), kind="stable")]
        strong = int((rank == 2.0).sum())
        taken: list[int] = []
        seen: set[int | str] = set()
        for place, word in enumerate(order.tolist()):
            if len(taken) >= CANDIDATES or (place >= strong and len(taken) >= count):
                break
            if names[word] and int(keys[word]) not in seen and names[word] not in seen:
                seen.update((int(keys[word]), names[word]))
                taken.append(word)
        found.append(np.array(taken, dtype=np.int64))
    return found


def expected(uses: sparse.csc_matrix, words: Indices, weights: Numbers) -> Numbers:
    """Return for each pair of words the NPMI to be expected where as many other documents are counted.

    A pair's count is discounted and drawn to what chance alone would give; by that rate the pair is not seen at
    all, which counts as never, or about as often as here.
    """
    part = uses[:, words]
    pairs = np.asarray((part.T @ part.multiply(weights[:, None])).todense(), dtype=np.float64)
    single = np.maximum(np.diag(pairs), 1e-9)
    total = max(float(weights.sum()), 2.0)
    chance = np.outer(single, single) / total
    rate = np.maximum(pairs - DISCOUNT, 0.0) + chance
    missed = np.exp(-rate)
    met = np.minimum(np.maximum(rate, 1.0) / total, 0.999)
    npmi = np.log(met * total / chance) / -np.log(met)
    never = np.log(NEVER * total / chance) / -np.log(NEVER)
    told = (1.0 - missed) * npmi + missed * never
    np.fill_diagonal(told, 0.0)
    return np.asarray(np.clip(told, -1.0, 1.0))


def choose(
    scores: Numbers,
    found: Sequence[Indices],
    uses: sparse.csc_matrix,
    weights: Numbers,
    count: int = 10,
) -> list[tuple[list[int], float]]:
    """Return for each group up to `count` of its candidates, best first, and how much they go together (NPMI)."""
    best = scores.max(axis=0, initial=0.0)
    chosen: list[tuple[list[int], float]] = []
    for group, own in enumerate(found):
        if not len(own):
            chosen.append(([], 0.0))
            continue
        pairs = expected(uses, own, weights)
        worth = scores[group, own] / scores[group, own].max()
        worth -= ELSEWHERE * (1.0 - scores[group, own] / np.maximum(best[own], 1e-12))
        taken = _pick(worth, pairs, count)
        among = pairs[np.ix_(taken, taken)]
        mean = float(among.sum() / max(1, len(taken) * (len(taken) - 1)))
        chosen.append(([int(own[place]) for place in taken], mean))
    return chosen


def _pick(weight: Numbers, pairs: Numbers, count: int) -> list[int]:
    taken = [0]
    while len(taken) < min(count, len(weight)):
        worth = weight + PULL * pairs[:, taken].mean(axis=1)
        worth[taken] = -np.inf
        taken.append(int(worth.argmax()))
    return taken
