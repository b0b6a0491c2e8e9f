"""Whom somebody may mean, while they type a name."""

from __future__ import annotations

from aiohttp import web

from server.keys import HOUSE
from server.services import mentions
from web.people import names_of_hosts, person_of
from web.session import member_of


async def suggest(request: web.Request) -> web.Response:
    """GET /people/suggest?q=: people whose name begins so, as {"data": [{handle, name, belongs}]}."""
    house, member = request.app[HOUSE], member_of(request)
    found = await mentions.suggest(house, member, request.query.get("q", ""))
    names = await names_of_hosts(house)
    people = [person_of(one, names) for one in found]
    rows = [
        {"handle": one.handle, "name": one.name, "belongs": one.organisation or one.unit} for one in people
    ]
    return web.json_response({"data": rows})
