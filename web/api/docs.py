"""The OpenAPI document as a page: plain HTML of our own, without any script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2

from server.compiled import Compiled

FOLDER = Path(__file__).resolve().parent


def docs_page(document: dict[str, Any], name: str, style: str = "") -> str:
    """Render an OpenAPI document for the organisation called `name`; `style` is the URL of a style sheet or ""."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        bytecode_cache=Compiled(FOLDER, __file__),
        autoescape=True,
        undefined=jinja2.ChainableUndefined,
    )
    families: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            families.setdefault(operation["tags"][0], []).append(_operation(method, path, operation))
    shapes = [_shape(key, schema) for key, schema in sorted(document["components"]["schemas"].items())]
    return environment.get_template("docs.html").render(
        document=document, name=name, style=style, families=families, shapes=shapes
    )


def _operation(method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    status, success = next(iter(operation["responses"].items()))
    told: dict[str, dict[str, Any]] = success.get("content", {"no body": {}})
    media, content = next(iter(told.items()))
    body = operation.get("requestBody", {}).get("content", {})
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "parameters": [{**one, "words": words_of(one["schema"])} for one in operation.get("parameters", [])],
        "body": _name(body.get("application/json", {}).get("schema", {})),
        "toml": "application/toml" in body,
        "status": status,
        "answer": _name(content.get("schema", {})),
        "media": media,
    }


def _shape(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    required = schema.get("required", [])
    members = [
        {
            "name": member,
            "shape": _name(inner) or _name(inner.get("items", {})),
            "listed": not _name(inner),
            "words": words_of(inner),
            "required": member in required,
        }
        for member, inner in schema.get("properties", {}).items()
    ]
    return {"name": name, "words": schema.get("description", ""), "members": members}


def _name(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def words_of(schema: dict[str, Any]) -> str:
    """Say a schema in words: "one of a, b", "string or null", "list of string"."""
    if "enum" in schema:
        return "one of " + ", ".join(str(each) or "“”" for each in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_name(each) or words_of(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_name(schema['items']) or words_of(schema['items'])}"
    return str(schema.get("format") or schema.get("type") or "anything")
