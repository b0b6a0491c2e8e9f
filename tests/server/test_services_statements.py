"""Statements and ratings: drafted, approved, answered; and what may be said of the answers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.errors import Conflict, Invalid, JamNotOpen, Missing, NotAllowed
from server.domain.jams import Jam
from server.domain.statements import LEAST, Result, Statement, Tally, result_of, sorted_out, told_apart
from server.services import jams, ratings, statements
from tests.server.services_world import World

SMALL = st.integers(min_value=0, max_value=9)
TALLIES = st.dictionaries(st.sampled_from("ABCDEFG"), st.builds(Tally, SMALL, SMALL, SMALL), max_size=7)


@pytest.fixture
async def jam(world: World) -> Jam:
    forum = await world.forum()
    return await jams.obtain_jam(world.house, await world.admin(), forum.jam_id)


async def said(world: World, jam: Jam, text: str = "Boxes are too large", by: str = "finn") -> Statement:
    forum = next(one for one in await world.forums() if one.jam_id == jam.id)
    idea = await world.idea(forum)
    author = await world.person(by, "facilitator" if by == "finn" else "member")
    return await statements.draft(world.house, author, jam, text, [f"http://inside.acme.example/ideas/{idea.id}"])


@settings(max_examples=300, deadline=None, derandomize=True)
@given(TALLIES)
def test_no_group_of_fewer_than_five_can_be_told_or_worked_out(groups: dict[str, Tally]):
    kept, left_out = told_apart(groups)
    rest = sum(tally.people for name, tally in groups.items() if name not in kept)
    assert all(tally.people >= LEAST for tally in kept.values())
    assert rest == 0 or rest >= LEAST or not kept
    assert left_out == (rest > 0)


def made(text: str = "Words") -> Statement:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    return Statement(
        id=text, jam_id="", text=text, sources=(), state="approved", author_id="", author_name="", made_at=at,
        decided_by="", note="",
    )  # fmt: skip


def result(name: str, whole: Tally, **units: Tally) -> Result:
    return result_of(made(name), {"unit": units}, whole)


def test_what_everybody_agrees_on_needs_every_group():
    both = result("both", Tally(18, 1, 1), A=Tally(9, 1, 0), B=Tally(9, 0, 1))
    torn = result("torn", Tally(12, 0, 8), A=Tally(10, 0, 0), B=Tally(2, 0, 8))
    none = result("none", Tally(1, 0, 19), A=Tally(1, 0, 9), B=Tally(0, 0, 10))
    few = result("few", Tally(4, 0, 0))
    even = result("even", Tally(10, 0, 10))
    common, divided, others = sorted_out([few, even, torn, none, both])
    assert [one.statement.text for one in common] == ["none", "both"]
    assert [one.statement.text for one in divided] == ["even", "torn"]
    assert [(one.statement.text, one.whole, one.people) for one in others] == [("few", None, 4)]


async def test_a_members_statement_waits_for_a_facilitator(world: World, jam: Jam):
    proposed = await said(world, jam, by="eve")
    assert proposed.state == "proposed"
    eve, bob, finn = await world.person("eve"), await world.person("bob"), await world.person("finn", "facilitator")
    assert (await statements.next_for(world.house, bob, jam)).statement is None
    with pytest.raises(Missing):
        await statements.vote(world.house, bob, jam, proposed.id, "agree")
    with pytest.raises(NotAllowed):
        await statements.decide(world.house, eve, jam, proposed.id, "approve")
    with pytest.raises(Invalid):
        await statements.decide(world.house, finn, jam, proposed.id, "decline")
    await statements.decide(world.house, finn, jam, proposed.id, "approve")
    with pytest.raises(Conflict):
        await statements.decide(world.house, finn, jam, proposed.id, "decline", "Too late.")
    turn = await statements.next_for(world.house, bob, jam)
    assert (turn.statement and turn.statement.id, len(turn.sources)) == (proposed.id, 1)
    declined = await said(world, jam, "Another", by="eve")
    await statements.decide(world.house, finn, jam, declined.id, "decline", "Two claims in one.")
    assert [one.note for one in await statements.waiting(world.house, eve, jam)] == ["Two claims in one."]
    assert list(await statements.waiting(world.house, bob, jam)) == []


async def test_each_person_is_asked_what_they_have_not_answered_and_may_think_again(world: World, jam: Jam):
    for number in range(3):
        await said(world, jam, f"Statement {number}")
    bob, seen = await world.person("bob"), []
    while (turn := await statements.next_for(world.house, bob, jam)).statement:
        seen.append(turn.statement.id)
        await statements.vote(world.house, bob, jam, turn.statement.id, "pass")
    assert (len(set(seen)), turn.done, turn.all) == (3, 3, 3)
    await statements.vote(world.house, bob, jam, seen[0], "agree")
    assert (await statements.answers_of(world.house, bob, jam))[seen[0]] == "agree"
    eve = await world.person("eve")
    await statements.vote(world.house, eve, jam, seen[1], "agree")
    turn = await statements.next_for(world.house, await world.person("cy"), jam)
    assert turn.statement
    assert turn.statement.id != seen[1], "What fewer people have answered comes first."


async def test_results_show_from_five_people_on_and_small_units_not_at_all(world: World, jam: Jam):
    one = await said(world, jam)
    for number in range(4):
        voter = await world.person(f"p{number}", unit="R&D")
        await statements.vote(world.house, voter, jam, one.id, "agree")
    (found,) = (await statements.report(world.house, voter, jam)).others
    assert (found.people, found.whole, found.groups) == (4, None, ())
    for number in range(4, 12):
        voter = await world.person(f"p{number}", unit="R&D" if number < 8 else "Sales")
        await statements.vote(world.house, voter, jam, one.id, "agree")
    (found,) = (await statements.report(world.house, voter, jam)).common
    assert (found.people, found.whole) == (12, Tally(12, 0, 0))
    assert (found.groups, found.left_out) == ((), True), "Whoever can subtract R&D from all would know the four."


@pytest.mark.parametrize(
    ("text", "sources", "field"),
    [("", ["x"], "text"), ("x" * 301, ["x"], "text"), ("Fine", [], "sources"), ("Fine", ["nothing"], "sources")],
)
async def test_a_statement_needs_words_and_sources(world: World, jam: Jam, text: str, sources: list[str], field: str):
    with pytest.raises(Invalid) as refused:
        await statements.draft(world.house, await world.person("eve"), jam, text, sources)
    assert refused.value.field == field


async def test_ideas_of_another_jam_are_no_source(world: World, jam: Jam):
    other = await world.idea(await world.forum("other"))
    with pytest.raises(Invalid):
        await statements.draft(world.house, await world.person("eve"), jam, "Words", [other.id])


async def test_ratings_are_one_a_person_and_axis_and_can_be_taken_back(world: World, jam: Jam):
    idea = await world.idea((await world.forums())[0])
    bob, eve = world.people["bob"], await world.person("eve")
    await ratings.rate(world.house, bob, idea, {"Impact": 5, "Effort": 2})
    await ratings.rate(world.house, eve, idea, {"Impact": 2})
    impact, effort, evidence = await ratings.rate(world.house, bob, idea, {"Impact": 4, "Effort": 0})
    assert (impact.counts, impact.raters, impact.median, impact.mine) == ((0, 1, 0, 1, 0), 2, 3.0, 4)
    assert (effort.raters, effort.mine, evidence.median) == (0, 0, None)
    for wrong in ({"Impact": 6}, {"Impact": -1}, {"Impact": True}, {"Beauty": 3}):
        with pytest.raises(Invalid):
            await ratings.rate(world.house, bob, idea, wrong)
    await jams.freeze_jam(world.house, await world.admin(), jam)
    with pytest.raises(JamNotOpen):
        await ratings.rate(world.house, bob, idea, {"Impact": 1})


async def test_organisers_set_the_axes_of_a_jam(world: World, jam: Jam):
    with pytest.raises(NotAllowed):
        await ratings.set_axes(world.house, await world.person("eve"), jam, ["Beauty"])
    admin = await world.admin()
    assert await ratings.set_axes(world.house, admin, jam, ["Beauty", " ", "Cost "]) == ("Beauty", "Cost")
    with pytest.raises(Invalid):
        await ratings.set_axes(world.house, admin, jam, ["Cost", "cost"])
    assert await ratings.set_axes(world.house, admin, jam, []) == ("Impact", "Effort", "Evidence")
