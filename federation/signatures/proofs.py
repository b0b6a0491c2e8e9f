"""Proofs inside documents: FEP-8b32 with `eddsa-jcs-2022`, to be checked long after a request and its signature.

What is signed is SHA-256(JCS(proof without its value)) followed by SHA-256(JCS(document without proof)); JCS is
RFC 8785. Sources: FEP-8b32; W3C, Data Integrity EdDSA Cryptosuites 1.0, section 3.3. No chain of proofs, no set of
proofs and no JSON-LD is read: a document has exactly one proof here, or is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import rfc8785

from federation.signatures.bodies import parse_json_object
from federation.signatures.errors import MalformedActivity, ProofRefused
from federation.signatures.keys import PrivateKey, PublicKey
from federation.signatures.multikeys import assertion_keys, from_multibase, moment, to_multibase

CRYPTOSUITE = "eddsa-jcs-2022"
SIGNATURE_BYTES = 64
LARGEST_INTEGER = 2**53 - 1
LONGEST_KEY_ID = 2000
FRESH = timedelta(days=1)
SKEW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a document's proof says of itself. Nothing of it is proven before `verify_document`."""

    key_id: str
    made_at: datetime
    expires_at: datetime | None
    options: dict[str, Any]
    value: bytes


def parse_signed_object(body: bytes) -> dict[str, Any]:
    """Read a body that has but one reading (I-JSON, RFC 7493); raise MalformedActivity otherwise.

    Two members of one name, numbers beyond what JCS can write, NaN and the like would let two servers read two
    documents out of the same signed bytes.
    """
    parse_json_object(body)
    try:
        document: dict[str, Any] = json.loads(
            body.decode("utf-8"), object_pairs_hook=_once, parse_int=_integer, parse_float=_fraction
        )
    except (ValueError, RecursionError) as error:
        raise MalformedActivity(f"the body can be read in more than one way: {error}") from error
    return document


