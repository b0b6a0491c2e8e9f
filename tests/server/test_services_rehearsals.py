"""A rehearsal: one click makes it, nobody but its organisers sees it, and one click leaves nothing of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.domain.errors import Conflict, Missing, NotAllowed
from server.domain.jams import Charter, Jam
from server.domain.rehearsal import HOST, simulate
from server.domain.search import Sought
from server.services import (
    board,
    carrying,
    drafts,
    experts,
    feeds,
    finding,
    forums,
    held,
    hosting,
    ideas,
    ideas_read,
    jams,
    log,
    marking,
    people,
    rehearsals,
    resembling,
    telling,
    templates,
)
from server.services.house import House
from tests.server.services_world import START, World


async def a_jam(world: World) -> Jam:
    forum = await world.forum("boxes")
    await world.forum("own", "inside", jam=await jams.obtain_jam(world.house, await world.admin(), forum.jam_id))
    await world.idea(forum, title="Boxes that fold", text="One shared list of boxes, begun again in a month.")
    return await jams.obtain_jam(world.house, await world.admin(), forum.jam_id)


async def everything(house: House) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but the log's and the chain's."""
    names = await house.store.fetch("SELECT name FROM sqlite_master WHERE type = 'table'")
    apart = ("sqlite_sequence", "contribution_words_data", "contribution_words_idx", "events", "audit", "consumers")
    found = {}
    for name in (row["name"] for row in names):
        if name not in apart:
            rows = await house.store.fetch(f'SELECT * FROM "{name}"')
            found[name] = sorted((tuple(row.values()) for row in rows), key=repr)
    return found


async def test_a_rehearsal_is_a_copy_inside_with_a_crowd_that_nobody_takes_for_people(world: World):
    admin, jam = await world.admin(), await a_jam(world)
    made = await rehearsals.rehearse(world.house, admin, jam)
    assert made.state == "open"
    own = await forums.list_forums(world.house, admin, made)
    assert [(one.title, one.audience) for one in own] == [("Boxes", "inside"), ("Own", "inside")]
    figures = await board.read_board(world.house, admin, made)
    assert figures.ideas == 12
    assert figures.replies > 5
    said = await ideas_read.all_of_jam(world.house, made.id)
    assert {one.author_host for one in said} == {HOST}
    assert all("Rehearsal" in one.text for one in said)
    assert await rehearsals.rehearsal_of(world.house, admin, jam) == made
    with pytest.raises(Conflict):
        await rehearsals.rehearse(world.house, admin, jam)
    with pytest.raises(Conflict):
        await rehearsals.rehearse(world.house, admin, made)


async def test_a_draft_with_gaps_and_without_forums_is_rehearsed_too(world: World):
    admin, jam = await world.admin(), await world.jam(charter=Charter(), draft=True)
    made = await rehearsals.rehearse(world.house, admin, jam)
    assert made.state == "open"
    assert (await jams.obtain_jam(world.house, admin, jam.id)).charter == Charter()
    assert len(await forums.list_forums(world.house, admin, made)) == 1


async def test_while_it_stands_no_number_elsewhere_changes(world: World):
    admin, bob = await world.admin(), await world.person("bob", unit="Sales")
    jam = await a_jam(world)

    async def numbers() -> list[object]:
        house = world.house
        figures = await board.read_board(house, bob, jam)
        return [
            (figures.people, figures.ideas, figures.by_unit, figures.invited),
            await people.list_people(house),
            await held.hosts_inside(house, admin),
            await jams.list_jams(house, bob),
            await forums.list_forums(house, bob),
            [one.made.id for one in (await finding.search(house, bob, Sought.read({"query": "shared list"}))).hits],
            [one.id for one in await resembling.similar(house, bob, "one shared list begun again", None)],
            (await house.lookalikes()).of("Simulated person 1", "x"),
        ]

    before = await numbers()
    await rehearsals.rehearse(world.house, admin, jam)
    assert await numbers() == before


async def test_it_is_there_for_organisers_and_facilitators_alone(world: World):
    admin, bob, fay = await world.admin(), await world.person("bob"), await world.person("fay", "facilitator")
    made = await rehearsals.rehearse(world.house, admin, await a_jam(world))
    (idea, *_) = await ideas_read.all_of_jam(world.house, made.id)
    assert (await ideas_read.read_thread(world.house, fay, idea.thread_id)).jam == made
    for look in (
        jams.obtain_jam(world.house, bob, made.id),
        jams.obtain_jam(world.house, bob, made.slug),
        forums.obtain_forum(world.house, bob, idea.forum_id),
        ideas_read.obtain(world.house, bob, idea.id),
        ideas_read.read_thread(world.house, bob, idea.thread_id),
    ):
        with pytest.raises(Missing):
            await look
    for deed in (rehearsals.rehearse, rehearsals.remove_rehearsal):
        with pytest.raises(NotAllowed):
            await deed(world.house, fay, made)


