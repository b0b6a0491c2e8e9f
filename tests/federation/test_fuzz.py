"""Whatever comes in, nothing but our own refusals comes out: every parser, and the inbox itself.

Documents are the payloads of `payloads/` with parts taken out, doubled or put in hostile shapes. Bounded and the same
each time; `make fuzz EXAMPLES=20000` goes on for longer, with other examples each time.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from federation.edge.retry import retry_after
from federation.fetch import is_activity_type, vouched_pem
from federation.signatures import Refusal as SignatureRefusal
from federation.signatures.bodies import check_digest, parse_json_object
from federation.signatures.cavage import parse_date, parse_signature
from federation.signatures.fields import BadField, read_dictionary
from federation.signatures.multikeys import assertion_keys, moment
from federation.signatures.proofs import parse_signed_object, proves, read_proof, verify_owned
from federation.signatures.rfc9421 import check_content_digest, read_accept_signature, read_message_signature
from federation.urls import BadUrl, parse_url, same_origin
from federation.vocabulary.activities import innermost_id, read_activity, several, unfold
from federation.vocabulary.actors import MalformedActor, parse_actor
from federation.vocabulary.agreements import MalformedAgreement, is_agreement, read_agreement, reason_of
from federation.vocabulary.capabilities import announced_form
from federation.vocabulary.objects import parse_object
from federation.vocabulary.questions import read_ballot, read_vote
from federation.vocabulary.receipts import MalformedReceipt, read_receipt
from server.domain.errors import Refusal
from server.services.text import plain, sanitise
from tests.federation.conftest import MakeElsewhere
from tests.federation.organisation import Organisation

LONGER = os.environ.get("MARMALADE_FUZZ", "")
fuzz = settings(
    max_examples=int(LONGER or 120), derandomize=not LONGER, deadline=None, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
REFUSALS = (Refusal, SignatureRefusal, MalformedActor, MalformedReceipt, MalformedAgreement, BadField, BadUrl)
DOCUMENTS = [
    document
    for path in sorted((Path(__file__).parent / "payloads").glob("*.json"))
    for one in json.loads(path.read_text("utf-8")).values()
    for document in (one["activity"], one["actor"])
]
HOSTILE: list[Any] = [
    None, True, 0, -1, 2**63, 1e308, "", " ", "\x00", "\u202e", "é" * 3000, "x" * 70_000, [], {}, [[]], [{}], [None],
    {"id": None}, {"id": []}, {"type": []}, ["Note", "Article"], "https://[::1", "https://a@b/", "https://peer.example",
    "https://peer.example/users/mia", "//x", "data:,x", "as:Public", "Create", "Delete", "Announce", "Question",
    {"@id": "https://peer.example/1"}, {"@value": 1}, [{"type": "Mention"}] * 300, "9999-99-99T99:99:99Z",
    "2026-11-20T10:00:00+99:99", "<" * 3000, "z6Mk", "z" + "1" * 190,
]  # fmt: skip
Pick = Callable[[int], int]


def spoiled(document: Any, pick: Pick, depth: int = 0) -> Any:
    """Return a document with one part taken out, doubled or replaced."""
    if depth < 5 and isinstance(document, dict) and document and pick(4):
        name = sorted(document)[pick(len(document))]
        what = pick(4)
        if what == 0:
            return {key: value for key, value in document.items() if key != name}
        if what == 1:
            return {**document, name: [document[name], document[name]]}
        return {**document, name: spoiled(document[name], pick, depth + 1)}
    if depth < 5 and isinstance(document, list) and document and pick(4):
        at = pick(len(document))
        return [*document[:at], spoiled(document[at], pick, depth + 1), *document[at + 1 :]]
    return HOSTILE[pick(len(HOSTILE))]


def spoil(pick: Pick) -> Any:
    document = DOCUMENTS[pick(len(DOCUMENTS))]
    for _ in range(1 + pick(4)):
        document = spoiled(document, pick)
    return document


READERS: dict[str, Callable[[dict[str, Any]], object]] = {
    "activity": read_activity,
    "innermost": innermost_id,
    "addressed": lambda one: read_activity(one).addressed(),
    "object": parse_object,
    "words": lambda one: plain(sanitise(parse_object(one).html)),
    "ballot": read_ballot,
    "vote": read_vote,
    "actor": lambda one: parse_actor(one, str(one.get("id"))),
    "capabilities": announced_form,
    "keys": lambda one: assertion_keys(one, NOW),
    "a key": lambda one: vouched_pem(one, "https://peer.example/users/mia#main-key"),
    "several": lambda one: several({**one, "type": "Announce"}),
    "unfold": lambda one: unfold({"id": "https://a.example/1", **one}, [one, one], "a.example"),
    "proof": read_proof,
    "owned": lambda one: verify_owned(one, one, NOW),
    "proves": lambda one: proves(one, one, NOW),
    "receipt": read_receipt,
    "agreement": read_agreement,
    "is agreement": is_agreement,
    "reason": reason_of,
}
LINES: dict[str, Callable[[str], object]] = {
    "cavage": parse_signature,
    "message": lambda text: read_message_signature({"signature-input": [text], "signature": [text]}),
    "input": lambda text: read_message_signature({"signature-input": [text], "signature": ["sig1=:YQ==:"]}),
    "accept": read_accept_signature,
    "field": read_dictionary,
    "digest": lambda text: check_digest(text, b"x"),
    "content digest": lambda text: check_content_digest(text, b"x"),
    "date": parse_date,
    "moment": moment,
    "address": parse_url,
    "origin": lambda text: same_origin(text, "https://a.example"),
    "media type": is_activity_type,
    "retry": lambda text: retry_after(text, 1_795_000_000.0),
    "markup": lambda text: plain(sanitise(text.encode("utf-8", "replace").decode())),
}
PIECES = [
    *("sig1", "=", "(", ")", ";", ",", '"', "\\", ":", " ", "@method", "@target-uri", "content-digest", "created"),
    *("keyid", "keyId", "signature", "headers", "algorithm", "(request-target)", "hs2019", "sha-256", "SHA-256"),
    *("YQ==", "1795440514", "https://", "a.example", "[::1]", "%2f", "#", "?", "@", "\t", "\n", "\x00", "é", "\ud800"),
    *("<a ", "<", ">", "&#", "-", "2026-11-20T10:00:00Z", "Mon, 23 Nov 2026 12:00:00 GMT", "profile="),
    *("application/ld+json", "0x7f.1", "9" * 40),
]
lines = some.lists(some.one_of(some.sampled_from(PIECES), some.text(max_size=6)), max_size=20).map("".join)


def only_refuses(read: Callable[[Any], object], value: Any) -> None:
    try:
        read(value)
    except REFUSALS as refusal:
        assert str(refusal) or type(refusal) is not Exception  # noqa: PT017


@pytest.mark.parametrize("name", READERS)
@fuzz
@given(data=some.data())
def test_a_spoiled_document_is_read_or_refused(name: str, data: Any):
    document = spoil(lambda most: data.draw(some.integers(0, most - 1)))
    if isinstance(document, dict):
        only_refuses(READERS[name], document)
        inner = document.get("object")
        if isinstance(inner, dict):
            only_refuses(READERS[name], inner)


@pytest.mark.parametrize("name", LINES)
@fuzz
@given(text=lines)
def test_any_line_is_read_or_refused(name: str, text: str):
    only_refuses(LINES[name], text)


@pytest.mark.parametrize("read", [parse_json_object, parse_signed_object])
@fuzz
@given(body=some.one_of(some.binary(max_size=300), lines.map(lambda text: text.encode("utf-8", "surrogatepass"))))
def test_any_bytes_are_a_body_or_refused(read: Callable[[bytes], object], body: bytes):
    only_refuses(read, body)


async def test_the_inbox_answers_whatever_comes_and_goes_on(acme: Organisation, elsewhere: MakeElsewhere):
    """Spoiled activities, each signed as it should be: taken, or refused by status; then each gets an outcome."""
    peer = await elsewhere()
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.idle()
    mia = peer.person("mia")
    names = {
        "https://jam.example/forums/1": forum.uri,
        "https://jam.example/objects/1": idea.uri,
        "https://peer.example/users/mia": mia,
        "https://peer.example": peer.url,
    }
    shuffle = random.Random(None if LONGER else 1)
    for _ in range(int(LONGER or 60)):
        document = spoil(lambda most: shuffle.randrange(most))
        if isinstance(document, dict) and shuffle.randrange(8):
            document = {**document, "actor": mia, "id": peer.new_uri("activities")}
        text = json.dumps(document)
        for name, value in names.items():
            text = text.replace(name, value)
        answer = await peer.post(acme.inbox, text.encode(), by=mia)
        assert answer.status in (202, 400, 401, 503), text[:500]
    for _ in range(10):
        await acme.idle()
        acme.wait(200)
    assert {state for _, state, _ in await acme.received()} <= {"admitted", "refused", "ignored", "held"}
    assert not [note for _, state, note in await acme.received() if state == "refused" and not note]
    assert "It could not be dealt with." not in [note for _, _, note in await acme.received()]
    note = peer.note(mia, "And still here.", idea.uri)
    assert (await peer.post(acme.inbox, peer.create(note))).status == 202
    await acme.idle()
    assert await acme.know(note["id"]) is not None
