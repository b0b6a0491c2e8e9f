"""Like, its Undo and Dislike: another server's person supports an idea or a reply, or no longer does."""

from __future__ import annotations

from federation.gate.arrival import ADMITTED, Arrival, Outcome, undone_before
from federation.gate.render import stands_as
from federation.outside import received
from federation.outside.received import NOTHING_TO_LIKE
from server.boundary.labels import Label
from server.domain.actors import Member
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.uris import origin_of
from server.services import forums, ideas_read, marking
from server.services.incoming import Incoming


async def admit_like(arrival: Arrival) -> Outcome:
    if await undone_before(arrival):
        return Outcome("ignored", "It was undone before it came.")
    found = await _target(arrival, arrival.activity.object_uri, arrival.peer)
    author = await arrival.author(arrival.activity.actor_uri)
    if found is None and origin_of(arrival.activity.object_uri) == origin_of(arrival.activity.actor_uri):
        # Words of their own server, which may be on their way still: they are sent side by side.
        return Outcome("later", NOTHING_TO_LIKE)
    if found is None or author is None:
        return Outcome("refused", NOTHING_TO_LIKE)
    return await _mark(arrival, author, *found)


async def admit_dislike(arrival: Arrival) -> Outcome:
    """Take back the support of somebody who is against something now; nothing is counted against words here.

    Lemmy and PieFed send a Dislike in place of a Like, with no Undo before it.
    """
    found = await _target(arrival, arrival.activity.object_uri, arrival.peer)
    author = await arrival.author(arrival.activity.actor_uri)
    if found is None or author is None:
        return Outcome("ignored", "There is nothing to dislike.")
    target, _ = found
    outcome = await _unmark(arrival, author, *found)
    now = await ideas_read.by_id(arrival.gate.house, target.id)
    if outcome is ADMITTED and (now is None or now.support >= target.support):
        return Outcome("ignored", "Nothing is counted against words here.")
    return outcome


async def undo_like(arrival: Arrival, object_uri: str) -> Outcome:
    found = await _target(arrival, object_uri, arrival.peer)
    author = await arrival.author(arrival.activity.actor_uri)
    if found is None or author is None:
        return Outcome("ignored", "There is nothing to undo.")
    if arrival.received.read_back and await _liked_again(arrival, object_uri):
        return Outcome("ignored", "It was liked again since.")
    return await _unmark(arrival, author, *found)


async def support_said_here(arrival: Arrival, author: Member, reader: str, *, is_undone: bool) -> Outcome:
    """Take what somebody who is signed in at our edge supports, or no longer does, of what they may read there."""
    inner = arrival.activity.object or {}
    uri = str(inner.get("object", "")) if is_undone else arrival.activity.object_uri
    found = await _target(arrival, uri, reader)
    if found is None:
        return Outcome("refused", NOTHING_TO_LIKE)
    _, jam = await forums.forum_and_jam(arrival.gate.house, found[1].id)
    # What comes too late waits for nobody: this is asked before the rules are.
    jam.require_open(arrival.gate.house.now())
    return await (_unmark if is_undone else _mark)(arrival, author, *found)


async def _mark(arrival: Arrival, author: Member, target: Contribution, forum: Forum) -> Outcome:
    if outcome := await arrival.judge(_wish(arrival, author, target, forum, "Like")):
        return outcome
    await marking.mark(arrival.gate.house, author, target, "support")
    return ADMITTED


async def _unmark(arrival: Arrival, author: Member, target: Contribution, forum: Forum) -> Outcome:
    if outcome := await arrival.judge(_wish(arrival, author, target, forum, "Undo")):
        return outcome
    await marking.unmark(arrival.gate.house, author, target, "support")
    return ADMITTED


async def _liked_again(arrival: Arrival, object_uri: str) -> bool:
    """Say whether another Like than the one that is undone came after it: what is read later is no news."""
    undone = arrival.activity.object or {}
    newest = await received.newest_about(
        arrival.gate.outside, "Like", arrival.peer, object_uri, actor_uri=arrival.activity.actor_uri
    )
    return newest is not None and newest.activity_uri not in (undone.get("id"), arrival.activity.object_uri)


def _wish(arrival: Arrival, author: Member, target: Contribution, forum: Forum, act: str) -> Incoming:
    label = Label.parse(target.label)
    return Incoming(
        author=author, peer=arrival.peer, forum=forum, act=act, thing="mark", label=label, changes=target
    )


async def _target(arrival: Arrival, uri: str, reader: str) -> tuple[Contribution, Forum] | None:
    target = await ideas_read.by_uri(arrival.gate.house, uri)
    if target is None or target.deleted:
        return None
    if await stands_as(arrival.gate, target, reader) is None:
        return None
    forum, _ = await forums.forum_and_jam(arrival.gate.house, target.forum_id)
    # A forum that passes a vote on speaks of what stands in it alone.
    return (target, forum) if arrival.relay is None or arrival.relay.id == forum.id else None
