"""The family of an idea as its page shows it, with the credit that is shared."""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.ideas import Contribution
from server.services.lineage import Lineage
from web.people import Names, author_of
from web.views import Link, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """One idea of the family. `depth` counts generations below the idea of the page, 0 above it."""

    idea: Link
    author: Person
    author_url: str
    depth: int = 0
    below: tuple[Kin, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KinView:
    """`credit` are those on whose ideas this one stands, each once."""

    ancestors: tuple[Kin, ...]
    descendants: tuple[Kin, ...]
    count: int
    more: int
    credit: tuple[Link, ...]


def draw_kin(found: Lineage, idea: Contribution, names: Names) -> KinView:
    ancestors = tuple(_kin(one, names) for one in found.ancestors)
    others = {one.author_id: one for one in found.ancestors if one.author_id != idea.author_id}
    return KinView(
        ancestors=ancestors,
        descendants=_nest([_kin(one.idea, names, one.depth) for one in found.descendants]),
        count=len(found.descendants) + found.more,
        more=found.more,
        credit=tuple(Link(text=one.author_name, url=f"/people/{one.author_id}") for one in others.values()),
    )


def _kin(made: Contribution, names: Names, depth: int = 0, below: tuple[Kin, ...] = ()) -> Kin:
    return Kin(
        idea=Link(text=made.title, url=f"/ideas/{made.id}"),
        author=author_of(made, names),
        author_url=f"/people/{made.author_id}",
        depth=depth,
        below=below,
    )


def _nest(flat: list[Kin]) -> tuple[Kin, ...]:
    """Hang ideas that come in reading order on each other by their generation."""
    top: list[Kin] = []
    at = 0
    while at < len(flat):
        end = at + 1
        while end < len(flat) and flat[end].depth > flat[at].depth:
            end += 1
        one = flat[at]
        top.append(
            Kin(
                idea=one.idea, author=one.author, author_url=one.author_url, depth=one.depth,
                below=_nest(flat[at + 1 : end]),
            )
        )  # fmt: skip
        at = end
    return tuple(top)
