"""Whom we believe, and whom we do not: each of these forgeries has worked somewhere."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from multidict import CIMultiDict

from federation.signatures import (
    FoundKey,
    KeyUnavailable,
    MalformedActivity,
    RefusedHost,
    SignatureRefused,
    SignedRequest,
    TooLarge,
    VerifiedActivity,
    generate_rsa_pem,
    verify,
    verify_get,
)


async def test_a_properly_signed_activity_is_verified(peer, inbox):
    verified = await inbox.receive(peer.request())

    assert verified.actor_uri == peer.actor
    assert verified.activity_uri == "https://globex.example/activities/1"
    assert (verified.kind, verified.host, verified.key_id) == ("Follow", "globex.example", peer.key_id)
    assert json.loads(verified.body) == verified.activity
    assert inbox.asked == [(peer.key_id, False)]


async def test_nothing_but_verify_makes_a_verified_activity(peer, inbox):
    with pytest.raises(TypeError):
        VerifiedActivity({}, "https://a.example/1", "Like", "https://a.example/u", "k", "a.example", b"{}")

    verified = await inbox.receive(peer.request())
    with pytest.raises(TypeError):
        replace(verified, actor_uri="https://acme.example/people/boss")


@pytest.mark.parametrize(
    ("algorithm", "names"),
    [
        ("hs2019", ("(request-target)", "host", "date", "digest")),  # GoToSocial
        (None, ("(request-target)", "host", "date", "digest", "content-type")),  # PieFed, Takahe
        ("rsa-sha256", ("(request-target)", "host", "digest", "date")),  # snac2
        ("RSA-SHA256", ("(request-target)", "host", "date", "digest", "user-agent")),  # microblog.pub
        ("rsa-sha256", ("(request-target)", "host", "date", "digest", "content-type")),  # cattle_grid, Fedify
    ],
)
async def test_the_header_sets_of_the_servers_we_know_are_verified(peer, inbox, algorithm, names):
    extra = {"Content-Type": "application/activity+json", "User-Agent": "some server/1.0"}

    verified = await inbox.receive(peer.request(names=names, algorithm=algorithm, extra=extra))

    assert verified.actor_uri == peer.actor


async def test_capitalised_names_in_the_header_list_are_read(peer, inbox, replace_header):
    request = peer.request()
    header = dict(request.headers.items())["Signature"].replace("host date digest", "Host Date Digest")

    assert (await inbox.receive(replace_header(request, "Signature", header))).kind == "Follow"


async def test_a_lower_case_digest_name_is_read(peer, inbox):
    body = json.dumps(peer.activity()).encode()
    digest = "sha-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()

    assert (await inbox.receive(peer.request(body=body, extra={"Digest": digest}))).kind == "Follow"


async def test_an_actor_given_as_an_object_counts_by_its_id(peer, inbox):
    activity = peer.activity(actor={"id": peer.actor, "type": "Person"})

    assert (await inbox.receive(peer.request(activity))).actor_uri == peer.actor


async def test_an_actor_that_is_a_bare_origin_may_speak(pem_pairs, inbox, peer):
    bare = replace(peer, actor="https://globex.example", key_id="https://globex.example#main-key")
    inbox.know(bare)

    assert (await inbox.receive(bare.request())).actor_uri == "https://globex.example"


@pytest.mark.parametrize("signed_path", ["/inbox?a=1&b=2", "/inbox"])
async def test_query_strings_are_verified_with_and_without(peer, inbox, signed_path):
    assert await inbox.receive(peer.request(path="/inbox?a=1&b=2", signed_path=signed_path))


async def test_hmac_keyed_with_the_public_pem_forges_nobody(peer, inbox, replace_header):
    request = peer.request()
    headers = dict(request.headers.items())
    message = "\n".join(
        ["(request-target): post /inbox"] + [f"{name}: {headers[name.title()]}" for name in ("host", "date", "digest")]
    )
    for algorithm in ("hmac-sha256", "hs2019", "rsa-sha256"):
        mac = hmac.new(peer.public_pem.encode(), message.encode(), hashlib.sha256).digest()
        header = (
            f'keyId="{peer.key_id}",algorithm="{algorithm}",headers="(request-target) host date digest",'
            f'signature="{base64.b64encode(mac).decode()}"'
        )
        with pytest.raises(SignatureRefused):
            await inbox.receive(replace_header(request, "Signature", header))


@pytest.mark.parametrize("algorithm", ["hmac-sha256", "rsa-sha1", "rsa-sha512", "none", "", "ed25519", "%s"])
async def test_the_senders_word_for_the_algorithm_can_only_refuse(peer, inbox, algorithm):
    with pytest.raises(SignatureRefused):
        await inbox.receive(peer.request(algorithm=algorithm))


async def test_a_body_that_was_changed_is_refused(peer, inbox):
    request = peer.request()
    forged = replace(request, body=request.body.replace(b"Follow", b"Delete"))

    with pytest.raises(SignatureRefused, match="Digest"):
        await inbox.receive(forged)


async def test_a_digest_that_fits_but_is_not_signed_is_refused(peer, inbox):
    with pytest.raises(SignatureRefused, match="cover digest"):
        await inbox.receive(peer.request(names=("(request-target)", "host", "date")))


@pytest.mark.parametrize("left_out", ["(request-target)", "host", "date"])
async def test_a_signature_that_could_be_used_elsewhere_is_refused(peer, inbox, left_out):
    names = tuple(name for name in ("(request-target)", "host", "date", "digest") if name != left_out)
    with pytest.raises(SignatureRefused, match="cover"):
        await inbox.receive(peer.request(names=names))
    assert inbox.asked == [], "a hopeless request must not cost a key fetch"


@pytest.mark.parametrize(
    "digest",
    ["", "SHA-256=", "SHA-256=!!!", "SHA-512=abcd", "md5=abcd", "SHA-256=YQ==,SHA-256=YQ==", "SHA-256=é"],
)
async def test_a_missing_foreign_or_doubled_digest_is_refused(peer, inbox, digest):
    with pytest.raises(SignatureRefused):
        await inbox.receive(peer.request(extra={"Digest": digest}, names=("(request-target)", "host", "date")))


async def test_a_request_signed_for_another_server_is_not_for_us(peer, inbox):
    with pytest.raises(SignatureRefused, match="not us"):
        await inbox.receive(peer.request(host="initech.example"))


@pytest.mark.parametrize("host", ["acme.example:443", "ACME.example"])
async def test_our_own_name_is_known_in_other_spellings(peer, inbox, host):
    assert await inbox.receive(peer.request(host=host))


async def test_a_request_for_another_path_cannot_be_replayed_here(peer, inbox):
    with pytest.raises(SignatureRefused):
        await inbox.receive(peer.request(signed_path="/forums/other/inbox"))


@pytest.mark.parametrize("minutes", [-61, 61, 60 * 24 * 365, -60 * 13])
async def test_an_old_or_future_request_is_refused(peer, inbox, now, minutes):
    with pytest.raises(SignatureRefused, match="too far"):
        await inbox.receive(peer.request(at=now + timedelta(minutes=minutes)))


@pytest.mark.parametrize("minutes", [-59, 0, 59])
async def test_clocks_may_differ_by_an_hour(peer, inbox, now, minutes):
    assert await inbox.receive(peer.request(at=now + timedelta(minutes=minutes)))


async def test_created_and_expires_are_honoured_up_to_twelve_hours(peer, inbox, now):
    names = ("(request-target)", "host", "(created)", "(expires)", "digest")
    made = int(now.timestamp())
    times = {"created": str(made), "expires": str(made + 48 * 3600)}
    request = peer.request(names=names, algorithm="hs2019", parameters=times)

    assert await inbox.receive(request, now + timedelta(hours=11))
    with pytest.raises(SignatureRefused):
        await inbox.receive(request, now + timedelta(hours=12, minutes=1))


async def test_an_expired_signature_is_refused(peer, inbox, now):
    names = ("(request-target)", "host", "(created)", "(expires)", "digest")
    made = int(now.timestamp())
    times = {"created": str(made - 60), "expires": str(made - 1)}

    with pytest.raises(SignatureRefused):
        await inbox.receive(peer.request(names=names, algorithm="hs2019", parameters=times))


async def test_created_without_its_parameter_or_with_rsa_sha256_is_refused(peer, inbox, now):
    names = ("(request-target)", "host", "(created)", "digest")
    made = {"created": str(int(now.timestamp()))}
    with pytest.raises(SignatureRefused):
        await inbox.receive(peer.request(names=names, algorithm="rsa-sha256", parameters=made))

    request = peer.request(names=names, algorithm="hs2019", parameters=made)
    assert await inbox.receive(request)
    header = dict(request.headers.items())["Signature"].replace(f"created={made['created']},", "")
    with pytest.raises(SignatureRefused):
        await inbox.receive(replace(request, headers=dict(request.headers.items()) | {"Signature": header}))


async def test_another_actors_key_cannot_sign_for_ann(mallory, peer, inbox):
    with pytest.raises(SignatureRefused):
        await inbox.receive(mallory.request(peer.activity()))


async def test_a_neighbour_on_the_same_server_cannot_sign_for_ann(peer, inbox):
    bob = "https://globex.example/people/bob"
    neighbour = replace(peer, key_id=f"{bob}#main-key")
    inbox.remembered[neighbour.key_id] = FoundKey(neighbour.key_id, bob, peer.public_pem)

    with pytest.raises(SignatureRefused, match="claims to be by"):
        await inbox.receive(neighbour.request(peer.activity()))


async def test_a_key_on_one_server_owned_on_another_binds_nobody(peer, mallory, inbox):
    inbox.remembered[mallory.key_id] = FoundKey(mallory.key_id, peer.actor, mallory.public_pem)

    with pytest.raises(SignatureRefused):
        await inbox.receive(mallory.request(peer.activity()))


@pytest.mark.parametrize(
    "key_id", ["acct:ann@globex.example", "ann", "", "http://globex.example/people/ann#main-key", "data:,key"]
)
async def test_a_key_id_that_is_no_address_beside_the_actor_is_refused_unfetched(peer, inbox, key_id):
    odd = replace(peer, key_id=key_id)
    inbox.remembered[key_id] = FoundKey(key_id, peer.actor, peer.public_pem)

    with pytest.raises(SignatureRefused):
        await inbox.receive(odd.request())
    assert inbox.asked == []


async def test_an_id_of_another_server_is_refused(peer, inbox):
    with pytest.raises(SignatureRefused, match="cannot speak under"):
        await inbox.receive(peer.request(peer.activity(id="https://acme.example/activities/1")))


async def test_a_suspended_server_is_refused_before_its_key_is_fetched(peer, inbox):
    inbox.refused.add("globex.example")

    with pytest.raises(RefusedHost):
        await inbox.receive(peer.request())
    assert inbox.asked == []


async def test_a_changed_key_is_fetched_anew_once(peer, inbox):
    _, old_pem = generate_rsa_pem()
    inbox.remembered[peer.key_id] = FoundKey(peer.key_id, peer.actor, old_pem)

    assert await inbox.receive(peer.request())
    assert inbox.asked == [(peer.key_id, False), (peer.key_id, True)]


async def test_a_signature_that_fits_neither_key_costs_one_refetch_and_is_refused(peer, mallory, inbox):
    forged = replace(mallory, actor=peer.actor, key_id=peer.key_id)

    with pytest.raises(SignatureRefused, match="fetched anew"):
        await inbox.receive(forged.request())
    assert inbox.asked == [(peer.key_id, False), (peer.key_id, True)]


async def test_a_key_that_cannot_be_fetched_asks_the_sender_to_come_again(peer, inbox):
    inbox.remembered.clear()
    inbox.served.clear()

    with pytest.raises(KeyUnavailable) as refusal:
        await inbox.receive(peer.request())
    assert refusal.value.status == 503


@pytest.mark.parametrize("pem", ["", "no key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
async def test_a_remembered_key_that_is_broken_is_fetched_anew(peer, inbox, pem):
    inbox.remembered[peer.key_id] = FoundKey(peer.key_id, peer.actor, pem)

    assert await inbox.receive(peer.request())


async def test_a_finder_that_answers_another_key_is_not_believed(peer, mallory, inbox):
    inbox.remembered[peer.key_id] = inbox.remembered[mallory.key_id]

    with pytest.raises(SignatureRefused, match="found"):
        await inbox.receive(peer.request())


async def test_a_request_signed_in_two_ways_at_once_is_refused(peer, inbox, replace_header):
    headers = CIMultiDict(peer.request().headers.items())
    headers["Signature-Input"] = 'sig1=("@method" "@target-uri");created=1795440514;keyid="k"'

    with pytest.raises(SignatureRefused, match="two ways") as refusal:
        await inbox.receive(replace(peer.request(), headers=headers))
    assert refusal.value.status == 401


async def test_an_unsigned_activity_is_refused(peer, inbox):
    headers = {name: value for name, value in peer.request().headers.items() if name != "Signature"}

    with pytest.raises(SignatureRefused, match="not signed"):
        await inbox.receive(replace(peer.request(), headers=headers))


@pytest.mark.parametrize("name", ["Signature", "Digest", "Host", "Date"])
async def test_a_header_that_stands_twice_is_refused(peer, inbox, name):
    request = peer.request()
    headers = CIMultiDict(request.headers.items())
    headers.add(name, headers[name])

    with pytest.raises(SignatureRefused):
        await inbox.receive(replace(request, headers=headers))


@pytest.mark.parametrize("name", ["keyId", "KEYID", "signature", "headers", "algorithm"])
async def test_a_parameter_that_stands_twice_is_refused(peer, inbox, replace_header, name):
    request = peer.request()
    header = dict(request.headers.items())["Signature"]

    with pytest.raises(SignatureRefused):
        await inbox.receive(replace_header(request, "Signature", f'{name}="x",{header}'))


async def test_a_body_over_the_limit_is_too_large(peer, inbox, now):
    with pytest.raises(TooLarge):
        await verify(
            peer.request(body=b" " * 101),
            hosts={"acme.example"},
            find_key=inbox.find_key,
            refuse_host=inbox.refuse_host,
            now=now,
            max_bytes=100,
        )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b'{"id": 1}',
        b"\xff\xfe{}",
        b'{"id":"https://globex.example/1","type":"Like"}',
        b'{"id":["https://globex.example/1"],"type":"Like","actor":"https://globex.example/people/ann"}',
        b'{"id":"https://globex.example/1","type":["Like"],"actor":"https://globex.example/people/ann"}',
        b'{"id":"https://globex.example/1","type":"Like","actor":["https://globex.example/people/ann"]}',
        b'{"id":"urn:1","type":"Like","actor":"https://globex.example/people/ann"}',
        b'{"id":"https://globex.example/1","type":"Like","actor":"https://globex.example/people/ann","x":NaN}',
        b'{"id":"https://globex.example/1","type":"Like","actor":"https://globex.example/people/ann","@graph":[]}',
        b'{"id":"https://globex.example/1","type":"Like","actor":"https://globex.example/people/ann",'
        b'"object":{"@included":[]}}',
        b'{"id":"https://globex.example/1","type":"Like","actor":"https://globex.example/people/ann","x":'
        + b"[" * 40
        + b"]" * 40
        + b"}",
        b"[" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    ],
)
async def test_a_body_that_is_no_activity_is_malformed(peer, inbox, body):
    with pytest.raises(MalformedActivity) as refusal:
        await inbox.receive(peer.request(body=body))
    assert refusal.value.status == 400
    assert inbox.asked == []


async def test_a_wide_and_shallow_activity_is_not_too_deep(peer, inbox):
    activity = peer.activity(to=[{"id": f"https://globex.example/{number}"} for number in range(200)])

    assert await inbox.receive(peer.request(activity))


async def test_refusals_tell_strangers_nothing_and_the_log_everything(peer, inbox):
    with pytest.raises(SignatureRefused) as refusal:
        await inbox.receive(peer.request(peer.activity(id="https://acme.example/secret")))

    assert "secret" in str(refusal.value)
    assert "secret" not in refusal.value.public


async def test_a_signed_get_names_its_signer_and_an_unsigned_one_nobody(peer, inbox, now):
    names = ("(request-target)", "host", "date")

    async def ask(request: SignedRequest) -> str | None:
        return await verify_get(
            request, hosts={"acme.example"}, find_key=inbox.find_key, refuse_host=inbox.refuse_host, now=now
        )

    signed = peer.request(method="GET", path="/ideas/1?page=2", names=names)
    assert await ask(signed) == peer.actor
    assert await ask(replace(signed, headers={"Host": "acme.example"})) is None
    with pytest.raises(SignatureRefused):
        await ask(replace(signed, raw_path="/ideas/2"))
    with pytest.raises(SignatureRefused):
        await ask(replace(signed, headers={"Host": "acme.example", "Signature-Input": "sig1=()"}))
    inbox.refused.add("globex.example")
    with pytest.raises(RefusedHost):
        await ask(signed)


async def test_a_reader_whose_key_and_owner_live_apart_is_nobody(peer, inbox, now):
    async def find_key(key_id: str, fresh: bool) -> FoundKey:
        return replace(await inbox.find_key(key_id, fresh), owner_uri="https://initech.example/people/mallory")

    signed = peer.request(method="GET", path="/ideas/1", names=("(request-target)", "host", "date"))
    with pytest.raises(SignatureRefused):
        await verify_get(signed, hosts={"acme.example"}, find_key=find_key, refuse_host=inbox.refuse_host, now=now)
