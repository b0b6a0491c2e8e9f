"""Whatever comes over the wire, only our own refusals come out."""

import contextlib
import json
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict

from federation.signatures import Refusal, SignedRequest
from federation.signatures.bodies import check_digest, parse_json_object
from federation.signatures.cavage import parse_date, parse_signature

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
quick = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

words = st.sampled_from(
    [
        "keyId",
        "signature",
        "headers",
        "algorithm",
        "created",
        "expires",
        "KEYID",
        "=",
        ",",
        '"',
        "\\",
        " ",
        "%s",
        "hs2019",
        "hmac-sha256",
        "rsa-sha256",
        "date",
        "(created)",
        "(request-target)",
        "YQ==",
        "9" * 30,
        "\n",
        "é",
        "https://globex.example/people/ann#main-key",
        ":",
        "\x00",
        "\ud800",
    ]
)
headers = st.lists(st.one_of(words, st.text(max_size=8)), max_size=25).map("".join)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["https://globex.example/people/ann", "https://[::1", "https://a@b/", "Create"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "type", "actor", "object", "@graph", "x"]), inner, max_size=5)
    ),
    max_leaves=20,
)


def refuses_or_reads(read, *values) -> None:
    with contextlib.suppress(Refusal):
        read(*values)


@quick
@given(headers)
def test_any_signature_header_is_read_or_refused(header):
    refuses_or_reads(parse_signature, header)


@quick
@given(headers)
def test_any_date_is_read_or_refused(header):
    refuses_or_reads(parse_date, header)


@quick
@given(headers, st.binary(max_size=50))
def test_any_digest_is_read_or_refused(header, body):
    refuses_or_reads(check_digest, header, body)


@quick
@given(st.binary(max_size=300))
def test_any_bytes_are_an_object_or_malformed(body):
    refuses_or_reads(parse_json_object, body)


@quick
@given(header=headers, path=st.text(max_size=20), host=st.sampled_from(["acme.example", "", "é", "x" * 999]))
async def test_any_signature_on_a_good_body_is_refused(peer, inbox, header, path, host):
    request = peer_request(peer, host)
    fields = CIMultiDict(request.headers.items())
    fields["Signature"] = header
    try:
        await inbox.receive(SignedRequest("POST", path, fields, request.body))
    except Refusal:
        return
    raise AssertionError("nobody signed this")


@quick
@given(json_values)
async def test_any_json_signed_by_a_known_peer_is_read_or_refused(peer, inbox, value):
    try:
        body = json.dumps(value).encode()
        await inbox.receive(peer.request(body=body))
    except Refusal:
        pass


@quick
@given(
    st.fixed_dictionaries(
        {
            name: st.sampled_from(["https://globex.example/people/ann", "https://globex.example/1", ""]) | json_values
            for name in ("id", "type", "actor")
        }
    )
)
async def test_any_activity_that_passes_was_signed_by_its_actor(peer, inbox, activity):
    try:
        verified = await inbox.receive(peer.request(body=json.dumps(activity).encode()))
    except Refusal:
        return
    assert verified.actor_uri == peer.actor
    assert verified.activity_uri.startswith("https://globex.example/")


def peer_request(peer, host: str) -> SignedRequest:
    request = peer.request()
    fields = CIMultiDict(request.headers.items())
    fields["Host"] = host
    return SignedRequest("POST", "/inbox", fields, request.body)
