"""Who may enter the control room, and what all its pages share."""

from __future__ import annotations

from aiohttp import web

from server.domain.actors import Member
from server.domain.errors import Missing
from server.domain.heat import PROMPTS
from server.domain.jams import Jam
from server.services.house import House
from web.answers import head_of
from web.pages.jams import obtain
from web.session import member_of
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


def prompted(request: web.Request) -> dict[str, str]:
    """What a facilitator's composer begins with when they come from a heat warning: words to change and to send."""
    asked = request.query.get("prompt", "")
    words = next((said for name, said in PROMPTS.items() if name == asked), "")
    return {"text": words} if words and member_of(request).may("moderate") else {}
