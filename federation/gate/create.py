"""Create: another server's person posts an idea or a reply in a forum that we hold or mirror."""

from __future__ import annotations

from functools import partial
from typing import Any

from federation.gate.actors import stand_in
from federation.gate.arrival import ADMITTED, Arrival, Outcome
from federation.gate.render import stands_as
from federation.gate.vote import admit_vote, take_ballot
from federation.outside import peers, received
from federation.outside.received import NO_AUTHOR, NO_FORUM, NO_OBJECT, NO_PARENT
from federation.vocabulary.collections import root_of
from federation.vocabulary.members import widens
from federation.vocabulary.objects import Remark, parse_object
from federation.vocabulary.questions import read_vote
from server.domain.actors import Member
from server.domain.ideas import INTENTS, Contribution, Intent
from server.domain.jams import Forum
from server.domain.uris import origin_of
from server.services import forums, guises, ideas, ideas_read, people, polls, readership
from server.services.ideas import Origin
from server.services.incoming import Incoming, label_of
from server.services.text import plain, sanitise

# What is passed on is looked at so often before a reply hangs on the idea of its thread instead of what it answers, and
# before a change of something that never came is taken for all there is of it.
PATIENCE = 5
BEYOND = "It is addressed to others than the people of this forum."


async def admit_create(arrival: Arrival) -> Outcome:
    gate = arrival.gate
    if guises.our_object(gate.house, arrival.activity.object_uri):
        return Outcome("ignored", "It is our own.")
    document = await arrival.object()
    if document is None:
        return Outcome("refused", NO_OBJECT)
    remark = parse_object(document)
    if problem := check_authorship(arrival, remark):
        return Outcome("refused", problem)
    if await _is_gone(arrival, remark):
        return Outcome("ignored", "It was deleted before it came.")
    author = await arrival.author(remark.author_uri)
    if author is None:
        return Outcome("refused", NO_AUTHOR)
    parent = await answered(arrival, remark, arrival.peer)
    if (answer := read_vote(document)) is not None and parent and await polls.poll_of(gate.house, parent):
        return await admit_vote(arrival, author, parent, remark.parent_uri, answer)
    if remark.parent_uri and parent is None:
        parent = await _root_instead(arrival, remark, document)
    if remark.parent_uri and parent is None:
        return Outcome("later", NO_PARENT)
    forum = await _forum(arrival, remark, parent)
    if forum is None:
        return Outcome("refused", NO_FORUM)
    if remark.is_public and forum.audience != "public":
        return Outcome("refused", "It is addressed to everybody, and the forum is not.")
    if forum.members_only and forum.is_local and await reaches_beyond(arrival, document, forum, parent):
        return Outcome("refused", BEYOND)
    made = await let_in(arrival, author, remark, forum, parent)
    if isinstance(made, Outcome):
        return made
    await take_ballot(gate, made, document)
    arrival.plan.steps.append(partial(received.look_again, host=arrival.peer, object_uri=remark.uri))
    return ADMITTED


async def let_in(
    arrival: Arrival, author: Member, remark: Remark, forum: Forum, parent: Contribution | None, reader: str = ""
) -> Contribution | Outcome:
    """Judge somebody's words in a forum, as an answer or an idea; write them down, or say what becomes of them.

    `reader` is the audience that they could read as, where that is not their server.
    """
    gate = arrival.gate
    words = plain(sanitise(remark.html))
    root = await ideas_read.by_id(gate.house, parent.thread_id) if parent else None
    label = await label_of(gate.house, arrival.peer, forum, remark.label, is_public=remark.is_public, above=root)
    wish = Incoming(
        author=author,
        peer=arrival.peer,
        forum=forum,
        act="Create",
        thing="reply" if parent else "idea",
        label=label,
        title="" if parent else remark.title,
        text="\n".join(filter(None, (words, remark.attached.words))),
        attached=remark.attached,
        reader=reader,
    )
    if outcome := await arrival.judge(wish):
        return outcome
    intent: Intent = remark.intent if remark.intent in INTENTS else ""
    relayed = arrival.relay is not None
    origin = Origin(remark.uri, arrival.activity.uri, remark.html, relayed, remark.language, remark.attached.files)
    if parent is not None:
        return await ideas.reply(gate.house, author, parent, words, label=str(label), intent=intent, origin=origin)
    base = await ideas_read.by_uri(gate.house, remark.builds_on_uri) if remark.builds_on_uri else None
    builds_on = base.id if base and not base.deleted and base.kind == "idea" else ""
    return await ideas.post_idea(
        gate.house,
        author,
        forum,
        remark.title,
        words,
        label=str(label),
        intent=intent,
        builds_on=builds_on,
        origin=origin,
    )


