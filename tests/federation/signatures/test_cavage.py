"""How we sign, read by a verifier that is not ours; and how the Signature header is read."""

import base64
import hashlib
import importlib
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation.signatures import FoundKey, SignatureRefused, SignedRequest, load_private_key, sign, verify
from federation.signatures.cavage import parse_date, parse_signature

NOW = datetime(2026, 11, 23, 12, 0, 5, tzinfo=UTC)


def test_a_post_of_ours_convinces_an_independent_verifier(peer):
    body = b'{"type":"Create"}'
    url = "https://acme.example:8443/inbox?x=1"

    headers = sign("POST", url, body, peer.key_id, load_private_key(peer.private_pem), NOW)

    assert headers["Host"] == "acme.example:8443"
    assert headers["Date"] == "Mon, 23 Nov 2026 12:00:05 GMT"
    assert headers["Digest"] == "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
    verifier = importlib.import_module("httpsig.verify").HeaderVerifier(
        headers,
        peer.public_pem,
        required_headers=["(request-target)", "host", "date", "digest"],
        method="POST",
        path="/inbox?x=1",
        sign_header="signature",
    )
    assert verifier.verify()


def test_a_get_of_ours_signs_no_digest_and_asks_for_activity_json(peer):
    headers = sign("GET", "https://acme.example", None, peer.key_id, load_private_key(peer.private_pem), NOW)

    assert 'headers="(request-target) host date"' in headers["Signature"]
    assert 'algorithm="rsa-sha256"' in headers["Signature"]
    assert headers["Accept"].startswith("application/activity+json")
    assert "Digest" not in headers
    assert "Content-Type" not in headers


async def test_what_we_sign_we_verify_even_with_a_percent_in_the_key_id(peer):
    key_id = "https://globex.example/people/an%20n%s#main-key"
    actor = "https://globex.example/people/an%20n%s"
    body = b'{"id":"https://globex.example/1","type":"Like","actor":"' + actor.encode() + b'"}'
    headers = sign("POST", "https://acme.example/inbox", body, key_id, load_private_key(peer.private_pem), NOW)

    async def find_key(key_id: str, fresh: bool) -> FoundKey:
        return FoundKey(key_id, actor, peer.public_pem)

    async def refuse_host(host: str) -> None:
        pass

    request = SignedRequest("POST", "/inbox", headers, body)
    verified = await verify(request, hosts=("acme.example",), find_key=find_key, refuse_host=refuse_host, now=NOW)
    assert verified.actor_uri == actor


def test_times_of_other_zones_are_sent_as_gmt(peer):
    there = NOW.astimezone(timezone(timedelta(hours=5)))
    headers = sign("GET", "https://acme.example/", None, peer.key_id, load_private_key(peer.private_pem), there)

    assert headers["Date"] == "Mon, 23 Nov 2026 12:00:05 GMT"


def test_an_ed25519_key_signs_as_hs2019(peer):
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    headers = sign("GET", "https://acme.example/", None, peer.key_id, load_private_key(pem.decode()), NOW)

    assert 'algorithm="hs2019"' in headers["Signature"]


@pytest.mark.parametrize("key_id", ['https://a.example/"x', "https://a.example/\n", "https://a.example/ü", "a b"])
def test_a_key_id_that_would_break_the_header_is_not_signed_with(peer, key_id):
    with pytest.raises(ValueError):
        sign("GET", "https://acme.example/", None, key_id, load_private_key(peer.private_pem), NOW)


def test_httpsig_loads_without_its_package_init_and_without_pkg_resources():
    program = (
        "import sys; sys.modules['pkg_resources'] = None; sys.modules['setuptools'] = None; "
        "import federation.signatures.cavage; print('read')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout == "read\n", done.stderr


@pytest.mark.parametrize(
    "header",
    [
        "",
        "keyId",
        'keyId="k"',
        'signature="YQ=="',
        'keyId="k",signature="not base64!"',
        'keyId="k",signature="YQ==",headers=""',
        'keyId="k",signature="YQ==",headers="date date"',
        'keyId="k",signature="YQ==",algorithm="hmac-sha256"',
        'keyId="k",signature="YQ==",created=soon',
        'keyId="k",signature="YQ==",created=99999999999999',
        'keyId="k",signature="YQ==",keyid="l"',
        'keyId="ü",signature="YQ=="',
        'keyId="k",signature="YQ==",headers="' + "x " * 5000 + '"',
        "sig1=:YWJj:",
    ],
)
def test_a_header_that_is_no_clear_signature_is_refused(header):
    with pytest.raises(SignatureRefused):
        parse_signature(header)


def test_a_header_without_algorithm_and_headers_is_read_with_the_drafts_defaults():
    signed = parse_signature('keyId="k",signature="YQ=="')

    assert (signed.names, signed.algorithm, signed.signature) == (("date",), None, b"a")


@pytest.mark.parametrize(
    "date",
    [
        "",
        "now",
        "2026-11-23T12:00:00Z",
        "Mon, 23 Nov 2026",
        "Mon, 99 Nov 2026 12:00:00 GMT",
        "Mon, 23 Foo 2026 12:00:00 GMT",
        "Mon, 23 Nov 2026 12:00:00 +0200",
        "Mon, 00 Nov 0000 12:00:00 GMT",
    ],
)
def test_a_date_in_another_form_is_refused(date):
    with pytest.raises(SignatureRefused):
        parse_date(date)
