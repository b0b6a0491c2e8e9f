"""Delete: another server's author takes something back, or a forum's server removes it from the forum."""

from __future__ import annotations

from federation.gate.arrival import ADMITTED, Arrival, Outcome
from federation.gate.receipts import acknowledge
from federation.outside import peers, received
from federation.outside.peers import Fetched
from server.domain.uris import origin_of
from server.services import forums, guises, holds, ideas, ideas_read, people


async def admit_delete(arrival: Arrival) -> Outcome:
    gate = arrival.gate
    if arrival.activity.object_uri == arrival.activity.actor_uri:
        return await _goodbye(arrival)
    known = await ideas_read.by_uri(gate.house, arrival.activity.object_uri)
    if known is None:
        return await _remember(arrival)
    if known.is_local:
        return Outcome("refused", "It is ours to delete.")
    author = await people.member_by_id(gate.house, known.author_id)
    forum, _ = await forums.forum_and_jam(gate.house, known.forum_id)
    # A forum that passes a Delete on is no witness of who asked for it, outside that forum.
    said_so = arrival.relay is None or await arrival.is_proven()
    by_author = said_so and author is not None and author.uri == arrival.activity.actor_uri
    by_forum = arrival.relay is not None and arrival.relay.id == forum.id
    if author is None or not (by_author or by_forum):
        return Outcome("refused", "Only its author or its forum can delete it.")
    await ideas.delete(gate.house, author, known)
    await acknowledge(arrival)
    return Outcome("ignored", "It is gone already.") if known.deleted else ADMITTED


async def _goodbye(arrival: Arrival) -> Outcome:
    """Take leave of somebody whose account is deleted: what they wrote here goes with them, some at a time."""
    uri = arrival.activity.actor_uri
    if arrival.relay is not None and not await arrival.is_proven():
        return Outcome("refused", "Nobody says goodbye for another.")
    member = await people.member_by_uri(arrival.gate.house, uri)
    if member is None or member.is_local:
        return Outcome("ignored", "Nothing of theirs is here.")
    while not await ideas.delete_all(arrival.gate.house, member):
        pass
    return ADMITTED


async def _remember(arrival: Arrival) -> Outcome:
    """Keep in mind what was deleted before it came, on its own server's word only, and let go of what waits of it."""
    activity, gate = arrival.activity, arrival.gate
    sender = arrival.relay.uri if arrival.relay else activity.actor_uri
    theirs = origin_of(activity.object_uri) == origin_of(sender) == origin_of(activity.actor_uri)
    if theirs and not guises.our_object(gate.house, activity.object_uri):
        await peers.keep_fetched(gate.outside, Fetched(activity.object_uri, 410, None))
        waiting = await received.held_about(gate.outside, arrival.peer, activity.object_uri)
        await holds.drop_incoming(gate.house, [one.activity_uri for one in waiting])
        arrival.plan.steps.append(lambda change: received.end_held(change, arrival.peer, activity.object_uri))
        await acknowledge(arrival)
    return Outcome("ignored", "It is not here.")
