"""What servers sign with, at our door: draft-cavage, RFC 9421 with RSA and Ed25519; keys, kept and fetched again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from federation.edge.signers import Budget
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import Elsewhere
from tests.federation.organisation import Organisation


@pytest.fixture
async def peer(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere(speaks="rfc9421")


async def test_an_activity_signed_by_rfc_9421_comes_in_by_either_kind_of_key(acme: Organisation, peer: Elsewhere):
    idea = await acme.idea(await acme.forum())
    await acme.idle()
    assert (await peer.post(acme.inbox, peer.activity("Like", peer.person("ann"), idea.uri))).status == 202
    peer.multikeys = True
    for _ in range(2):
        assert (await peer.post(acme.inbox, peer.activity("Like", peer.person("bob"), idea.uri))).status == 202
    assert peer.asked.count("/users/bob") == 2, "the key and its owner, once each; then it is known"
    await acme.idle()
    assert (await acme.fresh(idea)).support == 2


async def test_somebody_with_a_multikey_alone_is_somebody(acme: Organisation, peer: Elsewhere):
    idea = await acme.idea(await acme.forum())
    await acme.idle()
    peer.multikeys = True
    ann = peer.person("ann")
    del peer.documents["/users/ann"][1]["publicKey"]
    assert (await peer.post(acme.inbox, peer.activity("Like", ann, idea.uri))).status == 202
    await acme.idle()
    assert (await acme.fresh(idea)).support == 1


async def test_a_key_that_its_owner_does_not_list_as_its_own_signs_for_nobody(acme: Organisation, peer: Elsewhere):
    peer.multikeys = True
    ann, eve = peer.person("ann"), peer.person("eve")
    del peer.documents["/users/ann"][1]["assertionMethod"]
    assert (await peer.post(acme.inbox, peer.activity("Like", ann, "https://a.example/1"))).status == 401
    assert (await peer.post(acme.inbox, peer.activity("Like", ann, "https://a.example/1"), by=eve)).status == 401
    peer.documents["/users/ann"][1]["assertionMethod"] = [{**peer.multikey(ann), "controller": eve}]
    assert (await peer.post(acme.inbox, peer.activity("Like", ann, "https://a.example/1"))).status == 401
    assert await acme.received() == []


async def test_readers_may_sign_by_rfc_9421_as_well(acme: Organisation, peer: Elsewhere):
    await acme.partner(peer.host)
    idea = await acme.idea(await acme.forum("friends", "partners"))
    await acme.idle()
    for peer.multikeys in (False, True):
        assert (await peer.get(idea.uri, by=peer.person("ann"))).status == 200
    assert (await peer.get(idea.uri)).status == 404


async def test_a_refused_signature_is_told_what_is_asked_for(acme: Organisation, peer: Elsewhere):
    like = peer.activity("Like", peer.person("ann"), "https://a.example/1")
    for by, at in (("-", None), ("", datetime.now(UTC) - timedelta(hours=3))):
        answer = await peer.post(acme.inbox, like, by=by, at=at)
        assert answer.status == 401
        assert answer.headers["accept-signature"] == 'sig1=("@method" "@target-uri" "content-digest");created;keyid'


async def test_a_flood_of_key_names_makes_no_flood_of_fetches(acme: Organisation, peer: Elsewhere):
    ann = peer.person("ann")
    like = peer.activity("Like", ann, "https://a.example/1")
    body = b'{"id": "%b", "type": "Like", "actor": "%b"}' % (like["id"].encode(), ann.encode())
    assert (await peer.post(acme.inbox, body, by=f"{ann}?nobody")).status == 401
    peer.asked.clear()
    for _ in range(3):
        assert (await peer.post(acme.inbox, body, by=f"{ann}?nobody")).status == 401
    assert peer.asked == [], "what nobody vouched for is not asked for again at once"


def test_a_budget_is_each_servers_own():
    budget = Budget(2)
    assert [budget.spend("a.example") for _ in range(4)] == [True, True, False, False]
    assert budget.spend("b.example")


async def test_thousands_of_goodbyes_from_a_server_that_closes_cost_no_fetch(acme: Organisation, peer: Elsewhere):
    for number in range(20):
        gone = f"{peer.url}/users/gone{number}"
        assert (await peer.post(acme.inbox, peer.activity("Delete", gone, gone))).status == 202
    assert peer.asked == []
    assert await acme.received() == []
