"""People are told what concerns them, each thing once, and nothing of their own doing."""

from __future__ import annotations

import pytest

from server.domain.errors import Missing
from server.domain.notices import Notice
from server.domain.search import Sought
from server.services import finding, follows, holds, ideas, inbox, marking, moderation, people, rules
from server.services.telling import notices_of, tell
from server.storage import events, notices
from tests.server.holds_world import a_hold
from tests.server.services_world import World


async def told(world: World, username: str) -> list[tuple[str, str]]:
    while await tell(world.house):
        pass
    found = await inbox.list_inbox(world.house, await world.person(username))
    return [(one.notice.kind, one.notice.detail) for one in found]


async def test_a_direct_reply_tells_whom_it_answers_and_a_deeper_one_the_author_of_the_idea(world: World):
    forum = await world.forum()
    idea = await world.idea(forum)
    first = await ideas.reply(world.house, await world.person("cleo"), idea, "Why?")
    await ideas.reply(world.house, await world.person("dan"), first, "Because.")
    assert await told(world, "bob") == [("followed", ""), ("reply", "")]
    assert await told(world, "cleo") == [("reply", "")]
    assert await told(world, "dan") == []


async def test_nobody_is_told_of_their_own_doing(world: World):
    idea = await world.idea(await world.forum())
    await ideas.reply(world.house, await world.person("bob"), idea, "And another thing.")
    assert await told(world, "bob") == []


async def test_building_on_an_idea_tells_its_author(world: World):
    forum = await world.forum()
    idea = await world.idea(forum)
    await world.idea(forum, await world.person("cleo"), builds_on=idea.id)
    assert await told(world, "bob") == [("build_on", "")]


async def test_a_mention_in_the_event_tells_those_named_and_odd_data_tells_nobody(world: World):
    idea = await world.idea(await world.forum())
    cleo = await world.person("cleo")
    for named in ([cleo.id, cleo.id, "nobody"], None, "x", [7, None]):
        async with world.house.store.transaction() as change:
            data = {"jam": idea.jam_id, "forum": idea.forum_id, "thread": idea.id, "mentions": named}
            await events.append(change, "IdeaPosted", idea.id, data, world.house.now().timestamp())
    assert await told(world, "cleo") == [("mention", "")]


async def test_facilitators_marks_tell_the_author_and_support_tells_nobody(world: World):
    idea = await world.idea(await world.forum())
    await marking.mark(world.house, await world.person("cleo"), idea, "support")
    await marking.mark(world.house, await world.person("fay", "facilitator"), idea, "emerging")
    assert await told(world, "bob") == [("mark", "emerging")]


async def test_words_at_the_boundary_tell_their_author_and_whoever_may_review_them(world: World):
    idea = await world.idea(await world.forum())
    rita = await world.person("rita", "reviewer")
    hold = a_hold(world.house, "1" * 32, idea.id)
    await holds.ask_review(world.house, hold)
    await holds.ask_review(world.house, hold)
    assert await told(world, "bob") == [("boundary", "held")]
    assert await told(world, "rita") == [("duty", "review")]
    await holds.release(world.house, rita, hold.id)
    assert (await told(world, "bob"))[0] == ("boundary", "released")


async def test_an_author_who_reviews_is_not_asked_to_review_their_own_words(world: World):
    rita = await world.person("rita", "reviewer")
    idea = await world.idea(await world.forum(), rita)
    await holds.ask_review(world.house, a_hold(world.house, "1" * 32, idea.id))
    assert await told(world, "rita") == [("boundary", "held")]


async def test_words_removed_by_a_facilitator_tell_their_author(world: World):
    idea = await world.idea(await world.forum())
    made = await ideas.reply(world.house, await world.person("cleo"), idea, "Rude.")
    await ideas.delete(world.house, await world.person("fay", "facilitator"), made)
    assert ("moderation", "deleted") in await told(world, "cleo")


@pytest.mark.parametrize("kind", ["forum", "person", "idea"])
async def test_followers_hear_of_what_they_follow(world: World, kind: str):
    forum = await world.forum()
    idea, cleo, bob = await world.idea(forum), await world.person("cleo"), await world.person("bob")
    subject = {"forum": forum.id, "person": bob.id, "idea": idea.id}[kind]
    await follows.follow(world.house, cleo, kind, subject)
    assert await told(world, "cleo") == []
    if kind == "idea":
        await ideas.reply(world.house, bob, idea, "More.")
    else:
        await world.idea(forum, title="Second")
    assert await told(world, "cleo") == [("followed", "")]


async def test_a_replay_of_the_log_tells_nobody_twice(world: World):
    idea = await world.idea(await world.forum())
    await ideas.reply(world.house, await world.person("cleo"), idea, "Why?")
    await told(world, "bob")
    again = [
        made for event in await events.after(world.house.store, 0) for made in await notices_of(world.house, event)
    ]
    assert again
    async with world.house.store.transaction() as change:
        assert await notices.add(change, again) == 0
    async with world.house.store.transaction() as change:
        await notices.move_cursor(change, "notices", 1)
    assert await told(world, "bob") == [("reply", "")]


