"""A forum in its fair order, each idea with why it stands where it does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from server.domain.actors import Member
from server.domain.jams import Forum
from server.domain.ranking import MINIMUM, Ranked
from server.services.house import House
from server.services.ranking import Placed, rank_forum
from web.language import _, ngettext
from web.views import IdeaCard

PAGE = 30
NEW_HOURS = 24


async def ranked(house: House, reader: Member, forum: Forum, start: str) -> tuple[list[Placed], str]:
    """One page in the fair order, and where the next begins ("" at the end)."""
    first = int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 0
    placed = await rank_forum(house, reader, forum, first, PAGE + 1)
    return placed[:PAGE], str(first + PAGE) if len(placed) > PAGE else ""


def with_reasons(cards: Iterable[IdeaCard], whys: Mapping[str, str]) -> tuple[IdeaCard, ...]:
    """The same cards, each with why it stands where it does, by the id of its idea."""
    return tuple(replace(card, why=whys.get(card.url.removeprefix("/ideas/"), "")) for card in cards)


def why(place: Ranked) -> str:
    """Say why an idea stands here."""
    one = place.standing
    said = []
    if place.fresh:
        said.append(_("few have seen it yet: shown to %(n)s of at least %(least)s people") % _n(one.views))
    if one.people:
        said.append(_voices(one.people, one.units, one.servers))
    if one.best or one.emerging:
        said.append(_("a facilitator marked it best") if one.best else _("a facilitator marked it emerging"))
    if one.age_hours < NEW_HOURS:
        said.append(_("it is new"))
    return "; ".join(said) or _("nobody has answered or supported it yet")


def _n(views: int) -> dict[str, int]:
    return {"n": views, "least": MINIMUM}


def _voices(people: int, units: int, servers: int) -> str:
    who = ngettext("%(n)s person", "%(n)s people", people) % {"n": people}
    parts = [ngettext("%(n)s unit", "%(n)s units", units) % {"n": units}]
    if servers > 1:
        parts.append(ngettext("%(n)s organisation", "%(n)s organisations", servers) % {"n": servers})
    return _("%(who)s from %(where)s answered or supported it") % {"who": who, "where": ", ".join(parts)}
