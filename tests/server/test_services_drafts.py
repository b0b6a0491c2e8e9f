"""Drafts: whose they are, where they belong, and that nothing typed is lost."""

from __future__ import annotations

import pytest

from server.domain.drafts import Place
from server.domain.errors import Invalid, Missing, TooMuch
from server.services import drafts
from tests.server.services_world import World


async def test_a_draft_is_kept_for_a_place_and_seen_by_its_writer_alone(world: World) -> None:
    forum = await world.forum()
    bob, carol = await world.person("bob"), await world.person("carol")
    place = Place("idea", forum.id)
    await drafts.keep(world.house, bob, place, "Half a title", "Half a", {"label": "AMBER", "csrf": "secret"})
    await drafts.keep(world.house, bob, place, "Half a title", "Half a text", {"label": "AMBER"})
    kept = await drafts.draft_at(world.house, bob, place)
    assert kept is not None
    assert kept.typed == {"title": "Half a title", "text": "Half a text", "label": "AMBER"}
    assert [one.text for one in await drafts.list_drafts(world.house, bob)] == ["Half a text"]
    assert await drafts.draft_at(world.house, carol, place) is None
    assert await drafts.list_drafts(world.house, carol) == []


async def test_an_emptied_form_drops_its_draft(world: World) -> None:
    bob, place = await world.person("bob"), Place("idea", (await world.forum()).id)
    await drafts.keep(world.house, bob, place, "", "Words", {})
    assert await drafts.keep(world.house, bob, place, " ", "\n", {}) is None
    assert await drafts.list_drafts(world.house, bob) == []
    await drafts.drop(world.house, bob, place)


async def test_a_draft_may_be_longer_than_what_can_be_sent_but_not_without_end(world: World) -> None:
    bob, place = await world.person("bob"), Place("idea", (await world.forum()).id)
    kept = await drafts.keep(world.house, bob, place, "", "x" * 120_000, {})
    assert kept is not None
    assert len(kept.text) == 120_000
    with pytest.raises(TooMuch):
        await drafts.keep(world.house, bob, place, "", "x" * 200_001, {})


async def test_nobody_keeps_a_draft_where_they_may_not_write(world: World) -> None:
    bob, carol = await world.person("bob"), await world.person("carol")
    idea = await world.idea(await world.forum(), bob)
    with pytest.raises(Missing):
        await drafts.keep(world.house, carol, Place("edit", idea.id), "", "Words", {})
    with pytest.raises(Missing):
        await drafts.keep(world.house, carol, Place("reply", "0" * 32), "", "Words", {})
    with pytest.raises(Invalid):
        drafts.read_place("idea:x")


async def test_only_the_newest_of_very_many_drafts_are_kept(world: World) -> None:
    bob, forum = await world.person("bob"), await world.forum()
    made = [await world.idea(forum, bob) for _ in range(4)]
    before, drafts.MOST = drafts.MOST, 2
    try:
        for idea in made:
            world.time.pass_by(seconds=1)
            await drafts.keep(world.house, bob, Place("reply", idea.id), "", f"On {idea.id}", {})
        assert [one.place.where for one in await drafts.list_drafts(world.house, bob)] == [made[3].id, made[2].id]
    finally:
        drafts.MOST = before
