"""Similar documents: what is already here, nearest in meaning, found through the themes."""

from __future__ import annotations

import numpy as np

from analytics.corpus import clean
from analytics.groups import PART, Indices
from analytics.shelf import Shelf
from analytics.vectors import Vectors, wide

THEMES = 6
"""Themes nearest to a text in which its neighbours are looked for, where there are many."""


def find(shelf: Shelf, labels: Indices, centres: Vectors, text: str, count: int) -> list[tuple[str, float]]:
    """Return ids and cosines of the documents nearest to `text`, nearest first; [] for a text without words."""
    asked = shelf.vector(clean(text))
    if not asked.any() or not len(shelf):
        return []
    if len(centres) > THEMES and len(shelf) > 2_000:
        close = np.argsort(-(centres @ asked), kind="stable")[:THEMES]
        rows = np.flatnonzero(np.isin(labels, close))
    else:
        rows = np.arange(len(shelf))
    parts = np.array_split(rows, len(rows) // PART + 1)
    cosine = np.concatenate([wide(shelf.vectors[part]) @ asked for part in parts])
    order = np.argsort(-cosine, kind="stable")
    found: list[tuple[str, float]] = []
    for place in order.tolist():
        sheet = shelf.sheets[int(rows[place])]
        if sheet is not None and not sheet.chatter:
            found.append((sheet.about.id, round(float(cosine[place]), 4)))
        if len(found) >= count:
            break
    return found
