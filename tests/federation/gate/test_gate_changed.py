"""What is changed before the gate has looked at it crosses as it reads then, with what was said to it meanwhile."""

from __future__ import annotations

import json

from federation.outside import crossings as released
from server.services import ideas
from tests.federation.conftest import MakeElsewhere
from tests.federation.organisation import Organisation
from tests.federation.test_between_servers import follow


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
