"""Collections, built from granted rows alone: what they list and what they count."""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from federation.edge.documents import ACTIVITY_JSON, PRIVATE
from federation.edge.refusals import refusal
from federation.edge.signers import SIGNERS
from federation.outside import crossings, histories, peers
from federation.outside.crossings import Crossing
from federation.outside.store import OUTSIDE
from federation.vocabulary.collections import thread_uri
from federation.vocabulary.hosting import featured_uri
from federation.vocabulary.objects import AS_CONTEXT

PAGE = 20
# So many ids of a thread are told at once.
WHOLE = 500
LONGEST_URI = 2_000


def _collection(document: dict[str, Any]) -> web.Response:
    body = orjson.dumps({"@context": AS_CONTEXT, **document})
    return web.Response(body=body, content_type=ACTIVITY_JSON, headers=PRIVATE)


def _owner_uri(request: web.Request) -> str:
    return f"{request.app[OUTSIDE].addresses.edge_url}{request.path.rsplit('/', 1)[0]}"


async def _viewer_of_owner(request: web.Request) -> tuple[bool, str | None]:
    """Return whether the asker was granted what the collection belongs to, and who the asker is."""
    viewer = await request.app[SIGNERS].viewer(request)
    owner = await crossings.find(request.app[OUTSIDE], _owner_uri(request), viewer)
    return owner is not None and owner.card.type != "Tombstone", viewer


async def outbox(request: web.Request) -> web.Response:
    """GET the announces of a forum's ideas, as they read by now, newest first, PAGE at a time."""
    granted, viewer = await _viewer_of_owner(request)
    if not granted:
        return refusal(404)
    outside, owner = request.app[OUTSIDE], _owner_uri(request)
    uri = f"{owner}/outbox"
    if "page" not in request.query:
        total = await crossings.count_of_forum(outside, owner, "object", viewer, ("Article",))
        return _collection({"type": "OrderedCollection", "id": uri, "totalItems": total, "first": f"{uri}?page=first"})
    page = request.query["page"][:32]
    listed = await histories.announced_ideas(outside, owner, viewer, outside.addresses.activity_uri(page), PAGE + 1)
    if viewer is not None:
        read = [one for found in listed[:PAGE] for one in crossings.told_by(found)]
        await crossings.note_reads(outside, read, viewer)
    document: dict[str, Any] = {
        "type": "OrderedCollectionPage",
        "id": f"{uri}?page={page}",
        "partOf": uri,
        "orderedItems": [_plain(one.document.body) for one in listed[:PAGE]],
    }
    if len(listed) > PAGE:
        document["next"] = f"{uri}?page={key_of(listed[PAGE - 1])}"
    return _collection(document)


def key_of(found: Crossing) -> str:
    """Return the last part of an address of ours: what pages are turned by."""
    return found.document.uri.rsplit("/", 1)[1]


def _plain(body: bytes) -> dict[str, Any]:
    return {key: value for key, value in orjson.loads(body).items() if key != "@context"}


async def followers(request: web.Request) -> web.Response:
    """GET how many follow: each server is told of its own people only."""
    granted, viewer = await _viewer_of_owner(request)
    if not granted:
        return refusal(404)
    owner = _owner_uri(request)
    mine = [one for one in await peers.followers(request.app[OUTSIDE], owner) if one.host == viewer]
    return _collection({"type": "OrderedCollection", "id": f"{owner}/followers", "totalItems": len(mine)})


async def featured(request: web.Request) -> web.Response:
    """GET the ideas that a forum's facilitators marked, as far as the asker was told, newest first, PAGE at a time."""
    granted, viewer = await _viewer_of_owner(request)
    if not granted:
        return refusal(404)
    outside, owner = request.app[OUTSIDE], _owner_uri(request)
    uri = featured_uri(owner)
    listed = list(dict.fromkeys(one.card.subject_uri for one in await histories.featured(outside, owner, viewer)))
    if "page" not in request.query:
        head = {"type": "OrderedCollection", "id": uri, "attributedTo": owner, "totalItems": len(listed)}
        return _collection(head | ({"first": f"{uri}?page=0"} if len(listed) > PAGE else {"orderedItems": listed}))
    given = request.query["page"]
    at = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
    document = {
        "type": "OrderedCollectionPage",
        "id": f"{uri}?page={at}",
        "partOf": uri,
        "orderedItems": listed[at : at + PAGE],
    }
    return _collection(document | ({"next": f"{uri}?page={at + PAGE}"} if at + PAGE < len(listed) else {}))


