"""Hosts and rota as the lobby, a forum and the rota's own page show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from server.domain.actors import Member
from server.domain.hosting import Host, Slot
from server.domain.jams import Forum, Jam
from server.services.hosting import Rota, rota_of
from server.services.house import House
from web.views import Link, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotLine:
    """A slot. `state` is past, now or later."""

    id: str
    host: str
    forum: Link
    starts_at: datetime
    ends_at: datetime
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HostCard:
    """A host of a forum. `picture_url` is "" where a face of initials stands in.

    `change_url` leads whoever may to how the host is shown.
    """

    id: str
    person: Person
    bio: str
    picture_url: str
    picture_alt: str
    forum: Link
    change_url: str = ""
    slots: tuple[SlotLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaView:
    """Who hosts, and when. `next` is the slot that runs or comes next."""

    hosts: tuple[HostCard, ...] = ()
    slots: tuple[SlotLine, ...] = ()
    next: SlotLine | None = None
    calendar_url: str = ""
    manage_url: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)


async def draw_rota(house: House, reader: Member, jam: Jam, own: list[Forum], url: str) -> RotaView:
    """Fill the rota of a jam at `url`, or that of the one forum given."""
    rota, now = await rota_of(house, reader, jam), house.now()
    links = {forum.id: Link(text=forum.title, url=f"/forums/{forum.id}") for forum in own}
    lines = tuple(_line(slot, links[slot.forum_id], now) for slot in rota.slots if slot.forum_id in links)
    return RotaView(
        hosts=tuple(
            _card(reader, host, links[host.forum_id], rota, now) for host in rota.hosts if host.forum_id in links
        ),
        slots=lines,
        next=next((line for line in lines if line.state != "past"), None),
        calendar_url=f"{url}/calendar.ics",
        manage_url=f"{url}/rota" if reader.may("jams") and not jam.host else "",
    )


def picture_url(host: Host) -> str:
    """Return the address of a host's picture, "" where they have none."""
    return f"/pictures/{host.picture_id}" if host.picture_id else ""


def _card(reader: Member, host: Host, forum: Link, rota: Rota, now: datetime) -> HostCard:
    theirs = (slot for slot in rota.slots_of(host.forum_id) if slot.member_id == host.member_id)
    return HostCard(
        id=host.member_id,
        person=Person(name=host.name, handle=host.handle, unit=host.unit),
        bio=host.bio,
        picture_url=picture_url(host),
        picture_alt=host.picture_alt,
        forum=forum,
        change_url=f"{forum.url}/hosts/{host.member_id}" if reader.id == host.member_id or reader.may("jams") else "",
        slots=tuple(_line(slot, forum, now) for slot in theirs),
    )


def _line(slot: Slot, forum: Link, now: datetime) -> SlotLine:
    state = "past" if slot.ends_at <= now else "now" if slot.starts_at <= now else "later"
    return SlotLine(
        id=slot.id, host=slot.name, forum=forum, starts_at=slot.starts_at, ends_at=slot.ends_at, state=state
    )
