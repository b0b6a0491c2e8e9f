"""Actors: strangers' documents read into one plain shape, and ours written as FEDERATION.md describes them.

Sources: ActivityPub 4.1, FEP-1b12 (Groups: ``attributedTo`` is the moderators' collection), FEP-5feb
(``indexable``), FEP-fe34 (an actor's inbox and key live where the actor lives), the security vocabulary.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from federation.urls import BadUrl, parse_url, same_origin
from federation.vocabulary.capabilities import IMPLEMENTED, IMPLEMENTS, render_generator

ACTIVITYSTREAMS = "https://www.w3.org/ns/activitystreams"
MULTIKEY_CONTEXT = "https://w3id.org/security/multikey/v1"
KINDS = ("Person", "Group", "Application", "Service", "Organization")
LONGEST_NAME = 500
LONGEST_USERNAME = 200
LONGEST_SUMMARY = 20_000
LONGEST_PEM = 16_384
_MOST_KEYS = 10
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
_CONTEXT: list[Any] = [
    ACTIVITYSTREAMS,
    "https://w3id.org/security/v1",
    {
        "toot": "http://joinmastodon.org/ns#",
        "lemmy": "https://join-lemmy.org/ns#",
        "discoverable": "toot:discoverable",
        "indexable": "toot:indexable",
        "featured": {"@id": "toot:featured", "@type": "@id"},
        "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
        "postingRestrictedToMods": "lemmy:postingRestrictedToMods",
        "implements": IMPLEMENTS,
    },
]


class MalformedActor(ValueError):
    """The document is no actor that we could talk to; ``str()`` says why."""


@dataclass(frozen=True)
class RemoteActor:
    """A stranger's actor. ``summary_html`` is as it came: sanitise it before showing it. Times are UTC."""

    uri: str
    kind: str
    username: str
    host: str
    name: str
    summary_html: str
    url: str
    inbox_uri: str
    shared_inbox_uri: str | None
    outbox_uri: str | None
    followers_uri: str | None
    key_id: str
    public_key_pem: str
    moved_to_uri: str | None
    suspended: bool
    discoverable: bool
    indexable: bool
    approves_followers: bool
    moderators_uri: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    posting_restricted: bool

    @property
    def handle(self) -> str:
        """``@username@host``."""
        return f"@{self.username}@{self.host}"

    @property
    def delivery_uri(self) -> str:
        """Where to send: the shared inbox when there is one."""
        return self.shared_inbox_uri or self.inbox_uri


def parse_actor(document: dict[str, Any], uri: str) -> RemoteActor:
    """Read the document that was fetched from ``uri``; raise MalformedActor with the reason.

    Its ``id`` must be ``uri``, and its inbox must be on the actor's own server: otherwise what is granted to
    one server would be delivered to another. Long texts are cut, odd shapes made plain.
    """
    if document.get("id") != uri:
        raise MalformedActor(f"the document at {uri} calls itself {str(document.get('id'))[:200]!r}")
    try:
        where = parse_url(uri)
    except BadUrl as error:
        raise MalformedActor(str(error)) from error
    inbox_uri = _beside(document.get("inbox"), uri)
    if inbox_uri is None:
        raise MalformedActor(f"{uri} has no inbox on its own server")
    key_id, pem = _public_key(document, uri)
    username = _line(document.get("preferredUsername"), LONGEST_USERNAME).replace("@", "") or where.host
    endpoints = document.get("endpoints")
    return RemoteActor(
        uri=uri,
        kind=_kind(document.get("type")),
        username=username,
        host=where.authority,
        name=_line(document.get("name"), LONGEST_NAME) or username,
        summary_html=_text(document.get("summary"), LONGEST_SUMMARY),
        url=_page(document.get("url")) or uri,
        inbox_uri=inbox_uri,
        shared_inbox_uri=_beside(endpoints.get("sharedInbox"), uri) if isinstance(endpoints, dict) else None,
        outbox_uri=_beside(document.get("outbox"), uri),
        followers_uri=_beside(document.get("followers"), uri),
        key_id=key_id,
        public_key_pem=pem,
        moved_to_uri=_address(document.get("movedTo")),
        suspended=_said(document, "suspended"),
        discoverable=_said(document, "discoverable"),
        indexable=_said(document, "indexable"),
        approves_followers=_said(document, "manuallyApprovesFollowers"),
        moderators_uri=_beside(document.get("attributedTo"), uri),
        starts_at=_moment(document.get("startTime")),
        ends_at=_moment(document.get("endTime")),
        posting_restricted=_said(document, "postingRestrictedToMods"),
    )


