"""Put the JSON API onto the application of the inside address."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from server.domain.sentences import Sentence
from server.keys import HOUSE
from web.api.calls import Call, caller_of, read_body, read_query
from web.api.docs import docs_page
from web.api.openapi import openapi_document
from web.api.problems import answer_problems, speak_as_asked
from web.api.routes import ROUTES, Route
from web.broadcast import BROADCAST, Broadcast
from web.keys import ASSETS
from web.language import told
from web.security import add_security_headers


def add_api(app: web.Application) -> None:
    """Mount everything below /api. The composition root sets `server.keys.HOUSE` before the first request.

    Streams end in `on_shutdown`. The number of open ones is `app[BROADCAST].listeners`.
    """
    api = web.Application(middlewares=[speak_as_asked, answer_problems])
    api.on_response_prepare.append(add_security_headers)
    api.router.add_get("/openapi.json", show_openapi)
    api.router.add_get("/docs", show_docs)
    for route in ROUTES:
        if route.method == "GET":
            api.router.add_get(f"/v1{route.path}", answer_with(route), allow_head=not route.is_stream)
        else:
            api.router.add_route(route.method, f"/v1{route.path}", answer_with(route))
    app[BROADCAST] = Broadcast()
    app.on_shutdown.append(end_streams)
    app.add_subapp("/api", api)


async def end_streams(app: web.Application) -> None:
    await app[BROADCAST].end()


def answer_with(route: Route) -> Handler:
    """Make the aiohttp handler of one route: know the caller, read, act, answer."""

    async def answer(request: web.Request) -> web.StreamResponse:
        call = await caller_of(request)
        made = await route.act(call, **await _read(call, route))
        if isinstance(made, web.StreamResponse):
            return made
        if made is None:
            return web.Response(status=route.status)
        body = msgspec.json.encode(made, enc_hook=_plain)
        return web.Response(status=route.status, body=body, content_type="application/json")

    return answer


def _plain(value: object) -> str:
    """What JSON holds of a sentence: its words, as the caller speaks."""
    if isinstance(value, Sentence):
        return told(value)
    raise TypeError(f"{type(value).__name__} has no place in an answer")


async def _read(call: Call, route: Route) -> dict[str, Any]:
    read: dict[str, Any] = {}
    if route.query is not None:
        read["query"] = read_query(call.request, route.query)
    if route.body is not None:
        read["body"] = await read_body(call.request, route.body, toml=route.toml)
    return read


async def show_openapi(request: web.Request) -> web.Response:
    """GET /api/openapi.json"""
    document = openapi_document(request.config_dict[HOUSE].addresses.inside_url)
    return web.Response(body=msgspec.json.encode(document), content_type="application/json")


async def show_docs(request: web.Request) -> web.Response:
    """GET /api/docs"""
    house, assets = request.config_dict[HOUSE], request.config_dict.get(ASSETS)
    style = assets.url("marmalade.css") if assets is not None else ""
    return web.Response(
        text=docs_page(openapi_document(house.addresses.inside_url), house.name, style), content_type="text/html"
    )
