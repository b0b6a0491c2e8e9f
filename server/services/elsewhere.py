"""Words of a forum hosted elsewhere that are not here yet: asking for them."""

from __future__ import annotations

from server.domain.actors import Member
from server.domain.errors import Conflict
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services.crossings import all_public_uris
from server.services.house import House
from server.storage import events


async def ask_for_rest(house: House, by: Member, forum: Forum, idea: Contribution | None = None) -> None:
    """Ask the server that holds a forum for what is missing here of it, or of one idea's thread.

    Anybody who reads it may: nothing is told that its server does not know. Raises Conflict where there is nobody
    to ask. What comes is judged by the rules like everything that comes in.
    """
    if forum.is_local:
        raise Conflict("It is held here: all there is of it is here.")
    if not forum.joined:
        raise Conflict("The server that holds this forum has not let us in yet.")
    async with house.store.transaction() as change:
        data = {"forum": forum.id, "idea": idea.id if idea else "", "by": by.id}
        await events.append(change, "RestAsked", idea.id if idea else forum.id, data, house.now().timestamp())


async def names_elsewhere(house: House, idea: Contribution) -> list[str]:
    """Return the addresses that the idea of a thread may bear on the server that holds its forum."""
    return await all_public_uris(house, idea) if idea.is_local else [idea.uri]
