"""One person: who they are, what they proposed, and how often others built on it."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from server.keys import HOUSE
from server.services import forums, lineage
from web.answers import show
from web.cards import draw_cards
from web.people import names_of_hosts, person_of
from web.session import member_of
from web.views import IdeaCard, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    person: Person
    built_on: int
    ideas: tuple[IdeaCard, ...]


async def show_person(request: web.Request) -> web.Response:
    """GET /people/{person}"""
    house, member = request.app[HOUSE], member_of(request)
    credit = await lineage.credit_of(house, member, request.match_info["person"])
    names = await names_of_hosts(house)
    known = {forum.id: forum for forum in await forums.list_forums(house, member)}
    page = PersonPage(
        person=person_of(credit.person, names),
        built_on=credit.built_on,
        ideas=draw_cards(house, credit.ideas, known, names),
    )
    return show(request, "credit.html", page)
