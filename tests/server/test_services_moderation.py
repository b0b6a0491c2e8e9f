"""Flags, cases, moderation holds and their log."""

from __future__ import annotations

import pytest

from server.domain.errors import Conflict, Invalid, Missing, NotAllowed
from server.domain.moderation import DECISIONS, TRANSITIONS
from server.domain.search import Sought
from server.services import finding, ideas, ideas_read, log, marking, moderation, resembling
from tests.server.services_world import World


async def test_what_several_flag_is_one_case_and_nobody_flags_it_twice(world: World):
    idea = await world.idea(await world.forum())
    ann, eve = await world.person("ann"), await world.person("eve")
    first = await moderation.flag(world.house, ann, idea, "Rude.")
    again = await moderation.flag(world.house, eve, idea, "Not kind.")
    assert first.id == again.id
    assert [one.reason for one in again.flags] == ["Rude.", "Not kind."]
    with pytest.raises(Conflict):
        await moderation.flag(world.house, ann, idea, "Still rude.")
    with pytest.raises(Invalid):
        await moderation.flag(world.house, ann, idea, " ")


async def test_one_person_does_not_flood_the_queue(world: World):
    forum, ann = await world.forum(), await world.person("ann")
    several = [await world.idea(forum) for _ in range(31)]
    for idea in several[:30]:
        await moderation.flag(world.house, ann, idea, "No.")
    with pytest.raises(Conflict):
        await moderation.flag(world.house, ann, several[30], "No.")
    world.time.pass_by(hours=1, seconds=1)
    await moderation.flag(world.house, ann, several[30], "No.")


async def test_cases_wait_oldest_first_with_their_age_against_a_target(world: World):
    jam = await world.jam()
    forum, ann, fay = await world.forum(jam=jam), await world.person("ann"), await world.person("fay", "facilitator")
    old, young = await world.idea(forum), await world.idea(forum)
    await moderation.flag(world.house, ann, old, "Old.")
    world.time.pass_by(hours=2, minutes=1)
    await moderation.flag(world.house, ann, young, "Young.")
    found = await moderation.queue(world.house, fay, jam)
    assert [one.contribution_id for one in found] == [old.id, young.id]
    assert [one.is_overdue(world.house.now()) for one in found] == [True, False]
    with pytest.raises(NotAllowed):
        await moderation.queue(world.house, ann, jam)


async def test_what_is_hidden_has_words_for_its_author_and_facilitators_alone(world: World):
    forum = await world.forum()
    ann, bob, fay = await world.person("ann"), await world.person("bob"), await world.person("fay", "facilitator")
    idea = await world.idea(forum, bob, title="Zebra crossing", text="Zebras everywhere.")
    reply = await ideas.reply(world.house, ann, idea, "Why?")
    case = await moderation.flag(world.house, ann, idea, "Rude.")
    with pytest.raises(Invalid):
        await moderation.decide(world.house, fay, case.id, "hide", "")
    await moderation.decide(world.house, fay, case.id, "hide", "Please do not name people.")
    for reader, words in ((ann, ""), (bob, "Zebras everywhere."), (fay, "Zebras everywhere.")):
        seen = await ideas_read.obtain(world.house, reader, idea.id)
        thread = await ideas_read.read_thread(world.house, reader, idea.id)
        assert (seen.text, thread.idea.text, thread.idea.hidden) == (words, words, True)
        assert [one.text for one in thread.replies] == ["Why?"]
    assert (await finding.search(world.house, ann, Sought(query="zebra"))).hits == []
    assert await resembling.similar(world.house, ann, "Zebras everywhere", None) == []
    assert await ideas_read.list_ideas(world.house, ann, forum) == []
    with pytest.raises(Missing):
        await ideas_read.history(world.house, ann, idea.id)
    idea = await ideas_read.obtain(world.house, ann, idea.id)
    for act in (ideas.reply(world.house, ann, idea, "And?"), ideas.reply(world.house, ann, reply, "And?"),
                marking.mark(world.house, ann, idea, "support")):  # fmt: skip
        with pytest.raises(Conflict):
            await act
    await ideas.edit(world.house, bob, await ideas_read.obtain(world.house, bob, idea.id), "Stripes everywhere.")
    assert (await ideas_read.obtain(world.house, ann, idea.id)).text == "", "an edit does not bring it back by itself"
    await moderation.decide(world.house, fay, case.id, "restore", "Thank you.")
    assert (await ideas_read.obtain(world.house, ann, idea.id)).text == "Stripes everywhere."
    await marking.mark(world.house, ann, await ideas_read.obtain(world.house, ann, idea.id), "support")


