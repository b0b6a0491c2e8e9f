"""Two servers that share a forum hold the same in the end: through days apart, new keys, and a road that loses things.

What `kill -9` does to them is tried with real processes, by `make kills`.
"""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from federation.gate.key_change import rotate_keys
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import forums, ideas, ideas_read, marking
from tests.federation.organisation import Organisation, found
from tests.federation.test_histories import settle

DAY = 24 * 3600.0
MINUTE = 60.0
Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Road:
    """The way to a server: it loses a share of the requests, or of the answers to what was taken, by seeded dice."""

    dice: random.Random
    share: float = 0.0
    lost: int = 0

    def middleware(self) -> Any:
        @web.middleware
        async def go(request: web.Request, handler: Next) -> web.StreamResponse:
            how = self.dice.choice(("before", "after", "refused")) if self.dice.random() < self.share else ""
            self.lost += bool(how)
            if how == "refused":
                return web.Response(status=self.dice.choice((429, 500, 502, 503)))
            if how == "before":
                return hang_up(request)
            answer = await handler(request)
            if how == "after":
                # It was taken, and nobody hears of it: it will be sent again.
                return hang_up(request)
            return answer

        return go


def hang_up(request: web.Request) -> web.Response:
    """Close the connection without a word."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def reserve(port: int = 0) -> socket.socket:
    """Return a bound socket at which nobody listens: whoever comes is turned away, and nobody else takes the port."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    return bound


@dataclass
class Server:
    """An organisation that can go away and come back at the same address, with what was on its disk."""

    name: str
    folder: Path
    blank: Path
    pairs: list[tuple[str, str]]
    road: Road
    port: int = 0
    lives: int = 0
    seconds: float = 0.0
    now: Organisation | None = None
    life: AsyncExitStack = field(default_factory=AsyncExitStack)
    kept: socket.socket | None = None

    @property
    def there(self) -> Organisation:
        assert self.now is not None
        return self.now

    async def come(self) -> Organisation:
        """Begin to listen, with the stores as they were left."""
        bound = self.kept or reserve()
        self.kept, self.port = None, bound.getsockname()[1]
        before = self.folder / str(self.lives) if self.lives else self.blank
        self.lives += 1
        folder = self.folder / str(self.lives)
        folder.mkdir(parents=True)
        self.now = await found(
            self.life, folder, before, self.name, self.pairs, bound=bound, road=self.road.middleware()
        )
        self.now.wait(self.seconds)
        return self.now

    async def go(self) -> None:
        self.seconds = self.there.seconds[0]
        await self.there.outside.store.checkpoint()
        await self.there.house.store.checkpoint()
        await self.life.aclose()
        self.now = None
        self.kept = reserve(self.port)

    async def rotate(self) -> None:
        """Exchange all keys; what signs fetches loads the new one, as the running program does each second."""
        await rotate_keys(self.there.gate)
        await self.there.signer.load()

    def wait(self, seconds: float) -> None:
        if self.now is None:
            self.seconds += seconds
        else:
            self.now.wait(seconds)


@dataclass
class Pair:
    acme: Server
    globex: Server
    forum: Forum
    mirror: Forum

    def wait(self, seconds: float) -> None:
        for one in (self.acme, self.globex):
            one.wait(seconds)

    async def rest(self) -> None:
        """Let both work until neither has anything to do, whatever the road does meanwhile."""
        for _ in range(30):
            await settle(*[one.there for one in (self.acme, self.globex) if one.now is not None])
            waiting = [
                await one.there.outside.store.fetch_value(
                    "SELECT (SELECT count(*) FROM deliveries WHERE state = 'queued')"
                    " + (SELECT count(*) FROM received WHERE state IN ('new', 'ready'))"
                )
                for one in (self.acme, self.globex)
                if one.now is not None
            ]
            if not any(waiting):
                return
            self.wait(MINUTE)


@pytest.fixture
async def pair(
    tmp_path: Path, blank_organisation: Path, key_pairs: list[tuple[str, str]], stack: AsyncExitStack
) -> Pair:
    made = [
        Server(name, tmp_path / name, blank_organisation, key_pairs, Road(random.Random(seed)))
        for seed, name in enumerate(("Acme", "Globex"))
    ]
    acme, globex = [await one.come() for one in made]
    for one in made:
        stack.push_async_callback(lambda one=one: one.life.aclose())
    await acme.partner(globex.host)
    forum = await acme.forum("friends", "partners", await acme.jam(hours=2000))
    await acme.idle()
    await forums.ask_to_join(globex.house, globex.admin, forum.handle)
    await settle(globex, acme)
    mirror = await forums.forum_by_uri(globex.house, forum.uri)
    assert mirror is not None
    assert mirror.joined
    await globex.member("bob")
    return Pair(*made, forum, mirror)


