"""Update of an idea by the forum that holds it: what becomes of it, as its own server tells us."""

from __future__ import annotations

from federation.gate.arrival import ADMITTED, Arrival, Outcome
from federation.gate.hearing import idea_in, is_old
from federation.gate.lists import UNKNOWN_LIST, is_under_known_list
from federation.outside.received import NOTHING_TO_CHANGE
from federation.vocabulary.hosting import read_outcome
from server.boundary.labels import Label
from server.services import elsewhere, forums
from server.services.incoming import Incoming
from server.services.text import clean_text


async def admit_outcome(arrival: Arrival) -> Outcome:
    forum = await forums.forum_by_uri(arrival.gate.house, arrival.activity.actor_uri)
    if forum is None or forum.is_local or not forum.joined or arrival.relay is not None:
        return Outcome("ignored", "It decides nothing that we keep.")
    if forum.members_only and not await is_under_known_list(arrival, forum):
        return Outcome("later", UNKNOWN_LIST)
    known, visitor = await idea_in(arrival, forum), await arrival.visitor()
    if known is None or visitor is None:
        return Outcome("later", NOTHING_TO_CHANGE)
    if await is_old(arrival, ("Update",)):
        return Outcome("ignored", "It was decided otherwise since.")
    said = read_outcome(arrival.activity.raw)
    if said is None:
        # What was told is told no more: nothing comes in by that.
        await elsewhere.take_outcome(arrival.gate.house, known, None)
        return ADMITTED
    stream = clean_text(said.stream, "stream", required=False)
    reason = clean_text(said.reason, "reason", required=False)
    wish = Incoming(
        author=visitor, peer=arrival.peer, forum=forum, act="Update", thing="idea", label=Label.parse(known.label),
        title=stream, text=reason, changes=known,
    )  # fmt: skip
    if outcome := await arrival.judge(wish):
        return outcome
    told = elsewhere.Told(said.kind, stream, reason, said.decided_at)
    await elsewhere.take_outcome(arrival.gate.house, known, told)
    return ADMITTED
