"""HTTP Message Signatures: the RFC's own vectors, and every request that must not pass.

The peer of these tests writes what it signs by its own hand. Vectors: RFC 9421, sections 4.3 and B.2.6, with the
keys of B.1.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as some
from multidict import CIMultiDict

from federation.signatures import (
    FoundKey,
    SignatureRefused,
    SignedRequest,
    generate_ed25519_pem,
    load_private_key,
    load_public_key,
    verify_get,
)
from federation.signatures.fields import BadField, InnerList, Item, read_dictionary
from federation.signatures.requests import header_lists
from federation.signatures.rfc9421 import (
    accept_signature,
    check_content_digest,
    read_accept_signature,
    read_message_signature,
    sign_message,
    signature_base,
    signs_message,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ACTOR = "https://globex.example/people/ann"
RSA_PEM = """-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAhAKYdtoeoy8zcAcR874L8cnZxKzAGwd7v36APp7Pv6Q2jdsPBRrw
WEBnez6d0UDKDwGbc6nxfEXAy5mbhgajzrw3MOEt8uA5txSKobBpKDeBLOsdJKFq
MGmXCQvEG7YemcxDTRPxAleIAgYYRjTSd/QBwVW9OwNFhekro3RtlinV0a75jfZg
kne/YiktSvLG34lw2zqXBDTC5NHROUqGTlML4PlNZS5Ri2U4aCNx2rUPRcKIlE0P
uKxI4T+HIaFpv8+rdV6eUgOrB2xeI1dSFFn/nnv5OoZJEIB+VmuKn3DCUcCZSFlQ
PSXSfBDiUGhwOw76WuSSsf1D4b/vLoJ10wIDAQAB
-----END RSA PUBLIC KEY-----
"""
ED25519_PEM = """-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----
"""
BODY = b'{"hello": "world"}'
RFC_HEADERS = {
    "Date": "Tue, 20 Apr 2021 02:07:55 GMT",
    "Content-Type": "application/json",
    "Content-Digest": (
        "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"
    ),
    "Content-Length": "18",
}
RFC_PATH = "/foo?param=Value&Pet=dog"


def read(headers: dict[str, str], path: str, label: str) -> tuple[Any, SignedRequest, dict[str, list[str]]]:
    request = SignedRequest("POST", path, headers, BODY)
    lists = header_lists(headers)
    return read_message_signature(lists, label), request, lists


def test_the_rfcs_ed25519_vector_verifies_and_its_base_is_the_rfcs():
    parameters = '("date" "@method" "@path" "@authority" "content-type" "content-length")'
    parameters += ';created=1618884473;keyid="test-key-ed25519"'
    headers = RFC_HEADERS | {
        "Host": "example.com",
        "Signature-Input": f"sig-b26={parameters}",
        "Signature": (
            "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:"
        ),
    }
    signed, request, lists = read(headers, RFC_PATH, "sig-b26")
    assert signature_base(signed.whole, request, lists, "https").decode() == "\n".join(
        (
            '"date": Tue, 20 Apr 2021 02:07:55 GMT',
            '"@method": POST',
            '"@path": /foo',
            '"@authority": example.com',
            '"content-type": application/json',
            '"content-length": 18',
            f'"@signature-params": {parameters}',
        )
    )
    assert signs_message(signed, load_public_key(ED25519_PEM), request, lists, "https")
    assert not signs_message(signed, load_public_key(RSA_PEM), request, lists, "https")
    check_content_digest(headers["Content-Digest"], BODY)


def test_the_rfcs_rsa_v1_5_vector_of_a_proxy_verifies():
    headers = RFC_HEADERS | {
        "Date": "Tue, 20 Apr 2021 02:07:56 GMT",
        "Host": "origin.host.internal.example",
        "Forwarded": "for=192.0.2.123;host=example.com;proto=https",
        "Signature-Input": (
            'sig1=("@method" "@authority" "@path" "content-digest" "content-type" "content-length")'
            ';created=1618884475;keyid="test-key-ecc-p256", proxy_sig=("@method" "@authority" "@path"'
            ' "content-digest" "content-type" "content-length" "forwarded");created=1618884480'
            ';keyid="test-key-rsa";alg="rsa-v1_5-sha256";expires=1618884540'
        ),
        "Signature": (
            "sig1=:X5spyd6CFnAG5QnDyHfqoSNICd+BUP4LYMz2Q0JXlb//4Ijpzp+kve2w4NIyqeAuM7jTDX+sNalzA8ESSaHD3A==:,"
            " proxy_sig=:S6ZzPXSdAMOPjN/6KXfXWNO/f7V6cHm7BXYUh3YD/fRad4BCaRZxP+JH+8XY1I6+8Cy+CM5g92iHgxtRPz+Mj"
            "niOaYmdkDcnL9cCpXJleXsOckpURl49GwiyUpZ10KHgOEe11sx3G2gxI8S0jnxQB+Pu68U9vVcasqOWAEObtNKKZd8tSFu7LB"
            "5YAv0RAGhB8tmpv7sFnIm9y+7X5kXQfi8NMaZaA8i2ZHwpBdg7a6CMfwnnrtflzvZdXAsD3LH2TwevU+/PBPv0B6NMNk93wUs"
            "/vfJvye+YuI87HU38lZHowtznbLVdp770I6VHR6WfgS9ddzirrswsE1w5o0LV/g==:"
        ),
    }
    signed, request, lists = read(headers, RFC_PATH, "proxy_sig")
    assert signs_message(signed, load_public_key(RSA_PEM), request, lists, "https")
    with pytest.raises(SignatureRefused, match="one signature"):
        read_message_signature(lists)


class Message:
    """A request signed by RFC 9421, every part of which can be told to be wrong."""

    def __init__(self, private_pem: str, key_id: str = f"{ACTOR}#main-key") -> None:
        self.key = serialization.load_pem_private_key(private_pem.encode(), None)
        self.key_id = key_id

    def request(
        self,
        activity: dict[str, Any],
        *,
        method: str = "POST",
        path: str = "/inbox",
        signed_path: str | None = None,
        names: tuple[str, ...] = ("@method", "@target-uri", "content-digest"),
        created: datetime | None = NOW,
        extra: dict[str, str] | None = None,
        more: str = "",
        label: str = "sig1",
    ) -> SignedRequest:
        body = b"" if method == "GET" else json.dumps(activity).encode()
        headers = CIMultiDict({"Host": "acme.example", "Date": "Mon, 23 Nov 2026 12:00:00 GMT"})
        if method == "POST":
            headers["Content-Digest"] = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
        headers.update(extra or {})
        derived = {
            "@method": method,
            "@target-uri": f"https://acme.example{signed_path or path}",
            "@authority": "acme.example",
            "@path": path.partition("?")[0],
            "@query": "?" + path.partition("?")[2],
            "@request-target": path,
            "@scheme": "https",
        }
        covered = "(" + " ".join(f'"{name}"' for name in names) + ")"
        made = f";created={int(created.timestamp())}" if created else ""
        parameters = f'{covered}{made};keyid="{self.key_id}"{more}'
        lines = [f'"{name}": {derived.get(name) or headers.get(name, "")}' for name in names]
        message = "\n".join([*lines, f'"@signature-params": {parameters}']).encode()
        if isinstance(self.key, Ed25519PrivateKey):
            signature = self.key.sign(message)
        else:
            assert isinstance(self.key, rsa.RSAPrivateKey)
            signature = self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        headers["Signature-Input"] = f"{label}={parameters}"
        headers["Signature"] = f"{label}=:{base64.b64encode(signature).decode()}:"
        return SignedRequest(method, path, headers, body)


@pytest.fixture
def message(peer) -> Message:
    return Message(peer.private_pem)


async def test_a_message_signed_with_rsa_is_verified(peer, inbox, message):
    verified = await inbox.receive(message.request(peer.activity()))

    assert (verified.actor_uri, verified.key_id) == (peer.actor, peer.key_id)


async def test_a_message_signed_with_ed25519_is_verified(peer, inbox):
    private_pem, public_pem = generate_ed25519_pem()
    key_id = f"{ACTOR}#ed25519-key"
    inbox.remembered[key_id] = inbox.served[key_id] = FoundKey(key_id, ACTOR, public_pem)
    message = Message(private_pem, key_id)

    for alg in ("", ';alg="ed25519"'):
        assert (await inbox.receive(message.request(peer.activity(), more=alg))).key_id == key_id
    with pytest.raises(SignatureRefused):
        await inbox.receive(message.request(peer.activity(), more=';alg="rsa-v1_5-sha256"'))


@pytest.mark.parametrize(
    "names",
    [
        ("@method", "@target-uri", "@authority", "host", "date", "content-digest"),  # Fedify
        ("@method", "@target-uri", "content-digest"),  # Mastodon
        ("@method", "@target-uri", "@path", "@scheme", "@request-target", "content-type", "content-digest"),
    ],
)
async def test_the_sets_of_components_that_servers_sign_are_verified(peer, inbox, message, names):
    extra = {"Content-Type": "application/activity+json"}

    assert await inbox.receive(message.request(peer.activity(), names=names, extra=extra))


@pytest.mark.parametrize("left_out", ["@method", "@target-uri", "content-digest"])
async def test_what_has_to_be_covered_is_and_a_hopeless_request_costs_no_fetch(peer, inbox, message, left_out):
    names = tuple(one for one in ("@method", "@target-uri", "content-digest") if one != left_out)

    with pytest.raises(SignatureRefused, match=f"cover {left_out}"):
        await inbox.receive(message.request(peer.activity(), names=names))
    assert inbox.asked == []


async def test_the_body_is_the_one_that_was_signed(peer, inbox, message):
    request = message.request(peer.activity())
    other = json.dumps(peer.activity(type="Delete")).encode()
    with pytest.raises(SignatureRefused, match="does not fit the body"):
        await inbox.receive(SignedRequest("POST", "/inbox", request.headers, other))
    headers = CIMultiDict(request.headers.items())
    headers["Content-Digest"] = f"sha-256=:{base64.b64encode(hashlib.sha256(other).digest()).decode()}:"
    with pytest.raises(SignatureRefused, match="does not fit the key"):
        await inbox.receive(SignedRequest("POST", "/inbox", headers, other))


@pytest.mark.parametrize("digest", ["", "sha-256", "sha-256=x", "md5=:YQ==:", "sha-256=:YQ==:", "SHA-256=YQ=="])
async def test_a_broken_or_foreign_content_digest_is_refused(peer, inbox, message, digest):
    with pytest.raises(SignatureRefused):
        await inbox.receive(message.request(peer.activity(), extra={"Content-Digest": digest}))


async def test_a_second_digest_has_to_fit_as_well(peer, inbox, message):
    body = json.dumps(peer.activity()).encode()
    good = {
        name: f"{name}=:{base64.b64encode(hashlib.new(name.replace('-', ''), body).digest()).decode()}:"
        for name in ("sha-256", "sha-512")
    }
    both = f"{good['sha-256']}, {good['sha-512']}"
    assert await inbox.receive(message.request(peer.activity(), extra={"Content-Digest": both}))
    wrong = f"{good['sha-256']}, sha-512=:YQ==:"
    with pytest.raises(SignatureRefused, match="sha-512"):
        await inbox.receive(message.request(peer.activity(), extra={"Content-Digest": wrong}))


@pytest.mark.parametrize("minutes", [-61, 61, 60 * 13])
async def test_a_message_from_another_time_is_refused(peer, inbox, message, minutes):
    with pytest.raises(SignatureRefused, match="too far"):
        await inbox.receive(message.request(peer.activity(), created=NOW + timedelta(minutes=minutes)))


@pytest.mark.parametrize("minutes", [-59, 59])
async def test_clocks_may_differ_by_an_hour(peer, inbox, message, minutes):
    assert await inbox.receive(message.request(peer.activity(), created=NOW + timedelta(minutes=minutes)))


async def test_expires_shortens_or_stretches_up_to_twelve_hours(peer, inbox, message):
    made = int(NOW.timestamp())
    over = message.request(peer.activity(), created=NOW - timedelta(minutes=5), more=f";expires={made - 1}")
    with pytest.raises(SignatureRefused, match="too far"):
        await inbox.receive(over)
    long = message.request(peer.activity(), more=f";expires={made + 48 * 3600}")
    assert await inbox.receive(long, NOW + timedelta(hours=11))
    with pytest.raises(SignatureRefused, match="too far"):
        await inbox.receive(long, NOW + timedelta(hours=13))


async def test_a_message_that_does_not_say_when_it_was_made_is_refused(peer, inbox, message):
    with pytest.raises(SignatureRefused, match="when it was created"):
        await inbox.receive(message.request(peer.activity(), created=None))


@pytest.mark.parametrize("alg", ["hmac-sha256", "rsa-pss-sha512", "ecdsa-p256-sha256", "ed25519", "none", ""])
async def test_the_senders_word_for_the_algorithm_can_only_refuse(peer, inbox, message, alg):
    with pytest.raises(SignatureRefused):
        await inbox.receive(message.request(peer.activity(), more=f';alg="{alg}"'))


async def test_a_message_for_another_path_or_method_cannot_be_used_here(peer, inbox, message):
    with pytest.raises(SignatureRefused):
        await inbox.receive(message.request(peer.activity(), signed_path="/forums/other/inbox"))
    request = message.request(peer.activity())
    with pytest.raises(SignatureRefused):
        await inbox.receive(SignedRequest("PUT", request.raw_path, request.headers, request.body))


async def test_another_actors_key_cannot_speak_for_ann(peer, mallory, inbox):
    forged = Message(mallory.private_pem, mallory.key_id).request(peer.activity())
    with pytest.raises(SignatureRefused):
        await inbox.receive(forged)
    forged = Message(mallory.private_pem).request(peer.activity())
    with pytest.raises(SignatureRefused, match="does not fit the key"):
        await inbox.receive(forged)
    assert inbox.asked[-2:] == [(peer.key_id, False), (peer.key_id, True)], "the key is fetched anew exactly once"


@pytest.mark.parametrize(
    ("inputs", "signature"),
    [
        ("", "sig1=:YQ==:"),
        ("sig1=()", "sig1=:YQ==:"),
        ("sig1", "sig1=:YQ==:"),
        ('sig1="@method"', "sig1=:YQ==:"),
        ('sig1=("@method" "@method");created=1;keyid="k"', "sig1=:YQ==:"),
        ('sig1=("@method"  "date";req);created=1;keyid="k"', "sig1=:YQ==:"),
        ('sig1=("Date");created=1;keyid="k"', "sig1=:YQ==:"),
        ('sig1=("@method");created=1.5;keyid="k"', "sig1=:YQ==:"),
        ('sig1=("@method");created=?1;keyid="k"', "sig1=:YQ==:"),
        ('sig1=("@method");created=-1;keyid="k"', "sig1=:YQ==:"),
        ('sig1=("@method");created=1;keyid=7', "sig1=:YQ==:"),
        ('sig1=("@method");created=1', "sig1=:YQ==:"),
        ('sig1=("@method");created=1;keyid="k"', 'sig1="YQ=="'),
        ('sig1=("@method");created=1;keyid="k"', "sig2=:YQ==:"),
        ('sig1=("@method");created=1;keyid="k", sig2=("@path");created=1;keyid="k"', "sig1=:YQ==:, sig2=:YQ==:"),
        ('sig1=("@method");created=1;keyid="k"', "sig1=:YQ==:, sig1=:YQ==:"),
    ],
)
def test_a_signature_that_can_be_read_in_two_ways_or_none_is_refused(inputs, signature):
    with pytest.raises(SignatureRefused):
        read_message_signature({"signature-input": [inputs], "signature": [signature]})


async def test_a_get_needs_no_digest_and_names_its_signer(peer, inbox, message):
    async def ask(request: SignedRequest) -> str | None:
        return await verify_get(
            request, hosts={"acme.example"}, find_key=inbox.find_key, refuse_host=inbox.refuse_host, now=NOW
        )

    names = ("@method", "@target-uri")
    request = message.request({}, method="GET", path="/ideas/1?page=2", names=names)
    assert await ask(request) == peer.actor
    with pytest.raises(SignatureRefused):
        await ask(SignedRequest("GET", "/ideas/2", request.headers, b""))
    with pytest.raises(SignatureRefused):
        await ask(message.request({}, method="GET", path="/ideas/1", names=("@method",)))


@pytest.mark.parametrize("make", [None, generate_ed25519_pem])
async def test_what_we_sign_we_verify_and_so_does_a_reader_by_hand(
    peer, inbox, make: Callable[[], tuple[str, str]] | None
):
    private_pem, public_pem = make() if make else (peer.private_pem, peer.public_pem)
    inbox.remembered[peer.key_id] = FoundKey(peer.key_id, peer.actor, public_pem)
    body = json.dumps(peer.activity()).encode()
    key = load_private_key(private_pem)
    wanted = read_accept_signature('a=("@method" "date" "x-none" "@path";req);created;nonce="n1";tag="t1"')

    headers = sign_message("POST", "https://acme.example/inbox?a=1", body, peer.key_id, key, NOW, wanted=wanted)
    assert await inbox.receive(SignedRequest("POST", "/inbox?a=1", headers, body))
    assert headers["Signature-Input"] == (
        'sig1=("@method" "@target-uri" "@authority" "content-digest" "date")'
        f';created={int(NOW.timestamp())};keyid="{peer.key_id}";alg="{"ed25519" if make else "rsa-v1_5-sha256"}"'
        ';nonce="n1";tag="t1"'
    )
    assert "Digest" not in headers


def test_what_we_ask_for_is_what_we_demand_and_can_be_read():
    asked = read_accept_signature(accept_signature(with_body=True))
    assert isinstance(asked, InnerList)
    assert [item.value for item in asked.items] == ["@method", "@target-uri", "content-digest"]
    assert [name for name, _ in asked.parameters] == ["created", "keyid"]
    assert read_accept_signature('sig1=("@method");alg="hmac-sha256"') is None
    assert read_accept_signature("not a field (") is None


bare = some.one_of(
    some.integers(-(10**15) + 1, 10**15 - 1),
    some.booleans(),
    some.binary(max_size=40),
    some.text(alphabet=[chr(n) for n in range(32, 127)], max_size=20),
)
names = some.from_regex(r"[a-z*][a-z0-9_.*-]{0,10}", fullmatch=True)
parameters = some.dictionaries(names, bare, max_size=3).map(lambda found: tuple(found.items()))
items = some.builds(Item, bare, parameters)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    some.dictionaries(names, some.builds(InnerList, some.lists(items, max_size=4).map(tuple), parameters), min_size=1)
)
def test_a_field_that_is_written_is_read_as_it_was(fields):
    assert read_dictionary(", ".join(f"{name}={one}" for name, one in fields.items())) == fields


@settings(max_examples=300, deadline=None, derandomize=True)
@given(some.text(alphabet='ab=;,"()?01: \\:/+.-\t*é', max_size=40))
def test_any_text_is_a_field_or_no_field(text):
    try:
        read_dictionary(text)
    except BadField:
        return
