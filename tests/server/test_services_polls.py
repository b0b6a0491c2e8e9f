"""Quick polls: who may ask, how votes count, when results show, and how a poll ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.domain.errors import Conflict, Invalid, JamNotOpen, Missing, NotAllowed
from server.domain.ideas import Contribution
from server.domain.polls import Poll
from server.services import ideas, ideas_read, jams, log, polls
from server.services.polls import seen_by
from tests.server.services_world import World


async def poll_on(world: World, idea: Contribution, **more: Any) -> Contribution:
    author = next(one for one in world.people.values() if one.id == idea.author_id)
    wish = {"ends_at": world.time.now + timedelta(hours=2), **more}
    return await polls.ask(world.house, author, idea, "Which tape?", ["Paper", "Plastic", "None"], **wish)


async def read(world: World, made: Contribution) -> Poll:
    _, poll = await polls.obtain(world.house, await world.admin(), made.id)
    return poll


async def test_the_author_and_facilitators_may_ask_and_nobody_else(world: World):
    idea = await world.idea(await world.forum())
    eve, finn = await world.person("eve"), await world.person("finn", "facilitator")
    ends = world.time.now + timedelta(hours=1)
    with pytest.raises(NotAllowed):
        await polls.ask(world.house, eve, idea, "Which?", ["A", "B"], ends_at=ends)
    made = await polls.ask(world.house, finn, idea, "Which?", ["A", "B"], ends_at=ends)
    assert (made.kind, made.parent_id, made.author_id) == ("reply", idea.id, finn.id)
    assert made.text == "Which?\n\n- A\n- B", "What is searched and judged of a poll has every word of it."


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"choices": ["One"]}, "choices"),
        ({"choices": ["Yes", "yes "]}, "choices"),
        ({"choices": [str(n) for n in range(13)]}, "choices"),
        ({"choices": ["Yes", "x" * 201]}, "choices"),
        ({"question": "  "}, "question"),
        ({"hours": -1}, "ends_at"),
        ({"hours": 24 * 4}, "ends_at"),
    ],
)
async def test_a_poll_that_cannot_be_asked_says_why(world: World, changes: dict[str, Any], field: str):
    idea = await world.idea(await world.forum())
    wish = {"question": "Which?", "choices": ["Yes", "No", "  "], "hours": 1, **changes}
    ends = world.time.now + timedelta(hours=wish["hours"])
    with pytest.raises(Invalid) as refused:
        await polls.ask(world.house, world.people["bob"], idea, wish["question"], wish["choices"], ends_at=ends)
    assert refused.value.field == field
    assert not await ideas_read.replies_of(world.house, idea.id)


async def test_a_form_that_is_sent_twice_asks_once(world: World):
    idea = await world.idea(await world.forum())
    made = await poll_on(world, idea)
    assert (await poll_on(world, idea)).id == made.id
    assert len(await ideas_read.replies_of(world.house, idea.id)) == 1
    await polls.end(world.house, world.people["bob"], made)
    assert (await poll_on(world, idea)).id != made.id, "Once it has ended it may be asked again."


async def test_each_person_has_one_vote_and_may_change_it_until_the_end(world: World):
    made = await poll_on(world, await world.idea(await world.forum()))
    eve, bob = await world.person("eve"), world.people["bob"]
    await polls.vote(world.house, eve, made, [0])
    await polls.vote(world.house, bob, made, [0])
    answered = await polls.vote(world.house, eve, made, [1])
    assert (answered.poll.counts.votes, answered.poll.counts.voters, answered.chosen) == ((1, 1, 0), 2, (1,))
    for wrong in ([], [3], [-1], [0, 1]):
        with pytest.raises(Invalid):
            await polls.vote(world.house, eve, made, wrong)
    world.time.pass_by(hours=2)
    with pytest.raises(Conflict):
        await polls.vote(world.house, eve, made, [2])
    assert (await read(world, made)).counts.votes == (1, 1, 0)


async def test_several_answers_count_one_voter(world: World):
    made = await poll_on(world, await world.idea(await world.forum()), multiple=True)
    eve = await world.person("eve")
    await polls.vote(world.house, eve, made, [0, 2, 2])
    answered = await polls.vote(world.house, eve, made, [1, 2])
    assert (answered.poll.counts.votes, answered.poll.counts.voters) == ((0, 1, 1), 1)


async def test_hidden_results_show_to_voters_and_at_the_end(world: World):
    made = await poll_on(world, await world.idea(await world.forum()), hidden=True)
    await polls.vote(world.house, await world.person("eve"), made, [0])
    poll, now = await read(world, made), world.time.now
    assert seen_by(poll, now, voted=False).counts.votes == ()
    assert seen_by(poll, now, voted=True).counts.votes == (1, 0, 0)
    assert seen_by(poll, now + timedelta(hours=3), voted=False).counts.votes == (1, 0, 0)


async def test_counts_are_told_at_most_once_a_minute_and_once_at_the_end(world: World):
    made = await poll_on(world, await world.idea(await world.forum()))
    start = await log.newest_event(world.house)
    told = []
    for second in range(0, 180, 10):
        member = await world.person(f"p{second}")
        await polls.vote(world.house, member, made, [second % 3])
        world.time.pass_by(seconds=10)
        if await polls.count_polls(world.house):
            told.append(second)
    assert len(told) in (2, 3)
    await polls.end(world.house, world.people["bob"], made)
    assert await polls.count_polls(world.house) == 0
    kinds = [event.kind for event in await log.events_after(world.house, start, 500)]
    assert (kinds.count("PollCounted"), kinds.count("PollEnded")) == (len(told), 1)
    poll = await read(world, made)
    assert poll.told.votes == poll.counts.votes == (6, 6, 6)


async def test_a_poll_ends_with_its_jam(world: World):
    forum = await world.forum()
    made = await poll_on(world, await world.idea(forum))
    jam = await jams.obtain_jam(world.house, await world.admin(), forum.jam_id)
    await jams.freeze_jam(world.house, await world.admin(), jam)
    with pytest.raises(JamNotOpen):
        await polls.vote(world.house, world.people["bob"], made, [0])
    await polls.count_polls(world.house)
    assert (await read(world, made)).closed_at is not None


async def test_only_the_asker_or_a_facilitator_ends_a_poll(world: World):
    made = await poll_on(world, await world.idea(await world.forum()))
    with pytest.raises(NotAllowed):
        await polls.end(world.house, await world.person("eve"), made)
    await polls.end(world.house, await world.person("finn", "facilitator"), made)
    assert not (await read(world, made)).is_open(world.time.now)


async def test_the_words_of_a_poll_stand_and_go_with_it(world: World):
    made = await poll_on(world, await world.idea(await world.forum()))
    bob = world.people["bob"]
    with pytest.raises(Conflict):
        await ideas.edit(world.house, bob, made, "Which glue?")
    await polls.vote(world.house, bob, made, [0])
    await ideas.delete(world.house, bob, made)
    with pytest.raises(Missing):
        await polls.obtain(world.house, bob, made.id)
    for table in ("polls", "poll_choices", "poll_votes"):
        assert not await world.house.store.fetch(f"SELECT * FROM {table}")
