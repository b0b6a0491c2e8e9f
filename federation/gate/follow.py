"""Follow and its Undo: another server's actor follows a forum of ours. Accept and Reject answer our own."""

from __future__ import annotations

from functools import partial

from federation.gate.actors import forum_of, show_forum
from federation.gate.arrival import ADMITTED, Arrival, Outcome, undone_before
from federation.gate.plan import Gateway, Plan
from federation.gate.routing import activity_uri, inbox_of, kind_of, parsed
from federation.gate.speaking import OUTCOME
from federation.outside import crossings, histories, readings
from federation.outside.crossings import Card
from federation.outside.peers import Follower
from federation.vocabulary import activities
from server.domain.jams import Forum
from server.services import forums, readership

# As many announces as a server that joins late is sent at most.
CATCH_UP = 2_000


async def admit_follow(arrival: Arrival) -> Outcome:
    gate, plan = arrival.gate, arrival.plan
    if await undone_before(arrival):
        return Outcome("ignored", "It was undone before it came.")
    forum = await forums.forum_by_uri(gate.house, arrival.activity.object_uri)
    inbox = await inbox_of(gate, arrival.activity.actor_uri)
    if forum is None or inbox is None or not await readership.may_follow(gate.house, forum, arrival.peer):
        return Outcome("refused", "There is no such forum for this server.")
    visitor = await arrival.visitor()
    if visitor is None:
        return Outcome("refused", "Who follows is not known.")
    if outcome := await arrival.judge_follow(visitor, forum):
        return outcome
    _, jam = await forum_of(gate, forum.id)
    await show_forum(gate, plan, forum, jam)
    follower = Follower(forum.uri, arrival.activity.actor_uri, arrival.peer, inbox)
    plan.follow(follower)
    uri = activity_uri(gate, "accept", arrival.activity.uri)
    # Some servers cannot look their own Follow up, so it is named in full; nothing else of theirs is repeated.
    wish = {"id": arrival.activity.uri, "type": "Follow", "actor": arrival.activity.actor_uri, "object": forum.uri}
    document = activities.accept(uri, forum.uri, wish)
    card = Card(type="Accept", subject_uri=forum.uri, forum_uri=forum.uri, author_uri=forum.uri)
    released = plan.freeze(document, "activity", 1, arrival.peer, card)
    plan.send(
        released,
        host=arrival.peer,
        inbox_uri=inbox,
        sender_uri=forum.uri,
        lane=forum.uri,
        object_uri=forum.uri,
        act="Accept",
    )
    if await kind_of(gate, arrival.peer) == "marmalade":
        await _catch_up(gate, plan, follower)
        now = gate.outside.now()
        guests = partial(readings.ask, uri=forum.uri, host=arrival.peer, forum_uri=forum.uri, now=now)
        plan.steps.append(partial(guests, due_at=now + readings.DAILY))
    return ADMITTED


async def _catch_up(gate: Gateway, plan: Plan, follower: Follower) -> None:
    """Send a Marmalade server what stands in the forum already and it was granted, oldest first, after the Accept.

    Other servers would show it all as new; they read the outbox if they care.
    """
    told = await crossings.of_forum(
        gate.outside, follower.forum_uri, "activity", follower.host, types=("Announce",), limit=CATCH_UP
    )
    whole = [one for one in reversed(told) if isinstance(parsed(one.document.body)["object"], dict)]
    said = await histories.featured(gate.outside, follower.forum_uri, follower.host, ("Add", OUTCOME))
    for one in (*whole, *reversed(said)):
        plan.send(
            one.document,
            host=follower.host,
            inbox_uri=follower.inbox_uri,
            sender_uri=follower.forum_uri,
            lane=follower.forum_uri,
            object_uri=one.card.subject_uri,
            act=parsed(one.document.body)["type"] if one in said else "Create",
        )


async def undo_follow(arrival: Arrival, object_uri: str) -> Outcome:
    arrival.plan.unfollow(object_uri, arrival.activity.actor_uri)
    arrival.plan.steps.append(lambda change: readings.drop(change, object_uri, arrival.peer))
    return ADMITTED


async def accept_follow(arrival: Arrival) -> Outcome:
    return await _answered(arrival, accepted=True)


async def reject_follow(arrival: Arrival) -> Outcome:
    return await _answered(arrival, accepted=False)


async def _answered(arrival: Arrival, *, accepted: bool) -> Outcome:
    """Take a forum's answer to our Follow, from that forum itself only."""
    forum = await forums.forum_by_uri(arrival.gate.house, arrival.activity.actor_uri)
    if forum is None or forum.is_local:
        return Outcome("ignored", "We asked no such thing.")
    answered = arrival.activity.object
    if answered is not None and answered.get("type") not in (None, "Follow"):
        return Outcome("ignored", "It answers no Follow.")
    await forums.mark_joined(arrival.gate.house, forum, joined=accepted)
    if accepted:
        await _read_it(arrival, forum)
    else:
        arrival.plan.steps.append(lambda change: readings.drop(change, forum.uri))
    return ADMITTED


async def _read_it(arrival: Arrival, forum: Forum) -> None:
    """Have the forum read: what stood there before. A Marmalade server sends it by itself, and is asked later."""
    now = arrival.gate.outside.now()
    sends = await kind_of(arrival.gate, forum.host) == "marmalade"
    due_at = now + readings.AFTER_JOINING if sends else now
    arrival.plan.steps.append(lambda change: readings.ask(change, forum.uri, forum.host, forum.uri, now, due_at=due_at))
