"""Too late: a jam has closed, or a thread is locked, and somebody of another server still writes there.

They are told so, politely: the forum rejects the activity, with the reason as `summary`; whose software shows no such
thing gets a plain note, once for each forum, or locked thread: by the forum, or, where notes of people alone are shown,
by who stands for our server. Nothing is told that their server was not granted: they answer what it has.
"""

from __future__ import annotations

import html
from typing import Any

from federation.gate.actors import show_reader
from federation.gate.arrival import Arrival, Outcome
from federation.gate.create import addressed
from federation.gate.plan import Gateway, Plan
from federation.gate.routing import activity_uri, attested_for, inbox_of, is_of_the_threadiverse, kind_of
from federation.outside import peers
from federation.outside.crossings import Card
from federation.vocabulary import activities
from federation.vocabulary.objects import AS_CONTEXT, moment
from server.domain.errors import ForumClosed, JamNotOpen, Refusal, ThreadLocked
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import forums, ideas, ideas_read

CLOSED = (JamNotOpen, ForumClosed, ThreadLocked)
IDEAS_CLOSED = "takes no new ideas any more; those in it can still be answered. Yours was not taken."
LOCKED = "is locked: it can be read, and no longer answered. Your words were not taken."
ALL_CLOSED = "has closed: it can be read, and no longer written to. Your words were not taken."


async def decline(arrival: Arrival, refusal: Refusal) -> None:
    """Tell the author of a late idea or reply, sent to us by their own server, that it was not taken."""
    if not isinstance(refusal, CLOSED) or arrival.activity.kind != "Create" or arrival.received.read_back:
        return
    forum, parent = await addressed(arrival)
    author, gate = arrival.activity.actor_uri, arrival.gate
    inbox = await inbox_of(gate, author)
    if forum is None or inbox is None:
        return
    locked = parent.thread_id if parent and isinstance(refusal, ThreadLocked) else ""
    why = f"“{forum.title}” {IDEAS_CLOSED if isinstance(refusal, ForumClosed) else ALL_CLOSED}"
    if locked:
        why = f"A thread in “{forum.title}” {LOCKED}"
    # A plan of its own: what was planned of the refused activity is not carried out.
    plan, writer = Plan(gate), forum.uri
    if await is_of_the_threadiverse(gate, arrival.peer):
        writer = (await show_reader(gate, plan)).uri
    note = writer != forum.uri or await _reads_notes(gate, arrival.peer)
    document = _note(gate, (forum.uri, author, locked), writer, author, why) if note else _reject(arrival, forum, why)
    document = await attested_for(gate, arrival.peer, document, gate.house.now())
    card = Card(type=str(document["type"]), subject_uri=arrival.activity.uri, author_uri=writer)
    released = plan.freeze(document, "activity", 1, arrival.peer, card)
    plan.send(
        released,
        host=arrival.peer,
        inbox_uri=inbox,
        sender_uri=writer,
        lane=f"{forum.uri}#late",
        object_uri=arrival.activity.uri,
        act=str(document["type"]),
    )
    await plan.write()


async def _reads_notes(gate: Gateway, host: str) -> bool:
    """Say whether a server's people hear of a refusal by a note alone.

    NodeBB looks what a Reject is of up under its id, finds no activities of its own there, and answers 424.
    """
    kind = await kind_of(gate, host)
    return kind in ("microblog", "unknown") or bool(await peers.running(gate.outside, [host], "nodebb"))


def _reject(arrival: Arrival, forum: Forum, why: str) -> dict[str, Any]:
    late = {
        "type": "Create",
        "id": arrival.activity.uri,
        "actor": arrival.activity.actor_uri,
        "object": arrival.activity.object_uri,
    }
    document = activities.accept(
        activity_uri(arrival.gate, "late", arrival.activity.uri), forum.uri, late, accepted=False
    )
    return document | {"summary": why}


def _note(gate: Gateway, once: tuple[str, ...], writer: str, author: str, why: str) -> dict[str, Any]:
    uri = activity_uri(gate, "late note", *filter(None, once))
    note = {
        "type": "Note",
        "id": f"{uri}#note",
        "attributedTo": writer,
        "to": [author],
        "cc": [],
        "content": f"<p>{html.escape(why)}</p>",
        "published": moment(gate.house.now()),
        "tag": [{"type": "Mention", "href": author}],
    }
    return {
        "@context": AS_CONTEXT,
        "type": "Create",
        "id": uri,
        "actor": writer,
        "to": [author],
        "cc": [],
        "object": note,
    }


async def take_refusal(arrival: Arrival) -> Outcome:
    """Take the word of a forum's own server that it did not take something of ours: its author is told."""
    late = arrival.activity.object or {}
    made = await _own(arrival, str(late.get("object")))
    if made is None:
        return Outcome("ignored", "It is about nothing of ours.")
    await ideas.note_declined(arrival.gate.house, made)
    return Outcome("admitted")


async def _own(arrival: Arrival, uri: str) -> Contribution | None:
    forum = await forums.forum_by_uri(arrival.gate.house, arrival.activity.actor_uri)
    made = await ideas_read.by_public_uri(arrival.gate.house, uri)
    if forum is None or forum.is_local or made is None or made.deleted or not made.is_local:
        return None
    return made if made.forum_id == forum.id else None
