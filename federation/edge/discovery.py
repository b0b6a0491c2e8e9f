"""How others find us: WebFinger (RFC 7033), NodeInfo 2.1 and 2.0 (FEP-f1d5), host-meta (RFC 6415)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import orjson
from aiohttp import web

from federation.edge.documents import ACTIVITY_JSON
from federation.edge.jams import groups_of, jam_uri
from federation.edge.refusals import refusal
from federation.edge.signers import SIGNERS
from federation.outside import crossings
from federation.outside.crossings import Crossing
from federation.outside.store import OUTSIDE

VERSION = "0.1.0"
OPEN = {"Access-Control-Allow-Origin": "*"}
# The newest first: some take the first that they find. Others, like Takahē, ask for 2.0 alone.
NODEINFO = ("2.1", "2.0")


def _json(document: Any, content_type: str = "application/json") -> web.Response:
    return web.Response(body=orjson.dumps(document), content_type=content_type, headers=OPEN)


async def webfinger(request: web.Request) -> web.Response:
    """GET ?resource=: an actor of ours that the asker was granted, else a jam; unknown and hidden are the same 404."""
    resource = request.query.get("resource", "")
    if not resource:
        return refusal(400)
    viewer = await request.app[SIGNERS].viewer(request)
    found = await _actor(request, resource, viewer)
    if found is None:
        return await _jam(request, resource, viewer)
    if found.card.type == "Tombstone":
        return refusal(404)
    uri = found.document.uri
    return _found(found.card.author_handle.lstrip("@"), uri)


async def _jam(request: web.Request, resource: str, viewer: str | None) -> web.Response:
    """Answer with a jam by its short name, `acct:slug@host`, or its address: a collection of its forums."""
    outside = request.app[OUTSIDE]
    addresses = outside.addresses
    slug = resource.removeprefix(jam_uri(outside, ""))
    if slug == resource:
        slug, _, host = resource.removeprefix("acct:").lstrip("@").rpartition("@")
        slug = slug if host.lower() == addresses.edge_host else ""
    if not slug or not await groups_of(outside, slug, viewer):
        return refusal(404)
    return _found(f"{slug}@{addresses.edge_host}", jam_uri(outside, slug))


def _found(account: str, uri: str) -> web.Response:
    document = {
        "subject": f"acct:{account}",
        "aliases": [uri],
        "links": [
            {"rel": "self", "type": ACTIVITY_JSON, "href": uri},
            {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": uri},
        ],
    }
    return _json(document, "application/jrd+json")


async def _actor(request: web.Request, resource: str, viewer: str | None) -> Crossing | None:
    outside = request.app[OUTSIDE]
    addresses = outside.addresses
    if resource.rstrip("/") in (addresses.edge_url, addresses.server_uri):
        return await crossings.find(outside, addresses.server_uri, None)
    if resource.startswith(("http://", "https://")):
        found = await crossings.find(outside, resource, viewer)
        return found if found and found.document.kind == "actor" else None
    name, _, host = resource.removeprefix("acct:").lstrip("@").rpartition("@")
    if host.lower() != addresses.edge_host or not name:
        return None
    return await crossings.actor_by_handle(outside, f"@{name}@{addresses.edge_host}", viewer)


async def nodeinfo_links(request: web.Request) -> web.Response:
    """GET where NodeInfo is, and the server's actor beside it (FEP-2677)."""
    addresses = request.app[OUTSIDE].addresses
    return _json(
        {
            "links": [
                *(
                    {
                        "rel": f"http://nodeinfo.diaspora.software/ns/schema/{version}",
                        "href": f"{addresses.edge_url}/nodeinfo/{version}",
                    }
                    for version in NODEINFO
                ),
                {"rel": "https://www.w3.org/ns/activitystreams#Application", "href": addresses.server_uri},
            ]
        }
    )


async def nodeinfo(request: web.Request) -> web.Response:
    """GET NodeInfo by the version at the end of its path: what we run, and no figure of who uses it.

    Of what 2.1 has beyond 2.0, `software.repository` and `software.homepage`, we say nothing in either.
    """
    return _json(
        {
            "version": request.path.rpartition("/")[2],
            "software": {"name": "marmalade", "version": VERSION},
            "protocols": ["activitypub"],
            "services": {"inbound": [], "outbound": []},
            "openRegistrations": False,
            "usage": {"users": {}},
            "metadata": {},
        }
    )


async def host_meta(request: web.Request) -> web.Response:
    """GET the template of WebFinger addresses."""
    edge_url = request.app[OUTSIDE].addresses.edge_url
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">'
        f'<Link rel="lrdd" template="{edge_url}/.well-known/webfinger?resource={{uri}}"/></XRD>\n'
    )
    return web.Response(text=text, content_type="application/xrd+xml", headers=OPEN)


async def instance(request: web.Request) -> web.Response:
    """GET the few words that Mastodon's clients ask every server for."""
    outside = request.app[OUTSIDE]
    document = {
        "uri": outside.addresses.edge_host,
        "title": outside.name,
        "short_description": "",
        "description": "",
        "version": f"4.0.0 (compatible; Marmalade {VERSION})",
        "registrations": False,
        "urls": {},
        "stats": {},
    }
    return _json(document)


async def by_name(request: web.Request) -> web.StreamResponse:
    """GET /@name: to the page of an actor that everybody was granted."""
    outside = request.app[OUTSIDE]
    handle = f"@{request.match_info['name']}@{outside.addresses.edge_host}"
    found = await crossings.actor_by_handle(outside, handle, None)
    if found is None or found.card.type == "Tombstone":
        return refusal(404)
    path = found.document.uri.removeprefix(outside.addresses.edge_url)
    raise web.HTTPFound(quote(path))
