"""Who is invited to a jam, came and is there now, and which of it may be told by unit."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.presence import LEAST, UnitPresence, by_unit
from server.services import people
from server.services.presence import note_presence, read_presence
from tests.server.services_world import World


async def test_coming_is_counted_once_and_being_here_ends(world: World):
    admin, bob, eve = await world.admin(), await world.person("bob"), await world.person("eve")
    jam, other = await world.jam(), await world.jam("other")
    for _ in range(2):
        await note_presence(world.house, bob, jam.id)
        await note_presence(world.house, admin, jam.id)
    counted = await read_presence(world.house, bob, jam)
    assert (counted.invited, counted.visited, counted.here, counted.units) == (3, 2, 2, None)
    world.time.pass_by(minutes=11)
    await note_presence(world.house, eve, jam.id)
    counted = await read_presence(world.house, bob, jam)
    assert (counted.visited, counted.here) == (3, 1)
    assert (await read_presence(world.house, bob, other)).visited == 0
    await people.change_member(world.house, admin, eve, active=False)
    counted = await read_presence(world.house, bob, jam)
    assert (counted.invited, counted.visited, counted.here) == (2, 2, 0)


async def test_those_who_run_the_jam_see_which_units_are_quiet(world: World):
    admin, facilitator = await world.admin(), await world.person("fay", "facilitator")
    jam = await world.jam()
    for number in range(18):
        member = await world.person(f"m{number}", unit=("Sales", "IT", "Legal")[number % 3])
        if number % 3 == 0:
            await note_presence(world.house, member, jam.id)
    for reader in (admin, facilitator):
        counted = await read_presence(world.house, reader, jam)
        # Admin and facilitator have no unit: two people, and with them the smallest unit is not told apart.
        assert counted.units == (UnitPresence("Legal", 6, 0, 0), UnitPresence("Sales", 6, 6, 6))
        assert counted.left_out
    assert (await read_presence(world.house, await world.person("m1"), jam)).units is None


def test_a_unit_that_nobody_came_from_is_told_and_a_small_number_is_not():
    told, left_out = by_unit({"IT": (40, 0, 0), "Sales": (60, 30, 3), "Legal": (50, 20, 10)})
    assert not left_out
    assert told == (
        UnitPresence("Sales", 60, 30, None),
        UnitPresence("Legal", 50, 20, None),
        UnitPresence("IT", 40, 0, 0),
    )
    assert by_unit({"Board": (3, 3, 1)}) == ((), True)
    assert by_unit({}) == ((), False)


COUNTS = st.integers(0, 9).flatmap(
    lambda invited: st.integers(0, invited).flatmap(
        lambda visited: st.tuples(st.just(invited), st.just(visited), st.integers(0, visited))
    )
)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.dictionaries(st.sampled_from("abcdef"), COUNTS))
def test_what_is_left_out_cannot_be_worked_out_from_the_sum(counts: dict[str, tuple[int, int, int]]):
    told, _ = by_unit(counts)
    for place in range(3):
        numbers = [(one.unit, (one.invited, one.visited, one.here)[place]) for one in told]
        said = {unit: number for unit, number in numbers if number is not None}
        assert all(number == counts[unit][place] for unit, number in said.items())
        assert not any(0 < number < LEAST for number in said.values())
        rest = sum(one[place] for one in counts.values()) - sum(said.values())
        assert rest == 0 or rest >= LEAST or not any(said.values())
