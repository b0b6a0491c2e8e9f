"""What organisers may change of a forum, and what stands once people have written there."""

from __future__ import annotations

import pytest

from server.domain.errors import Conflict, ForumClosed, Invalid, NotAllowed
from server.domain.jams import Forum
from server.services import audit, carrying, forums, ideas, jams, log, rules
from server.services.forum_changes import Changes, change_forum, fixed
from tests.server.services_world import World


async def acts(world: World, forum: Forum) -> list[str]:
    deeds = await audit.list_deeds(world.house, await world.admin(), limit=50)
    return [deed.act for deed in reversed(deeds) if deed.subject_id == forum.id]


async def test_name_and_question_change_at_any_time_and_are_written_down(world: World):
    admin, bob = await world.admin(), await world.person("bob")
    forum = await world.forum()
    await world.idea(forum)
    with pytest.raises(NotAllowed):
        await change_forum(world.house, bob, forum, Changes(title="Mine"))
    changed = await change_forum(world.house, admin, forum, Changes(title=" Crates ", question="Which?"))
    assert (changed.title, changed.question, changed.key) == ("Crates", "Which?", forum.key)
    assert await change_forum(world.house, admin, changed, Changes(title="Crates")) == changed
    with pytest.raises(Invalid):
        await change_forum(world.house, admin, changed, Changes(title=" "))
    assert await acts(world, forum) == ["create forum", "change forum"]
    kinds = [event.kind for event in await log.events_after(world.house, 0, 500)]
    assert kinds.count("ForumChanged") == 1


async def test_a_closed_forum_takes_answers_and_no_ideas_until_it_opens_again(world: World):
    admin, bob = await world.admin(), await world.person("bob")
    forum = await world.forum()
    idea = await world.idea(forum)
    closed = await change_forum(world.house, admin, forum, Changes(takes_ideas=False))
    with pytest.raises(ForumClosed, match="Those in it can still be answered"):
        await ideas.post_idea(world.house, bob, closed, "Late", "Late words.")
    await ideas.reply(world.house, bob, idea, "Still.")
    await ideas.edit(world.house, bob, idea, "Changed.")
    other = await world.forum("tape")
    late = await world.idea(other)
    with pytest.raises(ForumClosed):
        await carrying.carry(world.house, admin, closed, [late.id])
    opened = await change_forum(world.house, admin, closed, Changes(takes_ideas=True))
    await world.idea(opened)
    assert await acts(world, forum) == ["create forum", "close forum to ideas", "open forum to ideas"]


async def test_forums_stand_in_the_order_that_organisers_give_them(world: World):
    admin = await world.admin()
    jam = await world.jam()
    _, _, third = [await world.forum(slug, "inside", jam) for slug in ("a", "b", "c")]
    await change_forum(world.house, admin, third, Changes(place=1))
    fourth = await world.forum("d", "inside", jam)
    assert [one.slug for one in await forums.list_forums(world.house, admin, jam)] == ["c", "a", "b", "d"]
    for place in (0, 5):
        with pytest.raises(Invalid, match="between 1 and 4"):
            await change_forum(world.house, admin, fourth, Changes(place=place))
    assert await acts(world, third) == ["create forum", "order forums"]


async def test_for_whom_it_is_stands_once_somebody_has_written(world: World):
    admin = await world.admin()
    forum = await world.forum()
    idea = await world.idea(forum)
    await ideas.delete(world.house, await world.person("bob"), idea)
    for wish in (Changes(audience="inside"), Changes(label="RED"), Changes(peers=("jam.globex.example",))):
        with pytest.raises(Conflict, match="People have written here"):
            await change_forum(world.house, admin, forum, wish)
    with pytest.raises(Conflict, match="keeps its short name"):
        await change_forum(world.house, admin, forum, Changes(slug="crates"))
    assert await change_forum(world.house, admin, forum, Changes(audience="public", label="GREEN")) == forum
    assert (await world.forums())[0] == forum


async def test_an_empty_forum_of_a_draft_gets_another_audience_and_the_rules_of_that(world: World):
    admin = await world.admin()
    jam = await world.jam(draft=True)
    forum = await world.forum("boxes", "public", jam)
    changed = await change_forum(
        world.house, admin, forum, Changes(audience="partners", peers=(" Jam.Globex.example",), label="AMBER")
    )
    assert (changed.audience, changed.peers, changed.label) == ("partners", ("jam.globex.example",), "AMBER")
    table = (await rules.rules_in_force(world.house))[1].by_id
    assert table[f"S-{forum.key}"].conditions.peers == frozenset({"jam.globex.example"})
    await change_forum(world.house, admin, changed, Changes(audience="inside", peers=()))
    table = (await rules.rules_in_force(world.house))[1].by_id
    assert f"S-{forum.key}" not in table
    assert f"A-{forum.key}" not in table
    jam = await jams.open_jam(world.house, admin, jam)
    inside = (await world.forums())[0]
    assert "others may have found this forum" in (await fixed(world.house, inside, jam)).audience
    with pytest.raises(Conflict, match="others may have found this forum"):
        await change_forum(world.house, admin, inside, Changes(audience="public"))
    assert (await change_forum(world.house, admin, inside, Changes(label="RED"))).label == "RED"


async def test_nothing_changes_in_an_archive_or_in_a_forum_elsewhere(world: World):
    admin = await world.admin()
    jam = await world.jam()
    forum = await world.forum("boxes", "inside", jam)
    await jams.archive_jam(world.house, admin, await jams.freeze_jam(world.house, admin, jam))
    with pytest.raises(Conflict, match="archived"):
        await change_forum(world.house, admin, forum, Changes(title="Crates"))
    mirror = await forums.mirror_forum(
        world.house, admin, uri="https://b.example/f/1", slug="b", title="B", question="", audience="public",
        jam_slug="theirs", jam_title="Theirs", closes_at=None,
    )  # fmt: skip
    with pytest.raises(Conflict, match="The server that holds this forum"):
        await change_forum(world.house, admin, mirror, Changes(title="Ours"))
