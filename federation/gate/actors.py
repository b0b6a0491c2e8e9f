"""Our actors as documents: the server, forums, people and the pseudonyms of those who stay unnamed."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from federation.gate.plan import Gateway, Plan
from federation.outside import crossings, keys
from federation.outside.crossings import EVERYONE, Card
from federation.outside.released import Released
from federation.signatures import load_public_key
from federation.signatures.multikeys import render_multikey
from federation.vocabulary.actors import render_group, render_person, render_reader, render_server
from federation.vocabulary.members import render_list
from server.boundary.rules import NAME_TO_ROLE
from server.domain.actors import Member
from server.domain.jams import Forum, Jam
from server.domain.visitors import is_visitor
from server.services import forums, guises, memberships, readership
from server.services.text import render


@dataclass(frozen=True, slots=True)
class Face:
    """How an author appears to one audience. Pages show a visitor by the name that others know them by."""

    uri: str
    username: str
    name: str
    handle: str
    shown_name: str = ""
    shown_handle: str = ""


async def face_of(gate: Gateway, author: Member, thread_id: str, redactions: frozenset[str]) -> Face:
    """Return the author as they may be seen: by name, or by role where the rules take the name out."""
    if not author.is_local:
        return stand_in(gate, author)
    host = gate.house.addresses.edge_host
    if NAME_TO_ROLE in redactions:
        uri, username, name = await guises.pseudonym(gate.house, author, thread_id)
        return Face(uri, username, name, f"@{username}@{host}")
    return Face(author.uri, author.username, author.name, f"@{author.username}@{host}")


def stand_in(gate: Gateway, visitor: Member) -> Face:
    """Return who stands for a visitor before other servers: what was said here can bear no actor of another origin."""
    key = gate.outside.sealer.derive("visitor", visitor.uri)
    username = f"visitor-{key[:8]}"
    name = f"{visitor.name} ({visitor.handle})"
    handle = f"@{username}@{gate.house.addresses.edge_host}"
    return Face(gate.house.addresses.person_uri(key), username, name, handle, visitor.name, visitor.handle)


def reader_of(gate: Gateway) -> Face:
    """Return who follows, reports and moderates for our server where software takes nothing by an Application."""
    uri = gate.outside.reader_uri
    username = f"reader-{uri.rsplit('/', 1)[1][:8]}"
    return Face(uri, username, gate.house.name, f"@{username}@{gate.house.addresses.edge_host}")


async def _key(gate: Gateway, plan: Plan, name: str) -> keys.Listed:
    """Return the public half of a key pair, made (off the event loop) when it is missing."""
    known = await keys.listed(gate.outside, name)
    if known is not None:
        return known
    make = gate.make_proof_pair if name.endswith(keys.second("")) else gate.make_pair
    private_pem, public_pem = await asyncio.to_thread(make)
    async with gate.outside.store.transaction() as change:
        await keys.put_key(change, gate.outside, name, private_pem, public_pem)
    made = await keys.listed(gate.outside, name)
    assert made is not None
    return made


async def _multikey(gate: Gateway, plan: Plan, actor_uri: str) -> dict[str, str]:
    """Return the Ed25519 key with which an actor signs documents, as it is listed (FEP-521a)."""
    listed = await _key(gate, plan, keys.second(keys.key_name(gate.outside, actor_uri)))
    return render_multikey(keys.proof_key_id(actor_uri, listed.turn), actor_uri, load_public_key(listed.pem))


async def _freeze_if_changed(
    gate: Gateway, plan: Plan, document: dict[str, Any], audiences: Sequence[str], card: Card
) -> list[Released]:
    """Release a document anew to each audience that holds another one; return those that are new."""
    sha = hashlib.sha256(orjson.dumps(document)).hexdigest()
    known = await crossings.held(gate.outside, document["id"], audiences)
    by_version: dict[int, list[str]] = {}
    for audience in audiences:
        if known[audience].sha != sha:
            by_version.setdefault(known[audience].version + 1, []).append(audience)
    released: list[Released] = []
    for version, some in by_version.items():
        released += plan.freeze_all(document, "actor", version, some, card).values()
    return released


async def show_person(gate: Gateway, plan: Plan, face: Face, audiences: Sequence[str], at: float) -> None:
    """Release an author's actor document to audiences that receive something of theirs."""
    card = Card(type="Person", author_uri=face.uri, author_name=face.name, author_handle=face.handle, made_at=at)
    await _freeze_if_changed(gate, plan, await _person(gate, plan, face), audiences, card)


async def show_reader(gate: Gateway, plan: Plan) -> Face:
    """Release who stands for our server to everybody, like the server's own actor; return who that is."""
    reader = reader_of(gate)
    document = render_reader(await _person(gate, plan, reader))
    card = Card(type="Service", author_uri=reader.uri, author_name=reader.name, author_handle=reader.handle)
    await _freeze_if_changed(gate, plan, document, [EVERYONE], card)
    return reader


