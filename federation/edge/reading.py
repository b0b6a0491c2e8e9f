"""Reading at other servers what never came: histories of forums, outboxes, threads. Nothing is read that we did not
join, or that no server of a follower keeps for us.

What is read becomes a received activity, and the gate judges it as if it had been sent. Everything is bounded: pages,
items, bytes (by the transport), and seconds; what is left is read in the next round.
"""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import structlog

from federation.edge.lookup import FAILURES, Lookup
from federation.edge.tasks import Tasks
from federation.fetch import Fetcher
from federation.outside import peers, readings, received
from federation.outside.readings import Reading
from federation.outside.received import Found
from federation.outside.store import Outside
from federation.vocabulary.activities import innermost_id, read_activity
from federation.vocabulary.actors import parse_actor
from federation.vocabulary.collections import (
    Leaf,
    MalformedCollection,
    guest_history_uri,
    history_uri,
    page_uri,
    read_leaf,
    thread_uri,
)
from federation.vocabulary.objects import first_id
from server.domain.uris import host_of, origin_of

AT_ONCE = 8
TRIES = 5
LONGEST = 60.0
PAGES = 100
# As many ideas of an outbox, and as many objects of a thread, as are looked at in one round.
IDEAS = 50
OBJECTS = 1_000
log = structlog.get_logger("reading")


