"""Moving, merging and splitting: credit stays, counts are right, and it can be undone."""

from __future__ import annotations

import pytest

from server.domain.errors import Conflict, Invalid, Missing, NotAllowed
from server.domain.search import Sought
from server.services import finding, ideas, ideas_read, jams, marking, moderation, moves
from tests.server.services_world import World


async def test_a_merged_idea_stands_in_the_other_by_its_author_with_its_replies(world: World):
    forum = await world.forum()
    ann, bob, fay = await world.person("ann"), await world.person("bob"), await world.person("fay", "facilitator")
    kept, double = await world.idea(forum, ann, title="Kept"), await world.idea(forum, bob, title="Double")
    first = await ideas.reply(world.house, ann, double, "First.")
    second = await ideas.reply(world.house, bob, first, "Second.")
    gone = await ideas.reply(world.house, bob, double, "Gone.")
    await ideas.delete(world.house, bob, gone)
    await marking.mark(world.house, ann, double, "support")
    done = await moves.merge(world.house, fay, await ideas_read.obtain(world.house, fay, double.id), kept, "The same.")
    thread = await ideas_read.read_thread(world.house, ann, double.id)
    assert thread.idea.id == kept.id, "the old address leads to the new one"
    assert {one.id: one.parent_id for one in thread.replies} == {
        double.id: kept.id, first.id: double.id, second.id: first.id, gone.id: double.id
    }  # fmt: skip
    merged = next(one for one in thread.replies if one.id == double.id)
    assert (merged.author_id, merged.text, merged.title, merged.support) == (bob.id, double.text, "Double", 1)
    assert thread.idea.replies == 3
    (credit,), _ = await moves.moves_in(world.house, ann, kept.id)
    assert (credit.kind, credit.reason, credit.member_name) == ("merge", "The same.", "Fay")
    late = await ideas.reply(world.house, ann, merged, "Late.")
    await moves.undo(world.house, fay, done.id)
    back = await ideas_read.read_thread(world.house, ann, double.id)
    assert (back.idea.id, back.idea.title, back.idea.kind) == (double.id, "Double", "idea")
    assert {one.id for one in back.replies} == {first.id, second.id, gone.id, late.id}
    assert (back.idea.replies, (await ideas_read.obtain(world.house, ann, kept.id)).replies) == (3, 0)
    assert await moves.moves_in(world.house, ann, kept.id) == ([], [])
    with pytest.raises(Conflict):
        await moves.undo(world.house, fay, done.id)


async def test_what_built_on_a_merged_idea_builds_on_the_other_until_that_is_undone(world: World):
    forum, fay = await world.forum(), await world.person("fay", "facilitator")
    kept, double = await world.idea(forum), await world.idea(forum)
    grown = await world.idea(forum, builds_on=double.id)
    done = await moves.merge(world.house, fay, double, kept, "The same.")
    assert (await ideas_read.obtain(world.house, fay, grown.id)).builds_on == kept.id
    await moves.undo(world.house, fay, done.id)
    assert (await ideas_read.obtain(world.house, fay, grown.id)).builds_on == double.id


async def test_a_split_branch_builds_on_the_idea_that_it_came_from(world: World):
    forum = await world.forum()
    ann, fay = await world.person("ann"), await world.person("fay", "facilitator")
    idea = await world.idea(forum, ann)
    reply = await ideas.reply(world.house, ann, idea, "Something about zebras.")
    below = await ideas.reply(world.house, ann, reply, "Yes.")
    aside = await ideas.reply(world.house, ann, idea, "Aside.")
    done = await moves.split(world.house, fay, reply, "Zebras", "Another question.")
    apart = await ideas_read.read_thread(world.house, ann, below.id)
    left = await ideas_read.read_thread(world.house, ann, idea.id)
    assert (apart.idea.id, apart.idea.title, apart.idea.author_id) == (reply.id, "Zebras", ann.id)
    assert [one.id for one in apart.replies] == [below.id]
    assert apart.builds_on is not None
    assert apart.builds_on.id == idea.id
    assert [one.id for one in left.replies] == [aside.id]
    assert (left.idea.replies, apart.idea.replies) == (1, 1)
    for kind, count in (("idea", 1), ("reply", 0)):
        found = await finding.search(world.house, ann, Sought(query="zebras", kind=kind))
        assert len(found.hits) == count
    _, apart_from = await moves.moves_in(world.house, ann, idea.id)
    assert [one.contribution_id for one in apart_from] == [reply.id]
    await moves.undo(world.house, fay, done.id)
    whole = await ideas_read.read_thread(world.house, ann, idea.id)
    assert {one.id: one.parent_id for one in whole.replies} == {
        reply.id: idea.id, below.id: reply.id, aside.id: idea.id
    }  # fmt: skip
    assert (whole.idea.replies, whole.replies[0].title, whole.replies[0].builds_on) == (3, "", "")


