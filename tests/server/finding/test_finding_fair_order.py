"""The fair order: who stands behind an idea counts, clicks do not, and each new idea is seen."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.ranking import EVERY, MINIMUM, Standing, rank, score
from server.services import ideas, marking
from server.services.ranking import Exposures, rank_forum
from tests.server.services_world import World

SEEN = MINIMUM


def test_units_and_servers_weigh_more_than_people_of_one_room():
    room = Standing(id="room", people=8, units=1, servers=1, views=SEEN)
    across = Standing(id="across", people=4, units=4, servers=2, views=SEEN)
    assert [one.standing.id for one in rank([room, across])] == ["across", "room"]


def test_a_facilitators_judgement_and_freshness_lift_and_views_do_nothing():
    plain = Standing(id="a", people=2, units=1, servers=1, age_hours=30, views=SEEN)
    assert score(Standing(id="b", people=2, units=1, servers=1, age_hours=30, best=True)) > score(plain)
    assert score(Standing(id="c", people=2, units=1, servers=1, age_hours=1)) > score(plain)
    assert score(Standing(id="d", people=2, units=1, servers=1, age_hours=30, views=99_999)) == score(plain)


standings = st.builds(
    Standing,
    id=st.uuids().map(str),
    people=st.integers(0, 50),
    units=st.integers(0, 9),
    servers=st.integers(0, 4),
    emerging=st.booleans(),
    best=st.booleans(),
    age_hours=st.floats(0, 200),
    views=st.integers(0, 40),
)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(standings, max_size=30, unique_by=lambda one: one.id), st.randoms(use_true_random=False))
def test_the_order_holds_each_idea_once_and_does_not_depend_on_how_they_come(ideas_: list[Standing], chance):  # type: ignore[no-untyped-def]
    ranked = [one.standing.id for one in rank(ideas_)]
    assert sorted(ranked) == sorted(one.id for one in ideas_)
    shuffled = list(ideas_)
    chance.shuffle(shuffled)
    assert [one.standing.id for one in rank(shuffled)] == ranked


def test_an_idea_that_nobody_saw_is_among_the_first_three_until_it_was_shown_to_enough():
    loved = [Standing(id=f"loved{n}", people=30, units=9, servers=3, best=True, views=500) for n in range(20)]
    new = Standing(id="new", age_hours=2)
    assert "new" in [one.standing.id for one in rank([*loved, new])][:EVERY]
    seen = Standing(id="new", age_hours=2, views=MINIMUM)
    assert [one.standing.id for one in rank([*loved, seen])][-1] == "new"


def test_of_a_hundred_new_ideas_each_is_shown_to_enough_people_in_the_end():
    """Each reader looks at one page of 30: 10 of its places are for what few have seen."""
    views = dict.fromkeys((f"i{n:03}" for n in range(100)), 0)
    loved = [f"i{n:03}" for n in range(30)]
    for _ in range(300):
        page = rank([Standing(id=id_, people=40 if id_ in loved else 0, views=seen) for id_, seen in views.items()])[
            :30
        ]
        for one in page:
            views[one.standing.id] += 1
    assert min(views.values()) >= MINIMUM


async def test_a_forum_counts_each_person_once_and_not_the_author(world: World):
    forum = await world.forum()
    quiet = await world.idea(forum, title="Quiet")
    loud = await world.idea(forum, title="Loud")
    bob, cleo = await world.person("bob"), await world.person("cleo", unit="Sales")
    for number in range(5):
        await ideas.reply(world.house, bob, loud, f"My own {number}.")
    await ideas.reply(world.house, cleo, quiet, "Yes.")
    await marking.mark(world.house, cleo, quiet, "support")
    await marking.mark(world.house, await world.person("dan", unit="IT"), quiet, "support")
    placed = await rank_forum(world.house, cleo, forum)
    known = {one.idea.title: one.place.standing for one in placed}
    assert (known["Quiet"].people, known["Quiet"].units, known["Quiet"].servers) == (2, 2, 1)
    assert (known["Loud"].people, known["Loud"].units) == (0, 0)
    assert placed[0].idea.title == "Quiet"


async def test_showing_counts_a_person_once_and_never_the_author(world: World):
    forum = await world.forum()
    idea, counted = await world.idea(forum), Exposures()
    for _ in range(3):
        counted.count(await world.person("cleo"), [idea])
        counted.count(await world.person("bob"), [idea])
    counted.count(await world.person("dan"), [idea])
    assert await counted.write(world.house) == 1
    assert await counted.write(world.house) == 0
    assert (await rank_forum(world.house, await world.person("cleo"), forum))[0].place.standing.views == 2
