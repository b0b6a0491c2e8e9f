"""In a forum that shows no names, people speak by voices; who stands behind one is known to nobody by accident."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from server.domain.actors import Member
from server.domain.errors import Conflict, Missing, NotAllowed
from server.domain.ideas import Absent
from server.domain.jams import Forum
from server.services import (
    audit,
    board,
    experts,
    holds,
    hours,
    ideas,
    ideas_read,
    inbox,
    jams,
    judging,
    marking,
    own_log,
    people,
    polls,
    profiles,
    proxies,
    rooms,
    rules,
    telling,
    undo,
    voices,
)
from tests.server.services_world import World, words_found

LEGAL_STAYS = '\n[[rule]]\nid = "G-legal"\nkind = "guard"\ndirection = "out"\nunit = ["Legal"]\neffect = "deny"\n'
LOOK_FIRST = '\n[[rule]]\nid = "G-look"\nkind = "guard"\ndirection = "out"\neffect = "hold"\n'


async def _sealed(world: World, audience: str = "inside", names: str = "sealed") -> tuple[Forum, Member]:
    forum = await world.forum("frank", audience, names=names)  # type: ignore[arg-type]
    return forum, await world.person("quillon", unit="Legal")


async def _again(world: World, member: Member) -> Member:
    return await people.person(world.house, member.username)


async def test_an_idea_in_a_sealed_forum_bears_a_voice_and_no_name(world: World) -> None:
    forum, quillon = await _sealed(world)
    made = await world.idea(forum, quillon)
    shown = await ideas_read.obtain(world.house, await world.admin(), made.id)
    assert (shown.author_name, shown.author_unit, shown.is_voice) == ("Voice 1", "", True)
    assert shown.author_id != quillon.id


async def test_somebody_keeps_one_voice_in_a_thread_and_has_another_in_the_next(world: World) -> None:
    forum, quillon = await _sealed(world)
    first, second = await world.idea(forum, quillon), await world.idea(forum, quillon)
    answer = await ideas.reply(world.house, await world.person("rona"), first, "Why?")
    back = await ideas.reply(world.house, quillon, answer, "Because.")
    assert back.author_id == first.author_id != second.author_id
    assert answer.author_name == "Voice 2"


async def test_a_role_is_told_only_where_five_share_it(world: World) -> None:
    forum, quillon = await _sealed(world, names="role")
    assert (await world.idea(forum, quillon)).author_unit == ""
    for number in range(4):
        await world.person(f"colleague{number}", unit="Legal")
    assert (await world.idea(forum, quillon)).author_unit == "Legal"


async def test_people_from_other_servers_keep_the_name_that_their_server_gives(world: World) -> None:
    forum, _ = await _sealed(world)
    away = await people.meet(world.house, "https://else.example/u/yui", "yui", "else.example", "Yui", "")
    assert await voices.speaking(world.house, away, forum, "") == away


async def test_only_who_stands_behind_a_voice_changes_deletes_and_undoes_its_words(world: World) -> None:
    forum, quillon = await _sealed(world, "public")
    made = await ideas.post_idea(world.house, quillon, forum, "Say it", "Words.", undo=timedelta(minutes=1))
    with pytest.raises(NotAllowed):
        await ideas.edit(world.house, await world.person("rona"), made, "Mine now.")
    assert (await ideas.edit(world.house, quillon, made, "Better words.")).text == "Better words."
    await undo.undo(world.house, quillon, made)
    with pytest.raises(Missing):
        await ideas_read.obtain(world.house, quillon, made.id)


async def test_no_row_of_the_store_holds_an_author_beside_what_they_said_by_a_voice(world: World) -> None:
    forum, quillon = await _sealed(world, "public")
    admin, house = await world.admin(), world.house
    made = await world.idea(forum, quillon)
    await ideas.reply(house, quillon, made, "And more.", intent="evidence")
    await ideas.edit(house, await _again(world, quillon), made, "Other words.")
    closes = house.now() + timedelta(hours=2)
    await polls.ask(house, await _again(world, quillon), made, "Which?", ("One", "Two"), ends_at=closes)
    gone = await world.idea(forum, quillon)
    await ideas.delete(house, await _again(world, quillon), gone)
    hour = await hours.plan(
        house, admin, forum, "", "Ask me", house.now() + timedelta(minutes=5), house.now() + timedelta(hours=1)
    )
    await hours.ask(house, quillon, await hours.obtain(house, quillon, hour.id), "Will it hold?")
    await telling.tell(house)
    own = {row["id"] for row in await house.store.fetch("SELECT id FROM members WHERE voice")}
    said = {row["id"] for row in await house.store.fetch("SELECT id FROM contributions")}
    assert own
    for table in await _tables(world):
        for row in await house.store.fetch(f'SELECT * FROM "{table}"'):
            text = " ".join(str(value) for value in tuple(row))
            if table == "notices":
                continue
            if quillon.id in text or quillon.username in text.lower():
                assert not any(one in text for one in own | said), (table, text)


async def _tables(world: World) -> list[str]:
    rows = await world.house.store.fetch("SELECT name FROM sqlite_master WHERE type = 'table'")
    return [row["name"] for row in rows if not row["name"].startswith(("sqlite_", "search"))]


async def test_search_finds_the_words_and_profiles_experts_and_introductions_do_not_know_whose_they_are(
    world: World,
) -> None:
    forum, quillon = await _sealed(world)
    rona = await world.person("rona")
    made = await world.idea(forum, rona, title="Turbines in winter", text="How do we keep turbines warm?")
    answer = await ideas.reply(world.house, quillon, made, "Turbines stay warm under felt.", intent="answer")
    await marking.mark(world.house, rona, answer, "support")
    assert [one.author_name for one in await words_found(world.house, rona, "felt")] == ["Voice 2"]
    profile = await profiles.read_profile(world.house, rona, quillon)
    assert (profile.expertise, profile.adopted, profile.built_on) == ([], [], [])
    assert await experts.who_knows(world.house, rona, "warm turbines under felt") == []
    met = await profiles.introductions(world.house, rona)
    assert all(not one.member.is_voice for one in met)
    with pytest.raises(Missing):
        await profiles.obtain_person(world.house, rona, answer.author_handle)


async def test_answers_to_a_voice_reach_who_stands_behind_it_and_their_own_words_do_not(world: World) -> None:
    forum, quillon = await _sealed(world)
    made = await world.idea(forum, quillon)
    await ideas.reply(world.house, quillon, made, "Myself.")
    await ideas.reply(world.house, await world.person("rona"), made, "Yes!")
    await telling.tell(world.house)
    told = await inbox.list_inbox(world.house, quillon)
    assert [one.notice.kind for one in told] == ["reply"]
    assert told[0].by is not None
    assert told[0].by.name == "Voice 2"


async def test_people_lists_counts_and_mentions_know_no_voices(world: World) -> None:
    forum, quillon = await _sealed(world)
    before = await people.count_by_host(world.house)
    made = await world.idea(forum, quillon)
    assert await people.count_by_host(world.house) == before
    assert all(not one.is_voice for one in await people.list_people(world.house))
    assert await people.member_by_handle(world.house, made.author_handle) is None


async def test_a_rule_about_a_person_holds_for_what_they_say_by_a_voice(world: World) -> None:
    forum, quillon = await _sealed(world, "public")
    house, admin = world.house, await world.admin()
    table = (await rules.rules_in_force(house))[0].text
    await rules.apply_rules(house, admin, table + LEGAL_STAYS, "Legal stays.")
    made = await world.idea(forum, quillon)
    verdicts = await judging.judge(house, await judging.draft_of(house, made))
    assert {one.verdict for one in verdicts} == {"denied"}
    assert all("legal" not in f"{one.rules} {one.facts} {one.reason} {one.decision}".lower() for one in verdicts)
    other = await world.idea(forum, await world.person("rona"))
    assert {one.verdict for one in await judging.judge(house, await judging.draft_of(house, other))} == {"allowed"}


async def test_without_the_key_nothing_is_written_and_nothing_that_was_crosses(world: World) -> None:
    forum, quillon = await _sealed(world, "public")
    made = await world.idea(forum, quillon)
    keyless = replace(world.house, names_key=None)
    with pytest.raises(Conflict, match="Nothing was written"):
        await ideas.post_idea(keyless, quillon, forum, "More", "Words.")
    verdicts = await judging.judge(keyless, await judging.draft_of(keyless, made))
    assert {one.verdict for one in verdicts} == {"denied"}


async def test_what_is_being_written_is_judged_and_shown_in_the_voice_that_it_will_have(world: World) -> None:
    forum, quillon = await _sealed(world, "public")
    draft = judging.Draft(forum, quillon, "Say", "it", "GREEN")
    before = await judging.draft_by(world.house, quillon, draft)
    assert (before.author.name, before.behind) == ("Voice 1", quillon)
    assert "quillon" not in repr([one.facts for one in await judging.judge(world.house, before)])


async def test_nobody_is_named_in_rooms_or_by_proxies_of_such_a_forum(world: World) -> None:
    forum, quillon = await _sealed(world)
    admin, made = await world.admin(), await world.idea(forum, quillon)
    with pytest.raises(Conflict, match="Nobody is named"):
        await proxies.enter_idea(world.house, admin, forum, Absent("Ms Tal"), "Hear", "this", consents=True)
    assert not rooms.may_open(await _again(world, quillon), made)
    named = await world.idea(await world.forum("open", names="named"), quillon)
    assert rooms.may_open(quillon, named)


async def test_a_reviewer_does_not_release_their_own_words_said_by_a_voice(world: World) -> None:
    forum, _ = await _sealed(world, "public")
    house, admin = world.house, await world.admin()
    vera = await world.person("vera", "reviewer")
    table = (await rules.rules_in_force(house))[0].text
    await rules.apply_rules(house, admin, table + LOOK_FIRST, "Look first.")
    made = await world.idea(forum, vera)
    verdicts = await judging.judge(house, await judging.draft_of(house, made))
    assert {one.verdict for one in verdicts} == {"held"}
    vera = await _again(world, vera)
    assert made.author_id in vera.voices
    assert holds.for_me(vera)[2] == vera.voices


async def test_two_people_open_a_name_and_only_they_read_it(world: World) -> None:
    forum, quillon = await _sealed(world)
    house, admin = world.house, await world.admin()
    vera, rolf = await world.person("vera", "reviewer"), await world.person("rolf", "reviewer")
    made = await world.idea(forum, quillon)
    asked = await voices.ask_to_open(house, vera, made, "It threatens somebody.")
    with pytest.raises(NotAllowed):
        await voices.answer(house, vera, asked, agree=True)
    with pytest.raises(NotAllowed):
        await voices.look(house, vera, asked)
    opened = await voices.answer(house, admin, asked, agree=True)
    assert (await voices.look(house, vera, opened)).username == "quillon"
    with pytest.raises(NotAllowed):
        await voices.look(house, rolf, opened)
    with pytest.raises(Conflict):
        await voices.answer(house, rolf, opened, agree=False)
    acts = [deed.act for deed in await audit.list_deeds(house, admin, subject_id=made.id)]
    assert {"ask for name", "open name", "read name"} <= set(acts)
    await telling.tell(house)
    told = [one.notice.detail for one in await inbox.list_inbox(house, quillon)]
    assert told == ["named"]


async def test_who_has_no_duty_for_names_learns_of_no_opening(world: World) -> None:
    forum, quillon = await _sealed(world)
    made, rona = await world.idea(forum, quillon), await world.person("rona", "facilitator")
    with pytest.raises(NotAllowed):
        await voices.ask_to_open(world.house, rona, made, "Curious.")
    asked = await voices.ask_to_open(world.house, await world.admin(), made, "A threat.")
    with pytest.raises(Missing):
        await voices.obtain(world.house, rona, asked.id)


async def test_the_log_open_to_those_it_concerns_tells_a_voice_what_was_done_to_its_words(world: World) -> None:
    forum, quillon = await _sealed(world)
    made = await world.idea(forum, quillon)
    await ideas.delete(world.house, await world.admin(), made)
    deeds = await own_log.deeds_about(world.house, await _again(world, quillon))
    assert [deed.act for deed in deeds if deed.subject_id == made.id] == ["delete"]


async def test_the_board_counts_ideas_of_voices_and_no_people_by_them(world: World) -> None:
    forum, quillon = await _sealed(world)
    named = await world.forum("open", jam=await world.jam("other"))
    for _ in range(3):
        await world.idea(forum, quillon)
    jam = await jams.obtain_jam(world.house, quillon, forum.jam_id)
    counted = await board.read_board(world.house, quillon, jam)
    assert (counted.people, counted.ideas, counted.active_now) == (0, 3, 0)
    assert [share.people for share in counted.by_host if share.of is not None] in ([], [0])
    await world.idea(named, quillon)
    other = await jams.obtain_jam(world.house, quillon, named.jam_id)
    assert (await board.read_board(world.house, quillon, other)).people == 1
