"""Found: what the edge read of a forum that we joined and nobody sent to us. Judged as if it had been announced."""

from __future__ import annotations

from federation.gate.arrival import Arrival, Outcome
from federation.gate.create import admit_create
from federation.gate.lists import UNKNOWN_LIST, is_under_known_list
from federation.gate.update import take_actor
from federation.outside import peers
from federation.outside.received import NO_OBJECT, NO_PARENT
from federation.vocabulary.activities import read_activity
from federation.vocabulary.objects import parse_object
from server.services import forums, ideas_read


async def admit_found(arrival: Arrival) -> Outcome:
    gate, activity = arrival.gate, arrival.activity
    if not arrival.received.read_back:
        return Outcome("ignored", "Nobody can send this.")
    forum = await forums.forum_by_uri(gate.house, activity.actor_uri)
    if forum is None or forum.is_local or not forum.joined:
        return Outcome("ignored", "We joined no such forum.")
    if forum.members_only and not await is_under_known_list(arrival, forum):
        return Outcome("later", UNKNOWN_LIST)
    found = await peers.fetched(gate.outside, activity.object_uri)
    if found is None or found.document is None:
        return Outcome("refused", NO_OBJECT)
    if activity.object_uri == forum.uri:
        return await take_actor(arrival, found.document)
    if await ideas_read.by_uri(gate.house, activity.object_uri) is not None:
        return Outcome("ignored", "It is here already.")
    remark = parse_object(found.document)
    if not remark.parent_uri and forum.uri not in remark.addressed:
        return Outcome("refused", NO_PARENT)
    create = {"id": activity.uri, "type": "Create", "actor": remark.author_uri, "object": activity.object_uri}
    return await admit_create(Arrival(gate, arrival.received, read_activity(create), forum, plan=arrival.plan))
