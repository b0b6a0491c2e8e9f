"""What others did to somebody's words or rights, read from the audit chain by those it concerns."""

from __future__ import annotations

from server.domain.actors import Member
from server.domain.audit import Deed
from server.domain.errors import Missing
from server.services.house import House
from server.services.jams import hidden_jams
from server.storage import audit

# Who flags something stays unknown to whom it concerns.
UNTOLD = ("flag",)


async def deeds_about(house: House, reader: Member, before: int = 0, limit: int = 50) -> list[Deed]:
    """Return what others did to the reader's words and rights, newest first, below a number.

    Facilitators and admins see what was done to anybody's words as well, where they may read these. The numbers are
    those of what the reader is told of, not of the chain.
    """
    if not (reader.active and reader.is_local):
        raise Missing("log")
    everybody = reader.may("moderate")
    hidden = await hidden_jams(house, reader)
    ids = [reader.id, *reader.voices]
    return await audit.about(house.store, ids, UNTOLD, hidden, before, limit, everybody=everybody)
