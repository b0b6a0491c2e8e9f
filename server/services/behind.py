"""What stands behind a number of the board, for whoever may read it.

A number and its list come from the same conditions: as many ideas and replies are listed as were counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from server.domain.actors import Member
from server.domain.behind import Number, group_of
from server.domain.exchange import SMALL, half_of, members_of, pair_of
from server.domain.goals import units_in
from server.domain.ideas import Contribution
from server.domain.jams import Jam
from server.services.board import ACTIVE_WINDOW, read_themes
from server.services.exchange import DAY
from server.services.forums import list_forums
from server.services.house import House
from server.services.jams import obtain_jam
from server.services.themes_read import born_of, read
from server.storage import behind, contributions, goals, people, theme_places
from server.storage.behind import Said

_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of what stands behind a number: `total` ideas and replies in all, by `people` named people."""

    total: int
    people: int
    found: list[Contribution]


async def list_behind(
    house: House, reader: Member, jam: Jam, number: Number, first: int = 0, limit: int = 30
) -> Listed:
    """Return the ideas and replies behind a number, newest first. Raises Missing."""
    await obtain_jam(house, reader, jam.id)
    forums = {forum.id for forum in await list_forums(house, reader, jam)}
    said = await _said(house, reader, jam, number, forums)
    shown = [id_ for id_, _ in said[first : first + limit]]
    known = {made.id: made for made in await contributions.by_ids(house.store, shown)}
    spoke = await people.by_ids(house.store, {author for _, author in said})
    named = sum(not one.is_voice for one in spoke.values())
    return Listed(len(said), named, [known[id_] for id_ in shown if id_ in known])


async def _said(house: House, reader: Member, jam: Jam, number: Number, forums: set[str]) -> Sequence[Said]:
    now = house.now()
    if number.of in ("across", "between"):
        return await _between(house, jam, number, forums)
    if number.of in ("theme", "emerging"):
        return await behind.said(house.store, jam.id, forums, "these", await _ids(house, reader, jam, number))
    if number.of == "half":
        return await _half(house, jam, forums)
    values: tuple[object, ...] = ()
    if number.of == "active":
        values = ((now - ACTIVE_WINDOW).timestamp(),) * 2
    elif number.of == "day":
        values = ((now - DAY).timestamp(),)
    elif number.of == "minute":
        minute = int(number.name) if number.name.isascii() and number.name.isdecimal() and len(number.name) < 12 else 0
        values = (minute, minute + _MINUTE)
    elif number.of == "host":
        values = (number.name,)
    elif number.of in ("unit", "small", "country"):
        units = await _units(house, number)
        return await behind.said(house.store, jam.id, forums, "units", orjson.dumps(units).decode())
    return await behind.said(house.store, jam.id, forums, number.of, *values)


async def _units(house: House, number: Number) -> list[str]:
    """Return the units behind a number; none where it would be about fewer people than are told."""
    sizes = await people.unit_sizes(house.store)
    if number.of == "country":
        return units_in(number.name, sizes, await goals.countries(house.store))
    return members_of(SMALL if number.of == "small" else ("unit", number.name), sizes)


async def _between(house: House, jam: Jam, number: Number, forums: set[str]) -> list[Said]:
    sizes = await people.unit_sizes(house.store)
    found = [
        (said, pair)
        for said, by, to in await behind.replies_between(house.store, jam.id, forums)
        if (pair := pair_of(by, to, sizes)) is not None
    ]
    if number.of == "across":
        return [said for said, (by, to) in found if by != to]
    asked = (group_of(number.name), group_of(number.to))
    return [said for said, pair in found if pair == asked]


async def _ids(house: House, reader: Member, jam: Jam, number: Number) -> str:
    report = await read_themes(house, reader, jam)
    if number.of == "theme":
        theme = next((one for one in read(report) if one.id == number.name), None)
        ids = await theme_places.ids(house.store, jam.id, theme.members) if theme else []
        return orjson.dumps(ids).decode()
    told = orjson.loads(report).get("emerging", ()) if report else ()
    meant = [one for one in told if number.name in (one["theme"], born_of(one))]
    return orjson.dumps([id_ for one in meant for id_ in one["ids"]]).decode()


async def _half(house: House, jam: Jam, forums: set[str]) -> list[Said]:
    """Return what the few said who said half of it all."""
    said = await behind.said(house.store, jam.id, forums, "people")
    each = Counter(author for _, author in said)
    few = {
        author for author, _ in sorted(each.items(), key=lambda one: (-one[1], one[0]))[: half_of(list(each.values()))]
    }
    return [one for one in said if one[1] in few]
