"""What becomes of ideas: decisions with reasons, work streams, and who is told."""

from __future__ import annotations

import pytest

from server.domain.errors import Conflict, Invalid, Missing, NotAllowed
from server.domain.ideas import Contribution
from server.domain.jams import Jam
from server.domain.notices import Notice
from server.services import follows, forums, ideas, inbox, jams, outcomes, telling
from server.storage import notices
from tests.server.services_world import World


async def decided_jam(world: World) -> tuple[Jam, Contribution, Contribution]:
    """A jam with an idea of Bob's, and one of Ann's that builds on it."""
    forum = await world.forum()
    bob, ann = await world.person("bob"), await world.person("ann")
    base = await ideas.post_idea(world.house, bob, forum, "Boxes that come back", "We send them out once.")
    made = await ideas.post_idea(world.house, ann, forum, "Boxes with a deposit", "A coin each.", builds_on=base.id)
    return await jams.obtain_jam(world.house, await world.admin(), forum.jam_id), base, made


async def told(world: World, name: str) -> list[Notice]:
    while await telling.tell(world.house):
        pass
    return await notices.of_member(world.house.store, (await world.person(name)).id)


async def test_an_idea_goes_on_in_a_work_stream_and_all_whose_idea_it_was_are_told(world: World):
    admin, bob, ann = await world.admin(), await world.person("bob"), await world.person("ann")
    jam, base, made = await decided_jam(world)
    eve = await world.person("eve")
    await follows.follow(world.house, eve, "idea", made.id)
    stream = await outcomes.open_stream(world.house, admin, jam, "Less waste", "Half by summer.", "@bob")
    await outcomes.decide(world.house, admin, made, "stream", "Drivers asked for it.", stream.id)

    became = await outcomes.read_outcomes(world.house, eve, jam)
    assert [(one.title, one.owner_name, [idea.idea.id for idea in found]) for one, found in became.streams] == [
        ("Less waste", bob.name, [made.id])
    ]
    assert ([one.id for one in became.open], became.open_count, became.decided_count) == ([base.id], 1, 1)

    assert ("outcome", "stream") in {(one.kind, one.detail) for one in await told(world, "ann")}
    assert {(one.kind, one.detail) for one in await told(world, "bob")} >= {("outcome", "stream"), ("duty", "stream")}
    assert ("followed", "outcome") in {(one.kind, one.detail) for one in await told(world, "eve")}
    (line,) = [one for one in await inbox.list_inbox(world.house, ann) if one.notice.kind == "outcome"]
    assert (line.stream, line.reason) == ("Less waste", "Drivers asked for it.")


async def test_a_later_decision_takes_the_place_of_an_earlier_one_which_stays_readable(world: World):
    admin = await world.admin()
    _, base, _ = await decided_jam(world)
    await outcomes.decide(world.house, admin, base, "declined", "Too dear this year.")
    await outcomes.decide(world.house, admin, base, "later", "In spring, with the new depot.")
    found = await outcomes.outcomes_of(world.house, base)
    assert [(one.kind, one.replaced_at is None) for one in found] == [("later", True), ("declined", False)]


async def test_who_answers_for_a_stream_says_when_its_ideas_are_done_and_nothing_else(world: World):
    admin, bob = await world.admin(), await world.person("bob")
    jam, base, made = await decided_jam(world)
    stream = await outcomes.open_stream(world.house, admin, jam, "Less waste", "", "bob")
    await outcomes.decide(world.house, admin, made, "stream", "Drivers asked for it.", stream.id)
    with pytest.raises(NotAllowed):
        await outcomes.decide(world.house, bob, made, "declined", "I changed my mind.")
    with pytest.raises(NotAllowed):
        await outcomes.decide(world.house, bob, base, "done", "It is not in the stream.")
    assert (await outcomes.decide(world.house, bob, made, "done", "Boxes are out.")).kind == "done"
    assert not await outcomes.may_decide(world.house, await world.person("ann"), made)


async def test_what_makes_no_sense_is_refused_with_the_field_that_is_wrong(world: World):
    admin = await world.admin()
    jam, base, _ = await decided_jam(world)
    reply = await ideas.reply(world.house, admin, base, "Which boxes?")
    stream = await outcomes.open_stream(world.house, admin, jam, "Less waste", "", "bob")
    for kind, reason, at in (("stream", "Why not.", ""), ("stream", "Why not.", "0" * 32), ("won", "Because.", ""),
                             ("done", " ", ""), ("done", "x" * 2001, "")):  # fmt: skip
        with pytest.raises(Invalid):
            await outcomes.decide(world.house, admin, base, kind, reason, at)
    with pytest.raises(Missing):
        await outcomes.decide(world.house, admin, reply, "stream", "A reply is no idea.", stream.id)
    with pytest.raises(Invalid):
        await outcomes.open_stream(world.house, admin, jam, "Another", "", "nobody-of-that-name")
    with pytest.raises(Conflict, match="already"):
        await outcomes.open_stream(world.house, admin, jam, "less WASTE", "", "bob")
    with pytest.raises(NotAllowed):
        await outcomes.open_stream(world.house, await world.person("bob"), jam, "Mine", "", "bob")


async def test_a_jam_held_elsewhere_is_decided_on_there(world: World):
    admin = await world.admin()
    forum = await forums.mirror_forum(
        world.house, admin, uri="https://globex.example/forums/1", slug="lifts", title="Lifts", question="",
        audience="partners", jam_slug="theirs", jam_title="Theirs", closes_at=None,
    )  # fmt: skip
    jam = await jams.obtain_jam(world.house, admin, forum.jam_id)
    with pytest.raises(Conflict, match="holds this jam"):
        await outcomes.open_stream(world.house, admin, jam, "Ours", "", "bob")
    assert not (await outcomes.read_outcomes(world.house, admin, jam)).streams


async def test_a_removed_idea_is_in_no_list_of_decisions(world: World):
    admin = await world.admin()
    jam, base, made = await decided_jam(world)
    await outcomes.decide(world.house, admin, made, "done", "It stands.")
    await ideas.delete(world.house, await world.person("ann"), made)
    became = await outcomes.read_outcomes(world.house, admin, jam)
    assert (became.decided_count, [one.id for one in became.open]) == (0, [base.id])
