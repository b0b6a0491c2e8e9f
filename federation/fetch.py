"""What we fetch from other servers: documents, actors, keys, WebFinger and NodeInfo answers.

A fetched document is believed only about itself: right content type, at an address of the same origin as its
``id``, and that ``id`` is what was asked for. Each of these was once a takeover somewhere (uploads served as
activities; a document whose ``id`` was another's). Requests are signed by the server actor when there is one.

    FetchError
    ├── Missing        404 or 410; ``gone`` tells which
    ├── Denied         401 or 403: they do not show it to us
    ├── PeerFailed     any other status than 200
    └── WrongDocument  it came, but is not what was asked for, or not to be believed
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import quote

from federation.signatures import (
    FoundKey,
    KeyGone,
    KeyUnavailable,
    MalformedActivity,
    SignatureRefused,
)
from federation.signatures.bodies import parse_json_object
from federation.signatures.cavage import ACCEPTED_TYPES
from federation.signatures.multikeys import assertion_keys
from federation.transport import (
    REDIRECTS,
    Answer,
    BadRedirect,
    Refused,
    Transport,
    TransportError,
    Unreachable,
    check_url,
    deadline,
    next_hop,
)
from federation.urls import same_origin
from federation.vocabulary.actors import MalformedActor, RemoteActor, parse_actor

MOST_REDIRECTS = 3
_PROFILE = "https://www.w3.org/ns/activitystreams"
_HANDLE = re.compile(r"(?:acct:|@)?([A-Za-z0-9_][A-Za-z0-9_.-]{0,199}(?::[0-9]{1,5})?)@([A-Za-z0-9.:\[\]-]{1,255})")
_NODEINFO = "http://nodeinfo.diaspora.software/ns/schema/2."
_MOST_LINKS = 50

Sign = Callable[[str, str], dict[str, str]]
"""``sign(method, url)``: the signed headers of one request without a body."""
TURNED_AWAY = (400, 401, 403)


class Otherwise(Protocol):
    """The other form of signature, for servers that do not read the first."""

    def again(self, method: str, url: str, asked: str) -> dict[str, str]:
        """The headers of the same request signed in the other form; ``asked`` is its Accept-Signature."""

    def took(self, url: str) -> None:
        """Remember that the server of this address took the other form."""


class FetchError(Exception):
    """A document that could not be had; never raised itself. Transport's errors pass through beside it."""


class Missing(FetchError):
    """404 or 410."""

    def __init__(self, truth: str, *, gone: bool) -> None:
        super().__init__(truth)
        self.gone = gone


class Denied(FetchError):
    """401 or 403."""


class PeerFailed(FetchError):
    """A status that promises nothing; ``status`` tells which."""

    def __init__(self, truth: str, *, status: int) -> None:
        super().__init__(truth)
        self.status = status


class WrongDocument(FetchError):
    """The answer is not the document that was asked for."""


