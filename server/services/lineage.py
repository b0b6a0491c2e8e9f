"""What an idea builds on and what builds on it, and whose credit that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.actors import Member
from server.domain.errors import Missing
from server.domain.ideas import Contribution
from server.services.house import House
from server.services.ideas_read import obtain
from server.services.jams import hidden_jams
from server.storage import builds, people

#: So many generations are followed up and down, and so many ideas shown below one.
GENERATIONS = 6
MOST = 60


@dataclass(frozen=True, slots=True)
class Descendant:
    """An idea that builds on another, `depth` generations below the one that was asked about (1 for the next)."""

    idea: Contribution
    depth: int


@dataclass(frozen=True, slots=True)
class Lineage:
    """`ancestors` the oldest first; `descendants` each below what it builds on; `more` were left out."""

    ancestors: tuple[Contribution, ...]
    descendants: tuple[Descendant, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Credit:
    """What somebody wrote lately, and how often others built on their ideas."""

    person: Member
    ideas: Sequence[Contribution]
    built_on: int


async def lineage_of(house: House, reader: Member, idea: Contribution) -> Lineage:
    """Return the family of an idea, as far as its reader may see it: ours and those of other servers."""
    await obtain(house, reader, idea.id)
    ancestors = await builds.above(house.store, idea.id, GENERATIONS)
    below = await builds.below(house.store, idea.id, GENERATIONS)
    found, stack = list[Descendant](), [(one, 1) for one in reversed(below.get(idea.id, ()))]
    while stack:
        one, depth = stack.pop()
        found.append(Descendant(one, depth))
        stack += [(child, depth + 1) for child in reversed(below.get(one.id, ()))]
    return Lineage(tuple(ancestors), tuple(found[:MOST]), max(0, len(found) - MOST))


async def credit_of(house: House, reader: Member, person_id: str, limit: int = 30) -> Credit:
    """Return what somebody is credited with. Raises Missing where there is no such person."""
    person = await people.by_id(house.store, person_id)
    if person is None or not (reader.active and reader.is_local):
        raise Missing("person", f"{reader.id} asked for person {person_id}")
    hidden = await hidden_jams(house, reader)
    return Credit(
        person,
        await builds.written_by(house.store, person.id, limit, hidden),
        await builds.count_on(house.store, person.id, hidden),
    )
