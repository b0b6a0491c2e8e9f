"""The list of jams."""

from __future__ import annotations

from aiohttp import web

from server.keys import HOUSE
from server.services import forums, jams
from server.services.first_run import first_steps
from web.answers import head_of, show
from web.people import names_of_hosts
from web.session import member_of
from web.views import HomePage, JamCard

_ORDER = {"open": 0, "draft": 1, "frozen": 2, "archived": 3}


async def show_home(request: web.Request) -> web.Response:
    """GET /"""
    house, member = request.app[HOUSE], member_of(request)
    names = await names_of_hosts(house)
    by_jam: dict[str, int] = {}
    for forum in await forums.list_forums(house, member):
        by_jam[forum.jam_id] = by_jam.get(forum.jam_id, 0) + 1
    cards = []
    for jam in await jams.list_jams(house, member, limit=500):
        head = head_of(jam, jam.state_at(house.now()))
        card = JamCard(
            title=jam.title,
            question=jam.charter.question,
            url=head.url,
            state=head.state,
            opens_at=jam.opens_at,
            closes_at=jam.closes_at,
            host=names.get(jam.host, jam.host),
            forums=by_jam.get(jam.id, 0),
        )
        cards.append(card)
    cards.sort(key=lambda card: (_ORDER[card.state], bool(card.host), card.closes_at))
    todo = [one for one in await first_steps(house, member) if one.state == "todo"] if member.may("people") else []
    page = HomePage(jams=tuple(cards), may_create=member.may("jams"), steps=len(todo))
    return show(request, "home.html", page, section="home")