class Fetcher:
    """Fetches on behalf of this server. ``sign`` None asks unsigned: strict peers answer 401 then.

    Who turns a signed request away is asked once more, signed ``otherwise``.
    """

    def __init__(self, transport: Transport, sign: Sign | None, otherwise: Otherwise | None = None) -> None:
        self._transport = transport
        self._sign = sign
        self._otherwise = otherwise

    async def document(self, uri: str) -> dict[str, Any]:
        """The ActivityStreams document at ``uri``, whose ``id`` is ``uri``.

        A page's address may stand for its object: then the ``id`` on the same origin is fetched once more,
        and the document's ``id`` (not ``uri``) is its name. Raises FetchError or TransportError.
        """
        async with deadline(self._transport.total_seconds):
            return await self._named_document(uri)

    async def actor(self, uri: str) -> RemoteActor:
        """The actor at ``uri``; raises as ``document`` does."""
        document = await self.document(uri)
        try:
            return parse_actor(document, document["id"])
        except MalformedActor as error:
            raise WrongDocument(str(error)) from error

    async def key(self, key_id: str) -> FoundKey:
        """A public key, believed because its owner's own document lists it.

        GoToSocial answers a key's address with a stub: then its owner is fetched. Raises KeyUnavailable
        (nothing came), KeyGone (404, 410) or SignatureRefused (what came does not vouch for the key).
        """
        try:
            check_url(key_id)
        except Refused as error:
            raise SignatureRefused(str(error)) from error
        try:
            async with deadline(self._transport.total_seconds):
                return await self._vouched_key(key_id)
        except Missing as error:
            raise KeyGone(str(error)) from error
        except WrongDocument as error:
            raise SignatureRefused(str(error)) from error
        except (FetchError, TransportError) as error:
            raise KeyUnavailable(f"the key {key_id} could not be fetched: {error}") from error

    async def webfinger(self, handle: str) -> str:
        """The actor's URI behind ``@user@host`` (RFC 7033); raises FetchError or TransportError.

        When the answer's subject is on another host, that host is asked once and must agree: nobody else can
        say who its people are. Plain http is tried after https, only for hosts inside the peers' networks.
        """
        user, host = _split_handle(handle)
        async with deadline(self._transport.total_seconds):
            subject, actor_uri = await self._webfinger(user, host)
            if subject == (user.lower(), host.lower()):
                return actor_uri
            second, actor_uri = await self._webfinger(*subject)
        if second != subject:
            raise WrongDocument(f"the servers disagree about who {handle} is")
        return actor_uri

    async def nodeinfo(self, host: str, scheme: str) -> dict[str, str] | None:
        """``{"name", "version"}`` of a server's software, or None when it does not say (NodeInfo 2.x)."""
        try:
            async with deadline(self._transport.total_seconds):
                links = await self._json(f"{scheme}://{host}/.well-known/nodeinfo", "application/json")
                href = _nodeinfo_link(links)
                if href is None or not same_origin(href, f"{scheme}://{host}"):
                    return None
                software = (await self._json(href, "application/json")).get("software")
        except (FetchError, TransportError):
            return None
        if not isinstance(software, dict):
            return None
        return {part: str(software.get(part, ""))[:100] for part in ("name", "version")}

    async def _named_document(self, uri: str) -> dict[str, Any]:
        document = await self._own_document(uri)
        named = document.get("id")
        if named == uri:
            return document
        if not isinstance(named, str) or not same_origin(named, uri):
            raise WrongDocument(f"the document at {uri} calls itself {str(named)[:200]!r}")
        document = await self._own_document(named)
        if document.get("id") != named:
            raise WrongDocument(f"the document at {named} calls itself {str(document.get('id'))[:200]!r}")
        return document

    async def _own_document(self, uri: str) -> dict[str, Any]:
        answer = await self._get(uri)
        _check_status(answer)
        if not is_activity_type(answer.headers.get("Content-Type", "")):
            raise WrongDocument(f"{answer.url} is {answer.headers.get('Content-Type', 'untyped')[:100]!r}")
        document = _parse(answer)
        named = document.get("id")
        if not isinstance(named, str) or not same_origin(named, answer.url):
            raise WrongDocument(f"{answer.url} serves a document of another server: {str(named)[:200]!r}")
        return document

    async def _get(self, uri: str) -> Answer:
        """GET with redirects, signing each hop anew."""
        url = check_url(uri).request_url
        for _ in range(MOST_REDIRECTS + 1):
            headers = self._sign("GET", url) if self._sign else {"Accept": ACCEPTED_TYPES}
            answer = await self._transport.get(url, headers)
            if answer.status in TURNED_AWAY and self._otherwise is not None:
                answer = await self._knock_again(url, answer, self._otherwise)
            if answer.status not in REDIRECTS:
                return answer
            url = next_hop(answer)
        raise BadRedirect(f"{uri} redirects more than {MOST_REDIRECTS} times")

    async def _knock_again(self, url: str, refused: Answer, otherwise: Otherwise) -> Answer:
        headers = otherwise.again("GET", url, refused.headers.get("Accept-Signature", ""))
        if not headers:
            return refused
        answer = await self._transport.get(url, headers)
        if answer.status not in TURNED_AWAY:
            otherwise.took(url)
        return answer

    async def _vouched_key(self, key_id: str) -> FoundKey:
        where = check_url(key_id).request_url
        first = await self._own_document(where)
        owner_uri = first["id"]
        if _names_itself(first, key_id):  # a bare key object: only its owner can vouch for it
            owner_uri = first.get("owner") or first.get("controller")
        elif listed := _listed_key(first, key_id):
            owner_uri = listed.get("owner") or listed.get("controller") or owner_uri
        if not isinstance(owner_uri, str) or not same_origin(owner_uri, key_id):
            raise WrongDocument(f"{key_id} belongs to {str(owner_uri)[:200]!r}, on another server")
        asked = {where, key_id.partition("#")[0]}
        owner = first if first["id"] == owner_uri in asked else await self._own_document(owner_uri)
        pem = vouched_pem(owner, key_id)
        if owner["id"] != owner_uri or pem is None:
            raise WrongDocument(f"{owner_uri} does not list the key {key_id} as its own")
        return FoundKey(key_id, owner_uri, pem)

    async def _webfinger(self, user: str, host: str) -> tuple[tuple[str, str], str]:
        """(user, host) of the answer's subject in lower case, and the actor's URI."""
        path = f"/.well-known/webfinger?resource={quote(f'acct:{user}@{host}', safe=':@')}"
        document = await self._json_by_either_scheme(host, path, "application/jrd+json, application/json")
        stated = document.get("subject")
        subject = _HANDLE.fullmatch(stated) if isinstance(stated, str) else None
        links = document.get("links")
        for link in links[:_MOST_LINKS] if isinstance(links, list) else []:
            if subject is not None and isinstance(link, dict) and link.get("rel") == "self":
                href = link.get("href")
                if is_activity_type(str(link.get("type", ""))) and isinstance(href, str):
                    named = subject.group(1).lower(), subject.group(2).lower()
                    return named, check_url(href).text
        raise WrongDocument(f"{host} names no actor for {user}")

    async def _json_by_either_scheme(self, host: str, path: str, accept: str) -> dict[str, Any]:
        try:
            return await self._json(f"https://{host}{path}", accept)
        except (Unreachable, Refused):
            if not self._transport.networks:
                raise
            try:  # the transport refuses plain http to any address outside the peers' networks
                return await self._json(f"http://{host}{path}", accept)
            except Refused:
                pass
            raise

    async def _json(self, url: str, accept: str) -> dict[str, Any]:
        # Signed where we can: a forum for partners alone is found by nobody else.
        signed = self._sign("GET", url) if self._sign else {}
        answer = await self._transport.get(url, {**signed, "Accept": accept}, max_redirects=MOST_REDIRECTS)
        _check_status(answer)
        return _parse(answer)


