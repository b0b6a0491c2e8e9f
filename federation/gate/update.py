"""Update: another server's author changes what they said, or a forum's server tells its new state."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from federation.gate.arrival import ADMITTED, Arrival, Outcome
from federation.gate.create import BEYOND, PATIENCE, admit_create, check_authorship, reaches_beyond
from federation.gate.joining import take_over
from federation.gate.lists import take_update
from federation.gate.outcome import admit_outcome
from federation.gate.routing import parsed
from federation.gate.vote import only_counts, take_ballot
from federation.outside import peers, received
from federation.outside.peers import Stranger
from federation.outside.received import NO_OBJECT, NOTHING_TO_CHANGE
from federation.vocabulary.actors import MalformedActor, parse_actor
from federation.vocabulary.hosting import tells_outcome
from federation.vocabulary.objects import parse_object
from federation.vocabulary.questions import read_moment
from server.boundary.labels import Label
from server.services import forums, guises, ideas, ideas_read
from server.services.ideas import Origin
from server.services.incoming import Incoming, label_of
from server.services.text import plain, sanitise

NEVER = datetime.min.replace(tzinfo=UTC)
ACTOR_TYPES = {"Person", "Group", "Application", "Service", "Organization"}


async def admit_update(arrival: Arrival) -> Outcome:
    if tells_outcome(arrival.activity.raw):
        return await admit_outcome(arrival)
    if guises.our_object(arrival.gate.house, arrival.activity.object_uri):
        return Outcome("ignored", "It is our own.")
    document = await arrival.object()
    if document is None:
        return Outcome("refused", NO_OBJECT)
    if document.get("type") in ACTOR_TYPES:
        return await take_actor(arrival, document)
    remark = parse_object(document)
    if problem := check_authorship(arrival, remark):
        return Outcome("refused", problem)
    known = await ideas_read.by_uri(arrival.gate.house, remark.uri)
    author = await arrival.author(remark.author_uri)
    if known is None and arrival.relay is not None and arrival.received.attempts >= PATIENCE:
        # It was changed before its forum had passed it on: there was nothing else to hear of it.
        return await admit_create(arrival)
    if known is None or author is None or known.deleted:
        return Outcome("later", NOTHING_TO_CHANGE)
    if known.author_id != author.id:
        return Outcome("refused", "Only its author can change it.")
    if await _is_old(arrival, document):
        return Outcome("ignored", "Newer words of it came before.")
    forum, _ = await forums.forum_and_jam(arrival.gate.house, known.forum_id)
    if forum.is_local == (arrival.relay is not None):
        return Outcome("ignored", "Its forum's own server will tell us.")
    if forum.members_only and forum.is_local and await reaches_beyond(arrival, document, forum, known):
        return Outcome("refused", BEYOND)
    words = plain(sanitise(remark.html))
    label = Label.parse(known.label)
    if remark.label:
        # Another server may raise the label of what it said; lowering it takes somebody here.
        label = label.join(await label_of(arrival.gate.house, arrival.peer, forum, remark.label, is_public=False))
    wish = Incoming(
        author=author,
        peer=arrival.peer,
        forum=forum,
        act="Update",
        thing=known.kind,
        label=label,
        title=remark.title if known.kind == "idea" else "",
        text="\n".join(filter(None, (words, remark.attached.words))),
        attached=remark.attached,
        changes=known,
    )
    if outcome := await arrival.judge(wish):
        return outcome
    relayed = arrival.relay is not None
    origin = Origin(remark.uri, arrival.activity.uri, remark.html, relayed, remark.language, remark.attached.files)
    if not await only_counts(arrival.gate, known, words, str(label), origin.linked):
        await ideas.edit(arrival.gate.house, author, known, words, title=remark.title, label=str(label), origin=origin)
    await take_ballot(arrival.gate, known, document)
    return ADMITTED


async def _is_old(arrival: Arrival, document: dict[str, Any]) -> bool:
    """Say whether words that we read later are older than some that we took: as their server dates them.

    Of words of one moment, those that were sent to us came last; but a change comes after what it changes.
    """
    if not arrival.received.read_back:
        return False
    mine = _dated(document)
    for one in await received.taken_about(arrival.gate.outside, arrival.peer, arrival.activity.object_uri):
        activity = parsed(one.body)
        theirs = _dated(_innermost(activity))
        if theirs > mine or (theirs == mine > NEVER and not one.read_back and not _creates(activity)):
            return True
    return False


def _creates(activity: dict[str, Any]) -> bool:
    """Say whether an activity brings something new, also where it is passed on."""
    inside: object = activity
    while isinstance(inside, dict):
        if inside.get("type") == "Create":
            return True
        inside = inside.get("object")
    return False


def _dated(document: dict[str, Any]) -> datetime:
    return read_moment(document.get("updated")) or NEVER


def _innermost(document: dict[str, Any]) -> dict[str, Any]:
    inner = document.get("object")
    while isinstance(inner, dict):
        document, inner = inner, inner.get("object")
    return document


def _turns(before: dict[str, object], after: dict[str, object]) -> bool:
    """Say whether an actor would change between what posts (Person, Service …) and what passes on (Group)."""
    return (before.get("type") == "Group") != (after.get("type") == "Group")


async def take_actor(arrival: Arrival, document: dict[str, object]) -> Outcome:
    """Take over an actor's new document, on that actor's own signature only."""
    uri = arrival.activity.actor_uri
    try:
        actor = parse_actor(document, uri)
    except MalformedActor as error:
        return Outcome("refused", str(error))
    if arrival.relay is not None:
        return Outcome("ignored", "Actors speak for themselves.")
    known = await peers.stranger(arrival.gate.outside, uri)
    if known is not None and known.document and _turns(known.document, document):
        return Outcome("refused", "Somebody does not become a forum, nor a forum somebody.")
    found = Stranger(uri, actor.host, actor.key_id, actor.public_key_pem, document, arrival.gate.outside.now())
    forum = await forums.forum_by_uri(arrival.gate.house, uri)
    if forum is not None and forum.members_only and not forum.is_local:
        found = await take_update(arrival, forum, found, known)
    await peers.keep_stranger(arrival.gate.outside, found)
    if forum is not None and not forum.is_local:
        await take_over(arrival.gate.house, forum, actor, document)
    return ADMITTED
