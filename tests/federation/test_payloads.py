"""What servers of many kinds send, in the shapes that they send: taken, or refused with a reason.

`payloads/<software>.json` are written by hand from public documentation; in them `https://peer.example` is the server
that sends, `https://jam.example/forums/1` our forum and `https://jam.example/objects/1` an idea in it. Collections of
real payloads are read as well where MARMALADE_TEST_COLLECTIONS names folders of them (with `:` between).
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from federation.signatures import MalformedActivity
from federation.signatures.bodies import parse_json_object
from federation.vocabulary.activities import innermost_id, read_activity
from federation.vocabulary.actors import MalformedActor, parse_actor
from federation.vocabulary.capabilities import announced_form
from federation.vocabulary.objects import parse_object
from federation.vocabulary.questions import read_ballot, read_vote
from server.domain.errors import Refusal
from tests.federation.conftest import MakeElsewhere
from tests.federation.organisation import Organisation

PAYLOADS = sorted((Path(__file__).parent / "payloads").glob("*.json"))
COLLECTIONS = [Path(one) for one in os.environ.get("MARMALADE_TEST_COLLECTIONS", "").split(":") if one]


def collected() -> list[Path]:
    return sorted(path for folder in COLLECTIONS for path in folder.rglob("*.json"))


def read_all(document: dict[str, Any]) -> None:
    """Read a document as everything it may be; only our own refusals come out."""
    activity = read_activity(document)
    innermost_id(document)
    activity.addressed()
    announced_form(document)
    for one in (document, activity.object or {}):
        for read in (parse_object, read_ballot, read_vote):
            with contextlib.suppress(Refusal):
                read(one)  # type: ignore[operator]
        with contextlib.suppress(MalformedActor):
            parse_actor(one, str(one.get("id")))


def test_there_are_payloads_of_at_least_ten_kinds_of_server():
    assert len(PAYLOADS) >= 10


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
async def test_what_a_kind_of_server_sends_is_taken_or_refused_with_a_reason(
    acme: Organisation, elsewhere: MakeElsewhere, path: Path
):
    peer = await elsewhere()
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.idle()
    key = json.dumps(peer.documents["/users/server"][1]["publicKey"]["publicKeyPem"])[1:-1]
    names = {
        "https://jam.example/forums/1": forum.uri,
        "https://jam.example/objects/1": idea.uri,
        "@jam.example": f"@{acme.host}",
        "https://peer.example": peer.url,
        "peer.example": peer.host,
        '"PEM"': f'"{key}"',
    }
    text = path.read_text("utf-8")
    for name, value in names.items():
        text = text.replace(name, value)
    for name, one in json.loads(text).items():
        peer.lay_out(one["actor"])
        key_id = one["actor"]["publicKey"]["id"]
        if "#" not in key_id:
            peer.documents[urlsplit(key_id).path] = (200, one["actor"])
        sent, expect = one["activity"], one["expect"]
        signed = peer.signature("POST", acme.inbox, one["actor"]["id"], json.dumps(sent).encode())
        signed["signature"] = signed["signature"].replace(f"{one['actor']['id']}#main-key", key_id)
        answer = await peer.post(acme.inbox, json.dumps(sent).encode(), by="-", **signed)
        assert answer.status == 202, (name, answer.status)
        await acme.idle()
        kind, state, note = (await acme.received())[-1]
        assert kind == sent["type"]
        assert state == expect["state"] or (expect["state"] == "any" and (state == "admitted" or note)), (name, note)
        assert state == "admitted" or note, name
        if state == "admitted" and kind == "Create":
            made = await acme.know(sent["object"]["id"])
            assert made is not None
            assert expect.get("words", "") in made.text
            assert made.title == expect.get("title", made.title)
            assert (made.parent_id == idea.id) == expect.get("parent", False)


@pytest.mark.skipif(not collected(), reason="MARMALADE_TEST_COLLECTIONS names no folders of collected payloads")
def test_collected_payloads_are_read_or_refused():
    read = 0
    for path in collected():
        try:
            document = parse_json_object(path.read_bytes())
        except MalformedActivity:
            continue
        for one in (document, document.get("json"), document.get("activity"), document.get("object")):
            if isinstance(one, dict):
                read_all(one)
                read += 1
    assert read
