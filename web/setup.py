"""Put the browser's side onto the application of the inside address."""

from __future__ import annotations

from aiohttp import web

from server.services.ranking import Exposures
from web.assets import PREFIX, Assets
from web.attempts import ATTEMPTS, Attempts
from web.errors import answer_refusals
from web.keys import ASSETS, EXCHANGE_HUB, EXPOSURES, HUB, TEMPLATES, WALL_HUB
from web.live import Hub
from web.once import FORMS, Forms, take_once
from web.pages.stream import draw_exchange, draw_parts
from web.pages.wall import RECOUNT, draw_wall
from web.routes import routes
from web.security import add_security_headers
from web.session import know_the_person, speak_their_language
from web.templates import Templates


def add_web(app: web.Application) -> None:
    """Add pages, files, sessions, error pages and security headers.

    The composition root sets `server.keys.HOUSE` before the first request, and `federation.outside.store.LEDGER`
    where the console shall show who holds what. Streams end in `on_shutdown`.
    """
    assets = Assets.load()
    templates = Templates(assets)
    app[ASSETS] = assets
    app[TEMPLATES] = templates
    app[ATTEMPTS] = Attempts()
    app[HUB] = Hub(draw_parts(templates))
    app[EXCHANGE_HUB] = Hub(draw_exchange(templates))
    app[WALL_HUB] = Hub(draw_wall(templates), slow=RECOUNT, tells=False)
    app[EXPOSURES] = Exposures()
    app[FORMS] = Forms()
    app.middlewares.extend((speak_their_language, answer_refusals, know_the_person, take_once))
    app.on_response_prepare.append(add_security_headers)
    app.on_shutdown.append(end_streams)
    app.router.add_get(PREFIX + "{name:.+}", assets.serve)
    app.router.add_get("/favicon.ico", assets.icon)
    app.add_routes(routes())


async def end_streams(app: web.Application) -> None:
    await app[HUB].end()
    await app[EXCHANGE_HUB].end()
    await app[WALL_HUB].end()
