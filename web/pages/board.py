"""The live board and its themes."""

from __future__ import annotations

from aiohttp import web

from server.domain.actors import Member
from server.domain.jams import Jam
from server.services import board, forums, ideas_read
from server.services.house import House
from web.answers import head_of, show
from web.cards import draw_cards
from web.charts import draw_treemap
from web.figures import draw_countries, draw_emerging, draw_figures, draw_minutes, draw_servers, draw_themes, draw_units
from web.pages.jams import obtain
from web.people import names_of_hosts
from web.river import draw_river
from web.views import BoardPage


async def draw_board(house: House, reader: Member, jam: Jam) -> BoardPage:
    """Count the jam and fill the board; the stream uses the same."""
    names = await names_of_hosts(house)
    figures = await board.read_board(house, reader, jam)
    own = await forums.list_forums(house, reader, jam)
    head = head_of(jam, jam.state_at(house.now()), "board")
    report = await board.read_themes(house, reader, jam)
    themes, themes_of = draw_themes(report, head.url)
    rising = await ideas_read.ideas_of_jam(house, reader, jam, "rising", 5)
    marked = await ideas_read.ideas_of_jam(house, reader, jam, "marked", 5)
    by_id = {forum.id: forum for forum in own}
    return BoardPage(
        jam=head,
        edit_url=f"{head.url}/themes/edit" if reader.may("themes") else "",
        figures=draw_figures(figures, len(own), head.url),
        minutes=draw_minutes(figures),
        units=draw_units(figures, head.url),
        countries=draw_countries(figures, head.url),
        elsewhere=figures.elsewhere,
        left_out=figures.left_out,
        servers=draw_servers(figures, house, names, head.url),
        emerging=draw_emerging(report, themes),
        cells=draw_treemap(themes),
        river=draw_river(themes),
        themes=themes,
        themes_of=themes_of,
        rising=draw_cards(house, [made for made in rising if made.support or made.replies], by_id, names),
        marked=draw_cards(house, marked, by_id, names),
        stream_url=f"/jams/{jam.id}/stream",
        counted_at=house.now(),
    )


async def show_board(request: web.Request) -> web.Response:
    """GET /jams/{jam}/board"""
    return show(request, "board.html", await draw_board(*await obtain(request)))