async def test_author_and_flagger_read_in_the_log_what_became_of_it_and_nobody_else_does(world: World):
    jam = await world.jam()
    forum, fay = await world.forum(jam=jam), await world.person("fay", "facilitator")
    ann, bob, eve = await world.person("ann"), await world.person("bob"), await world.person("eve")
    idea = await world.idea(forum, bob)
    case = await moderation.flag(world.house, ann, idea, "Rude to Eve.")
    assert await moderation.log(world.house, bob, jam) == [], "an author learns of decisions, not of complaints"
    await moderation.decide(world.house, fay, case.id, "ask", "Please say it kindly.")
    (flagged,) = await moderation.log(world.house, ann, jam)
    (written,) = await moderation.log(world.house, bob, jam)
    assert [one.reason for one in flagged.flags] == ["Rude to Eve."]
    assert [one.note for one in flagged.steps] == ["Please say it kindly."]
    assert (written.flags, [one.note for one in written.steps]) == ((), ["Please say it kindly."])
    assert {one.member_name for one in (*flagged.steps, *written.steps)} == {""}
    assert await moderation.log(world.house, eve, jam) == []
    (whole,) = await moderation.log(world.house, fay, jam)
    assert [one.member_name for one in (*whole.flags, *whole.steps)] == ["Ann", "Fay"]


async def test_every_step_is_in_the_audit_and_in_the_events_without_a_word(world: World):
    idea = await world.idea(await world.forum())
    ann, fay = await world.person("ann"), await world.person("fay", "facilitator")
    case = await moderation.flag(world.house, ann, idea, "Secret reason.")
    await moderation.decide(world.house, fay, case.id, "hide", "Secret note.")
    await moderation.decide(world.house, fay, case.id, "restore", "Fine.")
    rows = await world.house.store.fetch("SELECT act FROM audit WHERE subject_id = ? ORDER BY seq", (idea.id,))
    assert [row["act"] for row in rows] == ["flag", "hide case", "restore case"]
    told = [one for one in await log.events_after(world.house, 0) if one.subject_id == idea.id]
    assert [one.kind for one in told][1:] == ["Flagged", "ContributionHidden", "ContributionRestored"]
    assert "Secret" not in repr(told)


async def test_decisions_follow_the_table_of_states(world: World):
    forum, fay = await world.forum(), await world.person("fay", "facilitator")
    ways = {"open": "", "dismissed": "dismiss", "asked": "ask", "hidden": "hide", "restored": "hide restore"}
    assert set(ways) == set(TRANSITIONS)
    for state, way in ways.items():
        for decision in DECISIONS:
            idea = await world.idea(forum)
            case = await moderation.flag(world.house, await world.person(f"ann{idea.id[:8]}"), idea, "Look.")
            for one in way.split():
                await moderation.decide(world.house, fay, case.id, one, "So.")
            # The author is one of our own people: there is no other server to tell.
            if decision in TRANSITIONS[state] and decision != "tell":  # type: ignore[index]
                done = await moderation.decide(world.house, fay, case.id, decision, "So.")
                assert done.state == TRANSITIONS[state][decision]  # type: ignore[index]
            else:
                with pytest.raises(Conflict):
                    await moderation.decide(world.house, fay, case.id, decision, "So.")


async def test_a_facilitator_hides_at_once_what_nobody_flagged(world: World):
    idea, fay = await world.idea(await world.forum()), await world.person("fay", "facilitator")
    case = await moderation.hide(world.house, fay, idea, "Names a patient.")
    assert case.state == "hidden"
    with pytest.raises(NotAllowed):
        await moderation.hide(world.house, await world.person("bob"), idea, "Mine.")
    with pytest.raises(Missing):
        await moderation.obtain_case(world.house, await world.person("bob"), case.id)
