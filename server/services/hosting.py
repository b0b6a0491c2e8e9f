"""Hosts: the people who hold a forum, what they say of themselves, and the rota that says who is there when."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from server.database import Transaction
from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid, Missing, TooMuch, missing_as
from server.domain.files import LARGEST, clean_name, picture_format
from server.domain.hosting import ALT_LIMIT, BIO_LIMIT, PICTURE_SIDE, Host, Picture, Slot, check_slot
from server.domain.jams import Forum, Jam
from server.domain.uris import new_id
from server.services.files import redraw
from server.services.forums import obtain_forum
from server.services.house import House
from server.services.jams import obtain_jam
from server.services.text import clean_line, clean_text
from server.storage import events, hosting, people


@dataclass(frozen=True, slots=True)
class Rota:
    """The hosts and slots of a jam, slots in time order."""

    hosts: tuple[Host, ...]
    slots: tuple[Slot, ...]

    def hosts_of(self, forum_id: str) -> tuple[Host, ...]:
        return tuple(host for host in self.hosts if host.forum_id == forum_id)

    def slots_of(self, forum_id: str) -> tuple[Slot, ...]:
        return tuple(slot for slot in self.slots if slot.forum_id == forum_id)

    def next_at(self, now: datetime) -> Slot | None:
        """Return the slot that runs at `now`, or else the next one."""
        return next((slot for slot in self.slots if slot.ends_at > now), None)


async def rota_of(house: House, reader: Member, jam: Jam) -> Rota:
    """Return who hosts which forum of a jam when, for somebody who may read the jam."""
    await obtain_jam(house, reader, jam.id)
    return Rota(tuple(await hosting.hosts(house.store, jam.id)), tuple(await hosting.slots(house.store, jam.id)))


async def put_host(house: House, by: Member, forum: Forum, username: str, bio: str) -> None:
    """Make one of our people a host of our forum, or change a host's words.

    Organisers may do both; hosts may change their own words.
    """
    member = await people.by_username(house.store, username.strip().lstrip("@"))
    if member is None or not member.active:
        raise Invalid("username", "There is no active person of that name here.")
    _require_own(forum)
    known = {host.member_id for host in await _hosts(house, forum)}
    if not (member.id == by.id and by.active and member.id in known):
        by.require("jams")
    words = clean_text(bio, "bio", required=False)
    if len(words) > BIO_LIMIT:
        raise Invalid(
            "bio",
            "This is %(length)s characters long; at most %(most)s fit.",
            length=len(words),
            most=BIO_LIMIT,
        )
    async with house.store.transaction() as change:
        await hosting.put_host(change, new_id(), forum.id, member.id, words, house.now().timestamp())
        await _record(house, change, by, forum, "make host" if member.id not in known else "describe host")


async def obtain_host(house: House, by: Member, forum: Forum, member_id: str) -> Host:
    """Return a host of a forum for those who may change how they are shown: organisers, and the host."""
    found = next((host for host in await _hosts(house, forum) if host.member_id == member_id), None)
    if found is None:
        raise Missing("host", f"no host {member_id} of {forum.id}")
    if by.id != member_id:
        by.require("jams")
    return found


async def put_picture(
    house: House, by: Member, forum: Forum, member_id: str, name: str, body: bytes, alt: str
) -> Picture:
    """Show a picture of a host, drawn anew so that nothing but its pixels stays. Raises Invalid or TooMuch.

    `alt` is what it shows, in words, for those who cannot see it.
    """
    await obtain_host(house, by, forum, member_id)
    if len(body) > LARGEST:
        raise TooMuch("A picture may have %(most)s MB.", most=LARGEST // 1_000_000)
    if not picture_format(body):
        raise Invalid("file", "That is no picture. We take JPEG, PNG, WebP or GIF.")
    shows = clean_alt(alt)
    drawn, (width, height) = await redraw(clean_name(name), body, PICTURE_SIDE)
    sha = hashlib.sha256(drawn).hexdigest()
    made = Picture(id=new_id(), alt=shows, width=width, height=height, sha=sha)
    async with house.store.transaction() as change:
        await hosting.put_picture(change, forum.id, member_id, made, drawn)
        await _record(house, change, by, forum, "show picture of host")
    return made


async def describe_picture(house: House, by: Member, forum: Forum, member_id: str, alt: str) -> None:
    """Say in other words what a host's picture shows. Raises Missing where they have none."""
    host = await obtain_host(house, by, forum, member_id)
    if not host.picture_id:
        raise Missing("picture", f"no picture of {member_id} in {forum.id}")
    if (shows := clean_alt(alt)) != host.picture_alt:
        async with house.store.transaction() as change:
            await hosting.describe_picture(change, host.picture_id, shows)
            await _record(house, change, by, forum, "describe picture of host")


