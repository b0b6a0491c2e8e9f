"""What a hostile server can send: each ends in a clear status, costs bounded work, and loses nothing that was taken."""

from __future__ import annotations

import asyncio
import contextlib
import time
from urllib.parse import urlsplit

import pytest

from federation.edge import inbox
from federation.vocabulary.objects import MOST_URIS, parse_object
from server.domain.errors import Refusal
from server.services import forums, ideas
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import CONTEXT, Elsewhere
from tests.federation.organisation import Organisation


@pytest.fixture
async def peer(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere()


async def test_ten_thousand_mentions_and_addressees_are_read_as_a_hundred(acme: Organisation, peer: Elsewhere):
    idea = await acme.idea(await acme.forum())
    await acme.idle()
    ann = peer.person("ann")
    many = [f"https://a.example/{number}" for number in range(10_000)]
    note = peer.note(ann, "To all of you.", idea.uri, tag=[{"type": "Mention", "href": uri} for uri in many])
    note["cc"] = many[:2_000]
    before = time.monotonic()
    assert (await peer.post(acme.inbox, peer.create(note))).status == 202
    await acme.idle()
    assert (await acme.last_received()) == ("Create", "admitted")
    assert len(parse_object(note).addressed) <= 2 * MOST_URIS + 1
    assert peer.asked.count("/users/ann") <= 3, "nobody who was merely mentioned is looked up"
    assert time.monotonic() - before < 20


async def test_collections_in_place_of_things_are_not_walked(acme: Organisation, peer: Elsewhere):
    idea = await acme.idea(await acme.forum())
    await acme.idle()
    ann = peer.person("ann")
    heap = [{"type": "Note", "id": peer.new_uri()} for _ in range(5_000)]
    sent = (
        peer.activity("Create", ann, {"type": "OrderedCollection", "id": peer.new_uri(), "orderedItems": heap}),
        peer.activity("Create", ann, heap),
        peer.activity("Update", ann, {"type": "Collection", "id": peer.new_uri(), "items": heap}),
        peer.activity("Like", ann, [idea.uri] * 5_000),
        peer.activity("Announce", ann, heap),
    )
    for one in sent:
        assert (await peer.post(acme.inbox, one)).status == 202
    await acme.idle()
    for _ in range(8):
        acme.wait(70)
        await acme.idle()
    states = [(kind, state) for kind, state, _ in await acme.received()]
    assert [state for _, state in states] == ["refused", "refused", "refused", "admitted", "ignored"]
    assert (await acme.fresh(idea)).support == 1
    assert len(peer.asked) < 12


async def test_a_chain_of_ten_thousand_replies_ends_at_a_hundred(acme: Organisation, peer: Elsewhere):
    """Deep chains are cut where they are deepest; nothing climbs them, neither to fetch nor to count."""
    idea = await acme.idea(await acme.forum())
    await acme.idle()
    ann = peer.person("ann")
    above = idea.uri
    for number in range(ideas.DEEPEST + 3):
        note = peer.note(ann, f"Number {number}.", above)
        assert (await peer.post(acme.inbox, peer.create(note))).status == 202
        above = note["id"]
    orphan = peer.note(ann, "Of ten thousand.", f"{peer.url}/notes/9999")
    assert (await peer.post(acme.inbox, peer.create(orphan))).status == 202
    await acme.idle()
    states = [state for _, state, _ in await acme.received()]
    assert states.count("admitted") == ideas.DEEPEST - 1 or states.count("admitted") == ideas.DEEPEST
    assert [path for path in peer.asked if path.startswith("/notes")] == []
    assert "deep" in next(note for _, state, note in await acme.received() if state == "refused")


async def test_a_body_that_drips_is_given_up_and_the_next_is_taken(
    acme: Organisation, peer: Elsewhere, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(inbox, "SLOWEST", 0.2)
    where = urlsplit(acme.inbox)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(
        f"POST /inbox HTTP/1.1\r\nHost: {acme.host}\r\nContent-Type: application/activity+json\r\n"
        "Content-Length: 1000\r\n\r\n{".encode()
    )
    async with asyncio.timeout(5):
        assert b" 408 " in await reader.readline()
    writer.close()
    like = peer.activity("Like", peer.person("ann"), "https://a.example/1")
    monkeypatch.setattr(inbox, "SLOWEST", 5.0)
    assert (await peer.post(acme.inbox, like)).status == 202


@pytest.mark.parametrize("hostile", ["<", "<a ", "<br ", "</", "<<p>", "&lt;", "@a", "a\n"])
def test_no_markup_takes_longer_than_its_length(hostile: str):
    body = hostile * (900_000 // len(hostile))
    before = time.process_time()
    note = {"type": "Note", "id": "https://a.example/1", "attributedTo": "https://a.example/u", "content": body}
    with contextlib.suppress(Refusal):
        parse_object(note)
    assert time.process_time() - before < 2


async def test_somebody_does_not_become_a_forum(acme: Organisation, peer: Elsewhere):
    idea = await acme.idea(await acme.forum())
    await acme.idle()
    ann = peer.person("ann")
    await peer.post(acme.inbox, peer.activity("Like", ann, idea.uri))
    await acme.idle()
    peer.person("ann", "Group", inbox=f"{ann}/inbox")
    group = peer.documents["/users/ann"][1]
    await peer.post(acme.inbox, peer.activity("Update", ann, group))
    await acme.idle()
    assert (await acme.received())[-1] == (
        "Update", "refused", "Somebody does not become a forum, nor a forum somebody.",
    )  # fmt: skip
    peer.person("ann", "Service", name="Ann, a robot")
    await peer.post(acme.inbox, peer.activity("Update", ann, peer.documents["/users/ann"][1]))
    await acme.idle()
    assert (await acme.last_received()) == ("Update", "admitted")
    assert await forums.forum_by_uri(acme.house, ann) is None


async def test_who_deletes_their_account_takes_along_what_they_wrote(acme: Organisation, peer: Elsewhere):
    idea = await acme.idea(await acme.forum())
    await acme.idle()
    ann, bob = peer.person("ann"), peer.person("bob")
    notes = [peer.note(who, "Words.", idea.uri) for who in (ann, ann, bob)]
    for note in notes:
        await peer.post(acme.inbox, peer.create(note))
    await acme.idle()
    for path in ("/users/ann", "/users/bob"):
        peer.documents[path] = (410, None)
    assert (await peer.post(acme.inbox, peer.activity("Delete", ann, bob))).status == 202
    assert (await peer.post(acme.inbox, peer.activity("Delete", ann, ann))).status == 202
    await acme.idle()
    found = [await acme.know(note["id"]) for note in notes]
    assert [one is not None and one.deleted for one in found] == [True, True, False]


async def test_a_request_that_names_itself_and_an_id_that_is_its_own_object(acme: Organisation, peer: Elsewhere):
    ann = peer.person("ann")
    for kind in ("Create", "Update", "Delete", "Undo", "Like", "Announce", "Follow", "Accept", "Flag", "Offer"):
        one = peer.activity(kind, ann, "")
        one["object"] = one["id"]
        assert (await peer.post(acme.inbox, one)).status == 202
        loop = peer.activity(kind, ann, {"type": kind, "id": one["id"], "actor": ann, "object": one["id"]})
        assert (await peer.post(acme.inbox, loop)).status == 202
    await acme.idle()
    for _ in range(8):
        acme.wait(70)
        await acme.idle()
    assert {state for _, state, _ in await acme.received()} <= {"refused", "ignored"}
    assert all(note for _, _, note in await acme.received())
    assert len(peer.asked) < 40


async def test_an_id_with_odd_letters_or_of_no_kind_is_malformed(acme: Organisation, peer: Elsewhere):
    ann = peer.person("ann")
    for uri in (
        "acct:ann@a.example", "data:application/json,{}", "did:key:z6Mk", "urn:uuid:1", "javascript:alert(1)",
        f"{peer.url}\\@evil.example/1", f"{peer.url}/\n", f"{peer.url}/é", "//a.example/1", "",
    ):  # fmt: skip
        body = {"@context": CONTEXT, "id": uri, "type": "Like", "actor": ann, "object": "https://a.example/1"}
        assert (await peer.post(acme.inbox, body)).status in (400, 401), uri
    assert await acme.received() == []

