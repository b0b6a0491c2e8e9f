"""What a forum says to its followers of something in it, in its own name: marks, locks, moves, outcomes.

Of marks, locks and outcomes, what an audience was told of an idea is one standing row, the newest: `featured` and
histories are made of them. Where an idea is withdrawn, what was said of it goes too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from federation.gate.actors import forum_of, show_reader
from federation.gate.plan import Gateway, Plan
from federation.gate.render import standings
from federation.gate.routing import (
    Carriage,
    activity_uri,
    freeze_activity,
    inboxes_of,
    is_of_the_threadiverse,
    parsed,
)
from federation.outside import histories, peers
from federation.outside.crossings import EVERYONE
from federation.outside.peers import PeerKind
from federation.outside.released import Released
from federation.vocabulary import activities, hosting
from federation.vocabulary.members import with_digest
from server.domain.events import Event
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.memberships import digest_of
from server.domain.visitors import servers_in
from server.services import crossings as judged
from server.services import guises, ideas_read, memberships

# What Updates of what becomes of an idea are filed as: they are none of its words. Likewise Locks and their Undos,
# and what is said once more in the form that Lemmy and PieFed read.
OUTCOME, LOCK, MODERATED = "Outcome", "Lock", "Moderated"
Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Speech:
    """A document by a forum about an object that each of some audiences was granted.

    `object_uri` is that object; `thread_uri` the idea of its thread as they have it, behind whose words it is sent, ""
    for the object itself.
    """

    forum: Forum
    document: dict[str, Any]
    audiences: tuple[str, ...]
    at: datetime
    object_uri: str
    thread_uri: str = ""


async def sayable(gate: Gateway, plan: Plan, idea_id: str) -> tuple[Contribution, Forum] | None:
    """Return an idea with its forum, where something may be said of it outside; None where nothing may.

    The idea has to stand outside already: what is planned of it is written first.
    """
    made = await ideas_read.by_id(gate.house, idea_id)
    if made is None or made.kind != "idea" or made.deleted or made.crosses_at is not None:
        return None
    forum, _ = await forum_of(gate, made.forum_id)
    if not forum.is_local or forum.audience == "inside" or forum.is_canary:
        return None
    await plan.write_so_far()
    return made, forum


@dataclass(frozen=True, slots=True)
class Saying(Generic[Told]):
    """A kind of thing that a forum says of an idea, so that each audience knows how it stands.

    It is filed as one of `types`: under `filed_as`, or what it is; `read` reads what an audience was told, and None
    where it was told nothing; `render` makes the document, and is given its id, forum, idea, what is to be told,
    whether everybody may read it, and when. Servers of the kinds `but` are not sent it.
    """

    name: str
    types: tuple[str, ...]
    read: Callable[[dict[str, Any] | None], Told]
    render: Callable[[str, str, str, Told, bool, datetime], dict[str, Any]]
    but: tuple[PeerKind, ...]
    filed_as: str = ""


async def say_how_it_stands(
    gate: Gateway, plan: Plan, about: tuple[Contribution, Forum], saying: Saying[Told], wanted: Mapping[str, Told],
    event: Event,
) -> None:  # fmt: skip
    """Tell each audience of an idea what it is to know, where that is not what it was told last."""
    made, forum = about
    apart = set(wanted) - {EVERYONE} | await judged.recalled_hosts(gate.house, made)
    for (uri, told), audiences in (await _unsaid(gate, plan, made, wanted, saying, event.at)).items():
        for some in apart_by_list(forum, audiences):
            id_ = activity_uri(gate, saying.name, uri, event.seq, *some)
            document = saying.render(id_, forum.uri, uri, told, forum.audience == "public", event.at)
            said = Speech(forum, document, some, event.at, uri)
            await speak(gate, plan, said, apart, but=saying.but, filed_as=saying.filed_as)


async def _unsaid(
    gate: Gateway, plan: Plan, made: Contribution, wanted: Mapping[str, Told], saying: Saying[Told], at: datetime
) -> dict[tuple[str, Told], list[str]]:
    """Return whom to tell what of an idea, by its address for them: those who know otherwise than is `wanted`.

    What they were told is withdrawn.
    """
    uris = await standings(gate, made, list(wanted))
    own = await guises.all_public_uris(gate.house, made) if guises.stands_here(gate.house, made) else [made.uri]
    rows = await histories.said_of(gate.outside, own, saying.types)
    known = {(one.document.audience, one.card.subject_uri): one for one in rows}
    changed: dict[tuple[str, Told], list[str]] = {}
    for audience, uri in uris.items():
        before = known.get((audience, uri))
        if wanted[audience] != saying.read(parsed(before.document.body) if before else None):
            changed.setdefault((uri, wanted[audience]), []).append(audience)
            if before is not None:
                plan.revoke(before.document.uri, audience, at.timestamp())
    return changed


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
    carriage = Carriage(
        forum=forum, audiences=said.audiences, activity=document, act=document["type"], object_uri=said.object_uri,
        thread_uri=said.thread_uri or said.object_uri, author_uri=forum.uri, version=1, is_idea=True, at=said.at,
    )  # fmt: skip
    released = freeze_activity(plan, carriage, document, filed_as=filed_as)
    inboxes = await inboxes_of(gate, forum, said.audiences, apart)
    kinds = await peers.kinds(gate.outside, [host for host, _ in inboxes.values()])
    threadiverse = [host for host, _ in inboxes.values() if await is_of_the_threadiverse(gate, host)]
    moderated = await _moderated(gate, plan, carriage) if threadiverse else {}
    for inbox, (host, audience) in inboxes.items():
        if kinds[host] not in but:
            form = (moderated if host in threadiverse else released)[audience]
            plan.send(
                form, host=host, inbox_uri=inbox, sender_uri=forum.uri,
                lane=carriage.thread_uri, object_uri=form.uri, act=carriage.act,
            )  # fmt: skip


async def _moderated(gate: Gateway, plan: Plan, carriage: Carriage) -> dict[str, Released]:
    """Release what a forum says as it announces what its moderator did, whom its `moderators` name.

    Lemmy and PieFed take such things of people and services alone.
    """
    said, audiences = carriage.activity, carriage.audiences
    inner = hosting.as_moderator(
        said, activity_uri(gate, "moderated", said["id"], *audiences), (await show_reader(gate, plan)).uri
    )
    freeze_activity(plan, carriage, inner, filed_as=MODERATED)
    uri, public = activity_uri(gate, "announce", inner["id"]), carriage.forum.audience == "public"
    announced = activities.announce(uri, carriage.forum.uri, inner, is_public=public, at=carriage.at)
    return freeze_activity(plan, carriage, announced, filed_as=MODERATED)
