"""Units and roles: how many people each has; units can be renamed and merged."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web

from server.domain.errors import Refusal
from server.keys import HOUSE
from server.services import directory
from server.services.directory import RoleShare
from web.answers import go, show
from web.forms import read_form, wrong_of
from web.session import member_of


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsPage:
    units: tuple[tuple[str, int], ...]
    roles: tuple[RoleShare, ...]
    values: dict[str, str]
    wrong: dict[str, str] = field(default_factory=dict)


async def show_units(request: web.Request) -> web.Response:
    """GET /units"""
    return await _units(request, {}, {}, 200)


async def _units(request: web.Request, typed: dict[str, str], wrong: dict[str, str], status: int) -> web.Response:
    house, by = request.app[HOUSE], member_of(request)
    page = UnitsPage(
        units=tuple((await directory.list_units(house, by)).items()),
        roles=tuple(await directory.list_roles(house, by)),
        values={"old": "", "new": "", **typed},
        wrong=wrong,
    )
    return show(request, "admin/units.html", page, status=status, section="people")


async def rename_unit(request: web.Request) -> web.Response:
    """POST /units"""
    form = await read_form(request)
    try:
        await directory.rename_unit(request.app[HOUSE], member_of(request), form.get("old", ""), form.get("new", ""))
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        return await _units(request, form, wrong_of(refusal), refusal.status)
    return go(request, "/units", "saved")
