"""Where texts lie by how this very set uses its words: gensim's Word2Vec, trained on it and on nothing else.

A sentence encoder has read the world and knows no jam: that two names of this house's machines are about the same
is learnt from who writes them beside each other. Short texts say little of that, so few words are read many times
over and of very many only some: learning takes about as long for a thousand texts as for a hundred thousand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from analytics.columns import Columns
from analytics.groups import Numbers
from analytics.shelf import LEXICAL, LEXICAL_SHARE
from analytics.vectors import Vectors, unit

SIZE = 64
WINDOW = 10
SEEN = 3
"""Texts in which a word must be, to be learnt."""
READ = 50_000
"""Words read of all; over and over, since few texts say little the first time."""
TIMES, MOST_TIMES = 30, 60
PACE = 0.05
TOPICS = 128
KEPT = 30_000
"""Words that latent semantic indexing looks at, the commonest."""

ENOUGH = 1_000
"""Documents from which what is learnt serves."""
SHORT = 20
"""Words of a text, stop words apart, up to which it is helped. A longer one says itself what it is about."""
ALONE = 0.9
"""Share of documents from which a set has one language. Of several, each would lie by itself: which it is, is all
that words which never meet can say."""
SHARE, WORDS_SHARE = 0.2, 0.1
"""How much of where a text lies is told by how its words are used, and how much still by which words they are."""


def serves(bags: Sequence[Sequence[str]], columns: Columns, weights: Numbers) -> bool:
    """Say whether enough short texts are written in one language to learn from; `weights` say which count."""
    mass = np.bincount(columns.language, weights=weights)
    long = sum(map(len, bags)) > SHORT * len(bags)
    return bool(not long and (weights > 0).sum() >= ENOUGH and mass.max(initial=0.0) >= ALONE * weights.sum())


def beside(lying: Vectors, used: Vectors) -> Vectors:
    """Return unit vectors of texts that lie so, and whose words are used so."""
    meaning = lying[:, :-LEXICAL] * np.float32(np.sqrt((1 - SHARE - WORDS_SHARE) / (1 - LEXICAL_SHARE)))
    words = lying[:, -LEXICAL:] * np.float32(np.sqrt(WORDS_SHARE / LEXICAL_SHARE))
    return unit(np.hstack([meaning, words, used * np.float32(np.sqrt(SHARE))]))


def learn(bags: Sequence[Sequence[str]], seed: int = 0, learnt: Iterable[int] | None = None) -> Vectors:
    """Return (n, 64) unit vectors of word lists: the sum of their words', rare ones more; zero where none is known.

    `learnt` are the places of those from which it is learnt, all where it is None. The same lists in the same order
    give the same numbers to the last bit.
    """
    from gensim.models import Word2Vec

    places = list(range(len(bags)) if learnt is None else learnt)
    said = sum(len(bags[place]) for place in places)
    read = [list(bags[place]) for place in places[:: said // READ + 1]]
    held = Counter(word for bag in read for word in set(bag))
    known = {word for word, count in held.items() if count >= SEEN}
    found = np.zeros((len(bags), SIZE), dtype=np.float32)
    if not known:
        return found
    model = Word2Vec(
        read,
        vector_size=SIZE,
        window=WINDOW,
        min_count=SEEN,
        epochs=min(MOST_TIMES, TIMES * READ // sum(map(len, read))),
        alpha=PACE,
        workers=1,
        seed=seed,
    )
    row_of = {word: row for word, row in model.wv.key_to_index.items() if word in known}
    rows = unit(np.asarray(model.wv.vectors, dtype=np.float32))
    rarity = {word: np.log(len(read) / held[word]) for word in row_of}
    for number, bag in enumerate(bags):
        words = [word for word in bag if word in row_of]
        if words:
            weights = np.array([rarity[word] for word in words], dtype=np.float32)
            found[number] = weights @ rows[[row_of[word] for word in words]]
    found = unit(found)
    told = np.abs(found).sum(axis=1) > 0
    if told.any():
        found[told] -= found[places][told[places]].mean(axis=0)
    return unit(found)


def lexical(bags: Sequence[Sequence[str]], seed: int = 0) -> Vectors:
    """Place word lists by their words alone, half by gensim's TF-IDF and LSI, half by how they are used.

    Return (n, d) unit vectors; zero where a text has no words.
    """
    from gensim.corpora import Dictionary
    from gensim.matutils import corpus2dense
    from gensim.models import LsiModel, TfidfModel

    dictionary = Dictionary(bags)
    if len(bags) >= SEEN * SEEN:
        dictionary.filter_extremes(no_below=2, no_above=0.5, keep_n=KEPT)
    if not len(dictionary):
        return np.zeros((len(bags), 1), dtype=np.float32)
    counts = [dictionary.doc2bow(bag) for bag in bags]
    weighted = TfidfModel(dictionary=dictionary, smartirs="ltc")[counts]
    model = LsiModel(weighted, id2word=dictionary, num_topics=TOPICS, random_seed=seed, extra_samples=50)
    dense = corpus2dense(model[weighted], num_terms=max(1, model.projection.u.shape[1]), num_docs=len(bags))
    return unit(np.hstack([unit(np.ascontiguousarray(dense.T, dtype=np.float32)), learn(bags, seed)]))
