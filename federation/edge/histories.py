"""Histories (after FEP-171b): what one server was told of a forum, from a cursor, to that server alone.

The items are the very bytes that were delivered. Whoever asks unsigned, or was told nothing, gets the one 404.
"""

from __future__ import annotations

import orjson
from aiohttp import web

from federation.edge.documents import ACTIVITY_JSON, PRIVATE
from federation.edge.refusals import refusal
from federation.edge.signers import SIGNERS
from federation.outside import crossings, histories, peers
from federation.outside.store import OUTSIDE
from federation.vocabulary.collections import guest_history_uri, history_uri, page_uri
from federation.vocabulary.objects import AS_CONTEXT
from server.domain.uris import host_of

PAGE = 50
LONGEST_URI = 2_000


async def of_forum(request: web.Request) -> web.Response:
    """GET the history of one of our forums: for servers from which somebody follows it."""
    outside = request.app[OUTSIDE]
    viewer = await request.app[SIGNERS].viewer(request)
    forum = f"{outside.addresses.edge_url}{request.path.rsplit('/', 1)[0]}"
    granted = await crossings.find(outside, forum, viewer)
    if viewer is None or granted is None or granted.card.type != "Group":
        return refusal(404)
    if not any(one.host == viewer for one in await peers.followers(outside, forum)):
        return refusal(404)
    return await _tell(request, history_uri(forum), forum, viewer, histories.HOSTED)


async def of_guests(request: web.Request) -> web.Response:
    """GET what our people did in another server's forum, `?forum=`: for that server alone."""
    outside, forum = request.app[OUTSIDE], request.query.get("forum", "")
    viewer = await request.app[SIGNERS].viewer(request)
    if viewer is None or len(forum) > LONGEST_URI or not forum.startswith(("https://", "http://")):
        return refusal(404)
    if host_of(forum) != viewer or not await histories.did_anything(outside, forum, viewer):
        return refusal(404)
    uri = guest_history_uri(outside.addresses.server_uri, forum)
    return await _tell(request, uri, forum, viewer, histories.GUESTS)


async def _tell(request: web.Request, uri: str, forum: str, viewer: str, types: tuple[str, ...]) -> web.Response:
    outside = request.app[OUTSIDE]
    if "page" not in request.query:
        head = {"@context": AS_CONTEXT, "type": "OrderedCollection", "id": uri, "first": page_uri(uri, "first")}
        return web.Response(body=orjson.dumps(head), content_type=ACTIVITY_JSON, headers=PRIVATE)
    page = request.query["page"][:32]
    after = outside.addresses.activity_uri(page)
    found, onward = await histories.history(outside, forum, viewer, types, after, PAGE)
    await crossings.note_reads(outside, [one for each in found for one in crossings.told_by(each)], viewer)
    document = {
        "@context": AS_CONTEXT,
        "type": "OrderedCollectionPage",
        "id": page_uri(uri, page),
        "partOf": uri,
        "orderedItems": [orjson.Fragment(one.document.body) for one in found],
    }
    if onward:
        document["next"] = page_uri(uri, onward.rsplit("/", 1)[1])
    return web.Response(body=orjson.dumps(document), content_type=ACTIVITY_JSON, headers=PRIVATE)
