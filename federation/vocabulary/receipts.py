"""Receipts: what a Marmalade server signs about a Delete that it carried out (FEDERATION.md, "Receipts"). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from federation.vocabulary.objects import AS_CONTEXT, first_id, ids, moment
from server.domain.recalls import STATEMENTS, Statement

RECEIPT = "Receipt"
DIGEST = re.compile(r"sha-256:([0-9a-f]{64})")
CONTEXT: list[Any] = [
    AS_CONTEXT,
    "https://w3id.org/security/data-integrity/v2",
    {
        "marmalade": "urn:marmalade:ns:",
        "Receipt": "marmalade:Receipt",
        "statement": "marmalade:statement",
        "digest": "marmalade:digest",
        "about": {"@id": "marmalade:about", "@type": "@id"},
    },
]


class MalformedReceipt(ValueError):
    """The document is no receipt; ``str()`` says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A statement about one Delete: `activity_uri` and `digest` (SHA-256, hexadecimal) name the activity as it came.

    `about_uri` is what was deleted, `to` whom the receipt is for, `at` when it was made (whole seconds, UTC).
    """

    uri: str
    actor_uri: str
    statement: Statement
    activity_uri: str
    digest: str
    about_uri: str
    to: tuple[str, ...]
    at: datetime


def render_receipt(receipt: Receipt) -> dict[str, Any]:
    """Render a receipt, still without its proof."""
    return {
        "@context": CONTEXT,
        "type": RECEIPT,
        "id": receipt.uri,
        "actor": receipt.actor_uri,
        "to": list(receipt.to),
        "statement": receipt.statement,
        "object": receipt.activity_uri,
        "digest": f"sha-256:{receipt.digest}",
        "about": receipt.about_uri,
        "published": moment(receipt.at),
    }


def read_receipt(document: dict[str, Any]) -> Receipt:
    """Read another server's receipt; raise MalformedReceipt with the reason. Its proof is checked elsewhere."""
    statement = next((one for one in STATEMENTS if one == document.get("statement")), None)
    if document.get("type") != RECEIPT or statement is None:
        raise MalformedReceipt("it states neither that a request was acknowledged nor that something was purged")
    digest = DIGEST.fullmatch(_text(document, "digest"))
    if digest is None:
        raise MalformedReceipt("it names no SHA-256 digest of what it is about")
    return Receipt(
        uri=_text(document, "id"),
        actor_uri=first_id(document.get("actor")),
        statement=statement,
        activity_uri=_text(document, "object"),
        digest=digest[1],
        about_uri=_text(document, "about"),
        to=tuple(ids(document.get("to"))),
        at=_time(_text(document, "published")),
    )


def _text(document: dict[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not value or len(value) > 2000:
        raise MalformedReceipt(f"its {name} is missing or no text")
    return value


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise MalformedReceipt("its time is no time") from error
    if at.tzinfo is None:
        raise MalformedReceipt("its time names no zone")
    return at.astimezone(UTC)
