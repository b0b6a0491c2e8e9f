"""Rating an idea, and the axes of a jam."""

from __future__ import annotations

from aiohttp import web

from server.domain.errors import Missing
from server.services import ratings
from web.answers import go
from web.cards import url_of
from web.forms import read_form
from web.pages.jams import obtain as obtain_jam
from web.pages.threads import obtain


async def rate(request: web.Request) -> web.Response:
    """POST /ideas/{idea}/ratings: a field `axis-NAME` for each axis, 1 to 5, or 0 for none."""
    house, member, idea, _, _ = await obtain(request)
    if idea.kind != "idea":
        raise Missing("idea")
    form = await read_form(request)
    given = {name.removeprefix("axis-"): value for name, value in form.items() if name.startswith("axis-")}
    values = {axis: int(value) if value.isdecimal() and len(value) < 4 else -1 for axis, value in given.items()}
    await ratings.rate(house, member, idea, values)
    return go(request, f"{url_of(idea)}#ratings", "rated")


async def set_axes(request: web.Request) -> web.Response:
    """POST /jams/{jam}/axes"""
    house, member, jam = await obtain_jam(request)
    form = await read_form(request)
    await ratings.set_axes(house, member, jam, form.get("axes", "").splitlines())
    return go(request, f"/jams/{jam.id if jam.host else jam.slug}/asking", "saved")
