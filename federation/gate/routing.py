"""Who gets which form of an activity: forums the whole activity announced, microblogs the bare thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from federation.gate.attest import sign_as
from federation.gate.plan import Gateway, Plan
from federation.outside import peers
from federation.outside.crossings import EVERYONE, Card
from federation.outside.released import Released
from federation.vocabulary import activities
from federation.vocabulary.actors import MalformedActor, parse_actor
from federation.vocabulary.members import with_digest
from server.domain.jams import Forum
from server.domain.memberships import digest_of
from server.domain.visitors import is_visitor
from server.services import memberships

# NodeBB hangs when the bare form follows the full one at once.
BARE_DELAY = 3.0
# Servers that show the bare form, or may.
BARE_KINDS = ("microblog", "unknown")
# It looks what an announced Update is about up again, and answers itself from what it fetched within five minutes.
FORGETFUL = "nodebb"
# They take a Follow or a Flag by a Person or a Service alone, and a Flag of one object without its author.
THREADIVERSE = ("lemmy", "piefed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Carriage:
    """What is on its way: an activity about one object of one forum, for audiences that get the same bytes.

    `is_idea` is said of polls too: what microblogs are shown. Nothing is on its way to visitors: they read at our edge.
    """

    forum: Forum
    audiences: tuple[str, ...]
    activity: dict[str, Any]
    act: str
    object_uri: str
    thread_uri: str
    author_uri: str
    version: int
    is_idea: bool
    at: datetime

    def __post_init__(self) -> None:
        if any(map(is_visitor, self.audiences)):
            raise ValueError("Nothing is sent to a visitor.")


async def is_of_the_threadiverse(gate: Gateway, host: str) -> bool:
    known = await peers.peer(gate.outside, host)
    return known is not None and known.product in THREADIVERSE


def activity_uri(gate: Gateway, *parts: object) -> str:
    """Return an unguessable id, the same each time for the same parts, so that a replay doubles nothing."""
    return gate.house.addresses.activity_uri(gate.outside.sealer.derive(*parts))


def share_uri(gate: Gateway, object_uri: str) -> str:
    """Return the id of a forum's bare Announce of an object."""
    return activity_uri(gate, "share", object_uri)


def freeze_activity(
    plan: Plan, carriage: Carriage, document: dict[str, Any], kind: str = "activity", *, filed_as: str = ""
) -> dict[str, Released]:
    """Seal an activity for each audience and file it under what it is about, by its type unless told otherwise."""
    card = Card(
        type=filed_as or document["type"],
        subject_uri=carriage.object_uri,
        forum_uri=carriage.forum.uri,
        thread_uri=carriage.thread_uri,
        author_uri=str(document["actor"]),
        made_at=carriage.at.timestamp(),
    )
    return plan.freeze_all(document, kind, carriage.version, carriage.audiences, card)


def reads_proofs(audience: str, kind: peers.PeerKind) -> bool:
    """Say whether an audience gets proofs: Marmalade servers, and everyone. For others a copy stays deniable."""
    return audience == EVERYONE or kind == "marmalade"


async def attested(gate: Gateway, carriage: Carriage) -> list[Carriage]:
    """Return a carriage as its audiences get it: with its author's proof, under an id of its own, and without."""
    kinds = await peers.kinds(gate.outside, carriage.audiences)
    proven = tuple(one for one in carriage.audiences if reads_proofs(one, kinds[one]))
    plain = tuple(one for one in carriage.audiences if one not in proven)
    made = [replace(carriage, audiences=plain)] if plain else []
    if proven:
        named = {**carriage.activity, "id": activity_uri(gate, "proven", carriage.activity["id"])}
        signed = await sign_as(gate, named, str(named["actor"]), carriage.at)
        made.append(replace(carriage, audiences=proven, activity=signed))
    return made


async def attested_for(gate: Gateway, host: str, activity: dict[str, Any], at: datetime) -> dict[str, Any]:
    """Return an activity of one of our actors as one server gets it: with a proof where that server reads them."""
    if not reads_proofs(host, await kind_of(gate, host)):
        return activity
    return await sign_as(gate, activity, str(activity["actor"]), at)


async def kind_of(gate: Gateway, host: str) -> peers.PeerKind:
    known = await peers.peer(gate.outside, host)
    return known.kind if known else "unknown"


