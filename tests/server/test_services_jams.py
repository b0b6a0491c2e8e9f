"""Jams and forums: charter, states, clock, audiences and their rules."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from server.domain.errors import CharterIncomplete, Conflict, Invalid, JamNotOpen, Missing, NotAllowed
from server.domain.jams import Charter
from server.services import forums, jams, log, marking, people, rules
from server.services.forums import mirror_key
from tests.server.services_world import START, WHOLE, World


async def test_a_jam_opens_only_with_a_whole_charter(world: World):
    admin, jam = await world.admin(), await world.jam(charter=Charter(question="How?"), draft=True)
    with pytest.raises(CharterIncomplete):
        await jams.open_jam(world.house, admin, jam)
    whole = await jams.write_charter(world.house, admin, jam, WHOLE)
    opened = await jams.open_jam(world.house, admin, whole)
    assert opened.state == "open"
    with pytest.raises(Conflict):
        await jams.write_charter(world.house, admin, opened, Charter())


async def test_only_admins_hold_jams(world: World):
    bob, jam = await world.person("bob"), await world.jam()
    with pytest.raises(NotAllowed):
        await jams.create_jam(world.house, bob, "x", "X", WHOLE, START, START + timedelta(days=1))
    for verb in (jams.open_jam, jams.freeze_jam, jams.archive_jam):
        with pytest.raises(NotAllowed):
            await verb(world.house, bob, jam)
    with pytest.raises(NotAllowed):
        await forums.create_forum(world.house, bob, jam, "x", "X", "", "inside")


async def test_a_jam_closes_by_the_clock_before_anybody_writes_it_down(world: World):
    forum = await world.forum()
    jam = await jams.obtain_jam(world.house, await world.admin(), forum.jam_id)
    world.time.pass_by(days=3, seconds=1)
    assert jam.state_at(world.house.now()) == "frozen"
    with pytest.raises(JamNotOpen):
        await world.idea(forum)
    assert await jams.follow_clock(world.house) == 1
    assert await jams.follow_clock(world.house) == 0
    assert (await jams.obtain_jam(world.house, await world.admin(), jam.id)).state == "frozen"


async def test_a_draft_opens_by_the_clock_when_its_charter_is_whole(world: World):
    admin = await world.admin()
    opens, closes = START + timedelta(hours=1), START + timedelta(days=1)
    await jams.create_jam(world.house, admin, "whole", "Whole", WHOLE, opens, closes)
    await jams.create_jam(world.house, admin, "gaps", "Gaps", Charter(), opens, closes)
    world.time.pass_by(hours=2)
    assert await jams.follow_clock(world.house) == 1
    states = {jam.slug: jam.state for jam in await jams.list_jams(world.house, admin)}
    assert states == {"whole": "open", "gaps": "draft"}


async def test_a_frozen_jam_opens_again_when_it_is_extended(world: World):
    admin, forum = await world.admin(), await world.forum()
    jam = await jams.obtain_jam(world.house, admin, forum.jam_id)
    frozen = await jams.freeze_jam(world.house, admin, jam)
    with pytest.raises(JamNotOpen):
        await world.idea(forum)
    await jams.extend_jam(world.house, admin, frozen, START + timedelta(days=9))
    assert (await world.idea(forum)).kind == "idea"
    with pytest.raises(Invalid):
        await jams.extend_jam(world.house, admin, jam, START - timedelta(days=1))


async def test_an_archived_jam_stays_so(world: World):
    admin, jam = await world.admin(), await world.jam()
    with pytest.raises(Conflict):
        await jams.archive_jam(world.house, admin, jam)
    archived = await jams.archive_jam(world.house, admin, await jams.freeze_jam(world.house, admin, jam))
    with pytest.raises(Conflict):
        await jams.open_jam(world.house, admin, archived)


@pytest.mark.parametrize("days", [0, -1, 400])
async def test_a_jam_ends_after_it_begins_and_within_a_year(world: World, days: int):
    admin = await world.admin()
    with pytest.raises(Invalid):
        await jams.create_jam(world.house, admin, "x", "X", WHOLE, START, START + timedelta(days=days))


async def test_times_need_an_offset_and_slugs_are_short_and_unique(world: World):
    admin = await world.admin()
    with pytest.raises(Invalid):
        await jams.create_jam(world.house, admin, "x", "X", WHOLE, datetime(2026, 1, 1), START)
    for slug in ("", "A", "a b", "-a", "a" * 65, "ä"):
        with pytest.raises(Invalid):
            await jams.create_jam(world.house, admin, slug, "X", WHOLE, START, START + timedelta(days=1))
    await world.jam("twice")
    with pytest.raises(Conflict):
        await world.jam("twice")


async def test_guests_and_people_who_left_find_no_jam_and_no_forum(world: World):
    forum = await world.forum()
    guest = await people.meet(world.house, "https://globex.example/eve", "eve", "globex.example", "Eve", "")
    left = await people.change_member(world.house, await world.admin(), await world.person("bob"), active=False)
    for reader in (guest, left):
        with pytest.raises(Missing):
            await jams.obtain_jam(world.house, reader, forum.jam_id)
        with pytest.raises(Missing):
            await forums.obtain_forum(world.house, reader, forum.id)
        assert await jams.list_jams(world.house, reader) == []
        assert await forums.list_forums(world.house, reader) == []


async def test_a_forum_brings_the_rules_that_its_audience_stands_for(world: World):
    jam = await world.jam()
    before = {rule.id for rule in (await rules.rules_in_force(world.house))[1].rules}
    await world.forum("private", "inside", jam)
    assert {rule.id for rule in (await rules.rules_in_force(world.house))[1].rules} == before
    await world.forum("boxes", "public", jam)
    stored, table = await rules.rules_in_force(world.house)
    assert {rule.id for rule in table.rules} - before == {"S-packaging/boxes", "A-packaging/boxes"}
    assert "Boxes" in stored.note


async def test_names_of_forums_are_unique_outside(world: World):
    jam, other = await world.jam(), await world.jam("other")
    await world.forum("boxes", "public", jam)
    with pytest.raises(Conflict):
        await world.forum("boxes", "inside", other)
    await world.person("carol")
    with pytest.raises(Conflict):
        await world.forum("carol", "public", jam)


async def test_a_slug_that_two_forums_bear_finds_neither(world: World):
    admin = await world.admin()
    own = await world.forum("lifts")
    theirs = await forums.mirror_forum(
        world.house, admin, uri="https://globex.example/forums/1", slug="lifts", title="Lifts", question="",
        audience="partners", jam_slug="theirs", jam_title="Theirs", closes_at=None,
    )  # fmt: skip
    with pytest.raises(Missing):
        await forums.obtain_forum(world.house, admin, "lifts")
    for key, found in ((own.key, own), (theirs.handle, theirs), (theirs.uri, theirs), ("theirs/lifts", theirs)):
        assert (await forums.obtain_forum(world.house, admin, key)).id == found.id


async def test_a_forum_elsewhere_is_written_to_only_once_its_server_let_us_in(world: World):
    admin = await world.admin()
    forum = await forums.mirror_forum(
        world.house, admin, uri="https://globex.example/forums/1", slug="lifts", title="Lifts", question="",
        audience="partners", jam_slug="theirs", jam_title="Theirs", closes_at=None,
    )  # fmt: skip
    assert mirror_key(forum) == "theirs/lifts@globex.example"
    with pytest.raises(Conflict):
        await world.idea(forum)
    joined = await forums.mark_joined(world.house, forum, joined=True)
    assert (await world.idea(joined)).forum_id == forum.id
    await forums.follow_host(world.house, forum, closed=True, closes_at=None)
    with pytest.raises(JamNotOpen):
        await world.idea(joined)


async def test_each_deed_is_one_event_in_order(world: World):
    forum = await world.forum()
    idea = await world.idea(forum)
    await marking.mark(world.house, await world.admin(), idea, "best")
    kinds = [event.kind for event in await log.events_after(world.house, 0)]
    assert kinds == [
        "RulesApplied", "MemberAdded", "JamCreated", "JamChanged", "RulesApplied", "ForumCreated", "MemberAdded",
        "IdeaPosted", "Marked",
    ]  # fmt: skip
