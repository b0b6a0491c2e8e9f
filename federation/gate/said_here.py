"""What somebody of another server wrote at our edge, signed in with their own server's account.

It comes by the edge alone, never by an inbox: its ids are ours and its actor is not. From here on it is judged like
whatever their server could have sent, by the same rules; only what they could read is what was granted to them.
"""

from __future__ import annotations

from federation.gate.arrival import ADMITTED, Arrival, Outcome
from federation.gate.create import answered, let_in
from federation.outside import crossings, visitors
from federation.outside.received import NO_AUTHOR, NO_PARENT
from federation.vocabulary.objects import Remark, parse_object
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.uris import host_of
from server.domain.visitors import visitor_audience
from server.services import crossings as judged
from server.services import forums


async def admit_said_here(arrival: Arrival) -> Outcome:
    gate, activity = arrival.gate, arrival.activity
    if activity.kind != "Create" or activity.object is None:
        return Outcome("refused", "Only ideas and answers are written at our edge.")
    remark = parse_object(activity.object)
    if not judged.our_object(gate.house, remark.uri) or remark.author_uri != activity.actor_uri:
        return Outcome("refused", "Its id is not ours, or its author is not the one who was signed in.")
    if not await visitors.may_come(gate.outside, activity.actor_uri, host_of(activity.actor_uri)):
        return Outcome("refused", "Its author is shut out.")
    author = await arrival.author(activity.actor_uri)
    if author is None:
        return Outcome("refused", NO_AUTHOR)
    reader = visitor_audience(author.username, author.host)
    parent = await answered(arrival, remark, reader)
    if remark.parent_uri and parent is None:
        return Outcome("refused", NO_PARENT)
    forum = await _forum(arrival, remark, parent, reader)
    if forum is None or not forum.is_local:
        return Outcome("refused", "It is addressed to no forum of ours.")
    made = await let_in(arrival, author, remark, forum, parent, reader)
    return made if isinstance(made, Outcome) else ADMITTED


async def _forum(arrival: Arrival, remark: Remark, parent: Contribution | None, reader: str) -> Forum | None:
    """Return the forum of what is answered, or the one that an idea is for where its author could read it."""
    if parent is not None:
        forum, _ = await forums.forum_and_jam(arrival.gate.house, parent.forum_id)
        return forum
    for uri in sorted(remark.addressed):
        if await crossings.is_granted(arrival.gate.outside, uri, reader):
            return await forums.forum_by_uri(arrival.gate.house, uri)
    return None
