"""Who of those invited came to a jam, and who is there now: the denominators of its figures."""

from __future__ import annotations

from datetime import timedelta

from server.domain.actors import Member
from server.domain.jams import Jam
from server.domain.presence import HERE, Presence, by_unit
from server.services.house import House
from server.services.jams import obtain_jam
from server.storage import presence

# Somebody who stays is written down this often at most.
PACE = timedelta(minutes=3)
# Those who run a jam may see which units are quiet.
GRANTED = ("jams", "moderate", "themes")


async def note_presence(house: House, member: Member, jam_id: str) -> None:
    """Write down that somebody has a page of a jam open."""
    if not (member.active and member.is_local):
        return
    now = house.now()
    seen = await presence.seen_at(house.store, jam_id, member.id)
    if seen is None or now.timestamp() - seen >= PACE.total_seconds():
        async with house.store.transaction() as change:
            await presence.put(change, jam_id, member.id, now.timestamp())


async def read_presence(house: House, reader: Member, jam: Jam) -> Presence:
    """Count who is invited, came and is here now, by unit for those who run the jam. Guests are counted elsewhere."""
    await obtain_jam(house, reader, jam.id)
    counts = await presence.by_unit(house.store, jam.id, (house.now() - HERE).timestamp())
    invited, visited, here = (sum(one[place] for one in counts.values()) for place in range(3))
    if not any(reader.may(duty) for duty in GRANTED):
        return Presence(invited, visited, here)
    units, left_out = by_unit(counts)
    return Presence(invited, visited, here, units, left_out)
