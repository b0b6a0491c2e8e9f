"""Ideas, replies, versions, marks and search."""

from __future__ import annotations

import asyncio

import pytest

from server.domain.errors import Invalid, Missing, NotAllowed, TooMuch
from server.services import ideas, ideas_read, log, marking, people, resembling
from server.services.ideas import Origin
from tests.server.services_world import World, words_found


async def test_an_idea_takes_the_label_of_its_forum_unless_its_author_says_otherwise(world: World):
    forum = await world.forum("plans", "partners", label="AMBER")
    assert (await world.idea(forum)).label == "AMBER"
    assert (await world.idea(forum, label="red")).label == "RED"
    with pytest.raises(Invalid):
        await world.idea(forum, label="PURPLE")


async def test_a_reply_is_never_labelled_lower_than_the_idea_at_the_root(world: World):
    idea = await world.idea(await world.forum(), label="RED")
    bob = await world.person("bob")
    first = await ideas.reply(world.house, bob, idea, "It tears.", label="CLEAR")
    second = await ideas.reply(world.house, bob, first, "It does not.")
    assert (first.label, second.label) == ("RED", "RED")
    assert (second.thread_id, second.parent_id) == (idea.id, first.id)


async def test_markdown_is_shown_and_scripts_are_not(world: World):
    text = "Use **tape**.\n\n<script>alert(1)</script> [x](javascript:alert(1)) ![p](https://a.example/p.png)"
    idea = await world.idea(await world.forum(), text=text)
    assert "<strong>tape</strong>" in idea.html
    assert "<script" not in idea.html
    assert "javascript:" not in idea.html.replace("&quot;", "") or "href" not in idea.html
    assert "<img" not in idea.html


async def test_text_loses_controls_that_make_it_read_otherwise(world: World):
    idea = await world.idea(await world.forum(), title="Safe\u202e txet\x00", text="One\x07\r\ntwo")
    assert (idea.title, idea.text) == ("Safe txet", "One\ntwo")


async def test_what_is_empty_or_too_long_is_refused(world: World):
    forum = await world.forum()
    for words in ({"title": " "}, {"title": "x" * 201}, {"text": "\n \u202e"}, {"intent": "joke"}):
        with pytest.raises(Invalid):
            await world.idea(forum, **words)
    with pytest.raises(TooMuch):
        await world.idea(forum, text="x" * 50_001)


async def test_an_edit_keeps_the_earlier_words_as_a_version(world: World):
    bob, idea = await world.person("bob"), await world.idea(await world.forum())
    second = await ideas.edit(world.house, bob, idea, "Use wet paper tape.", title="Wet tape")
    assert (second.version, second.title, second.edited_at is not None) == (2, "Wet tape", True)
    kept = await ideas_read.history(world.house, bob, idea.id)
    assert [(one.number, one.title, one.text) for one in kept] == [(1, "Paper tape", "Use paper tape.")]
    unchanged = await ideas.edit(world.house, bob, second, "Use wet paper tape.")
    assert unchanged.version == 2


async def test_only_the_author_edits_and_only_author_or_moderator_deletes(world: World):
    idea = await world.idea(await world.forum())
    carol, admin = await world.person("carol"), await world.admin()
    for by in (carol, admin):
        with pytest.raises(NotAllowed):
            await ideas.edit(world.house, by, idea, "Mine.")
    with pytest.raises(NotAllowed):
        await ideas.delete(world.house, carol, idea)
    await ideas.delete(world.house, admin, idea)
    told = (await log.events_after(world.house, 0))[-1]
    assert (told.kind, told.data["moderated"]) == ("ContributionDeleted", True)


async def test_deleted_words_are_gone_from_pages_search_and_versions(world: World):
    bob, idea = await world.person("bob"), await world.idea(await world.forum())
    await ideas.edit(world.house, bob, idea, "Use sticky paper.")
    changed = await ideas_read.by_id(world.house, idea.id)
    assert changed is not None
    await ideas.delete(world.house, bob, changed)
    with pytest.raises(Missing):
        await ideas_read.obtain(world.house, bob, idea.id)
    assert await words_found(world.house, bob, "paper") == []
    for table, column in (("contributions", "text"), ("versions", "text"), ("contribution_words", "text")):
        rows = await world.house.store.fetch(f"SELECT {column} FROM {table}")
        assert not any("paper" in row[column] for row in rows)


async def test_a_deleted_reply_keeps_its_place_and_leaves_the_count(world: World):
    bob, idea = await world.person("bob"), await world.idea(await world.forum())
    first = await ideas.reply(world.house, bob, idea, "One.")
    await ideas.reply(world.house, bob, first, "Two.")
    await ideas.delete(world.house, bob, first)
    thread = await ideas_read.read_thread(world.house, bob, idea.id)
    assert [(one.text, one.deleted) for one in thread.replies] == [("", True), ("Two.", False)]
    assert thread.idea.replies == 1
    gone = await ideas_read.by_id(world.house, first.id)
    assert gone is not None
    with pytest.raises(Missing):
        await ideas.reply(world.house, bob, gone, "Three.")


async def test_two_who_delete_at_once_delete_once(world: World):
    bob, idea = await world.person("bob"), await world.idea(await world.forum())
    reply = await ideas.reply(world.house, bob, idea, "One.")
    await ideas.reply(world.house, bob, idea, "Two.")
    await asyncio.gather(*(ideas.delete(world.house, bob, reply) for _ in range(3)))
    assert (await ideas_read.obtain(world.house, bob, idea.id)).replies == 1
    kinds = [event.kind for event in await log.events_after(world.house, 0)]
    assert kinds.count("ContributionDeleted") == 1


