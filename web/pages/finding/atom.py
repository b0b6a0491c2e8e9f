"""Feeds as Atom (RFC 4287). Whoever has the address reads as its owner may: permission is asked each time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from xml.etree import ElementTree as ET

from aiohttp import hdrs, web

from server.domain.ideas import Contribution
from server.keys import HOUSE
from server.services import feeds
from server.services.feeds import Feed
from server.services.house import House
from server.services.text import excerpt
from web.templates import iso

ATOM = "http://www.w3.org/2005/Atom"


async def show_feed(request: web.Request) -> web.Response:
    """GET /feeds/{secret}.atom"""
    house = request.app[HOUSE]
    feed, entries = await feeds.read_feed(house, request.match_info["secret"])
    body = atom_of(house, feed, entries)
    tag = hashlib.sha256(body).hexdigest()[:32]
    headers = {hdrs.CACHE_CONTROL: "private, no-cache", hdrs.ETAG: f'"{tag}"', "Referrer-Policy": "no-referrer"}
    if any(one.value in (tag, "*") for one in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, headers=headers, content_type="application/atom+xml", charset="utf-8")


def atom_of(house: House, feed: Feed, entries: Sequence[Contribution]) -> bytes:
    """Return a feed's document. The secret of its address stands nowhere in it."""
    inside = house.addresses.inside_url
    root = ET.Element("feed", {"xmlns": ATOM})
    _add(root, "id", f"{inside}/me/following#feed-{feed.id}")
    _add(root, "title", f"{_plain(feed.name)} · {_plain(house.name)}")
    _add(root, "updated", iso(max((_changed(one) for one in entries), default=feed.made_at)))
    ET.SubElement(root, "link", {"rel": "alternate", "href": f"{inside}/me/following"})
    for one in entries:
        _entry(root, house, one)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _entry(root: ET.Element, house: House, made: Contribution) -> None:
    entry = ET.SubElement(root, "entry")
    place = "" if made.kind == "idea" else f"#c-{made.id}"
    _add(entry, "id", made.uri)
    _add(entry, "title", _plain(made.title or excerpt(made.text, 90)))
    _add(entry, "published", iso(made.created_at))
    _add(entry, "updated", iso(_changed(made)))
    ET.SubElement(entry, "link", {"rel": "alternate", "href": house.addresses.thread_page(made.thread_id) + place})
    author = ET.SubElement(entry, "author")
    _add(author, "name", _plain(made.author_name))
    content = ET.SubElement(entry, "content", {"type": "html"})
    content.text = _plain(made.html)


def _changed(made: Contribution) -> datetime:
    return made.edited_at or made.created_at


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text


def _plain(text: str) -> str:
    """Return text without what XML cannot hold (XML 1.0, 2.2)."""
    return "".join(one for one in text if one in "\t\n\r" or (ord(one) >= 0x20 and not _is_odd(ord(one))))


def _is_odd(code: int) -> bool:
    return 0xD800 <= code <= 0xDFFF or code in (0xFFFE, 0xFFFF)