async def addressed(arrival: Arrival) -> tuple[Forum | None, Contribution | None]:
    """Return the forum of ours that a Create goes to, and what it answers there, if its server may see both."""
    document = await arrival.object()
    if document is None or arrival.relay is not None:
        return None, None
    remark = parse_object(document)
    parent = await answered(arrival, remark, arrival.peer)
    return (None if remark.parent_uri and parent is None else await _forum(arrival, remark, parent)), parent


def check_authorship(arrival: Arrival, remark: Remark) -> str:
    """Return what is wrong with who says this, or "": author, activity and object belong together (FEP-fe34)."""
    if remark.author_uri != arrival.activity.actor_uri:
        return "Its author is not the one who sent it."
    if origin_of(remark.uri) != origin_of(remark.author_uri):
        return "Its id is on another server than its author."
    if remark.uri != arrival.activity.object_uri:
        return "The object bears another id than the one it was asked for by."
    return ""


async def reaches_beyond(arrival: Arrival, document: dict[str, Any], forum: Forum, near: Contribution | None) -> bool:
    """Say whether words in a closed forum, or the activity around them, are addressed to others as well.

    Those whom they answer may be named: the author of what is answered, or of what that answers.
    """
    above = await ideas_read.by_id(arrival.gate.house, near.parent_id or near.thread_id) if near else None
    named = [await people.member_by_id(arrival.gate.house, one.author_id) for one in (near, above) if one]
    spoken_to = [uri for one in named if one for uri in (one.uri, stand_in(arrival.gate, one).uri)] or [""]
    return all(widens(document, forum.uri, one) or widens(arrival.activity.raw, forum.uri, one) for one in spoken_to)


async def _is_gone(arrival: Arrival, remark: Remark) -> bool:
    """Say whether its server told us of its end before we heard of its beginning."""
    outside = arrival.gate.outside
    told = await received.newest_about(
        outside, "Delete", arrival.peer, remark.uri, actor_uri=arrival.activity.actor_uri
    )
    gone = await peers.fetched(outside, remark.uri)
    return told is not None or (gone is not None and gone.status == 410)


async def answered(arrival: Arrival, remark: Remark, reader: str) -> Contribution | None:
    """Find what is answered, if the audience that answers was granted it and its thread: hidden equals missing."""
    parent = await ideas_read.by_uri(arrival.gate.house, remark.parent_uri) if remark.parent_uri else None
    if parent is None or parent.deleted:
        return None
    root = parent if parent.kind == "idea" else await ideas_read.by_id(arrival.gate.house, parent.thread_id)
    if root is None or await stands_as(arrival.gate, root, reader) is None:
        return None
    return parent if await stands_as(arrival.gate, parent, reader) else None


async def _root_instead(arrival: Arrival, remark: Remark, document: dict[str, Any]) -> Contribution | None:
    """Return the idea of its thread, where what it answers was gone before it ever came here.

    That is so where its server says so, or where it did not come for long; and only as the forum's own server has it.
    """
    if arrival.relay is None:
        return None
    fetched = await peers.fetched(arrival.gate.outside, remark.parent_uri)
    if (fetched is None or fetched.status != 410) and arrival.received.attempts < PATIENCE:
        return None
    found = await ideas_read.by_uri(arrival.gate.house, root_of(document.get("context"), arrival.relay.uri))
    return found if found and not found.deleted and found.forum_id == arrival.relay.id else None


async def _forum(arrival: Arrival, remark: Remark, parent: Contribution | None) -> Forum | None:
    if parent is not None:
        forum, _ = await forums.forum_and_jam(arrival.gate.house, parent.forum_id)
        mine = arrival.relay is None and forum.is_local
        theirs = arrival.relay is not None and forum.id == arrival.relay.id
        return forum if mine or theirs else None
    if arrival.relay is not None:
        return arrival.relay
    for uri in sorted(remark.addressed | arrival.activity.addressed()):
        found = await forums.forum_by_uri(arrival.gate.house, uri)
        if found and found.is_local and await readership.may_follow(arrival.gate.house, found, arrival.peer):
            return found
    return None
