"""Saved searches, and feeds: addresses that stand for one person, and are asked for permission each time.

Their numbers count those of everybody: what their owner is told in their place tells nothing of that.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args
from urllib.parse import parse_qsl

from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid, Missing
from server.domain.ideas import Contribution
from server.domain.search import Sought
from server.services import board, finding, themes_read
from server.services.forums import list_forums, obtain_forum
from server.services.house import House
from server.services.ideas_read import obtain
from server.services.jams import obtain_jam
from server.services.text import clean_line
from server.storage import contributions, people, theme_places
from server.storage import feeds as rows

FeedKind = Literal["forum", "idea", "person", "theme", "search"]
FEEDS: tuple[FeedKind, ...] = get_args(FeedKind)
MOST = 100
ENTRIES = 30


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved search. `new` counts what was written since it was last looked at, up to the number kept of a search."""

    id: int
    name: str
    query: str
    new: int


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed of somebody's. `subject` is an id, jam/theme, or the query of a search."""

    id: int
    kind: FeedKind
    subject: str
    name: str
    made_at: datetime
    used_at: datetime | None


async def save_search(house: House, by: Member, name: str, query: str) -> None:
    """Keep a search under a name. Raises Invalid, Conflict."""
    sought = _sought(query)
    if sought.is_empty:
        raise Invalid("query", "Search for something first.")
    if len(await rows.searches_of(house.store, by.id)) >= MOST:
        raise Conflict("You keep %(most)s searches already. Let go of some first.", most=MOST)
    named, now = clean_line(name or sought.query or "Search", "name", 100), house.now().timestamp()
    async with house.store.transaction() as change:
        await rows.insert_search(change, by.id, named, finding.address_of(sought), now)


async def drop_search(house: House, by: Member, search_id: int) -> None:
    known = (await house.veil()).read(search_id)
    async with house.store.transaction() as change:
        await rows.delete_search(change, by.id, known)


async def list_searches(house: House, reader: Member) -> list[Saved]:
    """Return somebody's saved searches with how much is new in each."""
    found, veil = [], await house.veil()
    for row in await rows.searches_of(house.store, reader.id):
        new = await finding.count_new(house, reader, _sought(row.query), row.seen_at)
        found.append(Saved(veil.hide(row.id), row.name, row.query, new))
    return found


async def open_search(house: House, reader: Member, search_id: int) -> str:
    """Return the query of a saved search, and count it as looked at. Raises Missing."""
    known = (await house.veil()).read(search_id)
    found = next((row for row in await rows.searches_of(house.store, reader.id) if row.id == known), None)
    if found is None:
        raise Missing("search", f"{reader.id} opens search {search_id}")
    async with house.store.transaction() as change:
        await rows.see_search(change, known, house.now().timestamp())
    return found.query


def _sought(query: str) -> Sought:
    return finding.sought_in(dict(parse_qsl(query[:4000])))


async def make_feed(house: House, by: Member, kind: str, subject: str, name: str = "") -> str:
    """Make a feed of something that one may see; return the secret of its address, which is kept nowhere."""
    known = next((one for one in FEEDS if one == kind), None)
    if known is None:
        raise Invalid("kind", "There are feeds of a %(feeds)s.", feeds=tuple(FEEDS))
    if len(await rows.feeds_of(house.store, by.id)) >= MOST:
        raise Conflict("You have %(most)s feeds already. Revoke some first.", most=MOST)
    subject = finding.address_of(_sought(subject)) if known == "search" else subject
    title = name or await _title(house, by, known, subject)
    secret, now = secrets.token_urlsafe(32), house.now().timestamp()
    async with house.store.transaction() as change:
        await rows.insert_feed(change, by.id, known, subject, clean_line(title, "name", 200), _hash(secret), now)
    return secret


async def revoke_feed(house: House, by: Member, feed_id: int) -> None:
    """End a feed: its address is as good as none from now on."""
    known = (await house.veil()).read(feed_id)
    async with house.store.transaction() as change:
        await rows.revoke_feed(change, by.id, known, house.now().timestamp())


async def list_feeds(house: House, reader: Member) -> list[Feed]:
    veil = await house.veil()
    return [replace(_feed(row), id=veil.hide(row.id)) for row in await rows.feeds_of(house.store, reader.id)]


def _feed(row: rows.FeedRecord) -> Feed:
    kind = next(one for one in FEEDS if one == row.kind)
    return Feed(row.id, kind, row.subject, row.name, row.made_at, row.used_at)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


async def read_feed(house: House, secret: str) -> tuple[Feed, list[Contribution]]:
    """Return a feed with its newest entries, as its owner may see them now.

    Raises Missing for an unknown or revoked address, for an owner who left, and for what is hidden from them.
    """
    row = await rows.by_hash(house.store, _hash(secret))
    owner = await people.by_id(house.store, row.member_id) if row else None
    if row is None or owner is None or not owner.active or not owner.is_local:
        raise Missing("feed", "unknown, revoked or orphaned feed")
    feed = _feed(row)
    await _title(house, owner, feed.kind, feed.subject)
    entries = await _entries(house, owner, feed)
    now = house.now()
    if feed.used_at is None or (now - feed.used_at).total_seconds() > 3600:
        async with house.store.transaction() as change:
            await rows.use_feed(change, feed.id, now.timestamp())
    return replace(feed, id=(await house.veil()).hide(feed.id)), entries


async def _title(house: House, owner: Member, kind: FeedKind, subject: str) -> str:
    """Say what a feed is of, asking whether its owner may see that. Raises Missing, Invalid."""
    if kind == "forum":
        return (await obtain_forum(house, owner, subject)).title
    if kind == "idea":
        return (await obtain(house, owner, subject)).title
    if kind == "person":
        found = await people.by_id(house.store, subject)
        if found is None:
            raise Missing("person")
        return found.name
    if kind == "theme":
        return (await _theme(house, owner, subject)).label
    if _sought(subject).is_empty:
        raise Invalid("subject", "Search for something first.")
    return _sought(subject).query or "Search"


async def _theme(house: House, owner: Member, subject: str) -> themes_read.Theme:
    jam_id, _, theme_id = subject.partition("/")
    jam = await obtain_jam(house, owner, jam_id)
    found = themes_read.read(await board.read_themes(house, owner, jam))
    theme = next((one for one in found if one.id == theme_id), None)
    if theme is None:
        raise Missing("theme")
    return theme


async def _entries(house: House, owner: Member, feed: Feed) -> list[Contribution]:
    forums = {forum.id for forum in await list_forums(house, owner)}
    if feed.kind == "search":
        page = await finding.search(house, owner, finding.newest(_sought(feed.subject)), limit=ENTRIES)
        return [hit.made for hit in page.hits]
    if feed.kind == "theme":
        theme, jam_id = await _theme(house, owner, feed.subject), feed.subject.partition("/")[0]
        ids = (await theme_places.newest(house.store, jam_id, theme.members, forums))[:ENTRIES]
    else:
        ids = await rows.newest_ids(house.store, feed.kind, feed.subject, forums, ENTRIES)
    seen = [one for one in await contributions.by_ids(house.store, ids) if one.forum_id in forums]
    return sorted(seen, key=lambda one: (one.created_at, one.id), reverse=True)[:ENTRIES]
