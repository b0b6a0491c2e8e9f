"""The OpenAPI 3.1 document, made from the table of routes and the structs behind it."""

from __future__ import annotations

import re
from http import HTTPStatus
from types import NoneType
from typing import Any

import msgspec

from server.domain.ideas import MARKS
from web.api.routes import ROUTES, Route
from web.api.shapes import Problem

VERSION = "1"
REFERENCE = "#/components/schemas/{name}"
PROBLEM = {"application/problem+json": {"schema": {"$ref": REFERENCE.format(name="Problem")}}}
REFUSALS = {
    "400": "The body is not JSON.",
    "401": "No token, or one that is not known.",
    "403": "Not within this person's role.",
    "404": "There is no such thing, or not for this person.",
    "409": "The state of things forbids it.",
    "413": "Too large.",
    "415": "A body of another type.",
    "422": "A member or parameter cannot be taken.",
    "503": "The store is busy, or not open in this process.",
}
PARTS = {
    "jam": "id or slug",
    "forum": "id, slug, handle, or jam/forum with the slash escaped",
    "id": "id of an idea or a reply",
    "place": "where a draft is written: idea:FORUM[:IDEA], reply:IDEA[:REPLY] or edit:ID",
    "hour": "id of a host hour",
    "question": "id of a question in the queue",
    "room": "id of a breakout room",
    "statement": "id of a statement",
    "theme": "id of a theme, or of an answer that no theme stands for",
    "poll": "id of the reply that a poll is",
    "file": "id of an uploaded file",
    "case": "id of what was flagged",
    "move": "id of a move, merge or split",
    "edit": "number of a change to themes",
    "shift": "id of a facilitator's shift",
    "mark": "support is anyone's; emerging and best are a facilitator's",
    "version": "number of a version",
    "crossing": "id of a line of the ledger",
    "recall": "id of a recall",
    "decision": "id of a verdict",
    "hold": "id",
    "search": "id of a saved search",
    "feed": "id of a feed",
    "handle": "username, or username@host for somebody of another server",
    "agreement": "id of an agreement",
    "invitation": "id of an invitation",
    "username": "name of one of our people",
    "slot": "id of a host's hours",
    "host": "host name, with its port where it has one",
}
INTRODUCTION = (
    "Everything that a person can do on the pages of this server, for programs. A token comes from"
    " `python -m server token USERNAME` and acts as that person. Refusals are problem documents (RFC 9457)."
    " Lists take `limit` and `after` and answer `data` and `next`. What is hidden reads like what is missing."
)


def openapi_document(inside_url: str) -> dict[str, Any]:
    """Return the document for the API at `inside_url` (without a trailing slash), as JSON values."""
    kinds = [kind for route in ROUTES for kind in (route.body, _answer(route)) if kind is not None]
    _, components = msgspec.json.schema_components([*dict.fromkeys(kinds), Problem], ref_template=REFERENCE)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Marmalade", "version": VERSION, "description": INTRODUCTION},
        "servers": [{"url": f"{inside_url}/api/v1"}],
        "security": [{"bearer": []}],
        "tags": [{"name": family} for family in dict.fromkeys(route.family for route in ROUTES)],
        "paths": _paths(),
        "components": {
            "schemas": components,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _paths() -> dict[str, dict[str, Any]]:
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return paths


def _answer(route: Route) -> Any:
    return None if route.is_stream or route.answer is NoneType else route.answer


def _operation(route: Route) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": route.act.__name__,
        "summary": route.summary,
        "tags": [route.family],
        "parameters": [*_parts(route), *_parameters(route)],
        "responses": {str(route.status): _success(route), **_refusals(route)},
    }
    if route.body is not None:
        made["requestBody"] = _request(route, route.body)
    return {name: value for name, value in made.items() if value != []}


def _request(route: Route, kind: type) -> dict[str, Any]:
    media: dict[str, Any] = {"application/json": {"schema": {"$ref": REFERENCE.format(name=kind.__name__)}}}
    if route.toml:
        media["application/toml"] = {"schema": {"type": "string"}}
    required = any(field.required for field in msgspec.structs.fields(kind))
    return {"required": required, "content": media}


def _success(route: Route) -> dict[str, Any]:
    said: dict[str, Any] = {"description": HTTPStatus(route.status).phrase}
    if route.is_stream:
        said["content"] = {"text/event-stream": {"schema": {"type": "string"}}}
    elif (answer := _answer(route)) is not None:
        (schema,), _ = msgspec.json.schema_components([answer], ref_template=REFERENCE)
        said["content"] = {"application/json": {"schema": schema}}
    return said


def _refusals(route: Route) -> dict[str, Any]:
    bodiless = {"400", "413", "415"} if route.body is None else set()
    return {
        status: {"description": words, "content": PROBLEM}
        for status, words in REFUSALS.items()
        if status not in bodiless
    }


def _parts(route: Route) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": PARTS[name],
            "schema": {"type": "string", "enum": list(MARKS)} if name == "mark" else {"type": "string"},
        }
        for name in re.findall(r"{(\w+)}", route.path)
    ]


def _parameters(route: Route) -> list[dict[str, Any]]:
    found = []
    if route.query is not None:
        _, components = msgspec.json.schema_components([route.query], ref_template=REFERENCE)
        shape = components[route.query.__name__]
        required = shape.get("required", [])
        for name, schema in shape["properties"].items():
            found.append({"name": name, "in": "query", "required": name in required, "schema": schema})
    if route.is_stream:
        words = "id of the last event seen; what came since is sent first"
        found.append({"name": "Last-Event-ID", "in": "header", "description": words, "schema": {"type": "integer"}})
    return found
