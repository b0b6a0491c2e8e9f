"""Reading a thread: what is new to whom, and in which order."""

from __future__ import annotations

import pytest

from server.domain.errors import Missing
from server.domain.ideas import Contribution
from server.domain.threads import Place
from server.services import ideas, moves, threads
from server.storage import threads as stored
from tests.server.services_world import World


async def test_what_others_wrote_since_the_last_visit_is_new_until_the_next_visit(world: World) -> None:
    forum = await world.forum()
    bob, carol = await world.person("bob"), await world.person("carol")
    idea = await world.idea(forum)
    await ideas.reply(world.house, carol, idea, "First.")

    first = await threads.read(world.house, bob, idea, Place(idea.id))
    assert (first.line, first.fresh) == (None, ())
    assert await threads.unread(world.house, bob, [idea.id]) == {}

    world.time.pass_by(hours=2)
    second = await ideas.reply(world.house, carol, idea, "Second.")
    await ideas.reply(world.house, bob, idea, "My own.")
    assert await threads.unread(world.house, bob, [idea.id]) == {idea.id: 1}
    assert await threads.first_since(world.house, bob, idea) == second.id

    again = await threads.read(world.house, bob, idea, Place(idea.id))
    assert again.fresh == (second.id,)
    assert await threads.unread(world.house, bob, [idea.id]) == {}
    # Looking again in the same visit keeps the line where it was.
    assert (await threads.read(world.house, bob, idea, Place(idea.id))).fresh == (second.id,)
    world.time.pass_by(hours=1)
    assert (await threads.read(world.house, bob, idea, Place(idea.id))).fresh == ()


async def test_one_persons_line_is_nobody_elses(world: World) -> None:
    idea = await world.idea(await world.forum())
    bob, carol = await world.person("bob"), await world.person("carol")
    await threads.read(world.house, bob, idea, Place(idea.id))
    world.time.pass_by(hours=1)
    await ideas.reply(world.house, bob, idea, "Words.")
    assert await threads.unread(world.house, carol, [idea.id]) == {}


async def test_replies_are_read_by_time_and_by_what_they_are(world: World) -> None:
    idea = await world.idea(await world.forum())
    bob = await world.person("bob")
    one = await ideas.reply(world.house, bob, idea, "Does it hold?", intent="question")
    two = await ideas.reply(world.house, bob, one, "It does.", intent="answer")
    three = await ideas.reply(world.house, bob, idea, "And wet?", intent="question")

    async def shown(order: threads.Order = "branches", intent: str = "") -> list[str]:
        reading = await threads.read(world.house, bob, idea, Place(idea.id), order, intent)
        return [leaf.id for leaf in reading.sheet.leaves]

    assert await shown() == [one.id, two.id, three.id]
    assert await shown("newest") == [three.id, two.id, one.id]
    assert await shown(intent="question") == [one.id, three.id]
    reading = await threads.read(world.house, bob, idea, Place(idea.id))
    assert reading.intents == {"question": 2, "answer": 1}
    found = await threads.list_replies(world.house, bob, idea, one.id, 10, "question")
    assert [made.id for made in found] == [three.id]


async def test_a_place_in_another_thread_is_missing(world: World) -> None:
    forum = await world.forum()
    bob = await world.person("bob")
    idea, other = await world.idea(forum), await world.idea(forum)
    reply = await ideas.reply(world.house, bob, other, "Words.")
    with pytest.raises(Missing):
        await threads.read(world.house, bob, idea, Place(reply.id))


async def test_a_thread_looked_at_again_is_as_it_is_now_after_each_change(world: World) -> None:
    idea = await world.idea(await world.forum())
    bob, casey = await world.person("bob"), await world.person("casey", "facilitator")
    kept: list[Contribution] = [await ideas.reply(world.house, bob, idea, "One.")]

    async def looked_at() -> list[tuple[str, str, bool, str]]:
        twigs = (await threads.outline_of(world.house, bob, idea)).twigs
        assert list(twigs) == await stored.outline(world.house.store, idea.id)
        return [(twig.id, twig.parent_id, twig.deleted, twig.intent) for twig in twigs]

    before = await looked_at()
    kept.append(await ideas.reply(world.house, bob, kept[0], "Two.", intent="question"))
    written = await looked_at()
    assert written == [*before, (kept[1].id, kept[0].id, False, "question")]
    await ideas.delete(world.house, bob, kept[1])
    assert await looked_at() == [*before, (kept[1].id, kept[0].id, True, "question")]
    await moves.split(world.house, casey, kept[0], "One of its own", "It is another matter.")
    assert kept[0].id not in [one[0] for one in await looked_at()]
