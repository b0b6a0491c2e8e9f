"""What a forum says to its followers of something in it, in its own name: marks, moves, outcomes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from federation.gate.plan import Gateway, Plan
from federation.gate.routing import Carriage, freeze_activity, inboxes_of
from federation.outside import peers
from federation.outside.peers import PeerKind
from federation.vocabulary import hosting
from federation.vocabulary.members import with_digest
from federation.vocabulary.objects import first_id
from server.domain.jams import Forum
from server.domain.memberships import digest_of
from server.domain.visitors import servers_in
from server.services import memberships

# What Updates of what becomes of an idea are filed as: they are none of its words.
OUTCOME = "Outcome"


@dataclass(frozen=True, slots=True)
class Speech:
    """A document by a forum about an object that each of some audiences was granted.

    `thread_uri` is the idea of its thread as they have it, behind whose words it is sent; "" for the object itself.
    """

    forum: Forum
    document: dict[str, Any]
    audiences: tuple[str, ...]
    at: datetime
    thread_uri: str = ""


def apart_by_list(forum: Forum, audiences: Sequence[str]) -> list[tuple[str, ...]]:
    """Return who is told in the same words: each for itself where a list says who of it may read."""
    return [(one,) for one in audiences] if forum.members_only else [tuple(audiences)]


async def speak(
    gate: Gateway, plan: Plan, said: Speech, apart: set[str], *, but: Collection[PeerKind] = (), filed_as: str = ""
) -> None:
    """Release a document, and send it to those followers who read as one of its audiences; visitors follow nothing.

    `apart` are the hosts for which everyone's words are not; servers of the kinds `but` are not sent it.
    """
    said = replace(said, audiences=servers_in(said.audiences))
    if not said.audiences:
        return
    forum, document = said.forum, said.document
    if forum.members_only:
        subset = await memberships.subset_of(gate.house, forum, said.audiences[0])
        document = {**with_digest(document, digest_of(subset)), "@context": hosting.CONTEXT}
    about = first_id(document["object"])
    carriage = Carriage(
        forum=forum, audiences=said.audiences, activity=document, act=document["type"], object_uri=about,
        thread_uri=said.thread_uri or about, author_uri=forum.uri, version=1, is_idea=True, at=said.at,
    )  # fmt: skip
    released = freeze_activity(plan, carriage, document, filed_as=filed_as)
    inboxes = await inboxes_of(gate, forum, said.audiences, apart)
    kinds = await peers.kinds(gate.outside, [host for host, _ in inboxes.values()])
    for inbox, (host, audience) in inboxes.items():
        if kinds[host] not in but:
            plan.send(
                released[audience], host=host, inbox_uri=inbox, sender_uri=forum.uri,
                lane=carriage.thread_uri, object_uri=str(document["id"]), act=carriage.act,
            )  # fmt: skip
