"""HTTP signatures as the fediverse sends them: draft-cavage-http-signatures-12.

httpsig writes the signing string and reads and writes the Signature header. Neither its arithmetic nor its
verifier is used: the verifier believes the sender's ``algorithm``, which lets anybody sign as anybody.
"""

import base64
import binascii
import importlib
import importlib.util
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache, partial
from types import ModuleType
from typing import Any

from federation.signatures.bodies import digest_of
from federation.signatures.errors import SignatureRefused
from federation.signatures.keys import PrivateKey, PublicKey
from federation.signatures.requests import SignedRequest, only
from federation.urls import parse_url

ACCEPTED_TYPES = 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
SKEW = timedelta(hours=1)
LONGEST_LIFE = timedelta(hours=12)
_LONGEST_HEADER = 8192
_MOST_NAMES = 32
_SIGNATURE = re.compile(r"((?:^|,)\s*signature=\")([A-Za-z0-9+/]{64,}={0,2})\"")
_PARAMETER = re.compile(r"(?:^|,)\s*([^\s\"=,]+)\s*=")
_IMF_DATE = re.compile(
    r"[A-Z][a-z]{2}, ([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) (?:GMT|UTC)"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_AGREEING = {"rsa": (None, "rsa-sha256", "hs2019"), "ed25519": (None, "ed25519", "hs2019")}


def _httpsig_utils() -> Any:
    """httpsig's ``utils`` without the package's ``__init__``, which asks for the vanished pkg_resources."""
    if "httpsig" not in sys.modules:
        spec = importlib.util.find_spec("httpsig")
        if spec is None or spec.submodule_search_locations is None:
            raise ModuleNotFoundError("httpsig is not installed: install the locked requirements")
        package = ModuleType("httpsig")
        package.__path__ = list(spec.submodule_search_locations)
        sys.modules["httpsig"] = package
    return importlib.import_module("httpsig.utils")


_syntax = _httpsig_utils()


@dataclass(frozen=True, slots=True)
class SignatureParameters:
    """What a Signature header says. ``names`` are the signed headers, in order and in lower case."""

    key_id: str
    names: tuple[str, ...]
    algorithm: str | None
    created: int | None
    expires: int | None
    signature: bytes


def sign(
    method: str,
    url: str,
    body: bytes | None,
    key_id: str,
    private_key: PrivateKey,
    now: datetime,
    *,
    accept: str | None = None,
    content_type: str = "application/activity+json",
) -> dict[str, str]:
    """The headers of one signed request: Host, Date, Digest and Content-Type with a body, Accept, Signature.

    ``now`` is an aware time. Raises BadUrl for an address that could not be asked, ValueError for a key id
    that cannot stand in a header. RSA takes about 0.3 ms outside the GIL: use a thread for many.
    """
    if re.search(r'[^\x21-\x7e]|["\\]', key_id):
        raise ValueError(f"the key id {key_id!r} cannot stand in a Signature header")
    where = parse_url(url)
    headers = {"Host": where.authority, "Date": format_datetime(now.astimezone(UTC), usegmt=True)}
    names = ["(request-target)", "host", "date"]
    if body is not None:
        headers |= {"Digest": digest_of(body), "Content-Type": content_type}
        names.append("digest")
    message = _syntax.generate_message(names, headers, method=method, path=where.target)
    template = _template(key_id, private_key.algorithm, tuple(names))
    headers["Signature"] = template % base64.b64encode(private_key.sign(message)).decode("ascii")
    if accept is not None or body is None:
        headers["Accept"] = accept or ACCEPTED_TYPES
    return headers


@lru_cache(maxsize=1024)
def _template(key_id: str, algorithm: str, names: tuple[str, ...]) -> str:
    """A Signature header with a place for the signature: the same in all requests of a key."""
    made: str = _syntax.build_signature_template(
        key_id.replace("%", "%%"), algorithm, list(names), sign_header="signature"
    )
    return made


def parse_signature(header: str) -> SignatureParameters:
    """Read a Signature header; raise SignatureRefused for anything ambiguous, foreign or broken.

    The long signature is lifted out first: httpsig reads character by character, and what is left is the same
    in every request of one signer, so its reading is remembered.
    """
    if len(header) > _LONGEST_HEADER or not header.isascii():
        raise SignatureRefused("the Signature header is too long or not ASCII")
    lifted = _SIGNATURE.search(header)
    if lifted is None:
        with_signature, text = _parse_parameters(header)
    else:
        with_signature, place = _parse_parameters(f"{header[: lifted.end(1)]}-{header[lifted.end(2) :]}")
        text = lifted.group(2)
        if place != "-":
            raise SignatureRefused("the Signature header is misquoted")
    return with_signature(_decode(text))


@lru_cache(maxsize=2048)
def _parse_parameters(header: str) -> tuple[Callable[[bytes], SignatureParameters], str]:
    """What makes the whole, given the signature's bytes; and the text that stands in their place."""
    found: dict[str, str] = _syntax.parse_signature_header(header)
    stated = [name.lower() for name in _PARAMETER.findall(header)]
    if len(set(stated)) != len(stated) or not set(found) <= set(stated):
        raise SignatureRefused("a parameter of the Signature header stands there twice or is misquoted")
    if "keyid" not in found or "signature" not in found:
        raise SignatureRefused("the Signature header has no keyId or no signature (is it RFC 9421?)")
    with_signature = partial(
        SignatureParameters,
        found["keyid"],
        _signed_names(found.get("headers")),
        _check_algorithm(found.get("algorithm")),
        _seconds(found.get("created")),
        _seconds(found.get("expires")),
    )
    return with_signature, found["signature"]


def check_coverage(signed: SignatureParameters, needed: tuple[str, ...]) -> None:
    """Refuse a signature that leaves out what would let its request be altered or used again elsewhere."""
    if missing := [name for name in needed if name not in signed.names]:
        raise SignatureRefused(f"the signature does not cover {', '.join(missing)}")
    if "date" not in signed.names and "(created)" not in signed.names:
        raise SignatureRefused("the signature covers neither date nor (created)")
    if signed.algorithm == "rsa-sha256" and not {"(created)", "(expires)"}.isdisjoint(signed.names):
        raise SignatureRefused("(created) and (expires) may not be used with rsa-sha256 (draft 12, 2.3)")


def check_age(signed: SignatureParameters, headers: Mapping[str, list[str]], now: datetime) -> None:
    """Refuse what was signed over an hour from now; a signed (expires) may stretch that, to 12 hours."""
    stated = [parse_date(only(headers, "date"))] if "date" in signed.names else []
    if "(created)" in signed.names:
        stated.append(_moment(signed.created))
    for made_at in stated:
        until = made_at + SKEW
        if "(expires)" in signed.names:
            until = min(_moment(signed.expires), made_at + LONGEST_LIFE)
        if made_at - now > SKEW or now > until:
            raise SignatureRefused(f"the request was signed at {made_at:%Y-%m-%d %H:%M:%S}, too far from now")


def signed_at(signed: SignatureParameters, headers: Mapping[str, list[str]]) -> datetime:
    """Return when a request was signed, by what was signed of that: the earlier, where both are."""
    stated = [parse_date(only(headers, "date"))] if "date" in signed.names else []
    return min([*stated, *([_moment(signed.created)] if "(created)" in signed.names else [])])


def signs(
    signed: SignatureParameters, key: PublicKey, request: SignedRequest, headers: Mapping[str, list[str]]
) -> bool:
    """Did this key sign this request? Paths are tried with their query and without, since senders differ."""
    if signed.algorithm not in _AGREEING[key.kind]:
        return False
    values = _signed_values(signed, headers)
    whole = request.raw_path
    return any(
        key.verifies(signed.signature, _message(signed.names, values, request.method, path))
        for path in dict.fromkeys((whole, whole.partition("?")[0]))
    )


@lru_cache(maxsize=256)
def parse_date(text: str) -> datetime:
    """An HTTP date (RFC 9110 IMF-fixdate) as an aware UTC time; SignatureRefused for any other form.

    Each request's is read twice, and those of one second are the same.
    """
    match = _IMF_DATE.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError("not in the form of RFC 9110")
        day, month, *rest = match.groups()
        year, hour, minute, second = map(int, rest)
        return datetime(year, _MONTHS.index(month) + 1, int(day), hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError as error:
        raise SignatureRefused(f"the Date header {text[:60]!r} is no HTTP date") from error


def _message(names: tuple[str, ...], values: dict[str, str], method: str, path: str) -> bytes:
    try:
        message: bytes = _syntax.generate_message(names, values, method=method or "?", path=path or "/")
    except UnicodeEncodeError as error:
        raise SignatureRefused("the path or a signed header is not ASCII") from error
    return message


def _signed_values(signed: SignatureParameters, headers: Mapping[str, list[str]]) -> dict[str, str]:
    values = {}
    for name in signed.names:
        if name == "(created)":
            values[name] = str(signed.created)
        elif name == "(expires)":
            values[name] = str(signed.expires)
        elif name != "(request-target)":
            if name not in headers:
                raise SignatureRefused(f"the signature covers a header that did not come: {name[:60]!r}")
            values[name] = ", ".join(headers[name])
            if "\n" in values[name] or "\r" in values[name]:
                raise SignatureRefused(f"the header {name} is broken over lines")
    return values


def _signed_names(text: str | None) -> tuple[str, ...]:
    names = tuple(("date" if text is None else text).lower().split())
    if not names or len(names) > _MOST_NAMES or len(set(names)) != len(names):
        raise SignatureRefused("the list of signed headers is empty, too long or repeats itself")
    return names


def _check_algorithm(name: str | None) -> str | None:
    """The sender's word for the algorithm can only refuse a request, never choose how it is verified."""
    if name is not None and name.lower() not in ("rsa-sha256", "hs2019", "ed25519"):
        raise SignatureRefused(f"the algorithm {name[:40]!r} is not accepted")
    return None if name is None else name.lower()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureRefused("the signature is not Base64") from error


def _seconds(text: str | None) -> int | None:
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,11}", text):
        raise SignatureRefused("created or expires is not a whole number of seconds")
    return int(text)


def _moment(seconds: int | None) -> datetime:
    if seconds is None:
        raise SignatureRefused("(created) or (expires) is signed but not stated")
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise SignatureRefused("created or expires is no time") from error