async def moderators(request: web.Request) -> web.Response:
    """GET who moderates a forum: who stands for our server, and none of our people by name."""
    outside = request.app[OUTSIDE]
    granted, viewer = await _viewer_of_owner(request)
    if not granted:
        return refusal(404)
    here = await crossings.is_granted(outside, outside.reader_uri, viewer or crossings.EVERYONE)
    return _listed(request, [outside.reader_uri] if here else [])


async def empty(request: web.Request) -> web.Response:
    """GET what a person did: nothing of it is told outside."""
    granted, _ = await _viewer_of_owner(request)
    return _listed(request, []) if granted else refusal(404)


def _listed(request: web.Request, uris: list[str]) -> web.Response:
    uri = f"{request.app[OUTSIDE].addresses.edge_url}{request.path}"
    return _collection({"type": "OrderedCollection", "id": uri, "totalItems": len(uris), "orderedItems": uris})


async def context(request: web.Request) -> web.Response:
    """GET a thread in time order (FEP-7888): the ids of what the asker was granted of it."""
    granted, viewer = await _viewer_of_owner(request)
    if not granted:
        return refusal(404)
    owner = _owner_uri(request)
    return await _thread(request, f"{owner}/context", owner, viewer)


async def forum_context(request: web.Request) -> web.Response:
    """GET a forum's thread by the address of its idea, `?thread=`, which may be on its author's server."""
    granted, viewer = await _viewer_of_owner(request)
    outside, forum, thread = request.app[OUTSIDE], _owner_uri(request), request.query.get("thread", "")
    if not granted or len(thread) > LONGEST_URI or not await histories.is_thread_of(outside, forum, thread, viewer):
        return refusal(404)
    return await _thread(request, thread_uri(forum, thread), thread, viewer)


async def _thread(request: web.Request, uri: str, root_uri: str, viewer: str | None) -> web.Response:
    """Answer with a thread: whole where it is short, by pages where it is long."""
    outside = request.app[OUTSIDE]
    listed = await histories.addresses_of_thread(outside, root_uri, viewer)
    head: dict[str, Any] = {"totalItems": len(listed)}
    if listed and (forum := await histories.forum_of_thread(outside, root_uri, viewer)):
        head["attributedTo"] = forum
    if "page" not in request.query and len(listed) <= WHOLE:
        return _collection({"type": "OrderedCollection", "id": uri, **head, "orderedItems": listed})
    turned = f"{uri}{'&' if '?' in uri else '?'}page="
    if "page" not in request.query:
        return _collection({"type": "OrderedCollection", "id": uri, **head, "first": f"{turned}0"})
    given = request.query["page"]
    at = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
    document = {
        "type": "OrderedCollectionPage",
        "id": f"{turned}{at}",
        "partOf": uri,
        "orderedItems": listed[at : at + WHOLE],
    }
    if at + WHOLE < len(listed):
        document["next"] = f"{turned}{at + WHOLE}"
    return _collection(document)


async def replies(request: web.Request) -> web.Response:
    """GET the direct answers to an object that the asker was granted."""
    granted, viewer = await _viewer_of_owner(request)
    if not granted:
        return refusal(404)
    owner = _owner_uri(request)
    listed = await crossings.replies_to(request.app[OUTSIDE], owner, viewer)
    uris = [one.document.uri for one in listed]
    return _collection({"type": "Collection", "id": f"{owner}/replies", "totalItems": len(uris), "items": uris})
