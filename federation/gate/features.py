"""Add and Remove: which ideas the facilitators of a forum elsewhere marked, as its own server tells us."""

from __future__ import annotations

from federation.gate.arrival import ADMITTED, Arrival, Outcome
from federation.gate.lists import UNKNOWN_LIST, is_under_known_list
from federation.gate.routing import parsed
from federation.outside import peers, received
from federation.outside.received import NOTHING_TO_CHANGE
from federation.vocabulary.hosting import read_marks
from server.boundary.labels import Label
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import elsewhere, forums, ideas
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
    known = await _idea(arrival, forum)
    visitor = await arrival.visitor()
    if known is None or visitor is None:
        return Outcome("later", NOTHING_TO_CHANGE)
    if await _is_old(arrival):
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
    known = await _idea(arrival, forum) if forum else None
    if known is None:
        return Outcome("ignored", "It removes nothing that we keep.")
    if await _is_old(arrival):
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


async def _idea(arrival: Arrival, forum: Forum) -> Contribution | None:
    found = await ideas.by_uri(arrival.gate.house, arrival.activity.object_uri)
    fits = found is not None and found.kind == "idea" and found.forum_id == forum.id and not found.deleted
    return found if fits else None


async def _is_old(arrival: Arrival) -> bool:
    """Say whether something that we read later, where its server keeps it, is older than what that server sent."""
    if not arrival.received.read_back:
        return False
    mine = str(arrival.activity.raw.get("published", ""))
    for kind in ("Add", "Remove"):
        newest = await received.newest_about(
            arrival.gate.outside, kind, arrival.peer, arrival.activity.object_uri, arrival.activity.actor_uri
        )
        if newest is None or newest.id == arrival.received.id or newest.state != "admitted":
            continue
        if str(parsed(newest.body).get("published", "")) > mine:
            return True
    return False
