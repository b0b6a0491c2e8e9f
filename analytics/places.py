"""Where documents stand, told to whoever keeps it: only what has changed since it was last told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.groups import Flags, Indices
from analytics.shelf import Shelf

NEVER = -1
PARTS = 1 << 20
"""More numbers of sub-themes than a theme ever gives."""

Place = tuple[str, str, bool]
"""A theme and a sub-theme, "" for none; whether another theme lies about as near."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where documents stand by now. `gone` are ids that stand no more."""

    stands: dict[str, Place]
    gone: tuple[str, ...]


class Told:
    """Which places were told. It is in no snapshot: who goes on from one hears what was told until then."""

    def __init__(self) -> None:
        self._codes = np.full(64, NEVER, dtype=np.int64)
        self._gone: dict[str, None] = {}

    def hear(self, shelf: Shelf, stands: Mapping[str, Place]) -> None:
        """Take note of what was told before; ids that the shelf does not hold are to be told as gone."""
        self._reach(len(shelf))
        for id_, place in stands.items():
            row = shelf.row_of.get(id_)
            if row is None:
                self._gone[id_] = None
            else:
                self._codes[row] = _code(*place)

    def forget(self, document_id: str) -> None:
        """Tell of a document that it stands no more."""
        self._gone[document_id] = None

    def news(self, shelf: Shelf, labels: Indices, names: Sequence[str], stands: Indices, unsure: Flags) -> Places:
        """Return what has changed: `labels` are the numbers of rows' themes (−1: none), `stands` of their parts."""
        self._reach(len(shelf))
        codes = _now(labels, names, stands, unsure)
        rows = shelf.standing()[1]
        rows = rows[codes[rows] != self._codes[rows]]
        changed: dict[str, Place] = {}
        for row, code in zip(rows.tolist(), codes[rows].tolist(), strict=True):
            if (sheet := shelf.sheets[row]) is not None:
                changed[sheet.about.id] = _place(code)
        return Places(changed, tuple(id_ for id_ in self._gone if id_ not in shelf.row_of))

    def keep(self, shelf: Shelf, told: Places) -> None:
        """Take note that this has been told: until then it counts as news."""
        for id_, place in told.stands.items():
            if (row := shelf.row_of.get(id_)) is not None:
                self._codes[row] = _code(*place)
        self._gone.clear()

    def _reach(self, rows: int) -> None:
        if rows > len(self._codes):
            more = np.full(max(rows, 2 * len(self._codes)) - len(self._codes), NEVER, dtype=np.int64)
            self._codes = np.concatenate([self._codes, more])


def _now(labels: Indices, names: Sequence[str], stands: Indices, unsure: Flags) -> Indices:
    numbers = np.array([*(int(name[1:]) for name in names), 0], dtype=np.int64)
    return np.where(labels >= 0, (numbers[labels] * PARTS + stands) * 2 + unsure, 0)


def _code(theme: str, part: str, unsure: bool) -> int:
    return (int(theme[1:]) * PARTS + int(part.rpartition(".")[2] or 0)) * 2 + unsure if theme else 0


def _place(code: int) -> Place:
    theme, part = divmod(code // 2, PARTS)
    return f"t{theme}" if theme else "", f"t{theme}.{part}" if part else "", bool(code % 2)