async def test_a_move_takes_the_replies_along_and_never_lowers_a_label(world: World):
    jam = await world.jam()
    low, high = await world.forum("low", jam=jam), await world.forum("high", "partners", jam=jam, label="AMBER")
    fay = await world.person("fay", "facilitator")
    idea = await world.idea(low)
    reply = await ideas.reply(world.house, fay, idea, "Yes.")
    done = await moves.move(world.house, fay, idea, high, "About plans.")
    thread = await ideas_read.read_thread(world.house, fay, idea.id)
    assert {(one.forum_id, one.label) for one in (thread.idea, *thread.replies)} == {(high.id, "AMBER")}
    assert thread.idea.uri != idea.uri
    assert (await ideas_read.by_uri(world.house, idea.uri)).id == idea.id, "who knows it by its old URI finds it"
    await moves.undo(world.house, fay, done.id)
    thread = await ideas_read.read_thread(world.house, fay, idea.id)
    assert {(one.forum_id, one.label) for one in (thread.idea, *thread.replies)} == {(low.id, "AMBER")}
    assert thread.replies[0].id == reply.id
    words = {(one.title, one.text) for one in await ideas_read.history(world.house, fay, idea.id)}
    assert words == {(idea.title, idea.text)}


async def test_what_cannot_be_moved_says_why(world: World):
    jam, other = await world.jam(), await world.jam("other")
    forum, elsewhere = await world.forum("one", jam=jam), await world.forum("two", jam=other)
    ann, fay = await world.person("ann"), await world.person("fay", "facilitator")
    idea, stranger = await world.idea(forum), await world.idea(elsewhere)
    reply = await ideas.reply(world.house, ann, idea, "Yes.")
    second = await world.forum("three", jam=jam)
    for wrong in (
        moves.move(world.house, fay, idea, forum, "Why."),
        moves.move(world.house, fay, idea, elsewhere, "Why."),
        moves.merge(world.house, fay, idea, idea, "Why."),
        moves.merge(world.house, fay, idea, stranger, "Why."),
        moves.move(world.house, fay, idea, second, " "),
        moves.split(world.house, fay, reply, "", "Why."),
    ):
        with pytest.raises(Invalid):
            await wrong
    for wrong in (moves.move(world.house, fay, reply, second, "Why."), moves.merge(world.house, fay, reply, idea, "W."),
                  moves.merge(world.house, fay, idea, reply, "Why."),
                  moves.split(world.house, fay, idea, "T", "W.")):  # fmt: skip
        with pytest.raises(Conflict):
            await wrong
    with pytest.raises(NotAllowed):
        await moves.move(world.house, ann, idea, second, "Why.")
    with pytest.raises(Missing):
        await moves.undo(world.house, ann, "0" * 32)
    await moderation.hide(world.house, fay, idea, "Rude.")
    with pytest.raises(Conflict):
        await moves.move(world.house, fay, await ideas_read.obtain(world.house, fay, idea.id), second, "Why.")
    with pytest.raises(Conflict):
        await moves.split(world.house, fay, reply, "T", "Why.")


async def test_what_changed_meanwhile_is_not_moved_halfway(world: World):
    jam = await world.jam()
    forum, second = await world.forum("one", jam=jam), await world.forum("two", jam=jam)
    ann, fay = await world.person("ann"), await world.person("fay", "facilitator")
    idea = await world.idea(forum, ann)
    await ideas.reply(world.house, ann, idea, "Yes.")
    await ideas.edit(world.house, ann, idea, "New words.")
    with pytest.raises(Conflict):
        await moves.move(world.house, fay, idea, second, "With an old view of it.")
    thread = await ideas_read.read_thread(world.house, ann, idea.id)
    assert {one.forum_id for one in (thread.idea, *thread.replies)} == {forum.id}
    await jams.freeze_jam(world.house, await world.admin(), jam)
    await moves.move(world.house, fay, thread.idea, second, "Tidying up after the end.")
