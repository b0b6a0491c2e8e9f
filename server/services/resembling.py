"""What resembles a text: similar ideas, and questions that were answered already.

By rare words alone (BM25 over words as they are written): texts that say the same in other words are not found. The
analytics role knows better neighbours, but works behind the writer and is not asked here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from server.domain.actors import Member
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.search import Sought, any_of, coverage, folded, rare_words
from server.services.forums import list_forums
from server.services.house import House
from server.storage import contributions
from server.storage import search as index

LONGEST = 10_000
LOOKED_AT = 400
READ = 40
LEAST_SHARED = 0.3


@dataclass(frozen=True, slots=True)
class Answered:
    """A question that was asked before, with its best answer."""

    question: Contribution
    answer: Contribution


async def resembling(
    house: House, reader: Member, text: str, forum_ids: Collection[str] = (), least: float = LEAST_SHARED
) -> list[tuple[float, Contribution]]:
    """Return what shares rare words with a text, with how much of them (0 to 1), most first.

    Only what the reader may see, in some forums where they are named.
    """
    readable = {forum.id for forum in await list_forums(house, reader)}
    readable &= set(forum_ids) or readable
    words = set(folded(text[:LONGEST]))
    if not words or not readable:
        return []
    counts, total = await index.document_counts(house.store, {word for word in words if len(word) > 2})
    rare = rare_words(counts, total)
    if not rare:
        return []
    found = await index.places(house.store, any_of(rare), Sought(), readable, 0.0, LOOKED_AT)
    best = sorted(found, key=lambda place: (place.score, -place.number))[:READ]
    known = {made.id: made for made in await contributions.by_ids(house.store, [one.contribution_id for one in best])}
    shared = [
        (coverage(rare, counts, total, f"{made.title} {made.text}"), made)
        for place in best
        if (made := known.get(place.contribution_id))
    ]
    enough = [one for one in shared if one[0] >= least]
    return sorted(enough, key=lambda one: (-one[0], one[1].created_at))


async def similar(house: House, reader: Member, text: str, forum: Forum | None, limit: int = 5) -> list[Contribution]:
    """Return ideas that resemble what somebody writes, most alike first."""
    found = await resembling(house, reader, text, [forum.id] if forum else ())
    return [made for _, made in found if made.kind == "idea"][:limit]


async def answered(house: House, reader: Member, text: str, limit: int = 3) -> list[Answered]:
    """Return questions like this one that have an answer, most alike first."""
    found = [made for _, made in await resembling(house, reader, text, least=0.2)]
    asked = [made for made in found if made.kind == "idea" or made.intent == "question"]
    pairs = await index.answers_to(house.store, [made.id for made in asked])
    known = {made.id: made for made in await contributions.by_ids(house.store, set(pairs.values()))}
    told = [Answered(made, known[pairs[made.id]]) for made in asked if pairs.get(made.id) in known]
    return told[:limit]
