"""The moment after writing: what is written is on disk at once, but crosses only when its author did not undo it.

The gate does not look at a contribution while it has a time to cross. Here it gets one look when that has come.
"""

from __future__ import annotations

from server.domain.actors import Member
from server.domain.errors import Conflict, NotAllowed
from server.domain.ideas import Contribution
from server.services.house import House
from server.services.ideas import take_back
from server.services.voices import is_own
from server.storage import events, waiting


async def settle_due(house: House) -> int:
    """Hand over to the gate what can be undone no longer, in the order in which it is due; return how much it was.

    That several processes do so is harmless.
    """
    now = house.now().timestamp()
    if not await waiting.any_due(house.store, now):
        return 0
    async with house.store.transaction() as change:
        due = await waiting.take_due(change, now)
        for made in due:
            facts = {
                "jam": made.jam_id,
                "forum": made.forum_id,
                "thread": made.thread_id,
                "parent": made.parent_id,
                "builds_on": made.builds_on,
            }
            await events.append(change, "CrossingDue", made.id, facts, now)
    return len(due)


async def undo(house: House, by: Member, made: Contribution) -> None:
    """Take something back before any of it crossed. Only its author may; raises Conflict once the gate has it."""
    if not await is_own(house, by, made):
        raise NotAllowed("Only its author can take this back.", f"{by.id} undoes {made.id}")
    async with house.store.transaction() as change:
        if not await waiting.stop(change, made.id):
            raise Conflict("It is too late to undo this: it is on its way. You can still delete it.")
        await take_back(house, change, made)
