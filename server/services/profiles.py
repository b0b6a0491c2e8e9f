"""People: what they know and what others made of their ideas; whom to meet; how far outsiders are known."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from server.domain.actors import Member
from server.domain.errors import Missing
from server.domain.expertise import weight_of
from server.domain.holds import Hold
from server.domain.ideas import Contribution
from server.domain.jams import Jam
from server.domain.trust import WATCHED_DAYS, History, Trust, trust_of
from server.services import board, themes_read
from server.services.forums import list_forums
from server.services.house import House
from server.services.jams import list_jams
from server.services.people import member_by_handle
from server.services.themes_read import Theme
from server.storage import acquaintance, contributions, people, theme_places

MOST = 8


@dataclass(frozen=True, slots=True)
class Known:
    """A theme that somebody knows about, with the answers that show it, the weightiest first."""

    theme: str
    evidence: list[Contribution]


@dataclass(frozen=True, slots=True)
class Profile:
    """A person. `adopted` are their ideas that facilitators marked; `built_on` those that others build on, with how
    many do; `trust` is None for our own people. How much they wrote is not told.
    """

    member: Member
    expertise: list[Known]
    adopted: list[Contribution]
    built_on: list[tuple[Contribution, int]]
    trust: Trust | None


@dataclass(frozen=True, slots=True)
class Introduction:
    """Somebody of another unit or server whom the reader has not met, and what they share."""

    member: Member
    threads: list[Contribution]
    themes: list[str]


async def obtain_person(house: House, reader: Member, handle: str) -> Member:
    """Return a person by handle, with or without its first @, for somebody who may see them; or raise Missing.

    Of other servers only those are there who wrote something where the reader reads: that they wrote elsewhere is told
    to nobody.
    """
    name, _, host = handle.lstrip("@").partition("@")
    found = await people.by_username(house.store, name, host) if reader.active and reader.is_local else None
    if found is None or not await _is_met(house, reader, found):
        raise Missing("person", f"{reader.id} asked for {handle}")
    return found


async def _is_met(house: House, reader: Member, person: Member) -> bool:
    if person.is_local:
        return True
    return await acquaintance.wrote_in(house.store, person.id, {one.id for one in await list_forums(house, reader)})


async def read_profile(house: House, reader: Member, member: Member) -> Profile:
    """Return what a person knows and what became of their ideas, from what the reader may see."""
    forums = {forum.id for forum in await list_forums(house, reader)}
    ids = await acquaintance.best_of(house.store, member.id, forums)
    found = await contributions.by_ids(house.store, ids)
    made = sorted(found, key=lambda one: (-weight_of(one), one.created_at, one.id))
    ideas = [one for one in made if one.kind == "idea"]
    counts = await acquaintance.built_on_counts(house.store, [one.id for one in ideas])
    return Profile(
        member,
        await _expertise(house, reader, [one for one in made if one.kind == "reply" and weight_of(one) > 1]),
        [one for one in ideas if one.best or one.emerging][:MOST],
        sorted([(one, counts[one.id]) for one in ideas if one.id in counts], key=lambda one: -one[1])[:MOST],
        None if member.is_local else await read_trust(house, member, forums),
    )


async def _expertise(house: House, reader: Member, answers: list[Contribution]) -> list[Known]:
    """Group answers by the themes of their jams; those in none stand together under no theme."""
    ids = {id_ for one in answers for id_ in (one.id, one.thread_id)}
    themes = {id_: theme.label for _, theme, own in await _themes_of(house, reader, ids) for id_ in own}
    by_theme: dict[str, list[Contribution]] = {}
    for one in answers:
        by_theme.setdefault(themes.get(one.id) or themes.get(one.thread_id, ""), []).append(one)
    ordered = sorted(by_theme.items(), key=lambda one: (one[0] == "", -sum(map(weight_of, one[1])), one[0]))
    return [Known(theme, found[:3]) for theme, found in ordered[:MOST]]


async def _themes_of(house: House, reader: Member, ids: Collection[str]) -> list[tuple[Jam, Theme, set[str]]]:
    """Return the themes in which some ideas and replies stand, each with those that do."""
    found = []
    for jam in await list_jams(house, reader, limit=500):
        report = await board.read_themes(house, reader, jam)
        placed = await themes_read.themes_of(house, jam.id, report, ids) if report else {}
        own = [(theme, {id_ for id_, name in placed.items() if name == theme.id}) for theme in themes_read.read(report)]
        found += [(jam, theme, ids_in) for theme, ids_in in own if ids_in]
    return found


async def read_trust(house: House, member: Member, forums: Collection[str] | None = None) -> Trust:
    """Return how far somebody from outside is known, from what became of their words in the forums that whoever is told
    may read; None stands for all.
    """
    now = house.now()
    lately = (now - timedelta(days=WATCHED_DAYS)).timestamp()
    told = await acquaintance.history(house.store, member.id, lately, forums)
    held = await acquaintance.holds_of(house.store, {member.handle, member.uri, member.name}, lately, forums)
    days = (now.timestamp() - told["first"]) / 86_400 if told["first"] else 0.0
    return trust_of(
        History(
            standing=int(told["standing"]),
            released=held["released"],
            refused=held["refused"],
            refused_lately=held["refused_lately"],
            removed=int(told["removed"]),
            removed_lately=int(told["removed_lately"]),
            days=days,
        )
    )


async def trust_behind(house: House, reader: Member, hold: Hold, made: Contribution | None) -> Trust | None:
    """Return how far the author of something held is known to a reader; None for our own people."""
    if made is not None:
        member = await people.by_id(house.store, made.author_id)
    else:
        member = await member_by_handle(house, hold.author)
    if member is None:
        # Nothing of theirs was ever let in.
        return trust_of(History())
    forums = {forum.id for forum in await list_forums(house, reader)}
    return None if member.is_local else await read_trust(house, member, forums)


async def introductions(house: House, reader: Member, limit: int = 6) -> list[Introduction]:
    """Return people of other units and servers who share threads or themes with the reader, and have not met them.

    Those who share most come first, and each unit or server once before any comes twice.
    """
    forums = {forum.id for forum in await list_forums(house, reader)}
    threads = await acquaintance.met_in_threads(house.store, reader.id, forums)
    themes = await _shared_themes(house, reader, forums)
    known = await people.by_ids(house.store, threads.keys() | themes.keys())
    strangers = [
        one
        for one in known.values()
        if one.active
        and not one.is_voice
        and one.id != reader.id
        and (one.host, one.unit) != (reader.host, reader.unit)
    ]
    strangers.sort(key=lambda one: (-len(threads.get(one.id, ())) - len(themes.get(one.id, ())), one.handle))
    chosen = _spread(strangers)[:limit]
    roots = {id_ for one in chosen for id_ in threads.get(one.id, ())[:3]}
    ideas = {made.id: made for made in await contributions.by_ids(house.store, roots)}
    return [
        Introduction(
            one,
            [ideas[id_] for id_ in threads.get(one.id, ())[:3] if id_ in ideas],
            sorted(themes.get(one.id, ()))[:3],
        )
        for one in chosen
    ]


async def _shared_themes(house: House, reader: Member, forums: Collection[str]) -> dict[str, set[str]]:
    """Return the themes that others wrote about as the reader did: member id → labels."""
    mine = await acquaintance.written_by(house.store, reader.id, forums)
    found: dict[str, set[str]] = {}
    for jam, theme, _ in await _themes_of(house, reader, mine):
        for author_id in await theme_places.authors(house.store, jam.id, theme.members, forums):
            found.setdefault(author_id, set()).add(theme.label)
    return found


def _spread(members: list[Member]) -> list[Member]:
    """Put the first of each unit or server before the second of any."""
    seen: dict[tuple[str, str], int] = {}
    placed = []
    for one in members:
        place = seen[one.host, one.unit] = seen.get((one.host, one.unit), -1) + 1
        placed.append((place, one))
    return [one for _, one in sorted(placed, key=lambda pair: pair[0])]
