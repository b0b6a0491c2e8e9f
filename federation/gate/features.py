"""Add and Remove: which ideas the facilitators of a forum elsewhere marked, as its own server tells us."""

from __future__ import annotations

from federation.gate.arrival import ADMITTED, Arrival, Outcome
from federation.gate.hearing import idea_in, is_old
from federation.gate.lists import UNKNOWN_LIST, is_under_known_list
from federation.outside import peers
from federation.outside.received import NOTHING_TO_CHANGE
from federation.vocabulary.hosting import read_marks
from server.boundary.labels import Label
from server.domain.jams import Forum
from server.services import elsewhere, forums
from server.services.incoming import Incoming


async def admit_add(arrival: Arrival) -> Outcome:
    forum = await _forum(arrival)
    if forum is None:
        return Outcome("ignored", "It adds to nothing that we keep.")
    marks = read_marks(arrival.activity.raw)
    if not marks:
        return Outcome("ignored", "It is pinned there, which says nothing here.")
    if forum.members_only and not await is_under_known_list(arrival, forum):
        return Outcome("later", UNKNOWN_LIST)
    known = await idea_in(arrival, forum)
    visitor = await arrival.visitor()
    if known is None or visitor is None:
        return Outcome("later", NOTHING_TO_CHANGE)
    if await is_old(arrival, ("Add", "Remove")):
        return Outcome("ignored", "It was marked otherwise since.")
    wish = Incoming(
        author=visitor, peer=arrival.peer, forum=forum, act="Add", thing="mark", label=Label.parse(known.label),
        changes=known,
    )  # fmt: skip
    if outcome := await arrival.judge(wish):
        return outcome
    await elsewhere.take_marks(arrival.gate.house, known, marks)
    return ADMITTED


async def admit_remove(arrival: Arrival) -> Outcome:
    """Take marks away: no rule is asked, for nothing comes in by it."""
    forum = await _forum(arrival)
    known = await idea_in(arrival, forum) if forum else None
    if known is None:
        return Outcome("ignored", "It removes nothing that we keep.")
    if await is_old(arrival, ("Add", "Remove")):
        return Outcome("ignored", "It was marked anew since.")
    await elsewhere.take_marks(arrival.gate.house, known, ())
    return ADMITTED


async def _forum(arrival: Arrival) -> Forum | None:
    """Return the forum, joined and held elsewhere, whose own `featured` this is about; None for anything else."""
    found = await forums.forum_by_uri(arrival.gate.house, arrival.activity.actor_uri)
    if found is None or found.is_local or not found.joined:
        return None
    group = await peers.stranger(arrival.gate.outside, found.uri)
    target = arrival.activity.raw.get("target")
    return found if group is not None and target and target == group.document.get("featured") else None