async def test_an_idea_builds_on_a_standing_idea_only(world: World):
    forum = await world.forum()
    base = await world.idea(forum)
    bob = await world.person("bob")
    built = await world.idea(forum, builds_on=base.id)
    thread = await ideas_read.read_thread(world.house, bob, built.id)
    assert thread.builds_on is not None
    assert thread.builds_on.id == base.id
    assert [one.id for one in (await ideas_read.read_thread(world.house, bob, base.id)).built_on_by] == [built.id]
    reply = await ideas.reply(world.house, bob, base, "Hm.")
    for nothing in (reply.id, "nothing"):
        with pytest.raises(Missing):
            await world.idea(forum, builds_on=nothing)


async def test_support_counts_each_person_once(world: World):
    idea = await world.idea(await world.forum())
    bob, carol = await world.person("bob"), await world.person("carol")
    for by in (bob, bob, carol):
        await marking.mark(world.house, by, idea, "support")
    assert (await ideas_read.obtain(world.house, bob, idea.id)).support == 2
    await marking.unmark(world.house, bob, idea, "support")
    await marking.unmark(world.house, bob, idea, "support")
    assert (await ideas_read.obtain(world.house, bob, idea.id)).support == 1
    assert (await ideas_read.read_thread(world.house, carol, idea.id)).mine == {idea.id: {"support"}}


async def test_emerging_and_best_are_a_facilitators_and_fall_whoever_set_them(world: World):
    idea, bob = await world.idea(await world.forum()), await world.person("bob")
    with pytest.raises(NotAllowed):
        await marking.mark(world.house, bob, idea, "emerging")
    facilitator = await world.person("fay", "facilitator")
    await marking.mark(world.house, facilitator, idea, "emerging")
    await marking.mark(world.house, await world.admin(), idea, "emerging")
    assert (await ideas_read.obtain(world.house, bob, idea.id)).emerging
    await marking.unmark(world.house, await world.admin(), idea, "emerging")
    assert not (await ideas_read.obtain(world.house, bob, idea.id)).emerging


async def test_what_comes_twice_from_another_server_is_written_once(world: World):
    forum = await world.forum()
    eve = await people.meet(world.house, "https://globex.example/eve", "eve", "globex.example", "Eve", "")
    uri = "https://globex.example/objects/1"
    origin = Origin(uri, "https://globex.example/activities/1", "<p>Hello <b>you</b><script>x</script></p>")
    first = await ideas.post_idea(world.house, eve, forum, "From afar", "", origin=origin)
    again = await ideas.post_idea(world.house, eve, forum, "From afar", "", origin=origin)
    assert again.id == first.id
    assert (first.uri, first.text, first.author_host) == (uri, "Hello you", "globex.example")
    assert first.html == "<p>Hello <b>you</b></p>"


async def test_guests_read_nothing_inside(world: World):
    idea = await world.idea(await world.forum())
    eve = await people.meet(world.house, "https://globex.example/eve", "eve", "globex.example", "Eve", "")
    with pytest.raises(Missing):
        await ideas_read.obtain(world.house, eve, idea.id)
    assert await words_found(world.house, eve, "paper") == []
    assert await resembling.similar(world.house, eve, "paper tape", None) == []


async def test_search_wants_every_word_and_ranks_the_best_first(world: World):
    forum, bob = await world.forum(), await world.person("bob")
    both = await world.idea(forum, title="Paper tape", text="Paper, paper and tape.")
    await world.idea(forum, title="Tape", text="Only that.")
    assert [one.id for one in await words_found(world.house, bob, "pap tap")] == [both.id]
    assert await words_found(world.house, bob, ' " \x00 ') == []


async def test_search_follows_edits(world: World):
    bob, idea = await world.person("bob"), await world.idea(await world.forum())
    await ideas.edit(world.house, bob, idea, "Use string.", title="String")
    assert await words_found(world.house, bob, "paper") == []
    assert [one.id for one in await words_found(world.house, bob, "string")] == [idea.id]


async def test_similar_looks_at_ideas_of_one_forum_when_asked_to(world: World):
    jam = await world.jam()
    boxes, plans = await world.forum("boxes", jam=jam), await world.forum("plans", jam=jam)
    here, there = await world.idea(boxes), await world.idea(plans)
    bob = await world.person("bob")
    await ideas.reply(world.house, bob, here, "Paper tape it is.")
    found = await resembling.similar(world.house, bob, "Could we use 'paper' tape?", None)
    assert {one.id for one in found} == {here.id, there.id}
    assert [one.id for one in await resembling.similar(world.house, bob, "paper tape", plans)] == [there.id]
    assert await resembling.similar(world.house, bob, "a b c", None) == []


async def test_lists_go_back_in_time_page_by_page(world: World):
    forum, bob = await world.forum(), await world.person("bob")
    made = [await world.idea(forum, title=f"{number}") for number in range(5)]
    first = await ideas_read.list_ideas(world.house, bob, forum, limit=3)
    rest = await ideas_read.list_ideas(world.house, bob, forum, first[-1].created_at.timestamp())
    assert [one.id for one in (*first, *rest)] == [one.id for one in reversed(made)]


async def test_an_edit_replaces_the_words_that_search_knows_and_no_others(world: World):
    house, admin, forum = world.house, await world.admin(), await world.forum()
    made = [await ideas.post_idea(house, admin, forum, f"Idea {n}", f"quince{n} jelly") for n in range(5)]
    await ideas.edit(house, admin, made[2], "medlar cheese")
    assert [one.id for one in await words_found(house, admin, "medlar")] == [made[2].id]
    assert await words_found(house, admin, "quince2") == []
    await ideas.delete(house, admin, made[0])
    assert {one.id for one in await words_found(house, admin, "jelly")} == {made[n].id for n in (1, 3, 4)}
