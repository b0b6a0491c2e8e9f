"""The live board: who takes part, each figure with its denominator."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from server.domain.actors import Member
from server.domain.errors import Missing
from server.domain.exchange import SMALL, members_of, not_told, told_as
from server.domain.goals import Country, by_country, reached
from server.domain.jams import Jam
from server.domain.sentences import say
from server.services.emerging import announce
from server.services.house import House
from server.services.theme_reports import shown
from server.storage import board, emerging, events, goals, people, theme_places, themes

ACTIVE_WINDOW = timedelta(minutes=10)
SERIES = timedelta(hours=1)
SNAPSHOT_PART = 64 * 2**20
"""Bytes of a snapshot that are written at a time."""
PLACES = 5_000
"""Places of ideas and replies that are written at a time: whoever else writes waits for so many only."""
NO_UNIT = say("No unit")
SMALL_UNITS = say("Units of fewer than five people")


@dataclass(frozen=True, slots=True)
class Share:
    """A figure of a group: people who wrote, out of `of` people (None where the number is unknown)."""

    name: str
    people: int
    of: int | None
    contributions: int
    goal: int | None = None

    @property
    def reached(self) -> bool | None:
        """Whether the target of a unit is reached; None where it has none."""
        return reached(self.people, self.of, self.goal)


@dataclass(frozen=True, slots=True)
class Board:
    """The figures of a jam at one moment. `per_minute` holds (minute as unix seconds, ideas, replies).

    `guests` are people of other servers who wrote or marked; `neglected` counts the ideas that nobody has answered.
    `by_country` is of our own people; `elsewhere` how many of them work where no country was entered, or in one of
    fewer than five. Units of fewer than five people are one in `by_unit`; where even these are fewer than five
    together, they are not in it, and `left_out` is how many they are.
    """

    active_now: int
    invited: int
    people: int
    ideas: int
    replies: int
    per_minute: list[tuple[int, int, int]]
    by_unit: list[Share]
    by_host: list[Share]
    at: float
    neglected: int = 0
    by_country: tuple[Country, ...] = ()
    elsewhere: int = 0
    left_out: int = 0
    guests: int = 0


async def read_board(house: House, reader: Member, jam: Jam) -> Board:
    """Count a jam. Every figure equals an SQL count over what the reader may see."""
    if not (reader.active and reader.is_local):
        raise Missing("jam")
    now = house.now()
    totals = await board.totals(house.store, jam.id)
    sizes = await people.unit_sizes(house.store)
    spoke = {unit: (count, made) for unit, count, made in await board.by_unit(house.store, jam.id)}
    hoped = await goals.of_jam(house.store, jam.id)
    units = _by_unit(sizes, spoke, hoped)
    countries, elsewhere = by_country(
        [(unit, *spoke.get(unit, (0, 0))[:1], size, *spoke.get(unit, (0, 0))[1:]) for unit, size in sizes.items()],
        await goals.countries(house.store),
    )
    hosts = [
        Share(host or house.name, count, sum(sizes.values()) if not host else None, made)
        for host, count, made in await board.by_host(house.store, jam.id)
    ]
    return Board(
        active_now=await board.active_since(house.store, jam.id, (now - ACTIVE_WINDOW).timestamp()),
        invited=sum(sizes.values()),
        guests=await board.guests(house.store, jam.id),
        people=totals["people"],
        ideas=totals["ideas"],
        replies=totals["replies"],
        per_minute=await board.per_minute(house.store, jam.id, (now - SERIES).timestamp()),
        by_unit=sorted(units, key=lambda unit: (-unit.contributions, unit.name)),
        by_host=hosts,
        at=now.timestamp(),
        neglected=totals["neglected"],
        by_country=tuple(countries),
        elsewhere=elsewhere,
        left_out=not_told(sizes),
    )


def _by_unit(sizes: Mapping[str, int], spoke: Mapping[str, tuple[int, int]], hoped: Mapping[str, int]) -> list[Share]:
    """Return the figures of units, those together that are not told apart, and none of those not told at all."""
    found: list[Share] = []
    for group in dict.fromkeys(told_as(("unit", unit), sizes) for unit in sizes):
        if group is None:
            continue
        units = members_of(group, sizes)
        wrote, made = (sum(spoke.get(unit, (0, 0))[place] for unit in units) for place in (0, 1))
        name = SMALL_UNITS if group == SMALL else group[1] or NO_UNIT
        goal = hoped.get(group[1]) if group != SMALL else None
        found.append(Share(name, wrote, sum(sizes[unit] for unit in units), made, goal))
    return found


async def read_themes(house: House, reader: Member, jam: Jam) -> str | None:
    """Return the jam's theme report as JSON, or None before the first refresh."""
    if not (reader.active and reader.is_local):
        raise Missing("jam")
    return await themes.report(house.store, jam.id)


async def theme_snapshot(house: House, jam_id: str) -> tuple[int, bytes] | None:
    """Return (last event folded in, snapshot bytes): for analytics."""
    return await themes.snapshot(house.store, jam_id)


async def theme_places_of(house: House, jam_id: str) -> dict[str, theme_places.Place]:
    """Return where everything in a jam stands, as it was last kept: for analytics."""
    return await theme_places.of_jam(house.store, jam_id, told=True)


async def keep_themes(
    house: House,
    jam_id: str,
    seq: int,
    report_json: str,
    snapshot: bytes | None,
    stands: Mapping[str, theme_places.Place] | None = None,
    gone: Collection[str] = (),
) -> None:
    """Store the themes of a jam and tell the live board. Without a snapshot the last one stays, with its `seq`.

    `stands` says where ideas and replies stand by now, as far as that has changed: id → (theme, sub-theme), "" for
    none; `gone` are those that stand no more.
    """
    now = house.now().timestamp()
    parts = (
        [] if snapshot is None else [snapshot[at : at + SNAPSHOT_PART] for at in range(0, len(snapshot), SNAPSHOT_PART)]
    )
    for number, part in enumerate(parts[1:], 1):
        # A row holds no more than a gigabyte, and whoever else writes waits for one part only.
        async with house.store.transaction() as change:
            await themes.put_part(change, jam_id, seq, number, part)
    places = list((stands or {}).items())
    while len(places) > PLACES:
        async with house.store.transaction() as change:
            await theme_places.put(change, jam_id, dict(places[:PLACES]), ())
        del places[:PLACES]
    async with house.store.transaction() as change:
        if snapshot is not None:
            await themes.keep_parts(change, jam_id, seq, len(parts))
        if not await change.fetch_value("SELECT 1 FROM jams WHERE id = ?", (jam_id,)):
            # A rehearsal that was removed while its themes were reckoned.
            await themes.keep_parts(change, jam_id, seq, 0)
            await theme_places.drop(change, jam_id)
            return
        await theme_places.put(change, jam_id, dict(places), gone)
        await announce(change, jam_id, report_json, await emerging.of_jam(change, jam_id), now)
        report = await shown(change, jam_id, report_json)
        await themes.put(change, jam_id, seq, report, parts[0] if parts else None, now, report_json)
        await events.append(change, "ThemesRefreshed", jam_id, {"jam": jam_id}, now)


async def count_forums(house: House, reader: Member, jam: Jam) -> dict[str, tuple[int, int]]:
    """Return forum id → (ideas, replies) of what the reader may see in a jam."""
    if not (reader.active and reader.is_local):
        raise Missing("jam")
    return await board.by_forum(house.store, jam.id)
