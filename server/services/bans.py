"""Our people of whom a server elsewhere takes nothing more in forums that it holds: what it said, and what follows.

They read on. What they would write there, its server would drop: they are told so before they write it.
"""

from __future__ import annotations

from datetime import datetime

from server.domain.actors import Member
from server.domain.errors import NotAllowed
from server.domain.jams import Forum
from server.domain.sentences import say
from server.services.house import House
from server.storage import bans


async def take_ban(
    house: House, member: Member, host: str, forum: Forum | None, *, banned: bool, said_at: datetime,
    ends_at: datetime | None = None,
) -> bool:  # fmt: skip
    """Have what a server says of one of our people stand, for one forum or (None) all that it holds.

    Return False where it said otherwise since: what it says may come out of order.
    """
    async with house.store.transaction() as change:
        return await bans.put(
            change, member.id, host, forum.id if forum else "", banned=banned,
            said_at=min(said_at, house.now()).timestamp(), ends_at=ends_at.timestamp() if ends_at else None,
        )  # fmt: skip


async def why_shut_out(house: House, member: Member, forum: Forum) -> str:
    """Say why the server that holds a forum takes nothing of somebody there; "" where it does."""
    if forum.is_local or not member.is_local:
        return ""
    banned, until = await bans.standing(house.store, member.id, forum.host, forum.id, house.now().timestamp())
    if not banned:
        return ""
    if until is None:
        return say("The moderators of %(host)s take nothing of yours here any more.", host=forum.host)
    day = until.date().isoformat()
    return say("The moderators of %(host)s take nothing of yours here until %(day)s.", host=forum.host, day=day)


async def require_welcome(house: House, member: Member, forum: Forum) -> None:
    """Raise NotAllowed where the server that holds a forum takes nothing of somebody there."""
    if why := await why_shut_out(house, member, forum):
        raise NotAllowed(why)
