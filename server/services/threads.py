"""Reading long threads: a page at a time, in an order, from where somebody left off."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args

from server.domain.actors import Member
from server.domain.errors import Missing
from server.domain.ideas import INTENTS, Contribution
from server.domain.threads import BRANCHES, Leaf, Outline, Place, Sheet, Twig
from server.services.house import House
from server.services.ideas_read import as_seen_by, obtain
from server.storage import threads

Order = Literal["branches", "oldest", "newest"]
ORDERS: tuple[Order, ...] = get_args(Order)
#: Somebody who looks again after this long comes for another visit: the line moves to where they were.
VISIT = timedelta(minutes=30)
#: How many outlines are kept from one look at a thread to the next; one of 2,000 replies takes about a megabyte.
OUTLINES = 32


@dataclass(frozen=True, slots=True)
class Reading:
    """One page of a thread with its words. `words` holds what it shows and what that answers, by id.

    `line` is the moment, in unix seconds, until which the reader had seen the thread before; None at a first visit.
    `fresh` are the ids of what others wrote since, in the order in which it came.
    """

    outline: Outline
    sheet: Sheet
    words: dict[str, Contribution]
    intents: dict[str, int]
    line: float | None
    fresh: tuple[str, ...]


async def outline_of(house: House, reader: Member, idea: Contribution) -> Outline:
    """Return the outline of an idea's thread, for somebody who may read it; raise Missing."""
    await obtain(house, reader, idea.id)
    stamp, kept = await threads.stamp(house.store, idea.id), house.shelf.outlines
    if idea.id not in kept or kept[idea.id][0] != stamp:
        kept[idea.id] = (stamp, Outline(idea.id, await threads.outline(house.store, idea.id)))
    kept.move_to_end(idea.id)
    if len(kept) > OUTLINES:
        kept.popitem(last=False)
    return kept[idea.id][1]


async def read(
    house: House, reader: Member, idea: Contribution, place: Place, order: Order = "branches", intent: str = ""
) -> Reading:
    """Return a page of a thread: as branches, or flat by time; only replies of one intent are always flat.

    Raises Missing where `place` is not of this thread.
    """
    outline = await outline_of(house, reader, idea)
    if place.under != idea.id and place.under not in outline:
        raise Missing("idea", f"{place.under} is not in {idea.id}")
    flat = order != "branches" or bool(intent)
    sheet = _flat(outline, place, order, intent) if flat else outline.sheet(place)
    shown = [leaf.id for leaf in sheet.leaves]
    above = [outline.twig(one).parent_id for one in shown] if flat else []
    # What a branch of its own hangs on is told by name.
    way = outline.way_to(place.under) if place.under != idea.id else []
    words = await _words(house, reader, {*shown, *above, *way} - {idea.id})
    line = await _visit(house, reader, idea.id, outline.twigs)
    fresh = tuple(twig.id for twig in outline.newer(line, reader)) if line is not None else ()
    return Reading(outline, sheet, words, _intents(outline), line, fresh)


async def _words(house: House, reader: Member, ids: Collection[str]) -> dict[str, Contribution]:
    found = await threads.some(house.store, ids)
    return {one: as_seen_by(reader, made) for one, made in found.items()}


def _flat(outline: Outline, place: Place, order: Order, intent: str) -> Sheet:
    """Cut the replies into pages by time alone."""
    listed = [twig.id for twig in outline.twigs if not twig.deleted and intent in ("", twig.intent)]
    if order == "newest":
        listed.reverse()
    start = listed.index(place.after) + 1 if place.after in listed else 0
    pages, number = max(1, -(-len(listed) // BRANCHES)), start // BRANCHES + 1
    rest = len(listed) > start + BRANCHES
    back = max(0, start - BRANCHES)
    return Sheet(
        tuple(Leaf(one, 0, 0) for one in listed[start : start + BRANCHES]),
        number,
        pages,
        Place(place.under, listed[back - 1] if back else "") if start else None,
        Place(place.under, listed[start + BRANCHES - 1]) if rest else None,
    )


def _intents(outline: Outline) -> dict[str, int]:
    """Count the replies of each intent that somebody gave."""
    counts = dict.fromkeys(filter(None, INTENTS), 0)
    for twig in outline.twigs:
        if not twig.deleted and twig.intent:
            counts[twig.intent] += 1
    return {intent: count for intent, count in counts.items() if count}


async def _visit(house: House, reader: Member, thread_id: str, twigs: Sequence[Twig]) -> float | None:
    """Note that somebody reads a thread now, and return where the line of their visit is."""
    now = house.now().timestamp()
    newest = max((twig.at for twig in twigs), default=0.0)
    known = await threads.reading(house.store, reader.id, thread_id)
    seen = max(known.seen_at if known else 0.0, newest)
    place = threads.Reading(_line(known, now), seen, now)
    if known is None or place.seen_at > known.seen_at or now - known.visited_at > 60:
        async with house.store.transaction() as change:
            await threads.put_reading(change, reader.id, thread_id, place)
    return place.line_at


def _line(known: threads.Reading | None, now: float) -> float | None:
    """Return where the line of a visit is: where somebody was at their last, unless this still is the same."""
    if known is None:
        return None
    return known.seen_at if now - known.visited_at > VISIT.total_seconds() else known.line_at


async def find(house: House, reader: Member, reply: Contribution) -> Place:
    """Return the page of its thread that shows a reply. Raises Missing."""
    idea = await obtain(house, reader, reply.thread_id)
    outline = await outline_of(house, reader, idea)
    if reply.id not in outline:
        raise Missing("idea", f"{reply.id} is not in {idea.id}")
    return outline.find(reply.id)


async def first_since(house: House, reader: Member, idea: Contribution, since: float | None = None) -> str:
    """Return the id of the first reply of others after a moment, or after the reader's line; "" where there is none."""
    outline = await outline_of(house, reader, idea)
    if since is None:
        since = _line(await threads.reading(house.store, reader.id, idea.id), house.now().timestamp())
    newer = outline.newer(since, reader) if since is not None else []
    return newer[0].id if newer else ""


async def unread(house: House, reader: Member, ids: Collection[str]) -> dict[str, int]:
    """Return, for those of some ideas that somebody has visited, how many replies of others came since."""
    if not ids or not (reader.active and reader.is_local):
        return {}
    return await threads.unread(house.store, reader.id, reader.voices, ids)


async def list_replies(
    house: House, reader: Member, idea: Contribution, after: str, limit: int, intent: str = ""
) -> list[Contribution]:
    """Return replies in the order in which they came, after the one with the id `after`; removed ones are left out."""
    outline = await outline_of(house, reader, idea)
    listed = [twig.id for twig in outline.twigs if not twig.deleted and intent in ("", twig.intent)]
    start = listed.index(after) + 1 if after in listed else 0
    kept = listed[start : start + limit]
    words = await _words(house, reader, kept)
    return [words[one] for one in kept if one in words]
