"""Ideas that nobody has answered."""

from __future__ import annotations

from server.domain.actors import Member
from server.domain.facilitation import NEGLECTED_AFTER
from server.domain.ideas import Contribution
from server.domain.jams import Jam
from server.services.house import House
from server.storage import contributions


async def neglected(house: House, by: Member, jam: Jam, limit: int = 100) -> list[Contribution]:
    """Return a jam's ideas that have had no reply for NEGLECTED_AFTER, oldest first. For facilitators."""
    by.require("moderate")
    before = (house.now() - NEGLECTED_AFTER).timestamp()
    return await contributions.neglected(house.store, jam.id, before, limit)
