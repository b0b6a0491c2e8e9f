"""Agreements on the wire: a document that one server signs and the other answers with a signed Accept. Pure.

Every member is read, and one that we do not know is refused: nobody accepts a term that was not shown to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast, get_args

from federation.urls import BadUrl, parse_url, same_origin
from federation.vocabulary.objects import AS_CONTEXT
from server.domain.agreements import ALL_FORUMS, FLIPPED, Direction, NamedForum, Terms
from server.domain.crossings import Tier

CONTEXT: list[Any] = [
    AS_CONTEXT,
    "https://w3id.org/security/data-integrity/v2",
    {
        "marmalade": "urn:marmalade:ns:",
        "Agreement": "marmalade:Agreement",
        "parties": {"@id": "marmalade:parties", "@type": "@id", "@container": "@list"},
        "forums": "marmalade:forums",
        "direction": "marmalade:direction",
        "clearance": "marmalade:clearance",
        "retention": "marmalade:retention",
        "onward": "marmalade:onward",
        "tier": "marmalade:tier",
        "version": "marmalade:version",
    },
]
MEMBERS = frozenset(
    {
        "@context", "type", "id", "attributedTo", "parties", "version", "forums", "direction", "clearance", "retention",
        "onward", "tier", "startTime", "endTime", "published", "proof",
    }
)  # fmt: skip
HIGHEST_VERSION = 1_000_000
MOST_FORUMS = 100
LONGEST_TITLE = 200
LONGEST_REASON = 500
_DAYS = re.compile(r"P(0|[1-9][0-9]{0,3})D")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")


class MalformedAgreement(ValueError):
    """The document is no agreement that we could accept; ``str()`` says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAgreement:
    """An agreement as another server wrote it. `terms` are as the side that reads it sees them."""

    uri: str
    by_uri: str
    with_uri: str
    version: int
    terms: Terms


def render_agreement(uri: str, by_uri: str, with_uri: str, version: int, terms: Terms, at: datetime) -> dict[str, Any]:
    """Render what `by_uri` offers `with_uri`; direction and tier are as the one that offers sees them."""
    return {
        "@context": CONTEXT,
        "type": "Agreement",
        "id": uri,
        "attributedTo": by_uri,
        "parties": [by_uri, with_uri],
        "version": version,
        "forums": [
            one.uri if one.uri == ALL_FORUMS else {"type": "Group", "id": one.uri, "name": one.title}
            for one in terms.forums
        ],
        "direction": terms.direction,
        "clearance": terms.clearance,
        "retention": f"P{terms.retention_days}D",
        "onward": terms.onward,
        "tier": terms.tier,
        "startTime": _moment(terms.starts_at),
        "endTime": _moment(terms.ends_at),
        "published": _moment(at),
    }


def offer(uri: str, actor_uri: str, to_uri: str, agreement: dict[str, Any]) -> dict[str, Any]:
    """Render the Offer of a signed agreement."""
    return _activity("Offer", uri, actor_uri, to_uri, agreement)


def accept(uri: str, actor_uri: str, to_uri: str, agreement: dict[str, Any]) -> dict[str, Any]:
    """Render the Accept, which holds the agreement with its first signature and is to be signed as a whole."""
    return _activity("Accept", uri, actor_uri, to_uri, agreement)


def reject(uri: str, actor_uri: str, to_uri: str, agreement_uri: str, reason: str) -> dict[str, Any]:
    """Render the Reject of an offered agreement."""
    return _with_reason(_activity("Reject", uri, actor_uri, to_uri, _named(agreement_uri)), reason)


def undo(uri: str, actor_uri: str, to_uri: str, undone: dict[str, Any], reason: str) -> dict[str, Any]:
    """Render the Undo of an Offer or Accept of ours, by which the agreement ends."""
    named = {
        "id": undone["id"],
        "type": undone["type"],
        "actor": undone["actor"],
        "object": _named(undone["object"]["id"]),
    }
    return _with_reason(_activity("Undo", uri, actor_uri, to_uri, named), reason)


def is_agreement(value: object) -> bool:
    """Say whether an activity's object is an agreement, named or whole."""
    return isinstance(value, dict) and value.get("type") == "Agreement"


def reason_of(activity: dict[str, Any]) -> str:
    """Return why, in the other server's words: one line."""
    said = activity.get("summary")
    return _CONTROL.sub(" ", said[:LONGEST_REASON]).strip() if isinstance(said, str) else ""