class Reader:
    """Reads what is due, one thing at a time of each server. Call `run_once` again and again."""

    def __init__(self, outside: Outside, fetcher: Fetcher, lookup: Lookup) -> None:
        self._outside = outside
        self._fetcher = fetcher
        self._lookup = lookup
        self._tasks = Tasks(AT_ONCE)
        self._begun = False

    async def run_once(self) -> int:
        """Start on what is due; return on how many servers."""
        if not self._begun:
            await readings.begin(self._outside)
            self._begun = True
        self._tasks.sweep()
        started = 0
        for one in await readings.due(self._outside, self._outside.now()):
            started += self._tasks.start(one.host, self._read(one))
        return started

    async def settle(self) -> None:
        """Wait until the tasks at work are done."""
        await self._tasks.settle()

    async def close(self) -> None:
        """Stop. What was read stays, and the rest is read later."""
        await self._tasks.close()

    async def _read(self, one: Reading) -> None:
        now = self._outside.now()
        if await readings.is_shut_out(self._outside, one.host):
            await readings.put_off(self._outside, one, now + readings.DAILY, "We take nothing of it.", gives_up=False)
            return
        try:
            async with asyncio.timeout(LONGEST):
                total = await (self._thread(one) if one.is_thread else self._forum(one))
        except (*FAILURES, MalformedCollection, TimeoutError) as error:
            log.info("could not read", uri=one.uri, why=type(error).__name__)
            tired = one.attempts >= TRIES
            pause = readings.DAILY if tired else 15.0 * 2.0**one.attempts
            said = f"{type(error).__name__}: {error}"
            await readings.put_off(self._outside, one, now + pause, said, gives_up=tired and one.is_thread)
            return
        await readings.finish(self._outside, one, total)

    async def _forum(self, one: Reading) -> int | None:
        """Read what was told of a forum; return how many ideas its server says there are."""
        known = await peers.peer(self._outside, one.host)
        if known is not None and known.kind == "marmalade":
            await self._history(one)
        if host_of(one.forum_uri) != one.host:
            return None
        await self._lookup.refresh(one.forum_uri)
        return await self._outbox(one)

    async def _history(self, one: Reading) -> None:
        base = history_uri(one.forum_uri)
        if host_of(one.forum_uri) != one.host:
            guests = [each for each in await peers.followers(self._outside, one.forum_uri) if each.host == one.host]
            if not guests:
                return
            base = guest_history_uri(f"{origin_of(guests[0].actor_uri)}/actor", one.forum_uri)
        uri = page_uri(base, one.cursor or "first")
        for _ in range(PAGES):
            leaf = await self._leaf(uri)
            found = [made for item in leaf.items if (made := _sent(item, base)) is not None]
            await received.keep_found(self._outside, one.host, found)
            if found:
                await readings.went_on(self._outside, one, found[-1].activity_uri.rsplit("/", 1)[1])
            if not leaf.onward or leaf.onward == uri:
                return
            uri = leaf.onward
        raise TimeoutError(f"{PAGES} pages were read, and it goes on")

    async def _leaf(self, uri: str) -> Leaf:
        return read_leaf(await self._fetcher.document(uri), uri)

    async def _outbox(self, one: Reading) -> int | None:
        """Take the newest ideas that a forum lists, and have their threads read; return how many there are."""
        known = await peers.stranger(self._outside, one.forum_uri)
        uri = parse_actor(known.document, known.uri).outbox_uri if known else None
        if not uri:
            return None
        leaf = top = await self._leaf(uri)
        roots: list[str] = []
        for _ in range(PAGES):
            roots += [await self._listed(one, item) for item in leaf.items[: IDEAS - len(roots)]]
            if not leaf.onward or len(roots) >= IDEAS:
                break
            leaf = await self._leaf(leaf.onward)
        async with self._outside.store.transaction() as change:
            for root in dict.fromkeys(filter(None, roots)):
                await readings.ask(change, root, one.host, one.forum_uri, self._outside.now(), anew=False)
        return top.total

    async def _listed(self, one: Reading, item: str | dict[str, Any]) -> str:
        """Take one activity of an outbox; return the idea that it is about, "" where it is about none."""
        document = await self._fetcher.document(item) if isinstance(item, str) else item
        sent = _sent(document, one.forum_uri)
        if sent is None or sent.actor_uri != one.forum_uri or sent.kind != "Announce":
            return ""
        inner = document["object"]
        if isinstance(inner, dict):
            await received.keep_found(self._outside, one.host, [sent])
            words = inner.get("object")
            return "" if isinstance(words, dict) and words.get("inReplyTo") else sent.object_uri
        await self._lookup.take(one.forum_uri, [sent.object_uri])
        return sent.object_uri

    async def _thread(self, one: Reading) -> int | None:
        """Take what is missing of a thread; return how much its server says there is of it."""
        known = await peers.peer(self._outside, one.host)
        if known is not None and known.kind == "marmalade":
            uri = thread_uri(one.forum_uri, one.uri)
        else:
            uri = await self._context_of(one.uri)
        if not uri:
            return None
        leaf = await self._leaf(uri)
        total, found = leaf.total, _named(leaf)
        for _ in range(PAGES):
            if not leaf.onward or len(found) >= OBJECTS:
                break
            leaf = await self._leaf(leaf.onward)
            found += _named(leaf)
        await self._lookup.take(one.forum_uri, list(dict.fromkeys(found))[:OBJECTS])
        return total if total is not None else len(set(found) | {one.uri})

    async def _context_of(self, root_uri: str) -> str:
        """Return where a thread is listed by what its idea says of itself (FEP-7888), else its answers."""
        document = await self._fetcher.document(root_uri)
        for name in ("context", "replies"):
            if isinstance(said := document.get(name), str) and said.startswith(("https://", "http://")):
                return said
        return first_id(document.get("replies"))


def _named(leaf: Leaf) -> list[str]:
    return [uri for item in leaf.items if (uri := first_id(item))]


def _sent(item: str | dict[str, Any], where: str) -> Found | None:
    """Read an item as an activity that its server could have sent us; None for anything else.

    It is believed because it stands on its actor's own server, as if that had signed it.
    """
    if not isinstance(item, dict):
        return None
    activity = read_activity(item)
    if not (activity.uri and activity.kind and activity.actor_uri and activity.object_uri):
        return None
    if not origin_of(activity.uri) == origin_of(activity.actor_uri) == origin_of(where) or len(activity.uri) > 2000:
        return None
    return Found(
        activity.uri, activity.actor_uri, activity.kind[:40], innermost_id(item)[:2000], orjson.dumps(item)
    )
