"""Jams as they are found: a collection of forums, for each asker of those that it was granted.

Nothing is kept of a jam outside. It is there for whoever was granted one of its forums, by what their Groups say of it;
for anybody else, and before any forum is released, it is the 404 of what never was.
"""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from federation.edge.documents import ACTIVITY_JSON, PRIVATE, wants_page
from federation.edge.refusals import refusal
from federation.edge.signers import SIGNERS
from federation.outside import crossings
from federation.outside.store import OUTSIDE, Outside
from federation.vocabulary.objects import AS_CONTEXT

ROOM = "/jams/"


def jam_uri(outside: Outside, slug: str) -> str:
    """Return where a jam is found by its short name."""
    return f"{outside.addresses.edge_url}{ROOM}{slug}"


async def show_jam(request: web.Request) -> web.StreamResponse:
    """GET the forums of a jam that the asker was granted; a browser is led to the page that lists all forums."""
    outside, slug = request.app[OUTSIDE], request.match_info["name"]
    viewer = await request.app[SIGNERS].viewer(request)
    groups = await groups_of(outside, slug, None if wants_page(request) else viewer)
    if not groups:
        return refusal(404)
    if wants_page(request):
        raise web.HTTPFound("/")
    uris = [str(group["id"]) for group in groups]
    document = {
        "@context": AS_CONTEXT,
        "type": "Collection",
        "id": jam_uri(outside, slug),
        "name": groups[0]["jam"]["name"],
        "totalItems": len(uris),
        "items": uris,
    }
    return web.Response(body=orjson.dumps(document), content_type=ACTIVITY_JSON, headers=PRIVATE)


async def groups_of(outside: Outside, slug: str, viewer: str | None) -> list[dict[str, Any]]:
    """Return the documents of a jam's forums that a viewer (None: anybody) was granted, oldest first."""
    return [orjson.loads(one.document.body) for one in await crossings.groups_of_jam(outside, slug, viewer)]
