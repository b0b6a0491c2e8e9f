"""Proofs inside documents (FEP-8b32): the published vectors, what breaks a proof, and what is no proof at all."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import base58
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.signatures import (
    MalformedActivity,
    ProofRefused,
    UnusableKey,
    generate_ed25519_pem,
    generate_rsa_pem,
    load_private_key,
    load_public_key,
)
from federation.signatures.multikeys import assertion_keys, load_multikey, render_multikey, to_multibase, to_multikey
from federation.signatures.proofs import (
    canonical,
    parse_signed_object,
    read_proof,
    sign_document,
    verify_document,
    verify_owned,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ACTOR = "https://globex.example/actor"
KEY_ID = f"{ACTOR}#ed25519-key"
# The key pair of both published vectors: W3C's vc-di-eddsa (TestVectors/keyPair.json) and FEP-8b32's feature file.
VECTOR_PUBLIC = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
VECTOR_PRIVATE = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
VECTOR_TIME = datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC)


def vector_key():
    seed = base58.b58decode(VECTOR_PRIVATE[1:])
    assert seed[:2] == b"\x80\x26"
    key = Ed25519PrivateKey.from_private_bytes(seed[2:])
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return load_private_key(pem.decode())


PRIVATE_PEM, PUBLIC_PEM = generate_ed25519_pem()
KEY, PUBLIC = load_private_key(PRIVATE_PEM), load_public_key(PUBLIC_PEM)
DOCUMENT: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/data-integrity/v2"],
    "id": "https://globex.example/activities/1",
    "type": "Offer",
    "actor": ACTOR,
    "object": {"type": "Note", "content": "Grüße, 世界 \u20ac 😀", "numbers": [1, 2.5, -0.0, 1e21], "nothing": None},
}


def signed(**changes: Any) -> dict[str, Any]:
    return sign_document(DOCUMENT | changes, KEY, KEY_ID, NOW)


def actor(*keys: object, **changes: Any) -> dict[str, Any]:
    listed = list(keys) or [render_multikey(KEY_ID, ACTOR, PUBLIC)]
    return {"id": ACTOR, "type": "Application", "inbox": f"{ACTOR}/inbox", "assertionMethod": listed} | changes


def with_proof(**changes: Any) -> dict[str, Any]:
    document = signed()
    return {**document, "proof": document["proof"] | changes}


# -- the published vectors --


def test_the_feps_vector_is_signed_and_verified():
    document = {
        "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/data-integrity/v1"],
        "type": "Create",
        "actor": "https://server.example/users/alice",
        "object": {"type": "Note", "content": "Hello world"},
    }
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": "https://server.example/users/alice#ed25519-key",
        "proofPurpose": "assertionMethod",
        "proofValue": "z3sXaxjKs4M3BRicwWA9peyNPJvJqxtGsDmpt1jjoHCjgeUf71TRFz56osPSfDErszyLp5Ks1EhYSgpDaNM977Rg2",
        "created": "2023-02-24T23:36:38Z",
    }
    alice = {
        "id": "https://server.example/users/alice",
        "assertionMethod": [
            {
                "id": "https://server.example/users/alice#ed25519-key",
                "type": "Multikey",
                "controller": "https://server.example/users/alice",
                "publicKeyMultibase": VECTOR_PUBLIC,
            }
        ],
    }
    assert verify_owned(document | {"proof": proof}, alice, NOW) == document


def test_the_w3cs_vector_is_made_bit_for_bit():
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", "AlumniCredential"],
        "name": "Alumni Credential",
        "description": "A minimum viable example of an Alumni Credential.",
        "issuer": "https://vc.example/issuers/5678",
        "validFrom": "2023-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
    }
    key_id = f"did:key:{VECTOR_PUBLIC}#{VECTOR_PUBLIC}"
    made = sign_document(document, vector_key(), key_id, VECTOR_TIME)
    assert made["proof"]["proofValue"] == (
        "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX"
    )
    assert verify_document(made, load_multikey(VECTOR_PUBLIC)) == document


def test_the_canonical_form_is_that_of_rfc_8785():
    document = {"\u20ac": 1, "\r": 2, "1": 3, "😀": 4, "\u0080": 5, "ö": 6, "\ufb33": 7, "n": [1.0, 1e30, 4.50, 2e-3]}
    # Sorted by UTF-16 code units (RFC 8785, 3.2.3), numbers as ECMAScript writes them (3.2.2.3).
    assert canonical(document).decode() == (
        '{"\\r":2,"1":3,"n":[1,1e+30,4.5,0.002],"\u0080":5,"ö":6,"€":1,"😀":4,"\ufb33":7}'
    )


# -- what was signed, and nothing else --


def test_the_verified_document_is_what_was_signed():
    assert verify_document(signed(), PUBLIC, NOW) == DOCUMENT
    assert read_proof(signed()).made_at == NOW


def test_the_order_of_members_and_white_space_change_nothing():
    shuffled = json.loads(json.dumps(dict(reversed(signed().items())), indent=3))
    assert verify_document(shuffled, PUBLIC) == DOCUMENT


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc€😀", max_size=3), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(content=st.dictionaries(st.text("abcdé", min_size=1, max_size=4), JSON, max_size=4))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_any_document_survives_the_wire_with_its_proof(content):
    made = sign_document({"actor": ACTOR, "object": content}, KEY, KEY_ID, NOW)
    arrived = parse_signed_object(json.dumps(made).encode())
    assert canonical(verify_document(arrived, PUBLIC)) == canonical({"actor": ACTOR, "object": content})


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, inner in pairs for place in places(inner, (*path, key)))]


def changed(document: dict[str, Any], path: tuple[Any, ...], to: object) -> dict[str, Any]:
    copied = copy.deepcopy(document)
    inner: Any = copied
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return copied


@pytest.mark.parametrize("path", [path for path in places(signed()) if path], ids=str)
def test_any_change_anywhere_breaks_the_proof(path):
    document = signed()
    for to in ("another", 7, ["x"], {"a": 1}, False):
        with pytest.raises(ProofRefused):
            verify_document(changed(document, path, to), PUBLIC)
    cut = copy.deepcopy(document)
    inner: Any = cut
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    with pytest.raises(ProofRefused):
        verify_document(cut, PUBLIC)


@pytest.mark.parametrize("path", [(), ("object",), ("proof",)], ids=str)
def test_anything_added_breaks_the_proof(path):
    document = copy.deepcopy(signed())
    inner: Any = document
    for step in path:
        inner = inner[step]
    inner["added"] = "later"
    with pytest.raises(ProofRefused):
        verify_document(document, PUBLIC)


def test_a_linked_data_signature_beside_the_proof_is_left_out_of_what_counts():
    assert "signature" not in verify_document(signed() | {"signature": {"type": "RsaSignature2017"}}, PUBLIC)


def test_a_proof_inside_the_object_is_part_of_what_is_signed():
    inner = sign_document({"attributedTo": ACTOR, "content": "x"}, KEY, KEY_ID, NOW)
    outer = signed(object=inner)
    assert verify_document(outer, PUBLIC)["object"] == inner
    with pytest.raises(ProofRefused):
        verify_document(changed(outer, ("object", "proof", "created"), "2026-11-23T12:00:01Z"), PUBLIC)


# -- hostile input --


@pytest.mark.parametrize(
    ("proof", "reason"),
    [
        (None, "no proof"),
        ([], "set"),
        (["a", "b"], "set"),
        ("https://globex.example/proofs/1", "link"),
        ({}, "type"),
        (7, "set or a link"),
    ],
)
def test_a_document_without_one_proof_is_refused(proof, reason):
    document = DOCUMENT if proof is None else DOCUMENT | {"proof": proof}
    with pytest.raises(ProofRefused, match=reason):
        verify_document(document, PUBLIC)


def test_a_set_of_proofs_is_refused_even_if_each_fits():
    document = signed()
    with pytest.raises(ProofRefused, match="set"):
        verify_document({**document, "proof": [document["proof"]]}, PUBLIC)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Ed25519Signature2020"},
        {"cryptosuite": "eddsa-rdfc-2022"},
        {"cryptosuite": ["eddsa-jcs-2022"]},
        {"cryptosuite": None},
        {"proofPurpose": "authentication"},
        {"verificationMethod": ""},
        {"verificationMethod": {"id": KEY_ID}},
        {"verificationMethod": "x" * 3000},
        {"created": "yesterday"},
        {"created": "2026-11-23"},
        {"created": "2026-11-23T12:00:00"},
        {"created": 1},
        {"created": "9999-99-99T99:99:99Z"},
        {"expires": "soon"},
        {"previousProof": "urn:uuid:1"},
        {"proofValue": ""},
        {"proofValue": "z"},
        {"proofValue": "uAAAA"},
        {"proofValue": "z0OIl"},
        {"proofValue": "z" + "1" * 10_000},
        {"proofValue": None},
        {"proofValue": to_multibase(b"\0" * 63)},
        {"proofValue": to_multibase(b"\0" * 65)},
        {"proofValue": to_multibase(b"\0" * 64)},
    ],
    ids=str,
)
def test_a_proof_of_another_shape_is_refused(change):
    with pytest.raises(ProofRefused):
        verify_document(with_proof(**change), PUBLIC)


def test_a_proof_value_with_white_space_is_refused():
    for text in (" {}", "{} ", "{}\n"):
        with pytest.raises(ProofRefused):
            verify_document(with_proof(proofValue=text.format(signed()["proof"]["proofValue"])), PUBLIC)


@pytest.mark.parametrize(
    "context",
    [
        None,
        [],
        "https://www.w3.org/ns/activitystreams",
        ["https://evil.example/context", *DOCUMENT["@context"]],
        list(reversed(DOCUMENT["@context"])),
        {"@vocab": "https://evil.example/"},
    ],
    ids=str,
)
def test_a_context_that_does_not_begin_with_the_signed_one_is_refused(context):
    document = signed() | {"@context": context}
    if context is None:
        del document["@context"]
    with pytest.raises(ProofRefused):
        verify_document(document, PUBLIC)


def test_a_context_that_only_grew_is_cut_to_what_was_signed():
    document = signed() | {"@context": [*DOCUMENT["@context"], "https://evil.example/context"]}
    assert verify_document(document, PUBLIC) == DOCUMENT


def test_numbers_that_have_no_canonical_form_are_refused():
    for number in (2**53, -(2**53), 10**400, float("nan"), float("inf")):
        with pytest.raises(ProofRefused, match="canonical"):
            verify_document(signed() | {"object": number}, PUBLIC)
        with pytest.raises(ValueError):
            signed(object=number)


def test_half_a_character_and_depth_without_end_are_refused():
    deep: dict[str, Any] = {}
    for _ in range(5000):
        deep = {"a": deep}
    for value in ("\ud800", {"\ud800": 1}, deep):
        with pytest.raises(ProofRefused, match="canonical"):
            verify_document(signed() | {"object": value}, PUBLIC)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"\\u0062":2}}',
        b'{"a":9007199254740992}',
        b'{"a":-9007199254740992}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":1e999}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":"\\ud800"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[]",
        b"",
        b"\xff",
        b'\xef\xbb\xbf{"a":1}',
        '{"a":1}'.encode("utf-16"),
    ],
    ids=lambda body: repr(body[:30]),
)
def test_a_body_with_more_than_one_reading_is_refused(body):
    with pytest.raises(MalformedActivity):
        parse_signed_object(body)


@given(body=st.binary(max_size=40) | st.text('{}[]",:0123456789eE.-+\\u abntf', max_size=40).map(str.encode))
@settings(max_examples=200, derandomize=True, deadline=None)
def test_no_body_makes_the_reader_stumble(body):
    try:
        document = parse_signed_object(body)
    except MalformedActivity:
        return
    assert isinstance(document, dict)


def test_a_proof_by_another_key_or_kind_of_key_is_refused():
    other = load_public_key(generate_ed25519_pem()[1])
    rsa_private, rsa_public = generate_rsa_pem()
    for key in (other, load_public_key(rsa_public)):
        with pytest.raises(ProofRefused):
            verify_document(signed(), key)
    with pytest.raises(ValueError, match="Ed25519"):
        sign_document(DOCUMENT, load_private_key(rsa_private), KEY_ID, NOW)
    with pytest.raises(ValueError, match="once"):
        sign_document(signed(), KEY, KEY_ID, NOW)


def test_a_proof_ends_when_it_says():
    options = {**read_proof(signed()).options, "expires": "2026-11-23T13:00:00Z"}
    # By hand, because we never make such proofs ourselves.
    import hashlib

    message = hashlib.sha256(canonical(options)).digest() + hashlib.sha256(canonical(DOCUMENT)).digest()
    document = DOCUMENT | {"proof": {**options, "proofValue": to_multibase(KEY.sign(message))}}
    assert verify_document(document, PUBLIC, NOW) == DOCUMENT
    with pytest.raises(ProofRefused, match="expired"):
        verify_document(document, PUBLIC, NOW + timedelta(hours=1))


# -- whose key, whose document --


def test_an_actor_signs_what_is_its_own():
    assert verify_owned(signed(), actor(), NOW) == DOCUMENT
    note = sign_document({"attributedTo": ACTOR, "content": "x"}, KEY, KEY_ID, NOW)
    assert verify_owned(note, actor(), NOW) == {"attributedTo": ACTOR, "content": "x"}
    assert verify_owned(sign_document(actor(), KEY, KEY_ID, NOW), actor(), NOW) == actor()


@pytest.mark.parametrize(
    "owner",
    [
        {"actor": "https://globex.example/people/ann"},
        {"actor": "https://evil.example/actor", "attributedTo": ACTOR},
        {"actor": [ACTOR, "https://evil.example/actor"]},
        {"actor": [ACTOR]},
        {"actor": ""},
        {"actor": 7},
        {"actor": {"id": "https://evil.example/actor"}},
    ],
    ids=str,
)
def test_what_is_by_another_is_refused_though_the_key_fits(owner):
    with pytest.raises(ProofRefused):
        verify_owned(signed(**owner), actor(), NOW)


def test_what_is_by_nobody_is_refused():
    with pytest.raises(ProofRefused, match="whose"):
        verify_owned(sign_document({"content": "x"}, KEY, KEY_ID, NOW), actor(), NOW)


ALIEN_KEY = "https://evil.example/actor#ed25519-key"


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Ed25519VerificationKey2020"},
        {"controller": "https://evil.example/actor"},
        {"controller": None},
        {"id": ALIEN_KEY},
        {"id": None},
        {"publicKeyMultibase": "zz"},
        {"publicKeyMultibase": None},
        {"publicKeyMultibase": "z" + "1" * 1000},
        {"expires": "2026-11-23T11:00:00Z"},
        {"revoked": "2026-11-23T11:00:00Z"},
        {"revoked": "nobody knows"},
    ],
    ids=str,
)
def test_a_key_that_is_not_plainly_the_actors_own_is_none(change):
    odd = render_multikey(KEY_ID, ACTOR, PUBLIC) | change
    assert assertion_keys(actor(odd), NOW) == {}
    with pytest.raises(ProofRefused, match="no such key"):
        verify_owned(signed(), actor(odd), NOW)


@pytest.mark.parametrize("listed", [None, [], KEY_ID, [KEY_ID], [None, 7], {"id": KEY_ID}], ids=str)
def test_keys_that_are_not_embedded_are_passed_over(listed):
    assert assertion_keys({"id": ACTOR, "assertionMethod": listed}, NOW) == {}


def test_one_key_alone_may_stand_outside_a_list():
    assert list(assertion_keys(actor() | {"assertionMethod": actor()["assertionMethod"][0]}, NOW)) == [KEY_ID]


def test_an_id_that_is_listed_twice_names_no_key():
    other = load_public_key(generate_ed25519_pem()[1])
    twice = actor(render_multikey(KEY_ID, ACTOR, PUBLIC), render_multikey(KEY_ID, ACTOR, other))
    assert assertion_keys(twice, NOW) == {}


def test_a_multikey_reads_back_and_other_kinds_are_refused():
    assert to_multikey(load_multikey(VECTOR_PUBLIC)) == VECTOR_PUBLIC
    assert to_multikey(PUBLIC).startswith("z6Mk")
    secp256k1 = to_multibase(b"\xe7\x01" + b"\x02" * 33)
    for text in ("", "z", "6Mk", VECTOR_PUBLIC[1:], VECTOR_PUBLIC[:-1], VECTOR_PUBLIC + "1", secp256k1, 7, None):
        with pytest.raises(UnusableKey):
            load_multikey(text)
    with pytest.raises(ValueError):
        to_multikey(load_public_key(generate_rsa_pem()[1]))