async def test_a_person_who_left_is_told_nothing(world: World):
    idea = await world.idea(await world.forum())
    admin, bob = await world.admin(), await world.person("bob")
    await people.change_member(world.house, admin, bob, active=False)
    await ideas.reply(world.house, await world.person("cleo"), idea, "Why?")
    while await tell(world.house):
        pass
    assert await notices.of_member(world.house.store, bob.id) == []


async def test_what_is_gone_is_told_without_its_words(world: World):
    idea = await world.idea(await world.forum())
    cleo = await world.person("cleo")
    made = await ideas.reply(world.house, cleo, idea, "Why?")
    await told(world, "bob")
    await ideas.delete(world.house, cleo, made)
    found = await inbox.list_inbox(world.house, await world.person("bob"))
    assert [one.about for one in found if one.notice.kind == "reply"] == [None]


async def test_reading_is_the_persons_own_and_can_be_taken_back(world: World):
    idea = await world.idea(await world.forum())
    cleo, bob = await world.person("cleo"), await world.person("bob")
    await ideas.reply(world.house, cleo, idea, "Why?")
    await told(world, "bob")
    number = (await inbox.list_inbox(world.house, bob))[0].notice.number
    with pytest.raises(Missing):
        await inbox.set_read(world.house, cleo, [number])
    await inbox.set_read(world.house, bob, [number])
    assert await inbox.count_unread(world.house, bob) == {}
    await inbox.set_read(world.house, bob, [number], read=False)
    assert await inbox.count_unread(world.house, bob) == {"reply": 1}
    assert await inbox.set_all_read(world.house, bob, number) == 1


def test_of_one_event_each_person_is_told_the_weightiest_thing_only():
    from server.domain.notices import once_each
    from tests.server.services_world import START

    both = [
        Notice(member_id="m", kind=kind, seq=1, subject_id="s", made_at=START) for kind in ("reply", "followed")
    ]  # fmt: skip
    assert [one.kind for one in once_each(both)] == ["reply"]  # type: ignore[arg-type]


async def test_flags_call_facilitators_and_what_is_hidden_and_comes_back_tells_its_author(world: World):
    fay, cleo = await world.person("fay", "facilitator"), await world.person("cleo")
    idea = await world.idea(await world.forum(), cleo)
    case = await moderation.flag(world.house, await world.person("dan"), idea, "Rude.")
    assert await told(world, "fay") == [("duty", "flag")]
    await moderation.decide(world.house, fay, case.id, "ask", "Please say it kindly.")
    assert await told(world, "cleo") == [("moderation", "asked")]
    await moderation.decide(world.house, fay, case.id, "hide", "Please say it kindly.")
    assert (await told(world, "cleo"))[0] == ("moderation", "hidden")
    assert await finding_titles(world, "cleo") == []
    assert (await inbox.list_inbox(world.house, cleo))[0].about is not None, "its author still sees it"
    await moderation.decide(world.house, fay, case.id, "restore", "Thank you.")
    assert (await told(world, "cleo"))[0] == ("moderation", "restored")
    assert await finding_titles(world, "cleo") == ["Paper tape"]


async def finding_titles(world: World, username: str) -> list[str]:
    page = await finding.search(world.house, await world.person(username), Sought(query="paper tape"))
    assert page.total == len(page.hits)
    return [hit.made.title for hit in page.hits]


async def test_names_in_words_and_in_an_edit_are_mentions_each_told_once(world: World):
    cleo, dan, bob = await world.person("cleo"), await world.person("dan"), await world.person("bob")
    idea = await world.idea(await world.forum(), text="Ask @cleo about it.")
    assert await told(world, "cleo") == [("mention", "")]
    await ideas.edit(world.house, bob, idea, "Ask @cleo and @dan about it.")
    assert await told(world, "cleo") == [("mention", "")]
    assert await told(world, "dan") == [("mention", "")]
    assert cleo.id != dan.id


async def test_a_rule_table_that_waits_for_a_second_person_tells_those_who_may_approve_it(world: World):
    admin = await world.admin()
    await world.person("zoe", "admin")
    await world.person("rita", "reviewer")
    forum = await world.forum("own", "inside")
    text = (await rules.rules_in_force(world.house))[0].text
    opening = (
        f'\n[[rule]]\nid = "S-own"\nkind = "share"\ndirection = "out"\nforum = "{forum.key}"\nto = "*"\n'
        'effect = "allow"\n'
    )
    version, _ = await rules.apply_rules(world.house, admin, text + opening)
    assert version.state == "waiting"
    assert await told(world, "zoe") == [("duty", "rules")]
    assert await told(world, "ada") == []
    assert await told(world, "rita") == []
    await rules.apply_rules(world.house, admin, text + "\n# a remark\n")
    assert await told(world, "zoe") == [("duty", "rules")]
