"""Actors, objects and activities by id: exactly the bytes that the gate released to whoever asks."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from aiohttp import web

from federation.edge.habits import habits_of
from federation.edge.pages import PAGES
from federation.edge.refusals import refusal
from federation.edge.signers import SIGNERS
from federation.edge.visits import PRIVATE as NOT_KEPT
from federation.edge.visits import visit_of
from federation.outside import crossings, peers
from federation.outside.crossings import Crossing
from federation.outside.store import OUTSIDE
from server.domain.files import MEDIA_TYPES
from server.domain.visitors import is_visitor

ACTIVITY_JSON = "application/activity+json"
PRIVATE = {"Cache-Control": "private", "Vary": "Accept, Signature"}


def uri_of(request: web.Request) -> str:
    """Return the URI that a request's path stands for."""
    return f"{request.app[OUTSIDE].addresses.edge_url}{request.path}"


def wants_page(request: web.Request) -> bool:
    """Say whether a browser asks: it names HTML and not ActivityStreams."""
    accept = request.headers.get("Accept", "")
    return "text/html" in accept and "activity+json" not in accept and "ld+json" not in accept


async def serve(request: web.Request) -> web.StreamResponse:
    """GET one document, as JSON or, for browsers, as its public page."""
    if wants_page(request):
        return await request.app[PAGES].show(request, uri_of(request))
    viewer, found = await _granted(request)
    if found is None or found.document.kind == "file":
        return refusal(404)
    if viewer is not None:
        await crossings.note_reads(request.app[OUTSIDE], crossings.told_by(found), viewer)
        return answer(request, found, body=await _fitting(request, found, viewer))
    return answer(request, found)


async def _fitting(request: web.Request, found: Crossing, viewer: str) -> bytes:
    """Return a document as the server that asks can read it."""
    if found.card.type != "Article":
        return found.document.body
    return habits_of(await peers.peer(request.app[OUTSIDE], viewer)).fit(found.document.body)


async def serve_file(request: web.Request) -> web.StreamResponse:
    """GET a file that crossed with what it is attached to: a picture to be shown, anything else to be kept.

    Whatever it holds, a browser runs nothing of it.
    """
    found = await _granted_file(request)
    if found is None or found.document.kind != "file":
        return refusal(404)
    more = {"Content-Security-Policy": "default-src 'none'; sandbox", "Vary": "Accept, Cookie, Signature"}
    if is_visitor(found.document.audience):
        more |= NOT_KEPT
    media_type = MEDIA_TYPES.get(found.card.type, "application/octet-stream")
    if not media_type.startswith("image/"):
        more["Content-Disposition"] = "attachment"
    return answer(request, found, media_type, more)


async def _granted(request: web.Request) -> tuple[str | None, Crossing | None]:
    """Return who asks, as far as a signature says, and what that one was granted under this address."""
    viewer = await request.app[SIGNERS].viewer(request)
    return viewer, await crossings.find(request.app[OUTSIDE], uri_of(request), viewer)


async def _granted_file(request: web.Request) -> Crossing | None:
    """Return a file as it was granted to whoever asks: by a signature, or, as pages show it, by being signed in."""
    viewer = await request.app[SIGNERS].viewer(request)
    visit = await visit_of(request) if viewer is None else None
    return await crossings.find(request.app[OUTSIDE], uri_of(request), visit.audience if visit else viewer)


async def serve_server(request: web.Request) -> web.StreamResponse:
    """GET the server's own actor: never behind a signature, or key fetches would run in a circle."""
    found = await crossings.find(request.app[OUTSIDE], request.app[OUTSIDE].addresses.server_uri, None)
    return refusal(404) if found is None else answer(request, found)


def answer(
    request: web.Request,
    found: Crossing,
    content_type: str = ACTIVITY_JSON,
    more: Mapping[str, str] = MappingProxyType({}),
    body: bytes = b"",
) -> web.Response:
    """Answer with released bytes: 200, 304 when the asker has them, 410 for a tombstone.

    `body` are these bytes in another form, where the asker cannot read them.
    """
    body = body or found.document.body
    etag = f'"{found.document.sha[:32]}{"" if body is found.document.body else "-note"}"'
    headers = {**PRIVATE, "ETag": etag, **more}
    if found.card.type == "Tombstone":
        return web.Response(status=410, body=found.document.body, content_type=ACTIVITY_JSON, headers=headers)
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, content_type=content_type, headers=headers)
