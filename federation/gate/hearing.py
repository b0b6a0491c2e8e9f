"""What the server of a forum elsewhere says of ideas in it: what it is about, and whether it is news."""

from __future__ import annotations

from collections.abc import Sequence

from federation.gate.arrival import Arrival
from federation.gate.routing import parsed
from federation.outside import received
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import ideas_read


async def idea_in(arrival: Arrival, forum: Forum, uri: str = "") -> Contribution | None:
    """Return the idea of a forum that an activity, or an address, is about; None where it does not stand there."""
    found = await ideas_read.by_uri(arrival.gate.house, uri or arrival.activity.object_uri)
    fits = found is not None and found.kind == "idea" and found.forum_id == forum.id and not found.deleted
    return found if fits else None


async def is_old(arrival: Arrival, kinds: Sequence[str]) -> bool:
    """Say whether something that we read later, where its server keeps it, is older than what that server sent."""
    if not arrival.received.read_back:
        return False
    mine = str(arrival.activity.raw.get("published", ""))
    for kind in kinds:
        newest = await received.newest_about(
            arrival.gate.outside, kind, arrival.peer, arrival.activity.object_uri, arrival.activity.actor_uri
        )
        if newest is None or newest.id == arrival.received.id or newest.state != "admitted":
            continue
        if str(parsed(newest.body).get("published", "")) > mine:
            return True
    return False
