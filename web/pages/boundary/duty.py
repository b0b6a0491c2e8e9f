"""Who may see the console, and what all its pages share."""

from __future__ import annotations

from aiohttp import web

from server.domain.actors import Member
from server.domain.errors import Missing
from server.keys import HOUSE
from server.services import people, self_tests
from server.services.house import House
from web.keys import ALARM
from web.session import member_of

SECTION = "boundary"


async def duty_holder(request: web.Request) -> tuple[House, Member]:
    """The house and a person with a duty at the boundary; to everybody else the console does not exist."""
    house, member = request.app[HOUSE], member_of(request)
    if not any(member.may(duty) for duty in ("review", "ledger", "rules", "partners")):
        raise Missing("page", f"{member.id} has no duty at the boundary")
    request[ALARM] = await self_tests.alarm(house)
    return house, member


async def name_of_member(house: House, member_id: str) -> str:
    found = await people.member_by_id(house, member_id) if member_id else None
    return found.name if found else ""
