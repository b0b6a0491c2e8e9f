"""Who may enter the control room, and what all its pages share."""

from __future__ import annotations

from aiohttp import web

from server.domain.actors import Member
from server.domain.errors import Missing
from server.domain.jams import Jam
from server.services.house import House
from web.answers import head_of
from web.pages.jams import obtain
from web.views import JamHead

TAB = "control"


async def facilitator(request: web.Request) -> tuple[House, Member, Jam]:
    """The house, a person with the duty to moderate, and the jam; to everybody else the room does not exist."""
    house, member, jam = await obtain(request)
    if not member.may("moderate"):
        raise Missing("page", f"{member.id} does not moderate")
    return house, member, jam


def room_head(house: House, jam: Jam) -> JamHead:
    return head_of(jam, jam.state_at(house.now()), TAB)