def render_group(
    *,
    uri: str,
    username: str,
    name: str,
    summary_html: str,
    url: str,
    public_key_pem: str,
    shared_inbox_uri: str,
    key_id: str = "",
    published_at: datetime | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    posting_restricted: bool = False,
    discoverable: bool = True,
    indexable: bool = True,
    server_uri: str = "",
    multikey: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A forum as a Group.

    ``manuallyApprovesFollowers`` is always false: Lemmy reads true as "private". ``posting_restricted``
    closes the forum to all but moderators wherever that is understood; start and end are for partners.
    ``server_uri`` names the server that speaks for it (FEP-844e); ``multikey`` as for ``render_server``; ``key_id``
    is `#main-key` of the actor unless given.
    """
    group = _actor("Group", uri, username, name, url, (key_id, public_key_pem), shared_inbox_uri)
    group |= _signing(server_uri, multikey)
    group |= {
        "summary": summary_html,
        "attributedTo": f"{uri}/moderators",
        "featured": f"{uri}/featured",
        "postingRestrictedToMods": posting_restricted,
        "manuallyApprovesFollowers": False,
        "discoverable": discoverable,
        "indexable": indexable,
    }
    return group | _times(published=published_at, startTime=starts_at, endTime=ends_at)


def render_person(
    *,
    uri: str,
    username: str,
    name: str,
    url: str,
    public_key_pem: str,
    shared_inbox_uri: str,
    key_id: str = "",
    summary_html: str = "",
    published_at: datetime | None = None,
    discoverable: bool = False,
    indexable: bool = False,
    pseudonymous: bool = False,
    server_uri: str = "",
    multikey: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A person. ``pseudonymous`` leaves only what the handle says: no name, summary, page, date or listing.

    The caller then chooses a ``uri`` and ``username`` that do not name the person either. ``server_uri`` and
    ``multikey`` as for ``render_group``.
    """
    if pseudonymous:
        name, summary_html, url, published_at, discoverable, indexable = username, "", uri, None, False, False
    person = _actor("Person", uri, username, name, url, (key_id, public_key_pem), shared_inbox_uri)
    person |= _signing(server_uri, multikey)
    person |= {
        "manuallyApprovesFollowers": False,
        "discoverable": discoverable,
        "indexable": indexable,
    }
    if summary_html:
        person["summary"] = summary_html
    return person | _times(published=published_at)


def render_reader(person: Mapping[str, Any]) -> dict[str, Any]:
    """Return who stands for our server where its own actor may not: a person's document, of a Service."""
    return {**person, "type": "Service", "manuallyApprovesFollowers": True}


def render_server(
    *,
    uri: str,
    host: str,
    name: str,
    url: str,
    public_key_pem: str,
    shared_inbox_uri: str,
    key_id: str = "",
    multikey: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The server as an Application (FEP-2677, FEP-d556): it signs our fetches and is served unsigned.

    `multikey` is the key with which it signs documents (FEP-521a).
    """
    server = _actor("Application", uri, host, name, url, (key_id, public_key_pem), shared_inbox_uri)
    server |= _signing("", multikey) | {"implements": [dict(one) for one in IMPLEMENTED]}
    return server | {"manuallyApprovesFollowers": True, "discoverable": False, "indexable": False}


def _signing(server_uri: str, multikey: Mapping[str, str] | None) -> dict[str, Any]:
    """What an actor says of how it signs and what its server reads."""
    said: dict[str, Any] = {}
    if multikey is not None:
        said["@context"] = [*_CONTEXT[:2], MULTIKEY_CONTEXT, *_CONTEXT[2:]]
        said["assertionMethod"] = [dict(multikey)]
    if server_uri:
        said["generator"] = render_generator(server_uri)
    return said


def _actor(
    kind: str, uri: str, username: str, name: str, url: str, key: tuple[str, str], shared_inbox_uri: str
) -> dict[str, Any]:
    """Return what all actors say. `key` is the id of the key, "" for that of a first one, and its public half."""
    key_id, pem = key
    return {
        "@context": list(_CONTEXT),
        "type": kind,
        "id": uri,
        "preferredUsername": username,
        "name": name,
        "url": url,
        "inbox": f"{uri}/inbox",
        "outbox": f"{uri}/outbox",
        "followers": f"{uri}/followers",
        "endpoints": {"sharedInbox": shared_inbox_uri},
        "publicKey": {"id": key_id or f"{uri}#main-key", "owner": uri, "publicKeyPem": pem},
    }


def _times(**moments: datetime | None) -> dict[str, str]:
    return {name: at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for name, at in moments.items() if at is not None}


def _kind(stated: object) -> str:
    for kind in _several(stated):
        if isinstance(kind, str) and kind in KINDS:
            return kind
    raise MalformedActor(f"{str(stated)[:100]!r} is no kind of actor")


def _public_key(document: dict[str, Any], uri: str) -> tuple[str, str]:
    for key in _several(document.get("publicKey")):
        if not isinstance(key, dict):
            continue
        key_id, pem = key.get("id"), key.get("publicKeyPem")
        owner = key.get("owner") or key.get("controller")
        if isinstance(key_id, str) and isinstance(pem, str) and owner == uri and same_origin(key_id, uri):
            if len(pem) > LONGEST_PEM:
                raise MalformedActor(f"{uri} has a key of {len(pem)} characters")
            return key_id, pem
    if _lists_multikeys(document):
        return "", ""
    raise MalformedActor(f"{uri} lists no public key of its own")


def _lists_multikeys(document: dict[str, Any]) -> bool:
    """Does it list Multikeys alone (FEP-521a)? They are read where a signature names one."""
    listed = _several(document.get("assertionMethod"))
    return any(isinstance(one, dict) and one.get("type") == "Multikey" for one in listed)


def _several(value: object) -> Iterable[object]:
    return value[:_MOST_KEYS] if isinstance(value, list) else (value,)


def _address(value: object) -> str | None:
    try:
        return parse_url(value).text
    except BadUrl:
        return None


def _beside(value: object, uri: str) -> str | None:
    """The address, when it is one and on the same server as ``uri``."""
    address = _address(value)
    return address if address is not None and same_origin(address, uri) else None


def _page(value: object) -> str | None:
    """The first web address among the many forms that ``url`` takes: text, Link object, list of either."""
    for one in _several(value):
        address = _address(one.get("href") if isinstance(one, dict) else one)
        if address is not None:
            return address
    return None


def _text(value: object, longest: int) -> str:
    return value[:longest] if isinstance(value, str) else ""


def _line(value: object, longest: int) -> str:
    """One line without control characters and without those that turn the direction of writing."""
    return _CONTROL.sub(" ", _text(value, longest)).strip()


def _said(document: dict[str, Any], name: str) -> bool:
    return document.get(name, document.get(f"toot:{name}")) is True


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