async def _person(gate: Gateway, plan: Plan, face: Face) -> dict[str, Any]:
    addresses = gate.house.addresses
    listed = await _key(gate, plan, "people")
    return render_person(
        uri=face.uri,
        username=face.username,
        name=face.name,
        url=face.uri,
        public_key_pem=listed.pem,
        key_id=keys.key_id(face.uri, listed.turn),
        shared_inbox_uri=f"{addresses.edge_url}/inbox",
        server_uri=addresses.server_uri,
        multikey=await _multikey(gate, plan, face.uri),
    )


async def show_server(gate: Gateway) -> None:
    """Release the server's own actor, which signs our fetches and is served to anybody."""
    plan = Plan(gate)
    addresses = gate.house.addresses
    listed = await _key(gate, plan, "server")
    document = render_server(
        uri=addresses.server_uri,
        host=addresses.edge_host,
        name=gate.house.name,
        url=addresses.edge_url,
        public_key_pem=listed.pem,
        key_id=keys.key_id(addresses.server_uri, listed.turn),
        shared_inbox_uri=f"{addresses.edge_url}/inbox",
        multikey=await _multikey(gate, plan, addresses.server_uri),
    )
    handle = f"@{addresses.edge_host}@{addresses.edge_host}"
    card = Card(type="Application", author_uri=addresses.server_uri, author_name=gate.house.name, author_handle=handle)
    await _freeze_if_changed(gate, plan, document, [EVERYONE], card)
    for name in ("people", keys.second("people")):
        await _key(gate, plan, name)
    await show_reader(gate, plan)
    await plan.write()


async def show_forum(gate: Gateway, plan: Plan, forum: Forum, jam: Jam) -> list[Released]:
    """Release a forum's Group to those who may see it; return the documents that are new or changed."""
    if forum.audience == "inside" or not forum.is_local or jam.state == "draft":
        return []
    addresses = gate.house.addresses
    public = forum.audience == "public"
    listed = await _key(gate, plan, keys.key_name(gate.outside, forum.uri))
    document = render_group(
        uri=forum.uri,
        username=forum.slug,
        name=forum.title,
        summary_html=render(forum.question) if forum.question else "",
        url=forum.uri,
        public_key_pem=listed.pem,
        key_id=keys.key_id(forum.uri, listed.turn),
        shared_inbox_uri=f"{addresses.edge_url}/inbox",
        published_at=forum.created_at,
        starts_at=jam.opens_at,
        ends_at=jam.closes_at,
        posting_restricted=jam.state_at(gate.house.now()) != "open" or forum.closed_at is not None,
        discoverable=public,
        indexable=public,
        server_uri=addresses.server_uri,
        multikey=await _multikey(gate, plan, forum.uri),
    )
    document["jam"] = {"name": jam.title, "slug": jam.slug, "audience": forum.audience, "names": forum.names}
    if forum.closed_at is not None and jam.state_at(gate.house.now()) == "open":
        # Others read postingRestrictedToMods as "no new threads"; to our own software it means a closed jam.
        document["jam"]["takes"] = "replies"
    card = Card(
        type="Group",
        author_uri=forum.uri,
        author_name=forum.title,
        author_handle=forum.handle,
        forum_uri=forum.uri,
        made_at=forum.created_at.timestamp(),
    )
    now = gate.house.now()
    readers = [] if public else await readership.readers_of(gate.house, forum)
    audiences = [EVERYONE] if public else [one.audience for one in readers if one.sees(forum.uri, now)]
    if forum.members_only:
        return await _show_with_lists(gate, plan, forum, document, audiences, card)
    return await _freeze_if_changed(gate, plan, document, audiences, card)


async def _show_with_lists(
    gate: Gateway, plan: Plan, forum: Forum, document: dict[str, Any], audiences: Sequence[str], card: Card
) -> list[Released]:
    """Release the Group of a forum for its members alone: to each server with its own people on the list, and to each
    visitor without any.
    """
    released: list[Released] = []
    for host in audiences:
        if host == EVERYONE:
            continue
        listed = {"audience": "members"} if is_visitor(host) else await list_for(gate, forum, host)
        told = {**document, "jam": {**document["jam"], **listed}}
        released += await _freeze_if_changed(gate, plan, told, [host], card)
    return released


async def list_for(gate: Gateway, forum: Forum, host: str) -> dict[str, Any]:
    """Return what one server is told of who may see a forum."""
    return {"audience": "members", "members": render_list(await memberships.subset_of(gate.house, forum, host))}


async def forum_of(gate: Gateway, forum_id: str) -> tuple[Forum, Jam]:
    return await forums.forum_and_jam(gate.house, forum_id)
