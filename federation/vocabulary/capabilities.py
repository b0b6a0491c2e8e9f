"""What a server says it can read (FEP-844e): `implements` of its own actor, or of an actor's `generator`. Pure."""

from __future__ import annotations

from typing import Any, Literal

RFC_9421 = "https://datatracker.ietf.org/doc/html/rfc9421"
ED25519 = f"{RFC_9421}#name-eddsa-using-curve-edwards25"
IMPLEMENTS = "https://w3id.org/fep/844e#implements"
# Shows what is for the people on a list to those alone, and drops it for whoever leaves the list.
MEMBER_LISTS = "urn:marmalade:ns:memberLists"
MOST = 100

IMPLEMENTED = (
    {"type": "Link", "href": RFC_9421, "name": "RFC-9421: HTTP Message Signatures"},
    {"type": "Link", "href": ED25519, "name": "RFC-9421 signatures using the Ed25519 algorithm"},
    {"type": "Link", "href": "https://w3id.org/fep/8b32", "name": "FEP-8b32: Object Integrity Proofs"},
    {"type": "Link", "href": MEMBER_LISTS, "name": "Marmalade: forums for the people on a list alone"},
)


def render_generator(server_uri: str) -> dict[str, Any]:
    """Return what our actors say of the server that speaks for them."""
    return {"type": "Application", "id": server_uri, "implements": [dict(one) for one in IMPLEMENTED]}


def announced_form(actor: dict[str, Any]) -> Literal["", "rfc9421", "ed25519"]:
    """Return the best form of signature that an actor's server says it reads, "" where it says nothing."""
    said = _implemented(actor)
    return "ed25519" if ED25519 in said else "rfc9421" if RFC_9421 in said else ""


def keeps_lists(actor: dict[str, Any]) -> bool:
    """Say whether an actor's server says that it keeps to the lists of forums."""
    return MEMBER_LISTS in _implemented(actor)


def _implemented(actor: dict[str, Any]) -> set[str]:
    generator = actor.get("generator")
    said: set[str] = set()
    for document in (actor, generator if isinstance(generator, dict) else {}):
        listed = document.get("implements")
        for one in listed[:MOST] if isinstance(listed, list) else [listed]:
            href = one.get("href") if isinstance(one, dict) else one
            said |= {href} if isinstance(href, str) else set()
    return said
