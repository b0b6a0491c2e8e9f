"""What resembles a text: similar ideas, and questions that were answered already.

By meaning, where that is known, joined with rare shared words (BM25 over words as they are written); by rare words
alone where it is not. From where on something is similar is learnt from what people build on each other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from server.domain.actors import Member
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.likeness import USUAL, joined
from server.domain.search import Sought, any_of, coverage, folded, rare_words, weights_of
from server.services.forums import forums_for_all, list_forums
from server.services.house import House
from server.services.jams import hidden_jams
from server.storage import contributions, likeness
from server.storage import search as index

LONGEST = 10_000
LOOKED_AT = 400
READ = 40
LEAST_SHARED = 0.3
LEAST_ASKED = 0.2


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
    seen = {forum.id for forum in await list_forums(house, reader)}
    readable = seen & (set(forum_ids) or seen)
    words = set(folded(text[:LONGEST]))
    if not words or not readable:
        return []
    # What stands where this reader may not read counts for nothing, not even for how rare a word is.
    within = seen if await hidden_jams(house, reader) else None
    counts, total = await index.document_counts(house.store, {word for word in words if len(word) > 2}, within)
    rare = rare_words(counts, total)
    if not rare:
        return []
    found = await index.places(house.store, any_of(rare), Sought(), readable, 0.0, LOOKED_AT)
    best = sorted(found.places, key=lambda place: (place.score, -place.number))[:READ]
    known = {made.id: made for made in await contributions.by_ids(house.store, [one.contribution_id for one in best])}
    weights = weights_of(rare, counts, total)
    shared = [
        (coverage(weights, f"{made.title} {made.text}"), made)
        for place in best
        if (made := known.get(place.contribution_id))
    ]
    enough = [one for one in shared if one[0] >= least]
    return sorted(enough, key=lambda one: (-one[0], one[1].created_at))


async def shared_words(house: House, text: str, made: Contribution) -> float:
    """Return how many of a text's rare words something shares with it (0 to 1); rare words weigh more.

    What is for the people on a list alone counts for nothing: from this is learnt what everybody is shown.
    """
    words = {word for word in set(folded(text[:LONGEST])) if len(word) > 2}
    counts, total = await index.document_counts(house.store, words, await forums_for_all(house))
    rare = rare_words(counts, total)
    return coverage(weights_of(rare, counts, total), f"{made.title} {made.text}")


async def alike(
    house: House, reader: Member, text: str, forum: Forum | None = None, least: float = LEAST_SHARED
) -> list[tuple[float, Contribution]]:
    """Return ideas and questions like a text, with how alike they are, most first: of what the reader may see.

    `least` is how many of the rare words they share at least, of which the meaning is not known.
    """
    readable = {one.id: one for one in await list_forums(house, reader) if forum is None or one.id == forum.id}
    shared = await resembling(house, reader, text, [forum.id] if forum else (), 0.0)
    known = {made.id: made for _, made in shared}
    near = await _near(house, text, {one.jam_id for one in readable.values()}, known)
    if near is None:
        return [one for one in shared if one[0] >= least and _asks(one[1])]
    known |= {made.id: made for made in await contributions.by_ids(house.store, set(near) - set(known))}
    words = {made.id: count for count, made in shared}
    bar = await threshold(house)
    found = [
        (joined(near[id_], words.get(id_, 0.0)) if id_ in near else words[id_], made)
        for id_, made in known.items()
        if made.forum_id in readable and _asks(made)
    ]
    enough = [one for one in found if one[0] >= (bar if one[1].id in near else least)]
    return sorted(enough, key=lambda one: (-one[0], one[1].created_at))


async def _near(house: House, text: str, jams: Collection[str], also: Collection[str]) -> Mapping[str, float] | None:
    if house.nearness is None or not jams:
        return None
    return await house.nearness.nearest(text[:LONGEST], jams, READ, also)


def _asks(made: Contribution) -> bool:
    return made.kind == "idea" or made.intent == "question"


async def threshold(house: House) -> float:
    """Return from where on ideas are similar."""
    found = await likeness.learnt(house.store)
    return found.least if found else USUAL


async def similar(
    house: House, reader: Member, text: str, forum: Forum | None, limit: int = 5, subject: str = ""
) -> list[Contribution]:
    """Return ideas that resemble what somebody writes, most alike first."""
    return [made for _, made in await similar_with(house, reader, text, forum, limit, subject)]


async def similar_with(
    house: House, reader: Member, text: str, forum: Forum | None, limit: int = 5, subject: str = ""
) -> list[tuple[float, Contribution]]:
    """Return the same with how alike they are.

    `subject` is the idea that is being changed, or the forum for which one is written: what this person found not to
    be similar to it is left out.
    """
    gone = await likeness.refused(house.store, reader.id, subject) if subject else set()
    found = await alike(house, reader, text, forum)
    return [one for one in found if one[1].kind == "idea" and one[1].id not in gone and one[1].id != subject][:limit]


async def answered(house: House, reader: Member, text: str, limit: int = 3) -> list[Answered]:
    """Return questions like this one that have an answer, most alike first."""
    asked = [made for _, made in await alike(house, reader, text, None, LEAST_ASKED)]
    pairs = await index.answers_to(house.store, [made.id for made in asked])
    known = {made.id: made for made in await contributions.by_ids(house.store, set(pairs.values()))}
    told = [Answered(made, known[pairs[made.id]]) for made in asked if pairs.get(made.id) in known]
    return told[:limit]
