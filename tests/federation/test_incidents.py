"""What went wrong elsewhere, and has no test beside the code that it concerns. The whole list: docs/incidents.md."""

from __future__ import annotations

import json
import time

import pytest

from federation.edge import signers
from federation.edge.signers import Budget, Recent
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import PUBLIC, Elsewhere
from tests.federation.organisation import Organisation


@pytest.fixture
async def peer(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere()


async def test_an_id_is_not_taken_by_whoever_names_it_first_without_proof(
    acme: Organisation, peer: Elsewhere, elsewhere: MakeElsewhere
):
    """PieFed marked ids as seen before it looked at the signature."""
    mallory = await elsewhere()
    idea = await acme.idea(await acme.forum())
    await acme.idle()
    like = peer.activity("Like", peer.person("ann"), idea.uri)
    assert (await mallory.post(acme.inbox, like, by=mallory.person("eve"))).status == 401
    assert (await mallory.post(acme.inbox, like, by="-")).status == 401
    stolen = {**like, "actor": mallory.person("eve")}
    assert (await mallory.post(acme.inbox, stolen)).status == 401
    assert (await peer.post(acme.inbox, like)).status == 202
    await acme.idle()
    assert (await acme.fresh(idea)).support == 1


async def test_a_create_sent_again_neither_widens_nor_moves_nor_rewords(acme: Organisation, peer: Elsewhere):
    """Mastodon CVE-2024-37903: the second Create of an existing object changed who may read it."""
    await acme.partner(peer.host)
    closed = await acme.forum("friends", "partners")
    public = await acme.forum("open")
    await acme.idle()
    ann, bob = peer.person("ann"), peer.person("bob")
    article = peer.note(ann, "Among friends.", to=closed.uri, name="Quietly")
    assert (await peer.post(acme.inbox, peer.create(article))).status == 202
    await acme.idle()
    before = await acme.know(article["id"])
    assert before is not None
    wider = {**article, "to": [PUBLIC, public.uri], "cc": [PUBLIC], "content": "<p>Loudly.</p>", "audience": public.uri}
    for author in (ann, bob):
        again = peer.activity("Create", author, {**wider, "attributedTo": author}, to=wider["to"], cc=wider["cc"])
        assert (await peer.post(acme.inbox, again)).status == 202
        await acme.idle()
    after = await acme.know(article["id"])
    assert after is not None
    assert (after.text, after.forum_id, after.author_id) == (before.text, closed.id, before.author_id)
    assert b"riends" not in (await peer.get(f"{public.uri}/outbox")).body
    assert (await peer.get(f"{closed.uri}/outbox")).status == 404


@pytest.mark.parametrize(
    "where",
    ["169.254.169.254", "10.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "0.0.0.0",
     "2130706433", "0x7f.1", "localhost:22"],
)  # fmt: skip
async def test_no_request_makes_us_dial_an_inner_address(acme: Organisation, peer: Elsewhere, where: str):
    """Lemmy, Mastodon and Fedify, again and again: the key, the actor or the object of a request names the inside."""
    actor = f"http://{where}/users/ann"
    body = json.dumps({"id": f"http://{where}/1", "type": "Like", "actor": actor, "object": f"http://{where}/2"})
    before = time.monotonic()
    answer = await peer.post(acme.inbox, body.encode(), by=actor)
    assert answer.status in (400, 401, 503)
    assert time.monotonic() - before < 5
    ann = peer.person("ann")
    assert (await peer.post(acme.inbox, peer.activity("Create", ann, f"http://{where}/2"))).status == 202
    await acme.idle()
    assert (await acme.last_received())[1] in ("refused", "new", "ignored", "ready")


def test_what_is_remembered_of_servers_is_bounded(monkeypatch: pytest.MonkeyPatch):
    """Fedify CVE-2026-69132: memory for each host that was ever named."""
    monkeypatch.setattr(signers, "REMEMBERED", 50)
    recent, budget = Recent(60.0), Budget(3)
    for number in range(500):
        recent.note(f"{number}.example")
        budget.spend(f"{number}.example")
    assert len(recent._at) == len(budget._spent) == 50
