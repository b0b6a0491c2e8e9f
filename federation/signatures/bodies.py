"""Bodies: their digest, and JSON read as plain JSON, never as JSON-LD (no context is ever loaded)."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import orjson

from federation.signatures.errors import MalformedActivity, SignatureRefused

DEEPEST = 32
_REINTERPRETING = ("@graph", "@included", "@reverse")


def digest_of(body: bytes) -> str:
    """The Digest header of a body (RFC 3230): ``SHA-256=`` and Base64."""
    return "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode("ascii")


def check_digest(header: str, body: bytes) -> None:
    """Compare a Digest header with the bytes that came; raise SignatureRefused unless SHA-256 agrees.

    Names are compared without regard to case (``sha-256=`` is seen in the wild); other algorithms beside it
    are passed over, a second SHA-256 is not.
    """
    stated = [value for name, _, value in _digests(header) if name.lower() == "sha-256"]
    if len(stated) != 1:
        raise SignatureRefused(f"the Digest header names SHA-256 {len(stated)} times, not once")
    try:
        expected = base64.b64decode(stated[0], validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureRefused("the Digest header is not Base64") from error
    if not hmac.compare_digest(expected, hashlib.sha256(body).digest()):
        raise SignatureRefused("the Digest header does not fit the body")


def parse_json_object(body: bytes) -> dict[str, Any]:
    """Read strict UTF-8 JSON with one object at the top, at most DEEPEST levels; else MalformedActivity.

    Refused too: keys with which JSON-LD processors would read another message out of the same signed bytes.
    """
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise MalformedActivity(f"the body is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise MalformedActivity(f"the top of the body is a {type(document).__name__}, not an object")
    if body.count(b"{") + body.count(b"[") > DEEPEST:
        _check_depth(document)
    inner = document.get("object")
    for level in (document, inner if isinstance(inner, dict) else {}):
        if found := next((key for key in _REINTERPRETING if key in level), None):
            raise MalformedActivity(f"{found} would make another message of the same bytes")
    return document


def _digests(header: str) -> Iterator[tuple[str, str, str]]:
    for part in header.split(","):
        yield part.strip().partition("=")


def _check_depth(document: dict[str, Any]) -> None:
    level: list[Any] = [document]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _within(outer)]
        if not level:
            return
    raise MalformedActivity(f"the body is nested deeper than {DEEPEST} levels")


def _within(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value
    return [one for one in inner if isinstance(one, dict | list)]
