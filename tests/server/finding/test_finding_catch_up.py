"""Catching up: what came since the last visit, within five minutes, with the evidence."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.catch_up import BUDGET_SECONDS, fit, reading_seconds
from server.services import ideas, marking
from server.services.catching_up import CatchUp, catch_up
from server.services.telling import tell
from server.services.visits import note_visit
from tests.kept_themes import keep_report
from tests.server.services_world import World


def kinds(told: CatchUp) -> dict[str, int]:
    return {one.kind: len(one.entries) for one in told.sections if one.entries}


async def come_back(world: World, username: str, **span: float) -> None:
    await note_visit(world.house, await world.person(username))
    world.time.pass_by(**(span or {"hours": 2}))


async def test_what_came_since_the_last_visit_is_told_and_nothing_older(world: World):
    forum, bob, cleo = await world.forum(), await world.person("bob"), await world.person("cleo", unit="Sales")
    idea = await world.idea(forum)
    await ideas.reply(world.house, cleo, idea, "Before.")
    await come_back(world, "bob")
    await ideas.reply(world.house, cleo, idea, "After.")
    fay = await world.person("fay", "facilitator")
    other = await world.idea(forum, cleo, title="Other")
    await marking.mark(world.house, fay, other, "emerging", "It is cheap.")
    for one in (fay, await world.person("dan")):
        await marking.mark(world.house, one, other, "support")
    while await tell(world.house):
        pass
    await note_visit(world.house, bob)
    told = await catch_up(world.house, bob)
    assert kinds(told) == {"for_you": 1, "decisions": 1, "rising": 1}
    first = told.sections[0].entries[0]
    assert first.told
    assert first.told.about
    assert first.told.about.text == "After."
    rising = next(one for one in told.sections if one.kind == "rising").entries[0]
    assert rising.made
    assert (rising.made.title, rising.number) == ("Other", 2)
    assert told == await catch_up(world.house, bob), "the same tables give the same page"


async def test_ideas_that_rise_alike_stand_in_the_order_of_their_times(world: World):
    forum, cleo = await world.forum(), await world.person("cleo")
    await come_back(world, "dan")
    made = [await world.idea(forum, cleo, title=f"Idea {number}") for number in range(9)]
    for one in reversed(made):
        await marking.mark(world.house, await world.person("bob"), one, "support")
    told = await catch_up(world.house, await world.person("dan"))
    rising = next(one for one in told.sections if one.kind == "rising").entries
    assert [one.made.title for one in rising if one.made] == [f"Idea {number}" for number in range(8, -1, -1)]


async def test_a_theme_that_began_since_is_new_and_leads_to_what_speaks_for_it(world: World):
    forum, bob = await world.forum(), await world.person("bob")
    old = [await world.idea(forum, title=f"Old {n}") for n in range(3)]
    await come_back(world, "bob")
    new = [await world.idea(forum, await world.person("cleo"), title=f"New {n}") for n in range(3)]
    report = {
        "themes": [
            {"id": "t1", "label": "old things", "size": 4, "representative": [old[0].id], "trend": [3, 1]},
            {"id": "t2", "label": "new things", "size": 3, "representative": ["gone", new[1].id], "trend": [2]},
        ],
        "assignment": {**{one.id: "t1" for one in old}, **{one.id: "t2" for one in new}, new[0].id: "t1", "x": None},
    }
    report["assignment"][new[0].id] = "t2"
    await keep_report(world.house, forum.jam_id, report)
    await note_visit(world.house, bob)
    entries = next(one for one in (await catch_up(world.house, bob)).sections if one.kind == "themes").entries
    assert [(one.theme.label, one.number, one.is_new) for one in entries if one.theme] == [("new things", 3, True)]
    assert entries[0].made
    assert entries[0].made.id == new[1].id


async def test_the_first_visit_shows_the_last_day_and_a_pause_of_half_an_hour_begins_another(world: World):
    bob, forum = await world.person("bob"), await world.forum()
    await note_visit(world.house, bob)
    assert (await catch_up(world.house, bob)).first
    await come_back(world, "bob", minutes=10)
    await note_visit(world.house, bob)
    assert (await catch_up(world.house, bob)).first, "ten minutes later it is the same visit"
    left = world.time.now
    await come_back(world, "bob", hours=5)
    await note_visit(world.house, bob)
    told = await catch_up(world.house, bob)
    assert not told.first
    assert abs(told.since - left) < timedelta(seconds=1)
    assert forum


@settings(derandomize=True, max_examples=80, deadline=None)
@given(st.lists(st.lists(st.integers(4, 90), max_size=40), min_size=4, max_size=4))
def test_whatever_is_offered_what_is_chosen_fits_and_keeps_its_order(offered: list[list[int]]):
    names = ("for_you", "decisions", "rising", "themes")
    entries = [
        (name, [(seconds, (name, n)) for n, seconds in enumerate(one)])
        for name, one in zip(names, offered, strict=True)
    ]
    sections, spent = fit(entries)  # type: ignore[arg-type]
    assert spent <= BUDGET_SECONDS
    for section, (name, given_) in zip(sections, entries, strict=True):
        assert list(section.entries) == [(name, n) for n in range(len(section.entries))]
        assert section.left_out == len(given_) - len(section.entries)


def test_reading_takes_longer_for_more_words():
    assert reading_seconds("word " * 220) == 64
    assert reading_seconds("") == 4
