"""Limiting, shutting out and trying again, on the wire."""

from __future__ import annotations

from server.services import holds, servers
from tests.federation.conftest import MakeElsewhere
from tests.federation.organisation import Organisation
from tests.federation.test_between_servers import follow


async def test_a_server_that_is_shut_out_is_refused_and_gets_nothing_until_it_is_let_in_again(
    acme: Organisation, elsewhere: MakeElsewhere
) -> None:
    peer = await elsewhere()
    forum = await acme.forum("open")
    await acme.idle()
    ann = await follow(peer, acme, forum.uri)
    idea = await acme.idea(forum)
    await acme.idle()
    got = len(peer.arrived)
    await servers.say(acme.house, acme.admin, peer.host, standing="suspended", note="Spam.")
    await acme.idle()
    await acme.idea(forum, "Not for them.")
    await acme.idle()
    assert len(peer.arrived) == got
    note = peer.note(ann, "Buy this.", idea.uri, forum.uri)
    assert (await peer.post(acme.inbox, peer.create(note))).status == 403
    await servers.say(acme.house, acme.admin, peer.host, standing="")
    await acme.idle()
    assert (await peer.post(acme.inbox, peer.create(note))).status == 202
    await acme.idle()
    assert await acme.know(note["id"])


async def test_what_a_limited_server_or_person_says_waits_for_a_reviewer(
    acme: Organisation, elsewhere: MakeElsewhere
) -> None:
    peer = await elsewhere()
    forum = await acme.forum("open")
    await acme.idle()
    ann, bob = await follow(peer, acme, forum.uri), peer.person("bob")
    idea = await acme.idea(forum)
    await acme.idle()
    await servers.say(acme.house, acme.admin, peer.host, standing="limited")
    note = peer.note(ann, "Perhaps useful.", idea.uri, forum.uri)
    await peer.post(acme.inbox, peer.create(note))
    await acme.idle()
    assert await acme.know(note["id"]) is None
    (hold,) = await holds.list_holds(acme.house, acme.admin)
    assert "limited" in hold.reason
    await holds.release(acme.house, acme.admin, hold.id)
    await acme.idle()
    assert await acme.know(note["id"])
    await servers.say(acme.house, acme.admin, peer.host, standing="")
    await servers.say_of(acme.house, acme.admin, bob, "suspended")
    refused = peer.note(bob, "Buy this.", idea.uri, forum.uri)
    await peer.post(acme.inbox, peer.create(refused))
    await acme.idle()
    assert await acme.know(refused["id"]) is None
    assert (await acme.last_received())[1] == "refused"


async def test_what_was_given_up_is_sent_again_on_request(acme: Organisation, elsewhere: MakeElsewhere) -> None:
    peer = await elsewhere()
    forum = await acme.forum("open")
    await acme.idle()
    await follow(peer, acme, forum.uri)
    peer.answer = 400
    await acme.idea(forum, "Once more.")
    for _ in range(4):
        await acme.idle()
        acme.wait(10)
    assert "dead" in {state for _, state in await acme.deliveries(peer.host)}
    peer.answer = 202
    before = len(peer.arrived)
    await servers.send_again(acme.house, acme.admin, peer.host)
    await acme.idle()
    assert {state for _, state in await acme.deliveries(peer.host)} == {"sent"}
    assert any(b"Once more" in one.body for one in peer.arrived[before:])
