"""The wall: a jam's figures on a large screen, without a sign-in and without anybody's name or words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from server.domain.actors import Member
from server.domain.errors import Missing
from server.domain.jams import Jam, Wall
from server.keys import HOUSE
from server.services import board, forums, walls
from server.services.house import House
from web.answers import draw, go, head_of, html, show
from web.figures import draw_figures, draw_minutes, draw_servers, draw_themes, draw_units
from web.forms import read_form
from web.keys import WALL_HUB
from web.language import _
from web.live import Draw, DrawParts, stream
from web.pages.jams import obtain
from web.people import names_of_hosts
from web.river import River, draw_river
from web.templates import Templates
from web.views import Bar, Figure, JamHead, Minute, ThemeRow

# Fewer people than these are nobody's business on a wall.
CROWD = 5
SCENES = 4
EACH_SECONDS = 20
# Seconds after which a jam in which nothing happens is counted again: who was active ten minutes ago is so no more.
RECOUNT = 15.0
# As many as have room on the smallest screen.
THEMES = 8
BARS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class WallPage:
    """One scene. `closes_at` is when the jam closes; bars of fewer than CROWD people are left out.

    Of themes and bars as many are shown as a screen has room for; `units_more` and the like say how many are not.
    """

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
    units_more: int
    servers: tuple[Bar, ...]
    servers_more: int
    left_out: int
    river: River
    themes: tuple[ThemeRow, ...]
    themes_more: int
    themes_of: str
    counted_at: datetime


Scene = Callable[[int], WallPage]


async def show_wall(request: web.Request) -> web.Response:
    """GET /wall/{secret}?scene=: one scene, which leads to the next by itself, with scripts or without."""
    house = request.app[HOUSE]
    jam, reader = await walls.look(house, request.match_info["secret"])
    asked = request.query.get("scene", "0")
    scene = int(asked) % SCENES if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0
    page = (await _count(house, reader, jam))(scene)
    return html(draw(request, "wall/wall.html", page=page))


async def show_wall_stream(request: web.Request) -> web.StreamResponse:
    """GET /wall/{secret}/stream: the scenes again whenever they have changed, and nothing else of what happens."""
    house, secret = request.app[HOUSE], request.match_info["secret"]
    jam, reader = await walls.look(house, secret)

    async def may_stay() -> bool:
        try:
            await walls.look(house, secret)
        except Missing:
            return False
        return True

    return await stream(request, request.app[WALL_HUB], house, jam, reader, may_stay)


def draw_wall(templates: Templates) -> DrawParts:
    """How the hub draws the scenes of a jam's walls, the same for all of them."""

    async def draw(house: House, reader: Member, jam: Jam) -> Draw:
        scene_of = await _count(house, reader, jam)

        def render() -> dict[str, tuple[str, str]]:
            pages = [scene_of(scene) for scene in range(SCENES)]
            drawn = {str(page.scene): ("scene", templates.render("parts/wall_scene.html", page=page)) for page in pages}
            return {**drawn, "counted": ("counted", pages[0].counted_at.isoformat())}

        return render

    return draw


async def _count(house: House, reader: Member, jam: Jam) -> Scene:
    """Count a jam once; what is returned draws any of its scenes in the language that is spoken then."""
    counted_at = house.now()
    figures = await board.read_board(house, reader, jam)
    own = len(await forums.list_forums(house, reader, jam))
    report = await board.read_themes(house, reader, jam)
    names = await names_of_hosts(house)
    shown = [share for share in figures.by_unit if share.people >= CROWD]
    hosts = [share for share in figures.by_host if share.people >= CROWD]
    unit_names = {share.name for share in shown}
    host_names = {names.get(share.name, share.name) for share in hosts}
    minutes = draw_minutes(figures)[-60:]

    def scene_of(scene: int) -> WallPage:
        themes, themes_of = draw_themes(report, "")
        return WallPage(
            title=jam.title,
            question=jam.charter.question,
            state=jam.state_at(counted_at),
            closes_at=jam.closes_at,
            scene=scene,
            scenes=(_("Taking part"), _("What it is about"), _("From where"), _("Hour by hour")),
            next_url=f"?scene={(scene + 1) % SCENES}",
            seconds=EACH_SECONDS,
            figures=draw_figures(figures, own)[:4],
            minutes=minutes,
            peak=max((one.ideas + one.replies for one in minutes), default=0),
            units=tuple(bar for bar in draw_units(figures) if bar.words in unit_names)[:BARS],
            units_more=max(0, len(shown) - BARS),
            servers=tuple(bar for bar in draw_servers(figures, house, names) if bar.words in host_names)[:BARS],
            servers_more=max(0, len(hosts) - BARS),
            left_out=figures.left_out + len(figures.by_unit) - len(shown) + len(figures.by_host) - len(hosts),
            river=draw_river(themes, linked=False),
            themes=themes[:THEMES],
            themes_more=max(0, len(themes) - THEMES),
            themes_of=themes_of,
            counted_at=counted_at,
        )

    return scene_of


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