def read_agreement(document: dict[str, Any]) -> ReadAgreement:
    """Read an agreement as the side that it was offered to; raise MalformedAgreement with the reason."""
    unknown = sorted(set(document) - MEMBERS)
    if unknown:
        raise MalformedAgreement(f"it has terms that are not known here: {', '.join(unknown)[:200]}")
    if document.get("type") != "Agreement":
        raise MalformedAgreement("it is no agreement")
    uri, by_uri = _address(document.get("id"), "id"), _address(document.get("attributedTo"), "attributedTo")
    if not same_origin(uri, by_uri):
        raise MalformedAgreement("its id is not on the server that offers it")
    parties = document.get("parties")
    if not isinstance(parties, list) or len(parties) != 2 or parties[0] != by_uri or parties[0] == parties[1]:
        raise MalformedAgreement("its parties are not the server that offers it and one other")
    starts_at, ends_at = _time(document, "startTime"), _time(document, "endTime")
    if ends_at <= starts_at:
        raise MalformedAgreement("it ends before it starts")
    _time(document, "published")
    _one_of(document, "tier", get_args(Tier))
    return ReadAgreement(
        uri=uri,
        by_uri=by_uri,
        with_uri=_address(parties[1], "parties"),
        version=_version(document),
        terms=Terms(
            forums=_forums(document.get("forums")),
            direction=FLIPPED[cast(Direction, _one_of(document, "direction", get_args(Direction)))],
            clearance=_text(document, "clearance"),
            retention_days=_days(document),
            onward=_text(document, "onward"),
            # What we are to them is theirs to say; to us, whoever offers is a partner.
            tier="partner",
            starts_at=starts_at,
            ends_at=ends_at,
        ),
    )


def _activity(kind: str, uri: str, actor_uri: str, to_uri: str, subject: dict[str, Any]) -> dict[str, Any]:
    return {"@context": CONTEXT, "type": kind, "id": uri, "actor": actor_uri, "to": [to_uri], "object": subject}


def _with_reason(activity: dict[str, Any], reason: str) -> dict[str, Any]:
    return {**activity, "summary": reason} if reason else activity


def _named(agreement_uri: str) -> dict[str, str]:
    return {"type": "Agreement", "id": agreement_uri}


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _time(document: dict[str, Any], name: str) -> datetime:
    said = document.get(name)
    if isinstance(said, str) and _TIME.fullmatch(said):
        try:
            return datetime.fromisoformat(said)
        except ValueError:
            pass
    raise MalformedAgreement(f"its {name} is no time in UTC")


def _version(document: dict[str, Any]) -> int:
    said = document.get("version")
    if type(said) is not int or not 1 <= said <= HIGHEST_VERSION:
        raise MalformedAgreement(f"its version is no whole number from 1 to {HIGHEST_VERSION}")
    return said


def _days(document: dict[str, Any]) -> int:
    said = document.get("retention")
    found = _DAYS.fullmatch(said) if isinstance(said, str) else None
    if found is None:
        raise MalformedAgreement("its retention is no number of days, as in P30D")
    return int(found[1])


def _forums(said: object) -> tuple[NamedForum, ...]:
    if not isinstance(said, list) or not 1 <= len(said) <= MOST_FORUMS:
        raise MalformedAgreement(f"it does not name one to {MOST_FORUMS} forums")
    found = tuple(_forum(one) for one in said)
    if len({one.uri for one in found}) < len(found) or (len(found) > 1 and any(one.uri == ALL_FORUMS for one in found)):
        raise MalformedAgreement("it names a forum twice")
    return found


def _forum(said: object) -> NamedForum:
    if said == ALL_FORUMS:
        return NamedForum(ALL_FORUMS, "")
    if not isinstance(said, dict) or set(said) - {"type", "id", "name"} or said.get("type") != "Group":
        raise MalformedAgreement("a forum of it is no Group with id and name")
    title = said.get("name", "")
    if not isinstance(title, str):
        raise MalformedAgreement("a forum's name is no text")
    return NamedForum(_address(said.get("id"), "forums"), _CONTROL.sub(" ", title[:LONGEST_TITLE]).strip())


def _address(said: object, name: str) -> str:
    if not isinstance(said, str):
        raise MalformedAgreement(f"its {name} is no web address")
    try:
        read = parse_url(said)
    except BadUrl as error:
        raise MalformedAgreement(f"its {name} is no web address: {error}") from error
    if read.text != said or len(said) > 2000:
        raise MalformedAgreement(f"its {name} is not written as web addresses are")
    return said


def _text(document: dict[str, Any], name: str) -> str:
    said = document.get(name)
    if not isinstance(said, str) or not 1 <= len(said) <= 200:
        raise MalformedAgreement(f"its {name} is no short text")
    return said


def _one_of(document: dict[str, Any], name: str, words: Iterable[str]) -> str:
    said = document.get(name)
    if said not in tuple(words) or not isinstance(said, str):
        raise MalformedAgreement(f"its {name} is none of {', '.join(words)}")
    return said
