"""Catching up in five minutes: what came since somebody's last visit, each with a link to what it says it of.

From the database alone: the same tables and the same moment give the same page.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.actors import Member
from server.domain.catch_up import Section, SectionKind, fit, reading_seconds
from server.domain.errors import Missing
from server.domain.ideas import Contribution
from server.domain.jams import Jam
from server.services import board, themes_read
from server.services.forums import list_forums
from server.services.house import House
from server.services.inbox import Told, with_words
from server.services.jams import list_jams
from server.services.text import excerpt
from server.services.themes_read import Theme
from server.services.visits import since_when
from server.storage import acquaintance, contributions, notices

MOST = 40
FIRST_TIME = timedelta(hours=24)
LEAST_THEME = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing to catch up with. Which parts it has depends on what it is: a notice, an idea or reply (with the
    number of new people behind it, or the mark it got), a jam, or a theme (with how much was said of it since).
    """

    told: Told | None = None
    made: Contribution | None = None
    jam: Jam | None = None
    theme: Theme | None = None
    number: int = 0
    mark: str = ""
    is_new: bool = False

    @property
    def words(self) -> str:
        """What is read of it: for the reading budget."""
        made = self.made or (self.told.about if self.told else None)
        return f"{made.title} {excerpt(made.text)}" if made else self.theme.label if self.theme else "a line or two"


@dataclass(frozen=True, slots=True)
class CatchUp:
    """What came since a moment, within the budget. `first` says that there was no visit before this one."""

    since: datetime
    first: bool
    sections: list[Section[Entry]]
    seconds: int


async def catch_up(house: House, reader: Member, since: datetime | None = None) -> CatchUp:
    """Return what came since somebody's last visit, or since a moment that they name."""
    if not (reader.active and reader.is_local):
        raise Missing("page")
    last = await since_when(house, reader)
    start = since or last or house.now() - FIRST_TIME
    at, forums = start.timestamp(), {forum.id for forum in await list_forums(house, reader)}
    told = await with_words(house, reader, await notices.since(house.store, reader.id, at, MOST))
    for_you = [Entry(told=one) for one in told if one.notice.kind != "followed"]
    followed = [Entry(told=one) for one in told if one.notice.kind == "followed"]
    offered: list[tuple[SectionKind, list[Entry]]] = [
        ("for_you", for_you + followed),
        ("decisions", await _decisions(house, reader, forums, at)),
        ("rising", await _rising(house, reader, forums, at)),
        ("themes", await _themes(house, reader, forums, at)),
    ]
    sections, seconds = fit([(kind, [(reading_seconds(one.words), one) for one in found]) for kind, found in offered])
    return CatchUp(start, last is None and since is None, sections, seconds)


async def _decisions(house: House, reader: Member, forums: Collection[str], at: float) -> list[Entry]:
    """What was decided: jams that opened, closed or changed, and what facilitators marked."""
    jams = {jam.id: jam for jam in await list_jams(house, reader, limit=500)}
    changed = [Entry(jam=jams[id_]) for id_ in await acquaintance.jams_changed_since(house.store, at) if id_ in jams]
    judged = await acquaintance.judged_since(house.store, forums, at, MOST)
    known = {made.id: made for made in await contributions.by_ids(house.store, {id_ for id_, _ in judged})}
    return changed + [Entry(made=known[id_], mark=mark) for id_, mark in judged if id_ in known]


async def _rising(house: House, reader: Member, forums: Collection[str], at: float) -> list[Entry]:
    found = await acquaintance.rising_since(house.store, reader.id, forums, at, MOST)
    known = {made.id: made for made in await contributions.by_ids(house.store, {id_ for id_, _ in found})}
    return [Entry(made=known[id_], number=people) for id_, people in found if id_ in known]


async def _themes(house: House, reader: Member, forums: Collection[str], at: float) -> list[Entry]:
    """Themes of open jams with what was said of them since, new themes first, each with an idea that speaks for it."""
    entries = []
    for jam in await list_jams(house, reader, limit=500):
        if jam.state_at(house.now()) not in ("open", "frozen"):
            continue
        report = await board.read_themes(house, reader, jam)
        new = await themes_read.since(house, jam.id, report, at)
        for theme in themes_read.read(report):
            if theme.size >= LEAST_THEME and (number := new[theme.id]):
                made = await _speaker(house, theme, forums)
                entries.append(Entry(theme=theme, jam=jam, made=made, number=number, is_new=number >= theme.size))
    return sorted(entries, key=lambda one: (not one.is_new, -one.number, one.theme.id if one.theme else ""))


async def _speaker(house: House, theme: Theme, forums: Collection[str]) -> Contribution | None:
    known = {made.id: made for made in await contributions.by_ids(house.store, list(theme.representative))}
    return next((known[id_] for id_ in theme.representative if id_ in known and known[id_].forum_id in forums), None)
