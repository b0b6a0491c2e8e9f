"""What somebody of another server said at our edge, signed in with their own server's account.

It comes by the edge alone, never by an inbox: its ids are ours and its actor is not. From here on it is judged like
whatever their server could have sent, by the same rules; only what they could read is what was granted to them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from federation.gate.arrival import ADMITTED, Arrival, Outcome
from federation.gate.create import answered, let_in
from federation.gate.like import support_said_here
from federation.gate.undo import NOT_THEIR_DOING
from federation.gate.vote import admit_vote
from federation.outside import crossings, received, visitors
from federation.outside.received import NO_AUTHOR, NO_FORUM, NO_PARENT, NOTHING_TO_CHANGE
from federation.vocabulary.objects import Remark, first_id, parse_object
from federation.vocabulary.questions import read_vote
from server.boundary.labels import Label
from server.domain.actors import Member
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.uris import host_of
from server.domain.visitors import visitor_audience
from server.services import forums, guises, holds, ideas, ideas_read, locking, polls
from server.services.ideas import Origin
from server.services.incoming import Incoming
from server.services.text import plain, sanitise

NOT_THEIRS = "Its id is not ours, or its author is not the one who was signed in."


async def admit_said_here(arrival: Arrival) -> Outcome:
    activity = arrival.activity
    deal = SAID.get(activity.kind)
    if deal is None:
        return Outcome("refused", f"{activity.kind[:40]} is not said at our edge.")
    if not await visitors.may_come(arrival.gate.outside, activity.actor_uri, host_of(activity.actor_uri)):
        return Outcome("refused", "Its author is shut out.")
    author = await arrival.author(activity.actor_uri)
    if author is None:
        return Outcome("refused", NO_AUTHOR)
    return await deal(arrival, author, visitor_audience(author.username, author.host))


async def _create(arrival: Arrival, author: Member, reader: str) -> Outcome:
    document = arrival.activity.object or {}
    if (answer := read_vote(document)) is not None:
        if not _is_theirs(arrival, str(document.get("id", "")), first_id(document.get("attributedTo"))):
            return Outcome("refused", NOT_THEIRS)
        return await _vote(arrival, author, reader, str(document["inReplyTo"]), answer)
    remark = parse_object(document)
    if not _is_theirs(arrival, remark.uri, remark.author_uri):
        return Outcome("refused", NOT_THEIRS)
    parent = await answered(arrival, remark, reader)
    if remark.parent_uri and parent is None:
        return Outcome("refused", NO_PARENT)
    forum = await _forum(arrival, remark, parent, reader)
    if forum is None or not forum.is_local:
        return Outcome("refused", NO_FORUM)
    await _require_open(arrival, forum, is_idea=parent is None)
    if parent is not None:
        await locking.require_unlocked(arrival.gate.house, parent.thread_id)
    made = await let_in(arrival, author, remark, forum, parent, reader)
    return made if isinstance(made, Outcome) else ADMITTED


async def _vote(arrival: Arrival, author: Member, reader: str, poll_uri: str, answer: str) -> Outcome:
    asked = await ideas_read.by_uri(arrival.gate.house, poll_uri)
    poll = await polls.poll_of(arrival.gate.house, asked) if asked is not None else None
    if asked is None or asked.deleted or poll is None:
        return Outcome("refused", NO_PARENT)
    poll.require_open(arrival.gate.house.now())
    return await admit_vote(arrival, author, asked, poll_uri, answer, reader)


async def _update(arrival: Arrival, author: Member, reader: str) -> Outcome:
    """Change their own words: judged anew, as words that are new."""
    gate = arrival.gate
    remark = parse_object(arrival.activity.object or {})
    known = await ideas_read.by_uri(gate.house, remark.uri)
    is_theirs = _is_theirs(arrival, remark.uri, remark.author_uri)
    if not is_theirs or known is None or known.deleted or known.author_id != author.id:
        return Outcome("refused", NOTHING_TO_CHANGE)
    forum, _ = await forums.forum_and_jam(gate.house, known.forum_id)
    await _require_open(arrival, forum)
    words = plain(sanitise(remark.html))
    wish = Incoming(
        author=author,
        peer=arrival.peer,
        forum=forum,
        act="Update",
        thing=known.kind,
        label=Label.parse(known.label),
        title=remark.title if known.kind == "idea" else "",
        text=words,
        changes=known,
        reader=reader,
    )
    if outcome := await arrival.judge(wish):
        return outcome
    origin = Origin(remark.uri, arrival.activity.uri, remark.html, language=remark.language)
    await ideas.edit(gate.house, author, known, words, title=remark.title, label=known.label, origin=origin)
    return ADMITTED


async def _delete(arrival: Arrival, author: Member, reader: str) -> Outcome:
    """Take their own words back: what stands, or what still waits for a reviewer."""
    gate, uri = arrival.gate, arrival.activity.object_uri
    known = await ideas_read.by_uri(gate.house, uri)
    if known is not None:
        if known.author_id != author.id or not guises.our_object(gate.house, uri):
            return Outcome("refused", NOTHING_TO_CHANGE)
        await ideas.delete(gate.house, author, known)
    held = await received.held_about(gate.outside, arrival.peer, uri)
    waiting = [one.activity_uri for one in held if one.signed_in and one.actor_uri == author.uri]
    if known is None and not waiting:
        return Outcome("refused", NOTHING_TO_CHANGE)
    await holds.drop_incoming(gate.house, waiting)
    arrival.plan.steps.append(lambda change: received.end_held(change, arrival.peer, uri))
    return ADMITTED


async def _like(arrival: Arrival, author: Member, reader: str) -> Outcome:
    return await support_said_here(arrival, author, reader, is_undone=False)


async def _undo(arrival: Arrival, author: Member, reader: str) -> Outcome:
    undone = arrival.activity.object or {}
    if undone.get("type") != "Like":
        return Outcome("refused", NOTHING_TO_CHANGE)
    if undone.get("actor") != arrival.activity.actor_uri:
        return Outcome("refused", NOT_THEIR_DOING)
    return await support_said_here(arrival, author, reader, is_undone=True)


SAID: dict[str, Callable[[Arrival, Member, str], Awaitable[Outcome]]] = {
    "Create": _create,
    "Update": _update,
    "Delete": _delete,
    "Like": _like,
    "Undo": _undo,
}


def _is_theirs(arrival: Arrival, uri: str, author_uri: str) -> bool:
    return guises.our_object(arrival.gate.house, uri) and author_uri == arrival.activity.actor_uri


async def _require_open(arrival: Arrival, forum: Forum, *, is_idea: bool = False) -> None:
    """Raise JamNotOpen or ForumClosed before anything is judged: what comes too late waits for nobody."""
    _, jam = await forums.forum_and_jam(arrival.gate.house, forum.id)
    jam.require_open(arrival.gate.house.now())
    if is_idea:
        forum.require_ideas()


async def _forum(arrival: Arrival, remark: Remark, parent: Contribution | None, reader: str) -> Forum | None:
    """Return the forum of what is answered, or the one that an idea is for where its author could read it."""
    if parent is not None:
        forum, _ = await forums.forum_and_jam(arrival.gate.house, parent.forum_id)
        return forum
    for uri in sorted(remark.addressed):
        if await crossings.is_granted(arrival.gate.outside, uri, reader):
            return await forums.forum_by_uri(arrival.gate.house, uri)
    return None
