"""The inbox's first eight checks, in one place and one order, so that none can be forgotten.

1 size; 2 digest; 3 one JSON object with one id, type and actor; 4 the rules on the key's server, before
anything is fetched; 5 the key and its owner; 6 the signature, its age and all that it must cover; 7 the owner
is the actor; 8 the id lives where the actor lives (FEP-fe34). Of 6, whatever the headers alone can tell is
looked at before 4, so that a hopeless request costs no fetch. Out comes a VerifiedActivity, and nothing else
makes one.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import InitVar, dataclass
from datetime import datetime
from typing import Any

from federation.signatures import cavage, rfc9421
from federation.signatures.bodies import check_digest, parse_json_object
from federation.signatures.errors import MalformedActivity, SignatureRefused, TooLarge, UnusableKey
from federation.signatures.keys import load_public_key
from federation.signatures.requests import SignedRequest, header_lists, only
from federation.urls import BadUrl, WebUrl, parse_url, same_origin

_ON_EVERY_REQUEST = ("(request-target)", "host")
_PROOF = object()

Signed = cavage.SignatureParameters | rfc9421.MessageSignature


@dataclass(frozen=True)
class FoundKey:
    """A stranger's public key. Whoever finds it has seen that the owner's own document lists this key."""

    key_id: str
    owner_uri: str
    pem: str


FindKey = Callable[[str, bool], Awaitable[FoundKey]]
"""``find_key(key_id, fresh)``: from memory, or with ``fresh`` from its server, at a rate the finder limits.

Raises KeyUnavailable, RefusedHost or SignatureRefused.
"""
RefuseHost = Callable[[str], Awaitable[None]]
"""``refuse_host(host)``: raises RefusedHost when our rules refuse that ``host`` or ``host:port``."""


@dataclass(frozen=True)
class VerifiedActivity:
    """An activity whose signer is proven to be its actor. Only ``verify`` makes one."""

    activity: dict[str, Any]
    activity_uri: str
    kind: str
    actor_uri: str
    key_id: str
    host: str
    body: bytes
    #: When the request says that it was signed, in unix seconds.
    signed_at: float
    proof: InitVar[object] = None

    def __post_init__(self, proof: object) -> None:
        if proof is not _PROOF:
            raise TypeError("only federation.signatures.verify makes a VerifiedActivity")


async def verify(
    request: SignedRequest,
    *,
    hosts: Collection[str],
    find_key: FindKey,
    refuse_host: RefuseHost,
    now: datetime,
    max_bytes: int = 1_000_000,
    scheme: str = "https",
) -> VerifiedActivity:
    """Run the eight checks on a POST to an inbox; raise a Refusal at the first that fails.

    ``hosts`` are the names (``host`` or ``host:port``, in lower case) that we answer to: what was signed for
    another server is not for us; ``scheme`` is that of our own address. Nothing is recorded
    here; a caller that marks ids as seen before this returns lets anyone suppress an activity.
    """
    if len(request.body) > max_bytes:
        raise TooLarge(f"{len(request.body)} bytes are more than {max_bytes}")
    headers = header_lists(request.headers)
    signed = _signature_of(headers)
    _check_body(signed, headers, request.body)
    activity = parse_json_object(request.body)
    activity_url, kind, actor = _identify(activity)
    _check_coverage(signed, with_body=True)
    key_url = _check_for_us(signed, headers, hosts, now)
    if key_url.origin != actor.origin:
        raise SignatureRefused(f"a key at {key_url.origin} cannot speak for {actor.text}")
    await refuse_host(key_url.authority)
    owner_uri = await _verified_owner(signed, request, headers, find_key, scheme)
    if owner_uri != actor.text:
        raise SignatureRefused(f"{owner_uri} signed what claims to be by {actor.text}")
    if activity_url.origin != actor.origin:
        raise SignatureRefused(f"{actor.text} cannot speak under the id {activity_url.text}")
    at = _signed_at(signed, headers)
    return VerifiedActivity(
        activity, activity_url.text, kind, actor.text, signed.key_id, actor.authority, request.body, at, _PROOF
    )


async def verify_get(
    request: SignedRequest,
    *,
    hosts: Collection[str],
    find_key: FindKey,
    refuse_host: RefuseHost,
    now: datetime,
    scheme: str = "https",
) -> str | None:
    """Who asks? The signer's actor URI, or None for a request without any signature; else a Refusal."""
    headers = header_lists(request.headers)
    if "signature" not in headers and "signature-input" not in headers:
        return None
    signed = _signature_of(headers)
    _check_coverage(signed, with_body=False)
    key_url = _check_for_us(signed, headers, hosts, now)
    await refuse_host(key_url.authority)
    owner_uri = await _verified_owner(signed, request, headers, find_key, scheme)
    if not same_origin(owner_uri, key_url.text):
        raise SignatureRefused(f"{key_url.text} and its owner {owner_uri} live on different servers")
    return owner_uri


