"""Delete: another server's author takes something back, or a forum's server removes it from the forum."""

from __future__ import annotations

from federation.gate.arrival import ADMITTED, Arrival, Outcome
from server.services import forums, ideas, people


async def admit_delete(arrival: Arrival) -> Outcome:
    gate = arrival.gate
    known = await ideas.by_uri(gate.house, arrival.activity.object_uri)
    if known is None or known.deleted:
        return Outcome("ignored", "It is not here.")
    if known.is_local:
        return Outcome("refused", "It is ours to delete.")
    author = await people.member_by_id(gate.house, known.author_id)
    forum, _ = await forums.forum_and_jam(gate.house, known.forum_id)
    by_author = author is not None and author.uri == arrival.activity.actor_uri
    by_forum = arrival.relay is not None and arrival.relay.id == forum.id
    if author is None or not (by_author or by_forum):
        return Outcome("refused", "Only its author or its forum can delete it.")
    await ideas.delete(gate.house, author, known)
    return ADMITTED
