"""One click to a rehearsal, one click to remove it."""

from __future__ import annotations

from aiohttp import web

from server.services import jams, rehearsals
from web.answers import go, head_of
from web.pages.jams import obtain


async def rehearse(request: web.Request) -> web.Response:
    """POST /jams/{jam}/rehearsal"""
    house, member, jam = await obtain(request)
    made = await rehearsals.rehearse(house, member, jam)
    return go(request, head_of(made, made.state).url, "rehearsed")


async def remove(request: web.Request) -> web.Response:
    """POST /jams/{jam}/rehearsal/remove"""
    house, member, jam = await obtain(request)
    origin = await jams.obtain_jam(house, member, await rehearsals.remove_rehearsal(house, member, jam))
    return go(request, f"{head_of(origin, origin.state).url}/settings", "rehearsal-gone")