def sign_document(document: dict[str, Any], key: PrivateKey, key_id: str, created: datetime) -> dict[str, Any]:
    """The document with a proof that the owner of `key_id` made at `created`.

    Raises ValueError for a document that has a proof already or that JCS cannot write, and for a key that is not
    Ed25519.
    """
    if "proof" in document or key.algorithm != "hs2019":
        raise ValueError("a proof is made once, with an Ed25519 key")
    options: dict[str, Any] = {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "verificationMethod": key_id,
        "proofPurpose": "assertionMethod",
        "created": created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if "@context" in document:
        options["@context"] = document["@context"]
    value = key.sign(_message(document, options))
    return {**document, "proof": {**options, "proofValue": to_multibase(value)}}


def read_proof(document: dict[str, Any]) -> Proof:
    """The document's one proof, read but not proven; raise ProofRefused with the reason."""
    stated = document.get("proof")
    if not isinstance(stated, dict):
        raise ProofRefused("there is no proof" if stated is None else "there is not one proof but a set or a link")
    for name, wanted in (
        ("type", "DataIntegrityProof"),
        ("cryptosuite", CRYPTOSUITE),
        ("proofPurpose", "assertionMethod"),
    ):
        if stated.get(name) != wanted:
            raise ProofRefused(f"the proof's {name} is {str(stated.get(name))[:60]!r}, not {wanted}")
    if "previousProof" in stated:
        raise ProofRefused("chains of proofs are not read here")
    key_id, created = stated.get("verificationMethod"), moment(stated.get("created"))
    if not isinstance(key_id, str) or not key_id or len(key_id) > LONGEST_KEY_ID:
        raise ProofRefused("the proof does not name one key")
    if created is None:
        raise ProofRefused("the proof does not say when it was made")
    try:
        value = from_multibase(stated.get("proofValue"))
    except ValueError as error:
        raise ProofRefused(f"the proof's value is not readable: {error}") from error
    if len(value) != SIGNATURE_BYTES:
        raise ProofRefused(f"the proof's value has {len(value)} bytes, not {SIGNATURE_BYTES}")
    options = {name: said for name, said in stated.items() if name != "proofValue"}
    expires = moment(stated.get("expires"))
    if "expires" in stated and expires is None:
        raise ProofRefused("the proof does not say clearly until when it holds")
    return Proof(key_id, created, expires, options, value)


def verify_document(document: dict[str, Any], key: PublicKey, now: datetime | None = None) -> dict[str, Any]:
    """The document that this key's owner signed, without the proof; raise ProofRefused when it is another.

    A Linked Data `signature` beside the proof is no part of it and is left out (FEP-8b32). With `now`, a proof that
    has expired is refused too.
    """
    proof = read_proof(document)
    signed = {name: value for name, value in document.items() if name not in ("proof", "signature")}
    if "@context" in proof.options:
        signed["@context"] = _context(document.get("@context"), proof.options["@context"])
    if now is not None and proof.expires_at is not None and proof.expires_at <= now:
        raise ProofRefused("the proof has expired")
    try:
        message = _message(signed, proof.options)
    except ValueError as error:
        raise ProofRefused(f"what was signed has no canonical form: {error}") from error
    if key.kind != "ed25519" or not key.verifies(proof.value, message):
        raise ProofRefused("the proof does not fit the document and the key")
    return signed


def verify_owned(document: dict[str, Any], actor: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The document that an actor signed as its own, checked against the actor's document; raise ProofRefused.

    The key has to be one that the actor lists, and the actor has to be the one whom the document says it is by
    (FEP-8b32, FEP-fe34).
    """
    owner = owner_of(document)
    if owner != actor.get("id"):
        raise ProofRefused(f"{str(actor.get('id'))[:200]} cannot sign what is by {owner[:200]}")
    key = assertion_keys(actor, now).get(read_proof(document).key_id)
    if key is None:
        raise ProofRefused(f"{owner[:200]} lists no such key to sign documents with")
    return verify_document(document, key, now)


def proves(document: dict[str, Any], actor: dict[str, Any], now: datetime) -> bool:
    """Does a document bear its owner's proof, made within a day before `now`?

    For what somebody else passes on: an older proof may be of what its owner has changed or deleted since.
    """
    try:
        verify_owned(document, actor, now)
        age = now - read_proof(document).made_at
    except ProofRefused:
        return False
    return -SKEW <= age <= FRESH


def owner_of(document: dict[str, Any]) -> str:
    """Whom a document says it is by: an activity's actor, else `attributedTo`, else an actor's own id.

    Raises ProofRefused where that is nobody, or more than one.
    """
    named = document["actor"] if "actor" in document else document.get("attributedTo")
    if named is None and "inbox" in document:
        named = document.get("id")
    if isinstance(named, dict):
        named = named.get("id")
    if not isinstance(named, str) or not named:
        raise ProofRefused("the document does not say whose it is")
    return named


def _message(document: dict[str, Any], options: dict[str, Any]) -> bytes:
    return hashlib.sha256(canonical(options)).digest() + hashlib.sha256(canonical(document)).digest()


def canonical(value: dict[str, Any]) -> bytes:
    """A JSON object in its canonical form (RFC 8785); raise ValueError for what has none."""
    try:
        return rfc8785.dumps(value)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _context(stated: object, proven: object) -> object:
    """The context that was signed; the document's own has to begin with it, in the same order."""
    whole, start = _several(stated), _several(proven)
    if stated is None or whole[: len(start)] != start:
        raise ProofRefused("the document's @context does not begin with the proof's")
    return proven


def _several(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name[:60]!r} stands twice in one object")
        found[name] = value
    return found


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > LARGEST_INTEGER:
        raise ValueError(f"{text[:20]} is beyond what every server can read exactly")
    return int(text)


def _fraction(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text[:20]} is beyond what every server can read")
    return number
