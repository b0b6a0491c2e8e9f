"""The OpenAPI document, its page, and that what is answered is what is documented."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from aiohttp import web

from federation.gate.actors import show_server
from federation.gate.plan import Gateway
from federation.gate.release import Release
from federation.outside import crossings
from federation.outside.store import Outside
from server.domain.events import Event
from server.services import crossings as services
from server.services import holds, ideas_read
from server.services.house import House
from tests.server.holds_world import a_hold
from tests.web.api.api_house import SOON, Caller, Client, Things
from web.api.openapi import openapi_document
from web.api.routes import ROUTES

CONTRACT = """
POST /jams; GET /jams; GET /jams/{jam}; POST /jams/{jam}/forums; POST /jams/{jam}/open; POST /jams/{jam}/extend
POST /jams/{jam}/freeze; POST /jams/{jam}/archive; POST /forums/{forum}/ideas; POST /ideas/{id}/replies
GET /forums/{forum}/ideas; GET /ideas/{id}; PATCH /ideas/{id}; DELETE /ideas/{id}; PUT /ideas/{id}/marks/{mark}
DELETE /ideas/{id}/marks/{mark}; GET /search; GET /similar; GET /jams/{jam}/board; GET /jams/{jam}/themes
GET /jams/{jam}/events; GET /boundary/rules; PUT /boundary/rules; POST /boundary/preview; POST /boundary/dry-run
GET /boundary/crossings; POST /boundary/crossings/{crossing}/recall; GET /boundary/holds
POST /boundary/holds/{hold}/release; POST /boundary/holds/{hold}/refuse; GET /partners; POST /partners
PATCH /partners/{host}
"""


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(references(inner) for inner in value.values()))
    return set().union(*(references(inner) for inner in value)) if isinstance(value, list) else set()


def test_everything_that_was_promised_is_in_the_table():
    promised = {one.strip() for one in re.split(r"[;\n]", CONTRACT) if one.strip()}
    assert promised <= {f"{route.method} {route.path}" for route in ROUTES}


def test_no_address_stands_twice_and_every_route_has_a_sentence():
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)
    assert len({route.act for route in ROUTES}) == len(ROUTES)
    assert all(route.summary and not route.summary.endswith(".") for route in ROUTES)


def test_the_document_is_whole():
    document = openapi_document("http://inside.acme.example")
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": "http://inside.acme.example/api/v1"}]
    schemas = document["components"]["schemas"]
    assert {ref.removeprefix("#/components/schemas/") for ref in references(document)} <= set(schemas)
    for path, operations in document["paths"].items():
        for operation in operations.values():
            named = {one["name"] for one in operation.get("parameters", []) if one["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path))
            assert "401" in operation["responses"]
    assert schemas["NewJam"]["additionalProperties"] is False
    msgspec.json.encode(document)


async def test_the_document_and_its_page_are_served(client: Client):
    async with client.get("/api/openapi.json") as answer:
        assert answer.status == 200
        assert (await answer.json())["info"]["title"] == "Marmalade"
    async with client.get("/api/docs") as answer:
        assert answer.content_type == "text/html"
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        page = await answer.text()
    assert "<script" not in page
    assert "style=" not in page
    for route in ROUTES:
        assert f"{route.method} {route.path}" in page
    for target in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{target}"' in page


async def recalled(ada: Caller, idea: Things, house: House, outside: Outside) -> dict[str, str]:
    """Let an idea cross, be read elsewhere and be taken back; return the ids of what that leaves."""

    def fail(event: Event, error: Exception) -> None:
        raise error

    gateway = Gateway(house, outside)
    await show_server(gateway)
    gate = Release(gateway, fail)
    while await gate.run_once():
        pass
    await crossings.note_reads(outside, [(idea["uri"], 1)], "globex.example")
    made = await ideas_read.by_uri(house, idea["uri"])
    assert made is not None
    await services.recall(house, ada.member, made)
    while await gate.run_once():
        pass
    (line,) = (await ada("GET", "/boundary/crossings", params={"object": idea["id"], "peer": "*"}))["data"]
    (recall,) = (await ada("GET", "/boundary/recalls"))["data"]
    decision = (await ada("GET", "/boundary/decisions"))["data"][0]
    return {"crossing": line["id"], "recall": recall["id"], "decision": decision["id"]}


@pytest.mark.parametrize("route", [route for route in ROUTES if route.method == "GET"], ids=lambda route: route.path)
async def test_what_is_answered_fits_what_is_documented(
    ada: Caller, idea: Things, house: House, outside: Outside, route: Any
):
    if route.answer is web.StreamResponse:
        return
    await ada("POST", "/partners", {"host": "globex.example"})
    parts = {"jam": "packaging", "forum": "boxes", "id": idea["id"], "version": "1", "host": "globex.example"}
    parts["handle"] = "bob"
    offered = await ada("POST", "/partners/globex.example/agreements", {"forums": ["*"]})
    parts |= {"agreement": offered["id"], "hold": "0" * 32}
    await holds.ask_review(house, a_hold(house, "0" * 32, idea["id"]))
    if set(re.findall(r"{(\w+)}", route.path)) - {*parts, "place"}:
        parts |= await recalled(ada, idea, house, outside)
    if "{hour}" in route.path:
        times = {
            "starts_at": (SOON + timedelta(hours=1)).isoformat(),
            "ends_at": (SOON + timedelta(hours=2)).isoformat(),
        }
        parts["hour"] = (await ada("POST", "/jams/packaging/hours", {"forum": "boxes", "title": "Ask", **times}))["id"]
    if "{place}" in route.path:
        parts["place"] = f"reply:{idea['id']}"
        await ada("PUT", f"/drafts/{parts['place']}", {"text": "Half a reply"})
    if "{room}" in route.path:
        opened = {"title": "Room", "due_at": (SOON + timedelta(hours=1)).isoformat()}
        parts["room"] = (await ada("POST", f"/ideas/{idea['id']}/rooms", opened))["id"]
    if "{file}" in route.path:
        parts["file"] = (await ada("POST", "/files?name=notes.txt", data=b"Words."))["id"]
    if "{poll}" in route.path:
        asked = {"question": "Which?", "choices": ["One", "Two"], "ends_at": (SOON + timedelta(hours=1)).isoformat()}
        parts["poll"] = (await ada("POST", f"/ideas/{idea['id']}/polls", asked))["id"]
    if route.path.startswith("/streams/"):
        parts["id"] = (await ada("POST", "/jams/packaging/streams", {"title": "Stop", "owner": "bob"}, 201))["id"]
    if "/report/versions/" in route.path:
        answer = {"label": "Boxes", "doing": "We do it.", "why": "Because."}
        await ada("POST", "/jams/packaging/report/answers", answer, 201)
        await ada("POST", "/jams/packaging/freeze", {})
        await ada("POST", "/jams/packaging/report/publish", {})
    path = re.sub(r"{(\w+)}", lambda part: parts[part[1]], route.path)
    said = await ada("GET", path, params={"q": "paper", "text": "paper", "peer": "globex.example"})
    msgspec.convert(said, route.answer)
    fields = {field.encode_name for field in msgspec.structs.fields(route.answer)}
    assert set(said) == fields