def vouched_pem(owner: Mapping[str, Any], key_id: str) -> str | None:
    """The PEM of a key that an actor's own document lists as its own, None where it does not.

    Looked for among `publicKey`, then among the Multikeys of `assertionMethod` (FEP-521a).
    """
    found = _listed_key(owner, key_id)
    if found is not None:
        pem, stated = found.get("publicKeyPem"), found.get("owner") or found.get("controller")
        return pem if isinstance(pem, str) and stated == owner.get("id") else None
    multikey = assertion_keys(dict(owner), datetime.now(UTC)).get(key_id)
    return multikey.pem() if multikey else None


def is_activity_type(content_type: str) -> bool:
    """``application/activity+json``, or ``application/ld+json`` with the ActivityStreams profile."""
    kind, *parameters = (part.strip() for part in content_type.split(";"))
    if kind.lower() == "application/activity+json":
        return True
    profiles = [
        value.strip(' "').split()
        for name, _, value in (parameter.partition("=") for parameter in parameters)
        if name.strip().lower() == "profile"
    ]
    return kind.lower() == "application/ld+json" and any(_PROFILE in profile for profile in profiles)


def _check_status(answer: Answer) -> None:
    if answer.status == 200:
        return
    truth = f"{answer.url} answered {answer.status}"
    if answer.status in (404, 410):
        raise Missing(truth, gone=answer.status == 410)
    if answer.status in (401, 403):
        raise Denied(truth)
    raise PeerFailed(truth, status=answer.status)


def _parse(answer: Answer) -> dict[str, Any]:
    try:
        return parse_json_object(answer.body)
    except MalformedActivity as error:
        raise WrongDocument(f"{answer.url}: {error}") from error


def _split_handle(handle: str) -> tuple[str, str]:
    match = _HANDLE.fullmatch(handle)
    if match is None:
        raise WrongDocument(f"{handle[:200]!r} is no handle: write @name@host")
    return match.group(1), match.group(2)


def _names_itself(document: Mapping[str, Any], key_id: str) -> bool:
    return document.get("id") == key_id and not {"publicKeyPem", "publicKeyMultibase"}.isdisjoint(document)


def _listed_key(document: Mapping[str, Any], key_id: str) -> dict[str, Any] | None:
    keys = document.get("publicKey")
    for key in keys[:10] if isinstance(keys, list) else [keys]:
        if isinstance(key, dict) and key.get("id") == key_id:
            return key
    return None


def _nodeinfo_link(document: Mapping[str, Any]) -> str | None:
    links = document.get("links")
    known = [
        (str(link["rel"]), link["href"])
        for link in (links[:_MOST_LINKS] if isinstance(links, list) else [])
        if isinstance(link, dict)
        and str(link.get("rel", "")).startswith(_NODEINFO)
        and isinstance(link.get("href"), str)
    ]
    return max(known)[1] if known else None
