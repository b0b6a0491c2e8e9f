"""Quotes: what a partner repeats of our inside words is not passed on before somebody has looked at it."""

from __future__ import annotations

from server.services import holds, ideas_read
from tests.federation.conftest import MakeElsewhere
from tests.federation.organisation import Organisation

SECRET = "The press in hall three stands idle every Monday because nobody checks the oil filter"
QUOTE = "A colleague of yours told me the press in hall three stands idle every Monday."


async def test_a_reply_that_quotes_inside_words_is_read_inside_and_waits_before_it_is_passed_on(
    acme: Organisation, elsewhere: MakeElsewhere
):
    peer, follower = await elsewhere("lemmy"), await elsewhere("lemmy")
    inside, forum = await acme.forum("inner", "inside"), await acme.forum()
    await acme.idea(inside, SECRET)
    idea = await acme.idea(forum)
    await acme.idle()
    for one in (peer, follower):
        await one.post(acme.inbox, one.activity("Follow", one.person("fan"), forum.uri))
    await acme.idle()
    follower.arrived.clear()
    note = peer.note(peer.person("ann"), QUOTE, idea.uri, forum.uri)
    await peer.post(acme.inbox, peer.create(note))
    await acme.idle()
    assert [one.text for one in await ideas_read.replies_of(acme.house, idea.id)] == [QUOTE]
    assert follower.shapes() == []
    assert note["id"] not in (await follower.get(f"{forum.uri}/outbox")).body.decode()
    [hold] = await holds.list_holds(acme.house, acme.admin)
    assert (hold.rules, hold.preview) == (("G-quote",), QUOTE)
    await holds.release(acme.house, acme.admin, hold.id)
    await acme.idle()
    assert follower.shapes() == ["Announce Create Note"]


async def test_a_reply_that_quotes_what_it_answers_passes(acme: Organisation, elsewhere: MakeElsewhere):
    peer, follower = await elsewhere("lemmy"), await elsewhere("lemmy")
    forum = await acme.forum()
    idea = await acme.idea(forum, SECRET)
    await acme.idle()
    await follower.post(acme.inbox, follower.activity("Follow", follower.person("fan"), forum.uri))
    await acme.idle()
    follower.arrived.clear()
    await peer.post(acme.inbox, peer.create(peer.note(peer.person("ann"), QUOTE, idea.uri, forum.uri)))
    await acme.idle()
    assert follower.shapes() == ["Announce Create Note"]
    assert await holds.list_holds(acme.house, acme.admin) == []
