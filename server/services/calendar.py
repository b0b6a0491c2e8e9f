"""A jam as a calendar file: its opening hours and the hours of its hosts (RFC 5545)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from server.domain.actors import Member
from server.domain.jams import Jam
from server.services import forums
from server.services.hosting import rota_of
from server.services.house import House
from server.services.jams import obtain_jam

if TYPE_CHECKING:
    from icalendar import Event

PRODUCT = "-//Marmalade//Jam//EN"


async def calendar_of(house: House, reader: Member, jam: Jam) -> bytes:
    """Return the calendar file of a jam for somebody who may read it.

    An event keeps its UID, so that a file fetched again moves what is in a calendar already.
    """
    # Takes a fifth of a second to load, and few ask for a calendar.
    from icalendar import Calendar

    jam = await obtain_jam(house, reader, jam.id)
    page = f"{house.addresses.inside_url}/jams/{jam.id if jam.host else jam.slug}"
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("x-wr-calname", jam.title)
    now = house.now()
    words = f"{jam.charter.question}\n\n{page}".strip()
    made.add_component(_event(house, f"jam-{jam.id}", jam.title, words, page, jam.opens_at, jam.closes_at, now))
    titles = {forum.id: forum.title for forum in await forums.list_forums(house, reader, jam)}
    for slot in (await rota_of(house, reader, jam)).slots:
        if slot.forum_id in titles:
            url = f"{house.addresses.inside_url}/forums/{slot.forum_id}"
            title = f"{slot.name} hosts {titles[slot.forum_id]}"
            words = f"{jam.title}\n\n{url}"
            made.add_component(_event(house, f"host-{slot.id}", title, words, url, slot.starts_at, slot.ends_at, now))
    return bytes(made.to_ical())


def _event(
    house: House, key: str, title: str, words: str, url: str, starts_at: datetime, ends_at: datetime, now: datetime
) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{key}@{house.addresses.edge_host.partition(':')[0]}")
    event.add("summary", title)
    event.add("description", words)
    event.add("url", url)
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    event.add("dtstamp", now)
    event.add("transp", "TRANSPARENT")
    return event