def _signature_of(headers: Mapping[str, list[str]]) -> Signed:
    """The request's signature: RFC 9421 where it has a Signature-Input, else draft-cavage. Both at once is neither."""
    if "signature" not in headers:
        raise SignatureRefused("the request is not signed")
    if "signature-input" not in headers:
        return cavage.parse_signature(only(headers, "signature"))
    if any("keyid=" in text.lower() for text in headers["signature"]):
        raise SignatureRefused("the request is signed in two ways at once")
    return rfc9421.read_message_signature(headers)


def _check_body(signed: Signed, headers: Mapping[str, list[str]], body: bytes) -> None:
    if isinstance(signed, rfc9421.MessageSignature):
        rfc9421.check_content_digest(only(headers, rfc9421.DIGEST), body)
    else:
        check_digest(only(headers, "digest"), body)


def _check_coverage(signed: Signed, *, with_body: bool) -> None:
    if isinstance(signed, rfc9421.MessageSignature):
        rfc9421.check_coverage(signed, with_body=with_body)
    else:
        cavage.check_coverage(signed, (*_ON_EVERY_REQUEST, "digest") if with_body else _ON_EVERY_REQUEST)


def _identify(activity: dict[str, Any]) -> tuple[WebUrl, str, WebUrl]:
    """The one id, type and actor of an activity; an actor given as an object counts by its id."""
    actor = activity.get("actor")
    if isinstance(actor, dict):
        actor = actor.get("id")
    activity_uri, kind = activity.get("id"), activity.get("type")
    if not (isinstance(activity_uri, str) and isinstance(kind, str) and kind and isinstance(actor, str)):
        raise MalformedActivity("an activity has one id, one type and one actor, each a string")
    return _address(activity_uri, "id"), kind, _address(actor, "actor")


def _address(uri: str, what: str) -> WebUrl:
    try:
        return parse_url(uri)
    except BadUrl as error:
        raise MalformedActivity(f"the {what} is no web address: {error}") from error


def _check_for_us(
    signed: Signed, headers: Mapping[str, list[str]], hosts: Collection[str], now: datetime
) -> WebUrl:
    """All that headers alone can tell: meant for us, made just now, by a key at a web address (returned)."""
    host = only(headers, "host").lower()
    if host not in hosts and host.removesuffix(":443").removesuffix(":80") not in hosts:
        raise SignatureRefused(f"the request was signed for {host[:200]!r}, which is not us")
    if isinstance(signed, rfc9421.MessageSignature):
        rfc9421.check_age(signed, now)
    else:
        cavage.check_age(signed, headers, now)
    try:
        return parse_url(signed.key_id)
    except BadUrl as error:
        raise SignatureRefused(f"the keyId is no web address: {error}") from error


def _signed_at(signed: Signed, headers: Mapping[str, list[str]]) -> float:
    if isinstance(signed, rfc9421.MessageSignature):
        return float(signed.created or 0)
    return cavage.signed_at(signed, headers).timestamp()


async def _verified_owner(
    signed: Signed, request: SignedRequest, headers: Mapping[str, list[str]], find_key: FindKey, scheme: str
) -> str:
    """The owner of the key that signed; a remembered key that fails is fetched anew once: keys change."""
    for fresh in (False, True):
        found = await find_key(signed.key_id, fresh)
        if found.key_id != signed.key_id:
            raise SignatureRefused(f"asked for the key {signed.key_id} and found {found.key_id}")
        if _fits(found, signed, request, headers, scheme):
            return found.owner_uri
    raise SignatureRefused(f"the signature does not fit the key {signed.key_id}, remembered or fetched anew")


def _fits(
    found: FoundKey, signed: Signed, request: SignedRequest, headers: Mapping[str, list[str]], scheme: str
) -> bool:
    try:
        key = load_public_key(found.pem)
    except UnusableKey:
        return False
    if isinstance(signed, rfc9421.MessageSignature):
        return rfc9421.signs_message(signed, key, request, headers, scheme)
    return cavage.signs(signed, key, request, headers)
