"""Ed25519 keys as actors show them: Multikeys in `assertionMethod` (FEP-521a).

A Multikey is the multibase text of a multicodec prefix and the key: "z", base58btc, 0xed01, 32 bytes.
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import base58
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from federation.signatures.errors import UnusableKey
from federation.signatures.keys import PublicKey
from federation.urls import same_origin

_ED25519 = b"\xed\x01"
_BASE58 = re.compile(r"z[1-9A-HJ-NP-Za-km-z]+\Z")
LONGEST_MULTIBASE = 200
MOST_KEYS = 10


def to_multibase(raw: bytes) -> str:
    """Bytes as multibase text in base58btc: "z" and the digits."""
    return "z" + base58.b58encode(raw).decode("ascii")


def from_multibase(text: object) -> bytes:
    """The bytes behind multibase text in base58btc; raise ValueError for anything else."""
    if not isinstance(text, str) or len(text) > LONGEST_MULTIBASE or not _BASE58.match(text):
        raise ValueError("it is not multibase text in base58btc")
    raw: bytes = base58.b58decode(text[1:])
    return raw


def to_multikey(key: PublicKey) -> str:
    """An Ed25519 key as a Multikey's text; raise ValueError for a key of another kind."""
    return to_multibase(_ED25519 + key.raw_ed25519())


def load_multikey(text: object) -> PublicKey:
    """Read a Multikey's text; raise UnusableKey with the reason. Other kinds than Ed25519 are not taken."""
    try:
        raw = from_multibase(text)
    except ValueError as error:
        raise UnusableKey(f"the Multikey is not readable: {error}") from error
    if not raw.startswith(_ED25519) or len(raw) != 34:
        raise UnusableKey("the Multikey is no Ed25519 key")
    return PublicKey(Ed25519PublicKey.from_public_bytes(raw[2:]))


def render_multikey(key_id: str, owner_uri: str, key: PublicKey) -> dict[str, str]:
    """A key as it stands in its owner's `assertionMethod`."""
    return {"id": key_id, "type": "Multikey", "controller": owner_uri, "publicKeyMultibase": to_multikey(key)}


def assertion_keys(actor: dict[str, Any], now: datetime) -> dict[str, PublicKey]:
    """The Ed25519 keys with which an actor signs documents, by their ids, as its own document lists them.

    Passed over, as FEP-521a asks: what is only linked to, of another kind, of another controller or server, expired
    or revoked. An id that is listed twice names no key.
    """
    uri, listed = actor.get("id"), actor.get("assertionMethod")
    if not isinstance(uri, str):
        return {}
    keys = [one for one in (listed if isinstance(listed, list) else [listed])[:MOST_KEYS] if isinstance(one, dict)]
    times_listed = Counter(str(one.get("id")) for one in keys)
    found: dict[str, PublicKey] = {}
    for one in keys:
        key_id = one.get("id")
        if one.get("type") != "Multikey" or one.get("controller") != uri or _is_over(one, now):
            continue
        if not isinstance(key_id, str) or not same_origin(key_id, uri) or times_listed[key_id] > 1:
            continue
        with suppress(UnusableKey):
            found[key_id] = load_multikey(one.get("publicKeyMultibase"))
    return found


def _is_over(key: dict[str, Any], now: datetime) -> bool:
    """Is a key expired or revoked (Controlled Identifiers 1.0, 2.2)? A time that cannot be read counts as past."""
    ends = [moment(key[name]) for name in ("expires", "revoked") if name in key]
    return any(at is None or at <= now for at in ends)


def moment(value: object) -> datetime | None:
    """A point in time with its zone (XML Schema's dateTimeStamp), in UTC; None where it cannot be read."""
    if not isinstance(value, str) or not 20 <= len(value) <= 40 or value[10] != "T":
        return None
    try:
        read = datetime.fromisoformat(value)
        return None if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
