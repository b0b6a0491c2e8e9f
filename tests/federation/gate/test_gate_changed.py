"""What is changed before the gate has looked at it crosses as it reads then, with what was said to it meanwhile."""

from __future__ import annotations

import json

from federation.outside import crossings as released
from server.services import ideas
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import PUBLIC
from tests.federation.organisation import Organisation
from tests.federation.test_between_servers import follow
from tests.federation.test_histories import join, settle, two
from tests.federation.test_marks import Two

__all__ = ["two"]


async def test_a_reply_to_an_idea_that_was_changed_at_once_crosses_with_it_and_is_sent_once(
    acme: Organisation, elsewhere: MakeElsewhere
):
    other = await elsewhere("lemmy")
    forum = await acme.forum("open")
    await acme.idle()
    await follow(other, acme, forum.uri, "olaf")
    await acme.idle()
    idea = await acme.idea(forum, "First words.")
    answer = await acme.reply(idea, "An answer.")
    idea = await ideas.edit(acme.house, acme.admin, idea, "Better words.")
    later = await acme.reply(idea, "Another answer.")
    await acme.idle()
    stands = await released.audiences_of(acme.outside, idea.uri)
    assert stands
    for made in (answer, later):
        assert await released.audiences_of(acme.outside, made.uri) == stands
    await ideas.edit(acme.house, acme.admin, idea, "The best words.")
    await acme.idle()
    for made in (answer, later):
        told = [one for one in other.arrived if made.uri in json.dumps(one.activity)]
        assert len(told) == 1, "a later change of the idea sends its replies to nobody again"


async def test_a_reply_hangs_on_a_reply_that_was_changed_at_once(two: Two):
    acme, globex, forum, _ = two
    idea = await acme.idea(forum)
    await settle(acme, globex)
    first = await acme.reply(idea, "First words.")
    second = await acme.reply(first, "An answer to it.")
    await ideas.edit(acme.house, acme.admin, first, "Better words.")
    await settle(acme, globex)
    above, below = await globex.know(first.uri), await globex.know(second.uri)
    assert above is not None
    assert below is not None
    assert (above.text, below.parent_id) == ("Better words.", above.id)


async def test_words_of_a_third_server_that_were_changed_before_they_were_passed_on_come_as_they_read_then(
    two: Two, elsewhere: MakeElsewhere
):
    acme, globex, _, _ = two
    third, forum = await elsewhere("mastodon"), await acme.forum("open")
    await acme.idle()
    await join(acme, globex, forum)
    ann = third.person("ann")
    note = third.note(ann, "First words.", to=forum.uri, name="From afar", cc=[PUBLIC])
    better = {**note, "content": "<p>Better words.</p>", "updated": "2026-11-20T10:00:00Z"}
    third.lay_out(better)
    for activity in (third.create(note), third.activity("Update", ann, better, to=[forum.uri], cc=[PUBLIC])):
        await third.post(acme.inbox, activity)
        await acme.edge.lookup.run_once()
        await acme.edge.lookup.settle()
        while await acme.admit.run_once():
            pass
    for _ in range(8):
        await settle(acme, globex)
        globex.wait(30)
    made = await globex.know(note["id"])
    assert made is not None
    assert made.text == "Better words."
