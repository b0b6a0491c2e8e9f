"""The page of a jam from which everything that asks the crowd is reached."""

from __future__ import annotations

from aiohttp import web

from server.services import ratings, statements
from web.answers import head_of, show
from web.pages.asking.views import AskingPage
from web.pages.jams import obtain


async def show_asking(request: web.Request) -> web.Response:
    """GET /jams/{jam}/asking"""
    house, member, jam = await obtain(request)
    turn = await statements.next_for(house, member, jam)
    page = AskingPage(
        jam=head_of(jam, jam.state_at(house.now())),
        axes=await ratings.axes_of(house, jam),
        may_set_axes=member.may("jams"),
        statements=turn.all,
        answered=turn.done,
        wrong={},
    )
    return show(request, "asking/home.html", page)
