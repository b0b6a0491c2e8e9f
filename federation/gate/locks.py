"""Lock, and its Undo: the server of a forum elsewhere says that nothing is answered in a thread any more, or is again.

A Marmalade server says so in the forum's own name; others announce what a moderator of theirs did.
"""

from __future__ import annotations

from datetime import UTC, datetime

from federation.gate.arrival import ADMITTED, Arrival, Outcome
from federation.gate.hearing import idea_in
from federation.gate.lists import UNKNOWN_LIST, is_under_known_list
from federation.outside.received import NOTHING_TO_CHANGE
from federation.vocabulary.hosting import locked_uri
from federation.vocabulary.questions import read_moment
from server.boundary.labels import Label
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import elsewhere, forums
from server.services.incoming import Incoming

OTHERWISE = "It was said otherwise since."


async def admit_lock(arrival: Arrival) -> Outcome:
    forum = await _forum(arrival)
    if forum is None:
        return Outcome("ignored", "It locks nothing that we keep.")
    if forum.members_only and not await is_under_known_list(arrival, forum):
        return Outcome("later", UNKNOWN_LIST)
    known, speaker = await _thread(arrival, forum), await arrival.visitor(forum.uri)
    if known is None or speaker is None:
        return Outcome("later", NOTHING_TO_CHANGE)
    wish = Incoming(
        author=speaker, peer=arrival.peer, forum=forum, act="Add", thing="mark", label=Label.parse(known.label),
        changes=known,
    )  # fmt: skip
    if outcome := await arrival.judge(wish):
        return outcome
    return await _take(arrival, known, locked=True)


async def undo_lock(arrival: Arrival, _lock_uri: str) -> Outcome:
    """Open a thread again: no rule is asked, for nothing comes in by it."""
    forum = await _forum(arrival)
    known = await _thread(arrival, forum) if forum else None
    if known is None:
        return Outcome("ignored", "It opens nothing that we keep.")
    return await _take(arrival, known, locked=False)


async def _take(arrival: Arrival, known: Contribution, *, locked: bool) -> Outcome:
    came_at = datetime.fromtimestamp(arrival.received.received_at, UTC)
    said_at = read_moment(arrival.activity.raw.get("published")) or came_at
    news = await elsewhere.take_lock(arrival.gate.house, known, min(said_at, came_at), locked=locked)
    return ADMITTED if news else Outcome("ignored", OTHERWISE)


async def _forum(arrival: Arrival) -> Forum | None:
    """Return the forum, joined and held elsewhere, that says so itself or announces it; None for anything else."""
    if arrival.relay is not None:
        return arrival.relay
    found = await forums.forum_by_uri(arrival.gate.house, arrival.activity.actor_uri)
    return found if found is not None and not found.is_local and found.joined else None


async def _thread(arrival: Arrival, forum: Forum) -> Contribution | None:
    """Return the idea of the forum whose thread this is about: a single branch of it stays as it is."""
    return await idea_in(arrival, forum, locked_uri(arrival.activity.raw))
