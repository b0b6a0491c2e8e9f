"""What a host moves, merges or splits off leads its partners to where it stands now, with its author's credit."""

from __future__ import annotations

import pytest

from server.domain.errors import Missing
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import elsewhere, follows, ideas_read, moves
from tests.federation.conftest import MakeElsewhere
from tests.federation.organisation import Organisation
from tests.federation.test_histories import DAY, join, lose, settle, two
from tests.federation.test_marks import guard

__all__ = ["two"]
Two = tuple[Organisation, Organisation, Forum, Forum]


async def leads(globex: Organisation, uri: str) -> Contribution | None:
    """Return where an old address at the partner leads."""
    old = await globex.know(uri)
    assert old is not None
    with pytest.raises(Missing):
        await ideas_read.obtain(globex.house, globex.admin, old.id)
    return await elsewhere.stands_now(globex.house, globex.admin, old.id)


async def test_an_idea_that_was_merged_leads_to_the_thread_in_which_it_is_now_a_reply(two: Two):
    acme, globex, forum, _ = two
    ann = await acme.member("ann", consent=True)
    idea, into = await acme.idea(forum, "Ramps.", ann, title="Ramps"), await acme.idea(forum, title="Lifts")
    await settle(acme, globex)
    before, bob = await globex.know(idea.uri), await globex.member("bob")
    assert before is not None
    await follows.follow(globex.house, bob, "idea", before.id)
    await moves.merge(acme.house, acme.admin, await acme.fresh(idea), await acme.fresh(into), "Said by Mara inside.")
    await settle(acme, globex)
    there = await globex.know(into.uri)
    now = await leads(globex, idea.uri)
    assert now is not None
    assert there is not None
    assert (now.kind, now.thread_id, now.text) == ("reply", there.id, "Ramps.")
    assert now.author_id == before.author_id, "its author keeps the credit"
    came, _ = await moves.moves_in(globex.house, globex.admin, there.id)
    assert [(one.kind, one.member_name, one.reason) for one in came] == [("merge", acme.host, "")]
    followed = [one.follow for one in await follows.list_follows(globex.house, bob)]
    assert ("idea", there.id) in {(one.kind, one.subject_id) for one in followed}


async def test_a_move_to_another_forum_and_its_way_back_lead_on(two: Two):
    acme, globex, forum, _ = two
    other = await acme.forum("other", "partners")
    await acme.idle()
    mirror = await join(acme, globex, other)
    idea = await acme.idea(forum)
    await settle(acme, globex)
    done = await moves.move(acme.house, acme.admin, await acme.fresh(idea), other, "Fits.")
    await settle(acme, globex)
    now = await leads(globex, idea.uri)
    assert now is not None
    assert now.forum_id == mirror.id
    await moves.undo(acme.house, acme.admin, done.id)
    await settle(acme, globex)
    back = await leads(globex, idea.uri)
    assert back is not None
    assert back.uri == (await acme.fresh(idea)).uri


async def test_who_was_not_granted_the_new_place_is_told_of_none(two: Two):
    acme, globex, forum, _ = two
    inner = await acme.forum("inner", "inside")
    idea, second = await acme.idea(forum), await acme.idea(forum, title="Second")
    await settle(acme, globex)
    await moves.move(acme.house, acme.admin, await acme.fresh(idea), inner, "Fits.")
    await settle(acme, globex)
    assert await leads(globex, idea.uri) is None
    assert not await acme.outside.store.fetch("SELECT uri FROM crossings WHERE type = 'Move'")
    other = await acme.forum("other", "partners")
    await acme.idle()
    await join(acme, globex, other)
    await guard(acme, 'thing = "idea"\nforum = "better/other"')
    await moves.move(acme.house, acme.admin, await acme.fresh(second), other, "Fits.")
    await settle(acme, globex)
    assert await leads(globex, second.uri) is None
    assert not await acme.outside.store.fetch("SELECT uri FROM crossings WHERE type = 'Move'")


async def test_a_move_that_was_missed_is_read_later(two: Two):
    acme, globex, forum, _ = two
    idea, into = await acme.idea(forum, title="Ramps"), await acme.idea(forum, title="Lifts")
    await settle(acme, globex)
    await moves.merge(acme.house, acme.admin, await acme.fresh(idea), await acme.fresh(into), "Alike.")
    await lose(acme, globex)
    globex.wait(DAY)
    await settle(globex, acme)
    now = await leads(globex, idea.uri)
    assert now is not None
    assert now.kind == "reply"


async def test_nobody_else_moves_what_stands_in_a_forum(two: Two, elsewhere: MakeElsewhere):
    acme, globex, forum, _ = two
    idea, into = await acme.idea(forum, title="Ramps"), await acme.idea(forum, title="Lifts")
    await settle(acme, globex)
    eve = await elsewhere("marmalade")
    group = eve.person("eve", "Group")
    said = {"id": eve.new_uri("moves"), "type": "Move", "actor": group, "object": into.uri, "origin": idea.uri}
    await eve.post(globex.inbox, said | {"moved": "merge"})
    await globex.idle()
    assert await globex.last_received() == ("Move", "ignored")
