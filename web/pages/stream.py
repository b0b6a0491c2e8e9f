"""The event stream behind live pages, and the parts of pages that it renews."""

from __future__ import annotations

from aiohttp import web

from server.domain.actors import Member
from server.domain.jams import Jam
from server.services import people
from server.services.house import House
from server.services.jams import still_reads
from server.services.presence import note_presence, read_presence
from web.keys import COOKIE, EXCHANGE_HUB, HUB
from web.live import Draw, DrawParts, Hub, pace_data, stream
from web.pages.board import draw_board
from web.pages.jams import obtain
from web.pages.themes.between import draw_between
from web.templates import Templates

#: Templates whose root element bears an id; each is sent only when it has changed.
PARTS = (
    "figures",
    "presence",
    "board_units",
    "board_servers",
    "board_themes",
    "board_river",
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


def draw_exchange(templates: Templates) -> DrawParts:
    """How the hub draws who answers whom, the same for everybody who may read the jam."""

    async def draw(house: House, reader: Member, jam: Jam) -> Draw:
        page = await draw_between(house, reader, jam)
        values = {"page": page, "site": house.name, "jam": page.jam, "viewer": None, "csrf": "", "done": ""}
        return lambda: {
            name: ("part", templates.render(f"parts/{name}.html", **values)) for name in ("between", "freshness")
        }

    return draw


async def show_stream(request: web.Request) -> web.StreamResponse:
    """GET /jams/{jam}/stream"""
    return await _pour(request, request.app[HUB])


async def show_exchange(request: web.Request) -> web.StreamResponse:
    """GET /jams/{jam}/between/stream"""
    return await _pour(request, request.app[EXCHANGE_HUB])


async def _pour(request: web.Request, hub: Hub) -> web.StreamResponse:
    house, member, jam = await obtain(request)

    async def may_stay() -> bool:
        session = await people.session(house, request[COOKIE])
        if session is None or session.member.id != member.id:
            return False
        if not await still_reads(house, member.id, jam.id):
            return False
        await note_presence(house, member, jam.id)
        return True

    return await stream(request, hub, house, jam, member, may_stay)