async def test_one_click_leaves_nothing_of_it(world: World):
    admin, jam = await world.admin(), await a_jam(world)
    fay = await world.person("fay", "facilitator")
    while await telling.tell(world.house):
        pass
    before = await everything(world.house)
    newest = await log.newest_event(world.house)

    made = await rehearsals.rehearse(world.house, admin, jam)
    said = [one for one in await ideas_read.all_of_jam(world.house, made.id) if one.kind == "idea"]
    mine = await ideas.reply(world.house, fay, said[0], "Does this work? @ada")
    await ideas.edit(world.house, fay, mine, "It does.")
    await marking.mark(world.house, fay, said[0], "emerging")
    place = drafts.read_place(f"reply:{said[0].id}")
    await drafts.keep(world.house, fay, place, "", "Half a thought", {})
    await feeds.make_feed(world.house, fay, "forum", said[0].forum_id)
    await hosting.put_host(world.house, admin, await forums.obtain_forum(world.house, fay, said[0].forum_id), "fay", "")
    await board.keep_themes(world.house, made.id, 1, "{}", b"")
    while await telling.tell(world.house):
        pass
    ids = {made.id, mine.id, *(one.id for one in said), *(one.author_id for one in said)}
    assert await rehearsals.remove_rehearsal(world.house, admin, made) == jam.id

    after = await everything(world.house)
    assert after == before
    left = await log.events_after(world.house, newest, 1_000)
    assert [event.kind for event in left] == ["RehearsalRemoved"]
    assert left[0].seq > newest + len(said)
    words = await world.house.store.fetch("SELECT * FROM contribution_words_data")
    assert not [row for row in words if b"rehearsal" in bytes(row["block"]).lower()]
    events = repr([dict(row) for row in await world.house.store.fetch("SELECT * FROM events")])
    assert not [one for one in ids if one in events]
    assert await log.broken_audit_rows(world.house) == []
    await board.keep_themes(world.house, made.id, 1, "{}", b"")
    assert await everything(world.house) == before
    with pytest.raises(Missing):
        await jams.obtain_jam(world.house, admin, made.id)


async def test_nobody_finds_a_rehearsal_by_searching_or_by_what_resembles_it(world: World):
    fay = await world.person("fay", "facilitator")
    made = await rehearsals.rehearse(world.house, await world.admin(), await a_jam(world))
    (idea, *_) = await ideas_read.all_of_jam(world.house, made.id)
    found = await finding.search(world.house, fay, Sought.read({"query": "simulated"}))
    assert found.hits == []
    assert await resembling.similar(world.house, fay, idea.text, None) == []
    assert {one.member.host for one in await experts.who_knows(world.house, fay, idea.text)} <= {""}


async def test_events_go_on_counting_upwards_after_a_removal(world: World):
    admin, jam = await world.admin(), await a_jam(world)
    made = await rehearsals.rehearse(world.house, admin, jam)
    seen = await log.newest_event(world.house)
    await rehearsals.remove_rehearsal(world.house, admin, made)
    (forum, *_) = await forums.list_forums(world.house, admin, jam)
    idea = await world.idea(forum, title="Next", text="After it.")
    assert idea.id in {event.subject_id for event in await log.events_after(world.house, seen)}


async def test_a_jam_that_is_no_rehearsal_cannot_be_removed(world: World):
    admin, jam = await world.admin(), await a_jam(world)
    with pytest.raises(Missing):
        await rehearsals.remove_rehearsal(world.house, admin, jam)
    clone = await templates.clone_jam(world.house, admin, jam, "clone", START, START + timedelta(days=1))
    with pytest.raises(Missing):
        await rehearsals.remove_rehearsal(world.house, admin, clone)


async def test_nothing_of_a_rehearsal_is_taken_elsewhere(world: World):
    admin, jam = await world.admin(), await a_jam(world)
    made = await rehearsals.rehearse(world.house, admin, jam)
    (idea, *_) = await ideas_read.all_of_jam(world.house, made.id)
    target = await world.forum("later", "inside")
    with pytest.raises(Conflict):
        await carrying.carry(world.house, admin, target, [idea.thread_id])
    with pytest.raises(Missing):
        await world.idea(target, admin, builds_on=idea.thread_id)
    with pytest.raises(Conflict):
        await templates.clone_jam(world.house, admin, made, "clone", START, START + timedelta(days=1))


def test_the_crowd_is_the_same_for_the_same_seed():
    assert simulate(["a", "b"], 3) == simulate(["a", "b"], 3)
    assert simulate(["a", "b"], 3) != simulate(["a", "b"], 4)
