"""Rating ideas on several axes. Ratings are the inside's own, and order nothing by themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from server.domain.actors import Member
from server.domain.errors import Invalid, Missing
from server.domain.ideas import Contribution
from server.domain.jams import Jam
from server.domain.ratings import HIGHEST, LONGEST_AXIS, LOWEST, MOST_AXES, USUAL_AXES, Spread
from server.services import ideas_read
from server.services.house import House
from server.services.text import clean_line
from server.storage import events, jams, ratings


async def axes_of(house: House, jam: Jam) -> tuple[str, ...]:
    """Return the axes on which a jam's ideas are rated."""
    return await ratings.axes(house.store, jam.id) or USUAL_AXES


async def set_axes(house: House, by: Member, jam: Jam, names: Sequence[str]) -> tuple[str, ...]:
    """Set a jam's axes; none stands for the usual ones. What was rated on one that goes is kept for its return."""
    by.require("jams")
    clean = [line for one in names if (line := clean_line(one, "axes", LONGEST_AXIS, required=False))]
    if len(clean) > MOST_AXES:
        raise Invalid("axes", "At most %(most)s axes: more are not filled in.", most=MOST_AXES)
    if len({name.casefold() for name in clean}) < len(clean):
        raise Invalid("axes", "Two of the axes are the same.")
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await ratings.set_axes(change, jam.id, clean)
        await events.audit(change, by.id, "set rating axes", jam.id, now)
    return tuple(clean) or USUAL_AXES


async def rate(house: House, by: Member, idea: Contribution, values: Mapping[str, int]) -> list[Spread]:
    """Rate an idea: axis → 1 to 5, or 0 to take one's rating back. One rating a person and axis.

    Raises Invalid (axis, value), Missing for what is no idea, JamNotOpen.
    """
    jam = await jams.jam_by(house.store, idea.jam_id)
    if idea.kind != "idea" or idea.deleted or jam is None or not (by.active and by.is_local):
        raise Missing("idea", f"{by.id} rates {idea.id}")
    jam.require_open(house.now())
    known = await axes_of(house, jam)
    for axis, value in values.items():
        if axis not in known:
            raise Invalid("axis", "Ideas here are rated on %(known)s.", known=tuple(known))
        if isinstance(value, bool) or value not in (0, *range(LOWEST, HIGHEST + 1)):
            raise Invalid(
                "value", "A rating is a whole number from %(lowest)s to %(highest)s.", lowest=LOWEST, highest=HIGHEST
            )
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        for axis, value in values.items():
            await ratings.rate(change, idea.id, axis, by.id, value, now)
        if values:
            facts = {"jam": idea.jam_id, "forum": idea.forum_id, "thread": idea.thread_id, "by": by.id}
            await events.append(change, "Rated", idea.id, facts, now)
    return await spreads_of(house, by, idea)


async def spreads_of(house: House, reader: Member, idea: Contribution) -> list[Spread]:
    """Return how an idea is rated on each axis of its jam, with the reader's own ratings."""
    found = await ideas_read.obtain(house, reader, idea.id)
    jam = await jams.jam_by(house.store, found.jam_id)
    if jam is None:
        raise Missing("idea")
    return await ratings.spreads(house.store, found.id, reader.id, await axes_of(house, jam))
