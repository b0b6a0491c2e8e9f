"""Points: vectors of many texts in a few groups, and which of them lie nearest to another one."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

SIZE = 512
COARSE = 128
"""Numbers of a vector that are compared with all others; the whole of it with the nearest of these only."""
SOME = 4_000
"""Vectors from which is learnt which COARSE numbers say most; fewer than so many are compared as a whole."""
GROWTH = 2
"""It is learnt anew where there are so many times as many: what is said later is about something else."""
SHORT = 10
"""How many times as many as are asked for are compared as a whole."""


class Points:
    """Vectors of length one, of SIZE numbers: 2.5 kilobytes each."""

    def __init__(self) -> None:
        self._whole = np.zeros((256, SIZE), dtype=np.float32)
        self._coarse = np.zeros((256, COARSE), dtype=np.float32)
        self._group_of = np.zeros(256, dtype=np.int32)
        self._axes: NDArray[np.float32] | None = None
        self._turn_at = SOME
        self._ids: list[str] = []
        self._groups: dict[str, int] = {}
        self._row_of: dict[str, int] = {}

    def put(self, id_: str, group: str, vector: NDArray[np.floating]) -> None:
        """Take a vector in, in place of an earlier one of the same id."""
        row = self._row_of.get(id_, len(self._ids))
        if row == len(self._whole):
            self._whole = np.concatenate([self._whole, np.zeros_like(self._whole)])
            self._coarse = np.concatenate([self._coarse, np.zeros_like(self._coarse)])
            self._group_of = np.concatenate([self._group_of, np.zeros_like(self._group_of)])
        if row == len(self._ids):
            self._ids.append(id_)
            self._row_of[id_] = row
        self._group_of[row] = self._groups.setdefault(group, len(self._groups))
        self._whole[row] = vector
        if len(self._ids) >= self._turn_at:
            self._turn_at *= GROWTH
            self._turn()
        elif self._axes is not None:
            self._coarse[row] = self._whole[row] @ self._axes

    def _turn(self) -> None:
        """Learn the axes along which vectors differ most (principal components), and where all lie along them."""
        known = self._whole[: len(self._ids)]
        some = known[:: len(known) // SOME]
        _, axes = np.linalg.eigh((some.T @ some).astype(np.float64))
        self._axes = np.ascontiguousarray(axes[:, -COARSE:], dtype=np.float32)
        self._coarse[: len(known)] = known @ self._axes

    def nearest(self, asked: NDArray[np.float32], groups: Collection[str], count: int) -> dict[str, float]:
        """Return the cosines of the `count` nearest of some groups to `asked`."""
        wanted = self._wanted(groups)
        if not wanted.any():
            return {}
        rows = self._nearest(asked, wanted, count)
        return self._told(asked, np.sort(rows[wanted[self._group_of[rows]]]))

    def cosines(self, asked: NDArray[np.float32], groups: Collection[str], ids: Collection[str]) -> dict[str, float]:
        """Return the cosines of those of some ids that are of some groups."""
        rows = np.array(sorted(self._row_of[id_] for id_ in ids if id_ in self._row_of), dtype=np.int64)
        return self._told(asked, rows[self._wanted(groups)[self._group_of[rows]]])

    def _wanted(self, groups: Collection[str]) -> NDArray[np.bool_]:
        """Return for each group that is known whether it is one of some."""
        return np.fromiter((group in groups for group in self._groups), dtype=np.bool_, count=len(self._groups))

    def _told(self, asked: NDArray[np.float32], rows: NDArray[np.int64]) -> dict[str, float]:
        cosine = self._whole[rows] @ asked
        return {self._ids[row]: float(near) for row, near in zip(rows.tolist(), cosine, strict=True)}

    def _nearest(self, asked: NDArray[np.float32], wanted: NDArray[np.bool_], count: int) -> NDArray[np.int64]:
        """Return the rows of the nearest: of many vectors first the nearest along the axes that say most."""
        known = len(self._ids)
        axes = self._axes
        cosine = self._whole[:known] @ asked if axes is None else self._coarse[:known] @ (asked @ axes)
        if not wanted.all():
            cosine[~wanted[self._group_of[:known]]] = -2.0
        if self._axes is None:
            return _largest(cosine, count)
        some = _largest(cosine, SHORT * count)
        # What is left of other groups, where there are few of those wanted, must not come before these.
        some = some[wanted[self._group_of[some]]]
        return some[_largest(self._whole[some] @ asked, count)]


def _largest(numbers: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Return the places of the `count` largest numbers, in no order."""
    return np.argpartition(-numbers, min(count, len(numbers) - 1))[:count]
