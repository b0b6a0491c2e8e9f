"""Walls: an address without a sign-in that shows a jam's figures, until it is ended."""

from __future__ import annotations

import hashlib
import secrets

from server.domain.actors import Member
from server.domain.errors import Conflict, Missing
from server.domain.jams import Jam, Wall
from server.services import people
from server.services.house import House
from server.services.text import clean_line
from server.storage import events, jams, memberships
from server.storage import walls as rows

DUTY = "jams"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


async def put_up(house: House, by: Member, jam: Jam, note: str) -> str:
    """Return the secret of a new wall's address; `note` says where it hangs. It is told once and kept as a hash."""
    by.require(DUTY)
    if jam.id in await memberships.jams_apart(house.store):
        raise Conflict("This jam is for the people on its list; a wall shows it to whoever passes.")
    secret, now = secrets.token_urlsafe(32), house.now().timestamp()
    said = clean_line(note or "A wall", "note")[:100]
    async with house.store.transaction() as change:
        await rows.insert(_hash(secret), jam.id, said, by.id, now)
        await events.audit(change, by.id, "put up wall", jam.id, now)
    return secret


async def list_walls(house: House, by: Member, jam: Jam) -> list[Wall]:
    by.require(DUTY)
    return await rows.of_jam(house.store, jam.id)


async def take_down(house: House, by: Member, jam: Jam, wall_id: str) -> None:
    """End a wall: from now on its address shows nothing. Raises Missing."""
    by.require(DUTY)
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        if not await rows.end(change, wall_id, jam.id, now):
            raise Missing("wall")
        await events.audit(change, by.id, "take down wall", jam.id, now)


async def look(house: House, secret: str) -> tuple[Jam, Member]:
    """Return the jam of a wall and the person for whom it counts, or raise Missing: ended equals never put up."""
    wall = await rows.by_hash(house.store, _hash(secret))
    by = await people.member_by_id(house, wall.made_by) if wall is not None else None
    jam = await jams.jam_by(house.store, wall.jam_id) if wall is not None else None
    apart = await memberships.jams_apart(house.store)
    if wall is None or by is None or jam is None or not by.may(DUTY) or jam.id in apart:
        raise Missing("wall")
    async with house.store.transaction() as change:
        await rows.note_seen(change, wall.id, house.now().timestamp())
    return jam, by
