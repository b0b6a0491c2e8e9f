"""People: what they know, whom to meet, how far outsiders are known."""

from __future__ import annotations

import pytest

from server.domain.errors import Missing
from server.domain.trust import History, trust_of
from server.services import ideas, marking, people
from server.services.profiles import introductions, obtain_person, read_profile, read_trust
from tests.server.services_world import World


async def test_a_profile_tells_answers_that_helped_and_ideas_that_were_built_on_and_no_counts(world: World):
    forum, bob = await world.forum(), await world.person("bob")
    cleo, fay = await world.person("cleo"), await world.person("fay", "facilitator")
    idea = await world.idea(forum, bob, title="Crates")
    await world.idea(forum, cleo, title="Better crates", builds_on=idea.id)
    await world.idea(forum, bob, title="My own", builds_on=idea.id)
    await marking.mark(world.house, fay, idea, "best", "It works.")
    asked = await world.idea(forum, cleo, title="Who owns the crates?", intent="question")
    good = await ideas.reply(world.house, bob, asked, "Logistics.", intent="answer")
    for n in range(5):
        await ideas.reply(world.house, bob, asked, f"Chatter {n}")
    await marking.mark(world.house, cleo, good, "support")
    told = await read_profile(world.house, cleo, bob)
    assert [one.id for one in told.adopted] == [idea.id]
    assert [(one.id, number) for one, number in told.built_on] == [(idea.id, 1)]
    assert [[one.id for one in known.evidence] for known in told.expertise] == [[good.id]]
    assert told.trust is None


async def test_a_person_is_found_by_handle_and_what_is_hidden_reads_like_what_is_missing(world: World):
    bob, reader = await world.person("bob"), await world.person("reader")
    assert (await obtain_person(world.house, reader, "@bob")).id == bob.id
    for handle in ("nobody", "", "@", "bob@elsewhere.example", "../x"):
        with pytest.raises(Missing):
            await obtain_person(world.house, reader, handle)
    gone = await people.change_member(world.house, await world.admin(), reader, active=False)
    with pytest.raises(Missing):
        await obtain_person(world.house, gone, "bob")


async def test_introductions_name_people_of_other_units_in_shared_threads_who_have_not_met(world: World):
    forum = await world.forum()
    me, near = await world.person("me", unit="R&D"), await world.person("near", unit="R&D")
    far, met = await world.person("far", unit="Sales"), await world.person("met", unit="IT")
    idea = await world.idea(forum, await world.person("host", unit="Legal"), title="Crates")
    mine = await ideas.reply(world.house, me, idea, "I am here.")
    await ideas.reply(world.house, near, idea, "So am I.")
    await ideas.reply(world.house, far, idea, "And I.")
    await ideas.reply(world.house, met, mine, "Hello.")
    found = await introductions(world.house, me)
    assert [one.member.username for one in found] == ["far"]
    assert [one.title for one in found[0].threads] == ["Crates"]


@pytest.mark.parametrize(
    ("history", "level"),
    [
        (History(), "new"),
        (History(standing=2), "new"),
        (History(standing=3), "known"),
        (History(standing=50, days=6.9), "known"),
        (History(standing=10, days=7), "trusted"),
        (History(standing=100, days=90, refused=1), "trusted"),
        (History(standing=100, days=90, refused=1, refused_lately=1), "watched"),
        (History(standing=100, days=90, removed=1, removed_lately=1), "watched"),
    ],
)
def test_levels_follow_from_what_became_of_somebodys_words(history: History, level: str):
    trust = trust_of(history)
    assert trust.level == level
    assert trust.may_interrupt == (level in ("known", "trusted"))


async def test_an_outsider_becomes_known_by_what_stands_and_watched_when_words_are_removed(world: World):
    forum = await world.forum()
    uri = "https://elsewhere.example/zoe"
    zoe = await people.meet(world.house, uri, "zoe", "elsewhere.example", "Zoe", uri)
    assert (await read_trust(world.house, zoe)).level == "new"
    made = [
        await ideas.post_idea(
            world.house,
            zoe,
            forum,
            f"Idea {n}",
            "",
            origin=ideas.Origin(f"https://elsewhere.example/{n}", f"https://e.example/a{n}", "<p>Hi</p>"),
        )
        for n in range(3)
    ]
    assert (await read_trust(world.house, zoe)).level == "known"
    await ideas.delete(world.house, await world.person("fay", "facilitator"), made[0])
    trust = await read_trust(world.house, zoe)
    assert (trust.level, trust.history.removed_lately) == ("watched", 1)
    world.time.pass_by(days=31)
    assert (await read_trust(world.house, zoe)).level == "new"
