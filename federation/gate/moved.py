"""Move: the server of a forum elsewhere tells where words stand now that it moved, merged or split off."""

from __future__ import annotations

from federation.gate.arrival import ADMITTED, Arrival, Outcome
from federation.gate.lists import UNKNOWN_LIST, is_under_known_list
from federation.outside.received import NOTHING_TO_CHANGE
from federation.vocabulary.hosting import read_move
from server.boundary.labels import Label
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import elsewhere, forums, ideas_read
from server.services.incoming import Incoming


async def admit_move(arrival: Arrival) -> Outcome:
    forum = await forums.forum_by_uri(arrival.gate.house, arrival.activity.actor_uri)
    former_uri, kind = read_move(arrival.activity.raw)
    if forum is None or forum.is_local or not forum.joined or not former_uri or kind is None:
        return Outcome("ignored", "It moves nothing that we keep.")
    if forum.members_only and not await is_under_known_list(arrival, forum):
        return Outcome("later", UNKNOWN_LIST)
    old = await ideas_read.by_uri(arrival.gate.house, former_uri)
    new = await ideas_read.by_uri(arrival.gate.house, arrival.activity.object_uri)
    visitor = await arrival.visitor()
    if old is None:
        return Outcome("ignored", "It moves nothing that we keep.")
    if new is None or new.forum_id != forum.id or visitor is None:
        return Outcome("later", NOTHING_TO_CHANGE)
    if not await _held_there(arrival, old, new, forum):
        return Outcome("refused", "Only the server that held it can say where it stands now.")
    wish = Incoming(
        author=visitor, peer=arrival.peer, forum=forum, act="Move", thing="other", label=Label.parse(new.label),
        changes=new,
    )  # fmt: skip
    if outcome := await arrival.judge(wish):
        return outcome
    await elsewhere.take_move(arrival.gate.house, old, new, kind)
    return ADMITTED


async def _held_there(arrival: Arrival, old: Contribution, new: Contribution, forum: Forum) -> bool:
    """Say whether both stand, or stood, in forums of that one server, and are not one and the same.

    Their author may bear another name: an unnamed one has one for each thread.
    """
    before, _ = await forums.forum_and_jam(arrival.gate.house, old.forum_id)
    return before.host == forum.host and old.id != new.id
