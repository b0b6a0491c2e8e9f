"""Our inbox beside GoToSocial's, in one run: `python -m tests.interop.inboxes [REQUESTS]`, where it is installed.

All as their operators start them, with SQLite on disk: ours in one process, ours as a process for each role (as
docker/compose.yaml does), GoToSocial. Each whole server has one and the same core, whoever sends has another. Signed
Creates of notes of 150 words, by 20 people of one server whose keys all have fetched before, come over 16 connections:
to ours as ideas for an open forum, to GoToSocial as mentions of somebody there. Printed: how many a second were
answered 202, and the processor time of the whole server for each, until it rests again: with all that follows from
it, which we do after it is on disk, and GoToSocial after it is in its memory.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from server.app import ROLES
from tests.bench import bench_inbox
from tests.bench.bench_inbox import seconds_of, signed_post
from tests.bench.bench_search import word
from tests.interop import room
from tests.interop.ours import EDGE, Ours
from tests.interop.peers.gotosocial import GoToSocial
from tests.interop.proxy import Proxies

OURS, SENDER, SENDERS_PORT = "acme.test", "sender.test", 8190
PEOPLE, CONNECTIONS, WORDS = 20, 16, 150
SERVERS_CORE = 0
CONTEXT = ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"]
#: A process that used less of a core than this for a second rests.
RESTS, LONGEST = 0.05, 600.0


@dataclass(frozen=True, slots=True)
class Side:
    """A server that takes what is sent: its processes, its inbox, who is addressed, and the table where notes end."""

    name: str
    host: str
    port: int
    pids: list[int]
    path: str
    to: str
    store: Path
    table: str

    def standing(self) -> int:
        with closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)) as store:
            return int(store.execute(f"SELECT count(*) FROM {self.table}").fetchone()[0])

    def seconds(self) -> float:
        """Processor seconds so far, of all its processes."""
        return sum(map(seconds_of, self.pids))


@dataclass(frozen=True, slots=True)
class Taken:
    """Answered 202 a second, and processor seconds each."""

    rate: float
    cost: float


def main(count: int = 2_000) -> int:
    found = GoToSocial.find()
    if found is None:
        print(f"NOT MEASURED: {GoToSocial.name} is not installed: {GoToSocial.variable} names nothing.")
        return 0
    if not room.is_inside():
        try:
            return room.enter([str(count)], "tests.interop.inboxes")
        except room.NoRoom as error:
            print(f"NOT MEASURED: {error}")
            return 0
    with tempfile.TemporaryDirectory(prefix="interop-") as made:
        asyncio.run(_measure(Path(made), found, count))
    return 0


async def _measure(folder: Path, found: Path, count: int) -> None:
    hosts = [OURS, GoToSocial.host, SENDER]
    room.furnish(folder, hosts)
    proxies = Proxies(room.server_context(folder), folder / "passed.log")
    # Throttling would answer 503 to more connections than it likes.
    environment = {**os.environ, **room.trusting(folder), "GTS_ADVANCED_THROTTLING_MULTIPLIER": "0"}
    key = rsa.generate_private_key(65537, 2048)
    (folder / GoToSocial.name).mkdir()
    sender = await _serve_people(key)
    try:
        for host, port in ((OURS, EDGE), (GoToSocial.host, GoToSocial.port), (SENDER, SENDERS_PORT)):
            await proxies.open(host, room.address_of(hosts, host), port)
        peer = GoToSocial(found, folder / GoToSocial.name, environment, room.client_context(folder))
        theirs = await _take(key, _gotosocial(peer), count)
        for name, roles in (("ours, one process", ("all",)), ("ours, a process for each role", ROLES[1:])):
            ours = Ours(OURS, folder / f"acme{len(roles)}", environment, roles=roles)
            taken = await _take(key, _ours(ours, name), count)
            print(f"{name}: {taken.rate / theirs.rate:.1f} x as many a second,", end=" ")
            print(f"{taken.cost / theirs.cost:.1f} x the processor seconds", flush=True)
    finally:
        await proxies.close()
        await sender.cleanup()


@contextlib.asynccontextmanager
async def _ours(ours: Ours, name: str) -> AsyncIterator[Side]:
    with _on_core(SERVERS_CORE):
        await ours.start()
    try:
        await ours.open_jam("much")
        to, store = str(ours.forum["uri"]), ours.folder / "inside/store.sqlite"
        yield Side(name, OURS, EDGE, ours.pids, "/inbox", to, store, "contributions")
    finally:
        await ours.end()


@contextlib.asynccontextmanager
async def _gotosocial(peer: GoToSocial) -> AsyncIterator[Side]:
    with _on_core(SERVERS_CORE):
        await peer.start()
    try:
        gita, store = f"https://{peer.host}/users/gita", peer.folder / "sqlite.db"
        pids = [process.pid for process in peer.processes]
        yield Side(
            f"{peer.name} {peer.version}", peer.host, peer.port, pids, "/users/gita/inbox", gita, store, "statuses"
        )
    finally:
        await peer.end()


@contextlib.contextmanager
def _on_core(core: int) -> Iterator[None]:
    """What is started meanwhile stays on one core; whoever starts it works on the others from then on."""
    all_ = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_ - {core} or all_)


async def _take(key: rsa.RSAPrivateKey, serving: AbstractAsyncContextManager[Side], count: int) -> Taken:
    """Start a side, send it all; return how many were answered a second, and what each cost with what follows."""
    async with serving as side:
        work = [_post(key, side.host, side.path, side.to, n) for n in range(PEOPLE + count)]
        await _load(side.port, work[:PEOPLE])
        await _rest(side)
        spent, before, began = side.seconds(), side.standing(), time.perf_counter()
        await _load(side.port, work[PEOPLE:])
        rate = count / (time.perf_counter() - began)
        await _rest(side)
        cost = (side.seconds() - spent) / count
        stand = side.standing() - before
    print(
        f"{side.name}: {rate:,.0f} answered 202 a second, {1000 * cost:.2f} ms of processor time each;"
        f" {stand:,} of {count:,} stand there",
        flush=True,
    )
    return Taken(rate, cost)


async def _load(port: int, work: list[bytes]) -> None:
    waiting = iter([(0.0, one) for one in work])
    began = time.perf_counter()
    await asyncio.gather(*(bench_inbox.send(port, waiting, began, []) for _ in range(CONNECTIONS)))


async def _rest(side: Side) -> None:
    """Wait until a server has nothing left to do, LONGEST at most."""
    ends = time.monotonic() + LONGEST
    quiet = 0
    while quiet < 3 and time.monotonic() < ends:
        before = side.seconds()
        await asyncio.sleep(1)
        quiet = quiet + 1 if side.seconds() - before < RESTS else 0


def _actor(n: int) -> str:
    return f"https://{SENDER}/users/p{n % PEOPLE}"


def _words(chance: random.Random) -> str:
    # Each as likely as the next: of a few frequent ones, texts would seem to quote each other.
    return " ".join(word(chance.randrange(20_000)) for _ in range(WORDS))


def _post(key: rsa.RSAPrivateKey, host: str, path: str, to: str, n: int) -> bytes:
    actor, id_ = _actor(n), f"https://{SENDER}/{host}/{n}"
    addressed = {"to": [to, "https://www.w3.org/ns/activitystreams#Public"], "cc": []}
    note: dict[str, Any] = {
        "type": "Note",
        "id": f"{id_}/note",
        "attributedTo": actor,
        "content": f"<p>{_words(random.Random(n))}.</p>",
        "published": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "tag": [{"type": "Mention", "href": to, "name": f"@{to.rsplit('/', 1)[1]}@{host}"}],
        **addressed,
    }
    body = {"@context": CONTEXT, "type": "Create", "id": id_, "actor": actor, "object": note, **addressed}
    return signed_post(key, f"{actor}#main-key", host, path, orjson.dumps(body))


async def _serve_people(key: rsa.RSAPrivateKey) -> web.AppRunner:
    """Serve those who write: actor documents with one key, and nothing else."""
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    async def show(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        actor = f"https://{SENDER}/users/{name}"
        document = {
            "@context": CONTEXT,
            "type": "Person",
            "id": actor,
            "inbox": f"{actor}/inbox",
            "outbox": f"{actor}/outbox",
            "preferredUsername": name,
            "publicKey": {"id": f"{actor}#main-key", "owner": actor, "publicKeyPem": pem.decode()},
        }
        return web.Response(body=orjson.dumps(document), content_type="application/activity+json")

    async def find(request: web.Request) -> web.Response:
        name = request.query.get("resource", "").removeprefix("acct:").partition("@")[0]
        link = {"rel": "self", "type": "application/activity+json", "href": f"https://{SENDER}/users/{name}"}
        return web.json_response({"subject": f"acct:{name}@{SENDER}", "links": [link]})

    app = web.Application()
    app.router.add_get("/users/{name}", show)
    app.router.add_get("/.well-known/webfinger", find)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", SENDERS_PORT).start()
    return runner


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
