"""What resembles a text: similar ideas, and questions that were answered already.

By meaning, where that is known, joined with the rare words that each of the nearest shares; what shares the rarest
words is looked at as well. By rare words alone (BM25 over words as they are written) where no meaning is known. From
where on something is similar is learnt from what people build on each other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

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
OFTEN = 1_000
"""Beside meanings, words in more texts than this are left out: they tell nothing more, and take long to count."""
FEW = 100
"""What has one of the rarest words is looked at whatever it means, where so many texts at most have them."""
ASKS = "question"
LEAST_SHARED = 0.3
LEAST_ASKED = 0.2


@dataclass(frozen=True, slots=True)
class Answered:
    """A question that was asked before, with its best answer."""

    question: Contribution
    answer: Contribution


class Alike(NamedTuple):
    """An idea or a question that is like a text, and how much."""

    score: float
    id: str
    kind: str


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


async def _telling(house: House, text: str, within: Collection[str] | None) -> tuple[dict[str, float], list[str]]:
    """Return a text's words that tell it from others, with how much; and the rarest, all in FEW texts at most."""
    words = {word for word in set(folded(text[:LONGEST])) if len(word) > 2}
    often = words & house.shelf.often if within is None else set()
    counts, total = await index.document_counts(house.store, words - often, within, OFTEN + 1)
    if within is None:
        house.shelf.often |= {word for word, count in counts.items() if count > OFTEN}
    counts |= dict.fromkeys(often, OFTEN + 1)
    rare = rare_words(counts, total, often=OFTEN)
    met = accumulate(counts[word] for word in rare)
    return weights_of(rare, counts, total), [word for word, most in zip(rare, met, strict=True) if most <= FEW]


async def shared_words(house: House, text: str, made: Contribution) -> float:
    """Return how many of a text's rare words something shares with it (0 to 1); rare words weigh more.

    What is for the people on a list alone counts for nothing: from this is learnt what everybody is shown.
    """
    weights, _ = await _telling(house, text, await forums_for_all(house))
    return coverage(weights, f"{made.title} {made.text}")


async def alike(
    house: House, reader: Member, text: str, forum: Forum | None = None, least: float = LEAST_SHARED
) -> list[Alike]:
    """Return which ideas and questions are like a text, most first: of what the reader may see.

    `least` is how many of the rare words they share at least, of which the meaning is not known.
    """
    seen = await list_forums(house, reader)
    readable = {one.id: one.jam_id for one in seen if forum is None or one.id == forum.id}
    jams = set(readable.values())
    near = asyncio.ensure_future(_near(house, text, jams))
    try:
        # The text is read for its meaning in a thread, while its words are looked up here.
        await asyncio.sleep(0)
        if near.done() and not near.result():
            return await _by_words(house, reader, text, forum, least)
        # What stands where this reader may not read counts for nothing, not even for how rare a word is.
        within = {one.id for one in seen} if await hidden_jams(house, reader) else None
        weights, rarest = await _telling(house, text, within)
        named = await index.named(house.store, rarest, readable)
        cosines = dict(await near or {})
    finally:
        near.cancel()
    if not cosines:
        return await _by_words(house, reader, text, forum, least)
    if house.nearness is not None and (more := named - set(cosines)):
        cosines |= await house.nearness.cosines(text[:LONGEST], jams, more)
    bar = await threshold(house)
    found = [
        (Alike(joined(cosines[made.id], shared), made.id, made.kind), made.made_at, bar)
        if made.id in cosines
        else (Alike(shared, made.id, made.kind), made.made_at, least)
        for made in await contributions.said(house.store, named | set(cosines))
        if made.forum_id in readable
        for shared in [coverage(weights, made.words)]
    ]
    enough = [(one, made_at) for one, made_at, enough in found if one.score >= enough]
    return [one for one, _ in sorted(enough, key=lambda pair: (-pair[0].score, pair[1], pair[0].id))]


async def _by_words(house: House, reader: Member, text: str, forum: Forum | None, least: float) -> list[Alike]:
    found = await resembling(house, reader, text, [forum.id] if forum else (), least)
    return [Alike(score, made.id, made.kind) for score, made in found if made.kind == "idea" or made.intent == ASKS]


async def _near(house: House, text: str, jams: Collection[str]) -> Mapping[str, float] | None:
    if house.nearness is None or not jams:
        return None
    return await house.nearness.nearest(text[:LONGEST], jams, READ)


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
    scores = {one.id: one.score for one in found if one.kind == "idea" and one.id not in gone and one.id != subject}
    best = list(scores)[:limit]
    known = {made.id: made for made in await contributions.by_ids(house.store, best)}
    return [(scores[id_], known[id_]) for id_ in best if id_ in known]


async def answered(house: House, reader: Member, text: str, limit: int = 3) -> list[Answered]:
    """Return questions like this one that have an answer, most alike first."""
    asked = [one.id for one in await alike(house, reader, text, None, LEAST_ASKED)]
    pairs = await index.answers_to(house.store, asked)
    best = [(id_, pairs[id_]) for id_ in asked if id_ in pairs][:limit]
    known = {made.id: made for made in await contributions.by_ids(house.store, {id_ for pair in best for id_ in pair})}
    return [Answered(known[id_], known[answer]) for id_, answer in best if id_ in known and answer in known]