def clean_alt(alt: str) -> str:
    """Return what a picture shows, in one line, or raise Invalid."""
    shows = clean_line(alt, "alt", ALT_LIMIT, required=False)
    if not shows:
        raise Invalid("alt", "Say in a few words what the picture shows, for those who cannot see it.")
    return shows


async def drop_picture(house: House, by: Member, forum: Forum, member_id: str) -> None:
    """Take a host's picture away; their initials stand in for it."""
    await obtain_host(house, by, forum, member_id)
    async with house.store.transaction() as change:
        if not await hosting.drop_picture(change, forum.id, member_id):
            raise Missing("picture", f"no picture of {member_id} in {forum.id}")
        await _record(house, change, by, forum, "take away picture of host")


async def picture(house: House, reader: Member, picture_id: str) -> tuple[Picture, bytes]:
    """Return a host's picture and its bytes for somebody who may read the forum, or raise Missing."""
    found = await hosting.picture(house.store, picture_id)
    if found is None:
        raise Missing("picture", f"{reader.id} asked for picture {picture_id}")
    with missing_as("picture"):
        await obtain_forum(house, reader, found[0])
    return found[1], await hosting.picture_bytes(house.store, picture_id)


async def drop_host(house: House, by: Member, forum: Forum, member_id: str) -> None:
    """Take a host and their slots off a forum."""
    by.require("jams")
    async with house.store.transaction() as change:
        if not await hosting.drop_host(change, forum.id, member_id):
            raise Missing("host", f"no host {member_id} of {forum.id}")
        await _record(house, change, by, forum, "end host")


async def add_slot(
    house: House, by: Member, jam: Jam, forum: Forum, member_id: str, starts_at: datetime, ends_at: datetime
) -> Slot:
    """Plan a slot of a host. Raises Invalid, and Conflict where the host has another slot at that time."""
    by.require("jams")
    _require_own(forum)
    hosts = await hosting.hosts(house.store, jam.id)
    host = next((one for one in hosts if (one.member_id, one.forum_id) == (member_id, forum.id)), None)
    if host is None or forum.jam_id != jam.id:
        raise Invalid("member_id", "Choose one of the forum’s hosts.")
    theirs = [slot for slot in await hosting.slots(house.store, jam.id) if slot.member_id == member_id]
    check_slot(starts_at, ends_at, jam.opens_at, jam.closes_at, theirs)
    slot = Slot(
        id=new_id(), forum_id=forum.id, member_id=member_id, name=host.name, starts_at=starts_at, ends_at=ends_at
    )
    async with house.store.transaction() as change:
        await hosting.put_slot(change, slot)
        await _record(house, change, by, forum, "plan host")
    return slot


async def drop_slot(house: House, by: Member, forum: Forum, slot_id: str) -> None:
    """Take a slot off the rota."""
    by.require("jams")
    async with house.store.transaction() as change:
        if not await hosting.drop_slot(change, forum.id, slot_id):
            raise Missing("slot", f"no slot {slot_id} of {forum.id}")
        await _record(house, change, by, forum, "unplan host")


async def _hosts(house: House, forum: Forum) -> list[Host]:
    return [host for host in await hosting.hosts(house.store, forum.jam_id) if host.forum_id == forum.id]


def _require_own(forum: Forum) -> None:
    if not forum.is_local:
        raise Conflict("The server that holds this forum names its hosts.")


async def _record(house: House, change: Transaction, by: Member, forum: Forum, act: str) -> None:
    now = house.now().timestamp()
    await events.append(change, "HostsChanged", forum.id, {"jam": forum.jam_id, "forum": forum.id}, now)
    await events.audit(change, by.id, act, forum.id, now)
