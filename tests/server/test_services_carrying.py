"""Jams from templates, clones, and second jams that carry ideas over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.domain.errors import Conflict, Invalid, Missing, NotAllowed
from server.domain.jam_templates import read_template
from server.domain.jams import Jam
from server.services import carrying, crossings, forums, ideas, ideas_read, jams, log, people, templates
from tests.server.services_world import START, World

END = START + timedelta(days=2)


async def a_second(world: World, jam: Jam) -> Jam:
    return await templates.second_jam(world.house, await world.admin(), jam, "round-two", START, END)


async def the_jam(world: World, forum_jam: str) -> Jam:
    return await jams.obtain_jam(world.house, await world.admin(), forum_jam)


async def test_a_jam_from_a_template_has_its_forums_and_waits_for_the_charter(world: World):
    admin = await world.admin()
    template = read_template(
        'marmalade_template = 1\ntitle = "T"\n[[forum]]\nslug = "a"\ntitle = "A"\naudience = "public"\n'
    )
    jam = await templates.found_jam(world.house, admin, template, "made", START, END)
    assert (jam.state, jam.title) == ("draft", "T")
    assert [(one.slug, one.audience) for one in await forums.list_forums(world.house, admin, jam)] == [("a", "public")]


async def test_a_template_that_cannot_be_used_leaves_nothing_behind(world: World):
    admin = await world.admin()
    template = read_template(
        'marmalade_template = 1\ntitle = "T"\n[[forum]]\nslug = "a"\ntitle = "A"\n[[forum]]\nslug = "b"\ntitle = "B"\n'
        'label = "PURPLE"\n'
    )
    before = await log.newest_event(world.house)
    with pytest.raises(Invalid):
        await templates.found_jam(world.house, admin, template, "made", START, END)
    assert await jams.list_jams(world.house, admin) == []
    assert await log.newest_event(world.house) == before


async def test_a_clone_has_the_charter_and_the_forums_under_free_names_and_no_words(world: World):
    admin = await world.admin()
    await world.forum("named", "partners", peers=("jam.globex.example",))
    forum = (await world.forums())[0]
    await world.idea(forum)
    jam = await the_jam(world, forum.jam_id)
    made = await templates.clone_jam(world.house, admin, jam, "again", START, END)
    (copy,) = await forums.list_forums(world.house, admin, made)
    assert made.charter == jam.charter
    assert (copy.slug, copy.audience, copy.peers) == ("named-again", "partners", ("jam.globex.example",))
    assert await ideas_read.list_ideas(world.house, admin, copy) == []
    lineage = await carrying.lineage_of(world.house, admin, made)
    assert lineage.origin is not None
    assert lineage.origin.kind == "clone"
    assert [one.id for _, one in (await carrying.lineage_of(world.house, admin, jam)).grown] == [made.id]


async def test_a_shared_file_names_no_partner_and_opens_nothing_to_all_of_them(world: World):
    admin = await world.admin()
    forum = await world.forum("named", "partners", peers=("jam.globex.example",))
    text = await templates.save_template(world.house, admin, await the_jam(world, forum.jam_id))
    assert "globex" not in text
    assert [one.audience for one in read_template(text).forums] == ["inside"]


async def test_chosen_ideas_come_over_with_author_and_lineage_and_only_once(world: World):
    admin, bob = await world.admin(), await world.person("bob")
    forum = await world.forum()
    idea = await world.idea(forum, bob, label="AMBER")
    second = await a_second(world, await the_jam(world, forum.jam_id))
    target = (await forums.list_forums(world.house, admin, second))[0]
    (made,) = await carrying.carry(world.house, admin, target, [idea.id, idea.id])
    assert await carrying.carry(world.house, admin, target, [idea.id]) == []
    thread = await ideas_read.read_thread(world.house, admin, made.idea_id)
    assert (thread.idea.title, thread.idea.author_id, thread.idea.label) == (idea.title, bob.id, "AMBER")
    assert thread.builds_on is not None
    assert thread.builds_on.id == idea.id
    assert [one.id for one in (await ideas_read.read_thread(world.house, admin, idea.id)).built_on_by] == [made.idea_id]
    found = await carrying.candidates(world.house, admin, await the_jam(world, forum.jam_id), target)
    assert [(one.idea.id, one.carried) for one in found] == [(idea.id, True)]
    lineage = await carrying.lineage_of(world.house, admin, second)
    assert lineage.origin is not None
    assert lineage.origin.kind == "second"


async def test_carrying_never_opens_what_was_written_for_fewer(world: World):
    admin = await world.admin()
    source = await world.forum("own", "inside")
    wide = await world.forum("wide", "public")
    some = await world.forum("some", "partners", peers=("a.example",))
    more = await world.forum("more", "partners", peers=("a.example", "b.example"))
    idea = await world.idea(source)
    with pytest.raises(Conflict, match="cannot be carried"):
        await carrying.carry(world.house, admin, wide, [idea.id])
    narrow = await world.idea(some)
    with pytest.raises(Conflict, match="cannot be carried"):
        await carrying.carry(world.house, admin, more, [narrow.id])
    (made,) = await carrying.carry(world.house, admin, some, [(await world.idea(more, title="Other", text="B")).id])
    assert made.idea_id


async def test_what_was_taken_back_from_outside_does_not_go_out_again_by_being_carried(world: World):
    admin = await world.admin()
    first, later = await world.forum("first"), await world.forum("later")
    idea = await world.idea(first)
    await crossings.recall(world.house, admin, idea)
    with pytest.raises(Conflict, match="taken back"):
        await carrying.carry(world.house, admin, later, [idea.id])
    inside = await world.forum("inside", "inside")
    assert await carrying.carry(world.house, admin, inside, [idea.id])


async def test_words_of_another_server_are_linked_and_not_copied(world: World):
    admin = await world.admin()
    forum = await world.forum()
    guest = await people.meet(world.house, "https://x.example/u", "u", "x.example", "U", "")
    origin = ideas.Origin("https://x.example/i", "https://x.example/a", "<p>Theirs</p>")
    theirs = await ideas.post_idea(world.house, guest, forum, "Their idea", "", origin=origin)
    second = await a_second(world, await the_jam(world, forum.jam_id))
    target = (await forums.list_forums(world.house, admin, second))[0]
    (made,) = await carrying.carry(world.house, admin, target, [theirs.id])
    assert made.idea_id == ""
    assert await ideas_read.list_ideas(world.house, admin, target) == []
    assert [one.id for one in (await carrying.lineage_of(world.house, admin, second)).linked] == [theirs.id]
    await ideas.purge(world.house, theirs)
    assert (await carrying.lineage_of(world.house, admin, second)).linked == ()


async def test_nothing_is_carried_into_a_draft_that_others_will_read_or_into_a_closed_jam(world: World):
    admin = await world.admin()
    idea = await world.idea(await world.forum())
    draft = await world.forum("waiting", jam=await world.jam("draft", draft=True))
    closed = await world.forum("closed", "inside")
    await jams.freeze_jam(world.house, admin, await the_jam(world, closed.jam_id))
    for target in (draft, closed):
        with pytest.raises(Conflict):
            await carrying.carry(world.house, admin, target, [idea.id])


async def test_one_idea_that_cannot_be_carried_keeps_all_back(world: World):
    admin, target = await world.admin(), await world.forum("new", "inside")
    idea = await world.idea(await world.forum())
    with pytest.raises(Missing):
        await carrying.carry(world.house, admin, target, [idea.id, "nowhere"])
    assert await ideas_read.list_ideas(world.house, admin, target) == []


async def test_members_make_no_jams_of_jams(world: World):
    bob, forum = await world.person("bob"), await world.forum()
    jam = await the_jam(world, forum.jam_id)
    for act in (templates.clone_jam, templates.second_jam):
        with pytest.raises(NotAllowed):
            await act(world.house, bob, jam, "x", START, END)
    for deed in (carrying.carry(world.house, bob, forum, ["x"]), templates.save_template(world.house, bob, jam)):
        with pytest.raises(NotAllowed):
            await deed
