"""The wall: a jam's figures on a large screen, without a sign-in and without anybody's name or words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from server.domain.actors import Member
from server.domain.jams import Jam, Wall
from server.keys import HOUSE
from server.services import board, forums, walls
from server.services.house import House
from web.answers import draw, go, head_of, html, show
from web.charts import draw_treemap
from web.figures import draw_figures, draw_minutes, draw_servers, draw_themes, draw_units
from web.forms import read_form
from web.language import _
from web.pages.jams import obtain
from web.people import names_of_hosts
from web.river import River, draw_river
from web.views import Bar, Cell, Figure, JamHead, Minute, ThemeRow

# Fewer people than these are nobody's business on a wall.
CROWD = 5
SCENES = 4
EACH_SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class WallPage:
    """One scene. `closes_at` is when the jam closes; bars of fewer than CROWD people are left out."""

    title: str
    question: str
    state: str
    closes_at: datetime
    scene: int
    scenes: tuple[str, ...]
    next_url: str
    seconds: int
    figures: tuple[Figure, ...]
    minutes: tuple[Minute, ...]
    peak: int
    units: tuple[Bar, ...]
    servers: tuple[Bar, ...]
    left_out: int
    cells: tuple[Cell, ...]
    river: River
    themes: tuple[ThemeRow, ...]
    counted_at: datetime


async def show_wall(request: web.Request) -> web.Response:
    """GET /wall/{secret}?scene=: one scene, which leads to the next by itself, with scripts or without."""
    house = request.app[HOUSE]
    jam, reader = await walls.look(house, request.match_info["secret"])
    asked = request.query.get("scene", "0")
    scene = int(asked) % SCENES if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0
    page = await _draw(house, reader, jam, scene, request.path)
    return html(draw(request, "wall/wall.html", page=page))


async def _draw(house: House, reader: Member, jam: Jam, scene: int, path: str) -> WallPage:
    figures = await board.read_board(house, reader, jam)
    own = await forums.list_forums(house, reader, jam)
    themes, _said = draw_themes(await board.read_themes(house, reader, jam), "")
    shown = [share for share in figures.by_unit if share.people >= CROWD]
    hosts = [share for share in figures.by_host if share.people >= CROWD]
    names = await names_of_hosts(house)
    units = {share.name for share in shown}
    servers = {names.get(share.name, share.name) for share in hosts}
    minutes = draw_minutes(figures)[-60:]
    return WallPage(
        title=jam.title,
        question=jam.charter.question,
        state=jam.state_at(house.now()),
        closes_at=jam.closes_at,
        scene=scene,
        scenes=(_("Taking part"), _("What it is about"), _("From where"), _("Hour by hour")),
        next_url=f"{path}?scene={(scene + 1) % SCENES}",
        seconds=EACH_SECONDS,
        figures=draw_figures(figures, len(own))[:4],
        minutes=minutes,
        peak=max((one.ideas + one.replies for one in minutes), default=0),
        units=tuple(bar for bar in draw_units(figures) if bar.words in units),
        servers=tuple(bar for bar in draw_servers(figures, house, names) if bar.words in servers),
        left_out=figures.left_out + len(figures.by_unit) - len(shown) + len(figures.by_host) - len(hosts),
        cells=draw_treemap(themes),
        river=draw_river(themes, linked=False),
        themes=themes,
        counted_at=house.now(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WallsPage:
    """The walls of a jam; `made` is the address of one just put up, shown this once."""

    jam: JamHead
    walls: tuple[Wall, ...]
    made: str = ""


async def show_walls(request: web.Request) -> web.Response:
    """GET /jams/{jam}/walls"""
    house, member, jam = await obtain(request)
    found = await walls.list_walls(house, member, jam)
    head = head_of(jam, jam.state_at(house.now()), "settings")
    return show(request, "wall/walls.html", WallsPage(jam=head, walls=tuple(found)))


async def put_up(request: web.Request) -> web.Response:
    """POST /jams/{jam}/walls"""
    house, member, jam = await obtain(request)
    form = await read_form(request)
    secret = await walls.put_up(house, member, jam, form.get("note", ""))
    head = head_of(jam, jam.state_at(house.now()), "settings")
    address = f"{house.addresses.inside_url}/wall/{secret}"
    found = await walls.list_walls(house, member, jam)
    return show(request, "wall/walls.html", WallsPage(jam=head, walls=tuple(found), made=address))


async def take_down(request: web.Request) -> web.Response:
    """POST /jams/{jam}/walls/{wall}/end"""
    house, member, jam = await obtain(request)
    await walls.take_down(house, member, jam, request.match_info["wall"])
    return go(request, f"/jams/{jam.slug}/walls")