async def live(pair: Pair, dice: random.Random, most: int) -> None:
    """Have people of both servers write, answer, change, support and remove, where their server is there."""
    for _ in range(most):
        who = dice.choice([one for one in (pair.acme, pair.globex) if one.now is not None]).there
        forum = pair.forum if who.house.name == "Acme" else pair.mirror
        await act(who, forum, dice)
        if dice.random() < 0.4:
            await who.idle()
        pair.wait(dice.uniform(1, 90))


async def act(who: Organisation, forum: Forum, dice: random.Random) -> None:
    standing = [one for one in await everything(who, forum) if not one.deleted]
    mine = [one for one in standing if one.is_local and one.author_id == who.admin.id]
    theirs = [one for one in standing if not one.is_local]
    deed, words = dice.random(), f"{who.house.name} says {dice.getrandbits(40):x}"
    if not standing or deed < 0.2:
        await who.idea(forum, words, title=words)
    elif deed < 0.6:
        await who.reply(dice.choice(standing), words)
    elif deed < 0.75 and mine:
        await ideas.edit(who.house, who.admin, dice.choice(mine), f"{words}, changed")
    elif deed < 0.92 and theirs and who.house.name == "Globex":
        await support(who, dice.choice(theirs), dice)
    elif mine and dice.random() < 0.4:
        await ideas.delete(who.house, who.admin, dice.choice(mine))


async def support(who: Organisation, one: Contribution, dice: random.Random) -> None:
    if dice.random() < 0.7:
        await marking.mark(who.house, who.admin, one, "support")
    else:
        await marking.unmark(who.house, who.admin, one, "support")


async def everything(who: Organisation, forum: Forum) -> list[Contribution]:
    found = await ideas_read.list_ideas(who.house, who.admin, forum, None, 500)
    return [*found, *[one for idea in found for one in await ideas_read.replies_of(who.house, idea.id)]]


async def held_by(who: Organisation, forum: Forum) -> dict[str, tuple[Any, ...]]:
    """Return URI → words as sent, place and support of all that stands in a forum."""
    listed = await everything(who, forum)
    by_id = {one.id: one for one in listed}

    def above(one: Contribution) -> str:
        # What was removed before it came stands nowhere; what answers it hangs on the idea of the thread.
        parent = by_id.get(one.parent_id)
        if parent is not None and parent.deleted:
            parent = by_id.get(one.thread_id)
        return parent.uri if parent else ""

    return {
        one.uri: (one.kind, one.title, one.text, one.html, above(one), one.support, one.label)
        for one in listed
        if not one.deleted
    }


async def assert_equal(pair: Pair) -> None:
    acme, globex = pair.acme.there, pair.globex.there
    here, there = await held_by(acme, pair.forum), await held_by(globex, pair.mirror)
    assert here == there
    assert here, "something stands"
    assert not acme.faults
    assert not globex.faults


@pytest.mark.parametrize("seed", range(1, int(os.environ.get("MARMALADE_SURVIVALS", "2")) + 1))
async def test_after_a_day_apart_new_keys_and_a_bad_road_both_hold_the_same(pair: Pair, seed: int):
    dice = random.Random(seed)
    for one in (pair.acme, pair.globex):
        one.road.share = 0.05
    await live(pair, dice, 12)
    away = dice.choice((pair.acme, pair.globex))
    left = pair.globex if away is pair.acme else pair.acme
    await pair.rest()
    await away.go()
    # It is away for a day. The other's people go on, and its keys are exchanged meanwhile.
    for _ in range(4):
        await live(pair, dice, 3)
        pair.wait(DAY / 4)
        await left.there.idle()
    await left.rotate()
    await live(pair, dice, 3)
    await away.come()
    await live(pair, dice, 10)
    await away.rotate()
    await live(pair, dice, 5)
    await pair.rest()
    for one in (pair.acme, pair.globex):
        one.road.share = 0.0
    pair.wait(DAY)
    await pair.rest()
    await assert_equal(pair)
    assert pair.acme.road.lost + pair.globex.road.lost, "the road was bad"


async def test_a_backup_from_last_week_comes_to_hold_what_was_said_since(pair: Pair):
    dice = random.Random(3)
    await live(pair, dice, 8)
    await pair.rest()
    await pair.globex.go()
    last_week = pair.globex.lives
    await pair.globex.come()
    # A week goes on, and then the disk is lost: what is there is the backup.
    await live(pair, dice, 8)
    await pair.rest()
    await pair.globex.go()
    pair.globex.folder = pair.globex.folder.rename(pair.globex.folder.with_name("lost"))
    pair.globex.lives = last_week
    for gone in pair.globex.folder.iterdir():
        if int(gone.name) > last_week:
            gone.rename(gone.with_name(f"9{gone.name}"))
    await pair.globex.come()
    pair.wait(DAY)
    await pair.rest()
    here = await held_by(pair.acme.there, pair.forum)
    there = await held_by(pair.globex.there, pair.mirror)
    theirs = {uri: words[:4] for uri, words in here.items() if uri.startswith(pair.acme.there.url)}
    assert {uri: words[:4] for uri, words in there.items() if uri in theirs} == theirs
    assert len(theirs) > 2
