"""Targets: what share of each unit an organiser hopes to hear in a jam; and in which country units work."""

from __future__ import annotations

from collections.abc import Mapping

from server.domain.actors import Member
from server.domain.errors import Invalid
from server.domain.goals import LEAST, Goal
from server.domain.jams import Jam
from server.services.house import House
from server.services.text import clean_line
from server.storage import events, goals, people

DUTY = "jams"


async def list_goals(house: House, by: Member, jam: Jam) -> list[Goal]:
    """Return the units with what is hoped for of each. For organisers."""
    by.require(DUTY)
    shares, places = await goals.of_jam(house.store, jam.id), await goals.countries(house.store)
    sizes = await people.unit_sizes(house.store)
    return [Goal(unit, size, shares.get(unit), places.get(unit, "")) for unit, size in sizes.items()]


async def set_goals(
    house: House, by: Member, jam: Jam, shares: Mapping[str, int | None], countries: Mapping[str, str]
) -> None:
    """Write what is hoped for of each unit (1 to 100 percent, None for nothing), and where units work.

    What is not named stays as it is. Raises Invalid for an unknown unit, one that is too small, or another number.
    """
    by.require(DUTY)
    sizes = await people.unit_sizes(house.store)
    hoped, places = await goals.of_jam(house.store, jam.id), await goals.countries(house.store)
    for unit, share in shares.items():
        _check(unit, share, sizes)
        hoped.pop(unit, None)
        if share is not None:
            hoped[unit] = share
    for unit, country in countries.items():
        if unit not in sizes:
            raise Invalid("countries", "There is no unit %(unit)s.", unit=unit[:80])
        places[unit] = clean_line(country, "countries", 60, required=False)
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await goals.put_goals(change, jam.id, hoped)
        await goals.put_countries(change, {unit: country for unit, country in places.items() if country})
        await events.append(change, "GoalsSet", jam.id, {"jam": jam.id}, now)
        await events.audit(change, by.id, "set targets", jam.id, now)


def _check(unit: str, share: int | None, sizes: Mapping[str, int]) -> None:
    if unit not in sizes:
        raise Invalid("goals", "There is no unit %(unit)s.", unit=unit[:80])
    if share is None:
        return
    if not 1 <= share <= 100:
        raise Invalid("goals", "A target is a share of 1 to 100 percent.")
    if sizes[unit] < LEAST:
        raise Invalid(
            "goals", "%(unit)s has fewer than %(least)s people: a target would be about them.", unit=unit, least=LEAST
        )
