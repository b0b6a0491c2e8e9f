"""Is the process alive, and can it serve? Constant answers."""

from __future__ import annotations

from aiohttp import web

from federation.outside.store import OUTSIDE


async def live(request: web.Request) -> web.Response:
    return web.Response(text="ok\n")


async def ready(request: web.Request) -> web.Response:
    await request.app[OUTSIDE].store.fetch_value("SELECT 1")
    return web.Response(text="ok\n")
