"""What a reply is meant as: learnt from the marks of this server's people alone, by scikit-learn.

A logistic regression over sentence vectors and a few signs, its probabilities calibrated by Platt's method (1999) in
cross-validation. How sure it must be before it says anything comes from marks that it has not seen: the least from
which on four in five were right. Where there is none, it says nothing. The same marks in the same order with the same
seed give the same numbers.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analytics.threads import use_one_thread
from analytics.vectors import SPOKEN, Vectors, unit

if TYPE_CHECKING:
    from analytics.shelf import Shelf

Numbers = NDArray[np.float64]

FIRST = 40
"""Marks before anything is learnt."""
EACH = 8
"""Marks of an intent before it is ever guessed."""
GROWTH = 1.25
"""It is learnt anew when there are so many times as many marks."""
MOST = 4_000
"""Marks that are learnt from at most, the newest."""
RIGHT = 0.8
"""Of what is told, at least this share was right on marks not seen."""
ENOUGH = 10
"""Right or wrong, so many must have been told before the share means anything."""
PARTS = 5
NEVER = 2.0
_SIGNS = (
    re.compile(r"[?？؟]"),
    re.compile(r"[?？؟]\W*$"),
    re.compile(r"https?://|www\.|\[\d+\]"),
    re.compile(r"\d"),
    re.compile(r"\d\s?%|\b(?:19|20)\d\d\b"),
    re.compile(r"[\"“”«»„]"),
)


def signs(text: str) -> Numbers:
    """Return what shows in any language: questions asked, links, numbers, quotes, and the length (log scale)."""
    found = [1.0 if sign.search(text) else 0.0 for sign in _SIGNS]
    return np.array([*found, min(1.0, np.log1p(len(text)) / 8)], dtype=np.float64)


def meaning(shelf: Shelf, document_id: str) -> NDArray[np.float32] | None:
    """Return where a text lies by its meaning alone; None where that cannot be told: no words, or no known language."""
    row = shelf.row_of.get(document_id)
    sheet = shelf.sheets[row] if row is not None else None
    if row is None or sheet is None or shelf.encoder is None or not sheet.words or sheet.language not in SPOKEN:
        return None
    found = shelf.vectors[row, : shelf.encoder.size].astype(np.float32)
    length = float(np.linalg.norm(found))
    return found / np.float32(length) if length > 1e-6 else None


def step(marks: int) -> int:
    """Return how many of so many marks are learnt from: the last of 40, 50, 63, … that is reached; 0 before."""
    reached, due = 0, FIRST
    while due <= marks:
        reached, due = due, int(np.ceil(due * GROWTH))
    return reached


@dataclass(frozen=True, slots=True)
class Judge:
    """Says what replies are meant as. `least` is how sure it must be; `right` and `told` as on marks not seen."""

    model: Any
    intents: tuple[str, ...]
    marks: int
    least: float
    right: float
    told: float

    def judge(self, meanings: Vectors, shown: Numbers) -> list[tuple[str, float]]:
        """Return for each row the intent, "" where not sure enough, and how sure."""
        if not len(meanings):
            return []
        chances = self.model.predict_proba(_features(meanings, shown))
        best = chances.argmax(axis=1)
        sure = chances[np.arange(len(best)), best]
        return [
            (self.intents[place] if chance >= self.least else "", round(float(chance), 4))
            for place, chance in zip(best.tolist(), sure.tolist(), strict=True)
        ]


def learn(meanings: Vectors, shown: Numbers, marks: Sequence[str], seed: int) -> Judge | None:
    """Learn from marked replies; None where too few were marked, or all the same."""
    counts = Counter(marks)
    known = tuple(sorted(intent for intent, count in counts.items() if count >= EACH))
    rows = [row for row, mark in enumerate(marks) if mark in known][-MOST:]
    if len(rows) < FIRST or len(known) < 2:
        return None
    features = _features(meanings[rows], shown[rows])
    truth = np.array([known.index(marks[row]) for row in rows])
    chances = _unseen(features, truth, len(known), seed)
    best = chances.argmax(axis=1)
    sure = chances[np.arange(len(best)), best]
    least, right, told = _threshold(sure, best == truth)
    return Judge(_fit(features, truth, seed), known, len(rows), least, right, told)


def _features(meanings: Vectors, shown: Numbers) -> Numbers:
    return np.hstack([unit(meanings.astype(np.float32)).astype(np.float64), 0.4 * shown])


def _fit(features: Numbers, truth: Numbers, seed: int) -> Any:
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold

    use_one_thread()
    parts = StratifiedKFold(PARTS, shuffle=True, random_state=seed)
    plain = LogisticRegression(C=4.0, class_weight="balanced", max_iter=400)
    with warnings.catch_warnings():
        # Not converged to the last digit is near enough: what counts is measured on marks not seen.
        warnings.simplefilter("ignore")
        return CalibratedClassifierCV(plain, method="sigmoid", cv=parts, ensemble=False).fit(features, truth)


def _unseen(features: Numbers, truth: Numbers, count: int, seed: int) -> Numbers:
    """Return each row's chances by a model that was fitted without it."""
    from sklearn.model_selection import StratifiedKFold

    chances = np.zeros((len(truth), count))
    for seen, unseen in StratifiedKFold(PARTS, shuffle=True, random_state=seed + 1).split(features, truth):
        chances[unseen] = _fit(features[seen], truth[seen], seed).predict_proba(features[unseen])
    return chances


def _threshold(sure: Numbers, right: Any) -> tuple[float, float, float]:
    """Return the least sureness from which on enough were right, the share right then, and the share told."""
    for least in np.arange(0.4, 0.96, 0.025):
        told = sure >= least
        if told.sum() < ENOUGH:
            break
        share = float(right[told].mean())
        if share >= RIGHT:
            return round(float(least), 3), round(share, 4), round(float(told.mean()), 4)
    return NEVER, 0.0, 0.0