async def announce(
    gate: Gateway, plan: Plan, carriage: Carriage, hosts_apart: set[str], *, skip_host: str = ""
) -> None:
    """Send an activity to the followers of one of our forums who read it as one of its audiences.

    `hosts_apart` are hosts with a verdict of their own: everyone's copy is not for them.
    """
    forum = carriage.forum
    if forum.members_only and len(carriage.audiences) > 1:
        # Each server is told of its own people alone.
        for one in carriage.audiences:
            await announce(gate, plan, replace(carriage, audiences=(one,)), hosts_apart, skip_host=skip_host)
        return
    public = forum.audience == "public"
    wrapped = activities.announce(
        activity_uri(gate, "announce", carriage.activity["id"]),
        forum.uri,
        carriage.activity,
        is_public=public,
        at=carriage.at,
    )
    if forum.members_only:
        subset = await memberships.subset_of(gate.house, forum, carriage.audiences[0])
        wrapped = with_digest(wrapped, digest_of(subset))
    kinds = await peers.kinds(gate.outside, carriage.audiences)
    if all(reads_proofs(one, kinds[one]) for one in carriage.audiences):
        wrapped = await sign_as(gate, wrapped, forum.uri, carriage.at)
    whole = freeze_activity(plan, carriage, wrapped)
    direct = (
        freeze_activity(plan, carriage, carriage.activity) if carriage.activity["actor"] == carriage.author_uri else {}
    )
    inboxes = await inboxes_of(gate, forum, carriage.audiences, hosts_apart)
    kinds = await peers.kinds(gate.outside, [*carriage.audiences, *(host for host, _ in inboxes.values())])
    bare: dict[str, Released] = {}
    if carriage.act == "Create" and carriage.is_idea and not forum.members_only:
        readers = tuple(one for one in carriage.audiences if kinds[one] in BARE_KINDS)
        bare = _bare(gate, plan, replace(carriage, audiences=readers), public=public)
    forgetful = await peers.running(gate.outside, [host for host, _ in inboxes.values()], FORGETFUL)
    for inbox, (host, audience) in inboxes.items():
        if host == skip_host:
            continue
        forms = _forms(kinds[host], carriage, whole[audience], bare.get(audience), direct.get(audience))
        if host in forgetful and carriage.act == "Update" and audience in direct:
            forms = [(direct[audience], carriage.author_uri, 0.0)]
        for released, sender, delay in forms:
            plan.send(
                released,
                host=host,
                inbox_uri=inbox,
                sender_uri=sender,
                lane=carriage.thread_uri,
                object_uri=carriage.object_uri,
                act=carriage.act,
                delay=delay,
            )


def _bare(gate: Gateway, plan: Plan, carriage: Carriage, *, public: bool) -> dict[str, Released]:
    uri = share_uri(gate, carriage.object_uri)
    document = activities.announce(uri, carriage.forum.uri, carriage.object_uri, is_public=public, at=carriage.at)
    return freeze_activity(plan, carriage, document)


def _forms(
    kind: peers.PeerKind, carriage: Carriage, whole: Released, bare: Released | None, direct: Released | None
) -> list[tuple[Released, str, float]]:
    """Return (document, sender, delay in seconds) for a server of one kind. Comments never go to microblogs."""
    group = carriage.forum.uri
    forms: list[tuple[Released, str, float]] = []
    if kind != "microblog":
        forms.append((whole, group, 0.0))
    if kind in BARE_KINDS:
        if bare is not None:
            forms.append((bare, group, 0.0 if kind == "microblog" else BARE_DELAY))
        if (
            direct is not None
            and carriage.act in ("Update", "Delete")
            and (carriage.is_idea or carriage.act == "Delete")
        ):
            forms.append((direct, carriage.author_uri, 0.0))
    return forms


async def inboxes_of(
    gate: Gateway, forum: Forum, audiences: Sequence[str], hosts_apart: set[str]
) -> dict[str, tuple[str, str]]:
    """Return inbox → (host, the audience as which it reads) of the followers who read as one of these audiences."""
    found: dict[str, tuple[str, str]] = {}
    for follower in await peers.followers(gate.outside, forum.uri):
        if follower.host in audiences:
            found[follower.inbox_uri] = follower.host, follower.host
        elif EVERYONE in audiences and follower.host not in hosts_apart:
            found[follower.inbox_uri] = follower.host, EVERYONE
    return found


async def inbox_of(gate: Gateway, actor_uri: str) -> str | None:
    """Return where to reach a known actor: the shared inbox where there is one, always on its own server."""
    known = await peers.stranger(gate.outside, actor_uri)
    return _inbox(known) if known else None


def _inbox(stranger: peers.Stranger) -> str | None:
    try:
        return parse_actor(stranger.document, stranger.uri).delivery_uri
    except MalformedActor:
        return None


def parsed(body: bytes) -> dict[str, Any]:
    """Read a stored activity, which was checked when it came in."""
    document = orjson.loads(body)
    assert isinstance(document, dict)
    return document


async def inbox_at(gate: Gateway, host: str) -> str:
    """Return where to reach a server itself: the inbox of some actor of its that we know, or ""."""
    for stranger in await peers.strangers_of_host(gate.outside, host):
        inbox = _inbox(stranger)
        if inbox:
            return inbox
    return ""
