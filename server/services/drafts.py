"""Keeping words that are not sent yet, so that nothing is lost, and asking once before the first crossing."""

from __future__ import annotations

from collections.abc import Mapping

from server.domain.actors import Member
from server.domain.drafts import CHOICES, KeptDraft, Place
from server.domain.errors import Invalid, Missing, TooMuch
from server.domain.jams import Jam
from server.services.forums import obtain_forum
from server.services.house import House
from server.services.ideas_read import obtain
from server.services.text import CONTROLS
from server.storage import drafts

MOST = 200
LONGEST = 200_000
_LONGEST_CHOICE = 300


def read_place(text: str) -> Place:
    """Read a place; raise Invalid."""
    found = Place.parse(text)
    if found is None:
        raise Invalid("place", "That is no place where something can be written.")
    return found


async def keep(
    house: House, writer: Member, place: Place, title: str, text: str, choices: Mapping[str, str]
) -> KeptDraft | None:
    """Keep what somebody has typed, longer than could be sent as well; nothing typed drops what was kept.

    Raises Missing where the writer may not see the place, and TooMuch for what no form could hold.
    """
    await _obtain(house, writer, place)
    title, text = CONTROLS.sub("", title), CONTROLS.sub("", text.replace("\r\n", "\n"))
    if len(title) + len(text) > LONGEST:
        raise TooMuch("A draft holds at most %(most)s characters.", most=LONGEST)
    if not title.strip() and not text.strip():
        await drop(house, writer, place)
        return None
    chosen = {name: choices[name][:_LONGEST_CHOICE] for name in CHOICES if choices.get(name)}
    made = KeptDraft(place, title, text, chosen, house.now())
    async with house.store.transaction() as change:
        await drafts.put(change, writer.id, made, MOST)
    return made


async def _obtain(house: House, writer: Member, place: Place) -> None:
    if place.kind == "idea":
        await obtain_forum(house, writer, place.where)
        if place.to:
            await obtain(house, writer, place.to)
        return
    where = await obtain(house, writer, place.where)
    if place.kind == "edit" and not writer.wrote(where.author_id):
        raise Missing("idea", f"{writer.id} drafts a change of {where.id}")
    if place.to and (await obtain(house, writer, place.to)).thread_id != where.thread_id:
        raise Missing("idea", f"{place.to} is not in {where.thread_id}")


async def draft_at(house: House, writer: Member, place: Place) -> KeptDraft | None:
    """Return what somebody had typed at a place."""
    return await drafts.at(house.store, writer.id, place)


async def list_drafts(house: House, writer: Member) -> list[KeptDraft]:
    """Return all of somebody's drafts, the newest first."""
    return await drafts.of_member(house.store, writer.id, MOST)


async def drop(house: House, writer: Member, place: Place) -> None:
    """Drop what was kept at a place: it was sent, or its writer does not want it any more."""
    if await drafts.at(house.store, writer.id, place) is None:
        return
    async with house.store.transaction() as change:
        await drafts.drop(change, writer.id, place)


async def knows_that_it_leaves(house: House, writer: Member, jam: Jam) -> bool:
    """Say whether somebody has confirmed, in this jam, that what they write leaves the organisation."""
    return await drafts.has_confirmed(house.store, writer.id, jam.id)


async def confirm_that_it_leaves(house: House, writer: Member, jam: Jam) -> None:
    async with house.store.transaction() as change:
        await drafts.confirm(change, writer.id, jam.id, house.now().timestamp())
