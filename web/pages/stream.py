"""The event stream behind live pages, and the parts of pages that it renews."""

from __future__ import annotations

from aiohttp import web

from server.domain.actors import Member
from server.domain.jams import Jam
from server.services import people
from server.services.house import House
from server.services.jams import still_reads
from server.services.presence import note_presence, read_presence
from web.keys import COOKIE, HUB
from web.live import Draw, DrawParts, pace_data, stream
from web.pages.board import draw_board
from web.pages.jams import obtain
from web.templates import Templates

#: Templates whose root element bears an id; each is sent only when it has changed.
PARTS = (
    "figures",
    "presence",
    "board_units",
    "board_servers",
    "board_themes",
    "board_emerging",
    "board_rising",
    "board_marked",
    "rising",
    "freshness",
)


def draw_parts(templates: Templates) -> DrawParts:
    """How the hub draws the live parts of a jam, the same for everybody who may read it."""

    async def draw(house: House, reader: Member, jam: Jam) -> Draw:
        page = await draw_board(house, reader, jam)
        counted = await read_presence(house, reader, jam)
        blank = {"viewer": None, "csrf": "", "done": ""}
        values = {"page": page, "presence": counted, "site": house.name, "jam": page.jam, **blank}

        def render() -> dict[str, tuple[str, str]]:
            drawn = {name: ("part", templates.render(f"parts/{name}.html", **values)) for name in PARTS}
            return {**drawn, "pace": ("pace", pace_data(page.minutes))}

        return render

    return draw


async def show_stream(request: web.Request) -> web.StreamResponse:
    """GET /jams/{jam}/stream"""
    house, member, jam = await obtain(request)

    async def may_stay() -> bool:
        session = await people.session(house, request[COOKIE])
        if session is None or session.member.id != member.id:
            return False
        if not await still_reads(house, member.id, jam.id):
            return False
        await note_presence(house, member, jam.id)
        return True

    return await stream(request, request.app[HUB], house, jam, member, may_stay)
