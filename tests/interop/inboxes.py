"""Our inbox beside GoToSocial's, in one run: `python -m tests.interop.inboxes [REQUESTS]`, where it is installed.

Both as their operators start them, with SQLite on disk, one process each, on this machine's cores. Signed Creates of
notes of 150 words, by 20 people of one server whose keys both have fetched before, come over 16 connections:
to ours as ideas for an open forum, to GoToSocial as mentions of somebody there. Printed: how many a second were
answered 202, and the processor time of the whole process for each, until it rests again: with all that follows from
it, which we do after it is on disk, and GoToSocial after it is in its memory.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.bench import bench_inbox
from tests.bench.bench_inbox import seconds_of, signed_post
from tests.bench.bench_search import word
from tests.interop import room
from tests.interop.ours import EDGE, Ours
from tests.interop.peers.gotosocial import GoToSocial
from tests.interop.proxy import Proxies

OURS, SENDER, SENDERS_PORT = "acme.test", "sender.test", 8190
PEOPLE, CONNECTIONS, WORDS = 20, 16, 150
CONTEXT = ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"]
#: A process that used less of a core than this for a second rests.
RESTS, LONGEST = 0.05, 600.0


@dataclass(frozen=True, slots=True)
class Side:
    """A server that takes what is sent: its process, its inbox, who is addressed, and the table where notes end."""

    name: str
    host: str
    port: int
    pid: int
    path: str
    to: str
    store: Path
    table: str

    def standing(self) -> int:
        with closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)) as store:
            return int(store.execute(f"SELECT count(*) FROM {self.table}").fetchone()[0])


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
    ours = Ours(OURS, folder / "acme", environment)
    peer = GoToSocial(found, folder / GoToSocial.name, environment, room.client_context(folder))
    sender = await _serve_people(key)
    try:
        for host, port in ((OURS, EDGE), (peer.host, peer.port), (SENDER, SENDERS_PORT)):
            await proxies.open(host, room.address_of(hosts, host), port)
        await ours.start()
        await ours.open_jam("much")
        await peer.start()
        forum, gita = str(ours.forum["uri"]), f"https://{peer.host}/users/gita"
        their_store = folder / peer.name / "sqlite.db"
        sides = (
            Side("ours", OURS, EDGE, ours.pid, "/inbox", forum, ours.folder / "inside/store.sqlite", "contributions"),
            Side(
                f"{peer.name} {peer.version}", peer.host, peer.port, peer.processes[0].pid, "/users/gita/inbox", gita,
                their_store, "statuses",
            ),
        )  # fmt: skip
        taken = [await _take(key, side, count) for side in sides]
        (wall, cpu), (their_wall, their_cpu) = taken
        print(f"inbox: {wall / their_wall:.1f} x as many a second, {their_cpu / cpu:.1f} x fewer processor seconds")
    finally:
        await ours.end()
        await peer.end()
        await proxies.close()
        await sender.cleanup()


async def _take(key: rsa.RSAPrivateKey, side: Side, count: int) -> tuple[float, float]:
    """Send it all; return how many were answered a second, and the processor seconds of each with what follows."""
    work = [_post(key, side.host, side.path, side.to, n) for n in range(PEOPLE + count)]
    await _load(side.port, work[:PEOPLE])
    await _rest(side.pid)
    spent, before, began = seconds_of(side.pid), side.standing(), time.perf_counter()
    await _load(side.port, work[PEOPLE:])
    wall = count / (time.perf_counter() - began)
    await _rest(side.pid)
    cpu = (seconds_of(side.pid) - spent) / count
    stand = side.standing() - before
    print(
        f"{side.name}: {wall:,.0f} answered 202 a second, {1000 * cpu:.2f} ms of processor time each;"
        f" {stand:,} of {count:,} stand there",
        flush=True,
    )
    return wall, cpu


async def _load(port: int, work: list[bytes]) -> None:
    waiting = iter([(0.0, one) for one in work])
    began = time.perf_counter()
    await asyncio.gather(*(bench_inbox.send(port, waiting, began, []) for _ in range(CONNECTIONS)))


async def _rest(pid: int) -> None:
    """Wait until a process has nothing left to do, LONGEST at most."""
    ends = time.monotonic() + LONGEST
    quiet = 0
    while quiet < 3 and time.monotonic() < ends:
        before = seconds_of(pid)
        await asyncio.sleep(1)
        quiet = quiet + 1 if seconds_of(pid) - before < RESTS else 0


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
