"""HTTP Message Signatures (RFC 9421) as servers of the fediverse use them, and the digest of RFC 9530.

Sources: RFC 9421; the fediverse's profile of it as Mastodon and Fedify have it (one signature, with ``created``,
over ``@method``, ``@target-uri`` and, with a body, ``content-digest``). The key decides the algorithm.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from federation.signatures.cavage import ACCEPTED_TYPES, LONGEST_LIFE, SKEW
from federation.signatures.errors import SignatureRefused
from federation.signatures.fields import (
    BadField,
    Bare,
    InnerList,
    Item,
    read_dictionary,
    write_bare,
)
from federation.signatures.keys import PrivateKey, PublicKey
from federation.signatures.requests import SignedRequest, only
from federation.urls import parse_url

ALGORITHMS = {"rsa": "rsa-v1_5-sha256", "ed25519": "ed25519"}
COVERED = ("@method", "@target-uri")
DIGEST = "content-digest"
LABEL = "sig1"
_MOST_COMPONENTS = 32


@dataclass(frozen=True, slots=True)
class MessageSignature:
    """One signature and its input. ``whole`` is written into what is signed exactly as RFC 9421 2.3 says."""

    key_id: str
    names: tuple[str, ...]
    signature: bytes
    algorithm: str | None
    created: int | None
    expires: int | None
    whole: InnerList


def read_message_signature(headers: Mapping[str, list[str]], label: str | None = None) -> MessageSignature:
    """Read the one signature of a request, or that of a label; raise SignatureRefused for any other number.

    Two signatures would leave open which of them was believed.
    """
    try:
        inputs = read_dictionary(", ".join(headers.get("signature-input", [])))
        values = read_dictionary(", ".join(headers.get("signature", [])))
    except BadField as error:
        raise SignatureRefused(f"Signature-Input or Signature cannot be read: {error}") from error
    if label is None and (len(inputs) != 1 or inputs.keys() != values.keys()):
        raise SignatureRefused("there is not one signature with its input")
    name = label or next(iter(inputs))
    whole, value = inputs.get(name), values.get(name)
    if not isinstance(whole, InnerList) or not isinstance(value, Item) or not isinstance(value.value, bytes):
        raise SignatureRefused("the signature or its input has another form")
    said = dict(whole.parameters)
    return MessageSignature(
        key_id=_text(said, "keyid") or _refuse("the signature names no key"),
        names=_names(whole),
        signature=value.value,
        algorithm=_text(said, "alg"),
        created=_seconds(said, "created"),
        expires=_seconds(said, "expires"),
        whole=whole,
    )


def check_coverage(signed: MessageSignature, *, with_body: bool) -> None:
    """Refuse a signature that leaves out what would let its request be altered or used again elsewhere."""
    needed = (*COVERED, DIGEST) if with_body else COVERED
    if missing := [name for name in needed if name not in signed.names]:
        raise SignatureRefused(f"the signature does not cover {', '.join(missing)}")
    if signed.created is None:
        raise SignatureRefused("the signature does not say when it was created")


def check_age(signed: MessageSignature, now: datetime) -> None:
    """Refuse what was created over an hour from now; ``expires`` may stretch that to 12 hours, or shorten it."""
    made_at = datetime.fromtimestamp(signed.created or 0, UTC)
    until = made_at + SKEW
    if signed.expires is not None:
        until = min(datetime.fromtimestamp(signed.expires, UTC), made_at + LONGEST_LIFE)
    if made_at - now > SKEW or now > until:
        raise SignatureRefused(f"the request was signed at {made_at:%Y-%m-%d %H:%M:%S}, too far from now")


def check_content_digest(header: str, body: bytes) -> None:
    """Compare a Content-Digest with the bytes that came: SHA-256 or SHA-512, and all that is stated of them."""
    try:
        stated = read_dictionary(header)
    except BadField as error:
        raise SignatureRefused(f"the Content-Digest cannot be read: {error}") from error
    known = {name: getattr(stated[name], "value", None) for name in ("sha-256", "sha-512") if name in stated}
    if not known:
        raise SignatureRefused("the Content-Digest names neither sha-256 nor sha-512")
    for name, value in known.items():
        made = hashlib.new(name.replace("-", ""), body).digest()
        if not isinstance(value, bytes) or not hmac.compare_digest(value, made):
            raise SignatureRefused(f"the Content-Digest's {name} does not fit the body")


def signs_message(
    signed: MessageSignature, key: PublicKey, request: SignedRequest, headers: Mapping[str, list[str]], scheme: str
) -> bool:
    """Did this key sign this request, which came to us over ``scheme``?"""
    if signed.algorithm not in (None, ALGORITHMS[key.kind]):
        return False
    return key.verifies(signed.signature, signature_base(signed.whole, request, headers, scheme))


def signature_base(
    whole: InnerList, request: SignedRequest, headers: Mapping[str, list[str]], scheme: str
) -> bytes:
    """What is signed (RFC 9421 2.5): a line for each component, then the parameters."""
    lines = [f"{item}: {_value(str(item.value), request, headers, scheme)}" for item in whole.items]
    lines.append(f'"@signature-params": {whole}')
    try:
        return "\n".join(lines).encode("ascii")
    except UnicodeEncodeError as error:
        raise SignatureRefused("the path or a signed header is not ASCII") from error


def content_digest_of(body: bytes) -> str:
    """The Content-Digest header of a body (RFC 9530)."""
    return f"sha-256={write_bare(hashlib.sha256(body).digest())}"


def sign_message(
    method: str,
    url: str,
    body: bytes | None,
    key_id: str,
    private_key: PrivateKey,
    now: datetime,
    *,
    accept: str | None = None,
    content_type: str = "application/activity+json",
    wanted: InnerList | None = None,
) -> dict[str, str]:
    """The headers of one request signed as RFC 9421 has it; as ``sign`` of draft-cavage otherwise.

    ``wanted`` is what an Accept-Signature asks for: its components beside ours, its ``nonce`` and ``tag``.
    """
    where = parse_url(url)
    headers = {"Host": where.authority, "Date": format_datetime(now.astimezone(UTC), usegmt=True)}
    if body is not None:
        headers |= {"Content-Digest": content_digest_of(body), "Content-Type": content_type}
    if accept is not None or body is None:
        headers["Accept"] = accept or ACCEPTED_TYPES
    lists = {name.lower(): [value] for name, value in headers.items()}
    names = [*COVERED, "@authority", *([DIGEST] if body is not None else [])]
    names += [name for name in asked_names(wanted) if name not in names and _can_cover(name, lists)]
    said: dict[str, Bare] = {"created": int(now.timestamp()), "keyid": key_id, "alg": ALGORITHMS[private_key.kind]}
    said |= {name: value for name, value in (wanted.parameters if wanted else ()) if name in ("nonce", "tag")}
    whole = InnerList(tuple(map(Item, names)), tuple(said.items()))
    request = SignedRequest(method, where.target, headers, body or b"")
    made = private_key.sign(signature_base(whole, request, lists, where.scheme))
    return headers | {"Signature-Input": f"{LABEL}={whole}", "Signature": f"{LABEL}={write_bare(made)}"}


def read_accept_signature(header: str) -> InnerList | None:
    """What an Accept-Signature header asks for first (RFC 9421 5.1), None where it asks for nothing we can do."""
    try:
        asked = [one for one in read_dictionary(header).values() if isinstance(one, InnerList)]
    except BadField:
        return None
    known = [one for one in asked if dict(one.parameters).get("alg", "") in ("", *ALGORITHMS.values())]
    return known[0] if known else None


def accept_signature(*, with_body: bool) -> str:
    """What we ask of somebody whose request was not signed as it should be."""
    names = (*COVERED, DIGEST) if with_body else COVERED
    return f"{LABEL}={InnerList(tuple(map(Item, names)), (('created', True), ('keyid', True)))}"


def asked_names(wanted: InnerList | None) -> list[str]:
    """The plain components that are asked for."""
    items = wanted.items[:_MOST_COMPONENTS] if wanted else ()
    return [item.value for item in items if isinstance(item.value, str) and not item.parameters]


_DERIVED: dict[str, Callable[[SignedRequest, str, str], str]] = {
    "@method": lambda request, scheme, authority: request.method,
    "@target-uri": lambda request, scheme, authority: f"{scheme}://{authority}{request.raw_path}",
    "@authority": lambda request, scheme, authority: authority,
    "@scheme": lambda request, scheme, authority: scheme,
    "@request-target": lambda request, scheme, authority: request.raw_path,
    "@path": lambda request, scheme, authority: request.raw_path.partition("?")[0] or "/",
    "@query": lambda request, scheme, authority: "?" + request.raw_path.partition("?")[2],
}


def _can_cover(name: str, headers: Mapping[str, list[str]]) -> bool:
    return name in _DERIVED or name in headers


def _value(name: str, request: SignedRequest, headers: Mapping[str, list[str]], scheme: str) -> str:
    if name in _DERIVED:
        authority = only(headers, "host").lower()
        authority = authority.removesuffix(":443" if scheme == "https" else ":80")
        return _DERIVED[name](request, scheme, authority)
    if name not in headers or name.startswith("@"):
        raise SignatureRefused(f"the signature covers what did not come: {name[:60]!r}")
    value = ", ".join(one.strip() for one in headers[name])
    if "\n" in value or "\r" in value:
        raise SignatureRefused(f"the header {name} is broken over lines")
    return value


def _names(whole: InnerList) -> tuple[str, ...]:
    """The covered components. One with parameters (a part of a field, another message's) is not read here."""
    names: list[str] = []
    for item in whole.items:
        if not isinstance(item.value, str) or item.parameters or item.value != item.value.lower():
            raise SignatureRefused("the signature covers a component of a kind that is not read here")
        names.append(item.value)
    if not names or len(set(names)) != len(names):
        raise SignatureRefused("the list of covered components is empty or repeats itself")
    return tuple(names)


def _text(said: Mapping[str, Bare], name: str) -> str | None:
    value = said.get(name)
    if value is not None and not isinstance(value, str):
        raise SignatureRefused(f"the signature's {name} is not text")
    return value


def _seconds(said: Mapping[str, Bare], name: str) -> int | None:
    value = said.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**11:
        raise SignatureRefused(f"the signature's {name} is no time in seconds")
    return value


def _refuse(why: str) -> str:
    raise SignatureRefused(why)
