"""The shape of a thread: which replies stand on which page of it, and where one of them is found.

A page holds up to BRANCHES answers to the same thing, each with what hangs on it, LEVELS deep at most. A page with
very much below its branches shows the beginning of each; the rest of a branch is a page of its own. Pages are
counted over all branches, removed ones included: what was written or removed later moves nothing to another page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from server.domain.actors import Member

BRANCHES = 20
LEVELS = 4
#: How many replies a page shows below its branches; each branch may have at least LEAST of its own.
BELOW = 20
LEAST = 1


class Twig(NamedTuple):
    """One reply without its words. `at` is when it came, in unix seconds."""

    id: str
    parent_id: str
    author_id: str
    at: float
    deleted: bool
    intent: str


@dataclass(frozen=True, slots=True)
class Place:
    """A page of a thread: the answers to `under` (the idea or a reply) that come after the answer `after`."""

    under: str
    after: str = ""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A reply on a page. `depth` counts from 0; `left` says how many hang on it that the page does not show."""

    id: str
    depth: int
    left: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one page shows, in reading order. `number` counts from 1; `before` and `later` are its neighbours."""

    leaves: tuple[Leaf, ...]
    number: int
    pages: int
    before: Place | None = None
    later: Place | None = None


@dataclass(slots=True)
class Outline:
    """All replies of a thread, in the order in which they came, hung on each other below the idea `root_id`."""

    root_id: str
    twigs: Sequence[Twig]
    _below: dict[str, list[str]] = field(init=False)
    _by_id: dict[str, Twig] = field(init=False)
    _sizes: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self._by_id = {twig.id: twig for twig in self.twigs}
        self._below = {}
        for twig in self.twigs:
            # What answers something that is not here stands beside the answers to the idea.
            self._below.setdefault(self._above(twig), []).append(twig.id)
        self._sizes = self._measure()

    def _above(self, twig: Twig) -> str:
        return twig.parent_id if twig.parent_id in self._by_id else self.root_id

    def _measure(self) -> dict[str, int]:
        """Count, for each reply, itself and what hangs on it that still stands; 0 where nothing does."""
        order, stack = list[str](), list(self._below.get(self.root_id, ()))
        while stack:
            order.append(one := stack.pop())
            stack += self._below.get(one, ())
        sizes: dict[str, int] = {}
        for one in reversed(order):
            sizes[one] = sum(sizes[child] for child in self._below.get(one, ())) + (not self._by_id[one].deleted)
        return sizes

    def __contains__(self, reply_id: str) -> bool:
        return reply_id in self._by_id

    def twig(self, reply_id: str) -> Twig:
        return self._by_id[reply_id]

    def standing(self) -> int:
        """Count the replies that were not removed."""
        return sum(not twig.deleted for twig in self.twigs)

    def way_to(self, reply_id: str) -> list[str]:
        """Return what stands above a reply, from the answer to the idea down to the reply itself."""
        way = [reply_id]
        while (above := self._above(self._by_id[way[-1]])) != self.root_id:
            way.append(above)
        return way[::-1]

    def sheet(self, place: Place) -> Sheet:
        """Return a page. An `after` that is no answer to `under` begins at the first."""
        all_, start = self._below.get(place.under, []), self._start(place)
        shown = [one for one in all_[start : start + BRANCHES] if self._sizes[one]]
        allowance = max(LEAST, BELOW // max(1, len(shown)))
        if sum(self._sizes[one] for one in shown) - len(shown) <= BELOW:
            allowance = BELOW
        leaves = tuple(leaf for one in shown for leaf in self._grow(one, allowance))
        number, pages = start // BRANCHES + 1, max(1, -(-len(all_) // BRANCHES))
        return Sheet(
            leaves,
            number,
            pages,
            self.numbered(place.under, number - 1) if number > 1 else None,
            self.numbered(place.under, number + 1) if number < pages else None,
        )

    def numbered(self, under: str, number: int) -> Place:
        """Return the place of a page by its number, which counts from 1."""
        return Place(under, self._below[under][(number - 1) * BRANCHES - 1] if number > 1 else "")

    def _start(self, place: Place) -> int:
        all_ = self._below.get(place.under, [])
        found = all_.index(place.after) + 1 if place.after in all_ else 0
        return found - found % BRANCHES

    def _grow(self, branch: str, allowance: int) -> Iterator[Leaf]:
        """Walk down a branch in reading order, `allowance` replies below it at most."""
        taken, leaves = 0, list[tuple[str, int]]()
        shown, stack = set[str](), [(branch, 0)]
        while stack:
            one, depth = stack.pop()
            if depth and taken >= allowance:
                continue
            taken += bool(depth)
            shown.add(one)
            leaves.append((one, depth))
            if depth < LEVELS - 1:
                stack += [(child, depth + 1) for child in reversed(self._below.get(one, ())) if self._sizes[child]]
        for one, depth in leaves:
            hidden = sum(self._sizes[child] for child in self._below.get(one, ()) if child not in shown)
            yield Leaf(one, depth, hidden)

    def find(self, reply_id: str) -> Place:
        """Return the page that shows a reply, the highest one that does."""
        under, way = self.root_id, self.way_to(reply_id)
        while True:
            branch = way[way.index(under) + 1] if under != self.root_id else way[0]
            number = self._below[under].index(branch) // BRANCHES + 1
            place = self.numbered(under, number)
            shown = {leaf.id for leaf in self.sheet(place).leaves}
            if reply_id in shown or branch == reply_id:
                return place
            under = next((one for one in reversed(way) if one in shown), branch)

    def newer(self, line: float, reader: Member) -> list[Twig]:
        """Return what others wrote after a moment and still stands, in the order in which it came."""
        return [twig for twig in self.twigs if twig.at > line and not twig.deleted and not reader.wrote(twig.author_id)]
