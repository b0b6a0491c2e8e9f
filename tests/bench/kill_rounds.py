"""Kill processes at random moments and count what was lost or doubled: `python -m tests.bench.kill_rounds [ROUNDS]`.

Acme runs as three processes (inside, gate, edge), its partner Globex as one. In each round people of both post
ideas and replies over the JSON API while one process, drawn by a seeded generator, gets SIGKILL at a random
moment and is started again. In the end everything that was answered 201 must stand exactly once on both
servers. Bounded: each round at most ROUND_SECONDS; the last settling ends SETTLE_SECONDS after the last thing moved,
and at SETTLE_AT_MOST. A machine that others use needs longer for what waits, and loses nothing by it.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import string
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from server.cli.home import open_house
from server.domain.jams import Charter
from server.services import forums, jams, partners, people
from tests.bench.rough_road import RoughRoad
from tests.ports import free_ports

ROUND_SECONDS = 60.0
SETTLE_SECONDS = 90.0
SETTLE_AT_MOST = 900.0
WRITERS = 3
SHARE_LOST = 0.01
ROTATE_EVERY = 5


@dataclass
class Organisation:
    """One organisation: its home, its addresses, and its processes by role."""

    name: str
    home: Path
    inside: str
    edge: str
    listens: str
    roles: tuple[str, ...]
    token: str = ""
    forum: str = ""
    accepted: set[str] = field(default_factory=set)
    running: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    async def start(self, role: str) -> None:
        self.running[role] = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "server", "serve", "--home", str(self.home), "--role", role,
            "--edge-listen", self.listens,
            env={**os.environ, "MARMALADE_PEER_NETWORKS": "127.0.0.0/8", "MARMALADE_LOG_LEVEL": "error"},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=(self.home / f"{role}.log").open("ab"),
        )  # fmt: skip

    async def rotate(self) -> None:
        """Exchange all keys while the organisation is at work."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "server", "keys", "rotate", "--home", str(self.home),
            stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        await process.wait()

    async def kill(self, role: str) -> None:
        self.running[role].send_signal(signal.SIGKILL)
        await self.running[role].wait()


async def found(name: str, folder: Path, roles: tuple[str, ...]) -> Organisation:
    inside, edge, listens = free_ports(3)
    made = Organisation(
        name, folder / name.lower(), f"http://127.0.0.1:{inside}", f"http://127.0.0.1:{edge}",
        f"127.0.0.1:{listens}", roles,
    )  # fmt: skip
    await RoughRoad(edge, listens, random.Random(name), SHARE_LOST).open()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server", "init", "--home", str(made.home), "--name", name,
        "--inside-url", made.inside, "--edge-url", made.edge, "--admin", "admin",
        env={**os.environ, "MARMALADE_ADMIN_PASSWORD": "a long enough password"},
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert await process.wait() == 0
    async with open_house(made.home) as house:
        made.token = await people.make_token(house, await people.person(house, "admin"))
    return made


async def open_jam(acme: Organisation, partner_host: str) -> str:
    async with open_house(acme.home) as house:
        admin = await people.person(house, "admin")
        now = datetime.now(UTC)
        charter = Charter(question="What holds?", promise="We count.", off_limits="Nothing.", decide_by="Today")
        jam = await jams.create_jam(house, admin, "kills", "Kills", charter, now, now + timedelta(days=1))
        await partners.add_partner(house, admin, partner_host, "partner")
        forum = await forums.create_forum(house, admin, jam, "open", "Open", "What holds?", "public")
        await jams.open_jam(house, admin, jam)
        acme.forum = forum.id
        return forum.handle


async def join(globex: Organisation, handle: str) -> None:
    async with open_house(globex.home) as house:
        admin = await people.person(house, "admin")
        await forums.ask_to_join(house, admin, handle)
        for _ in range(1200):
            joined = [one for one in await forums.list_forums(house, admin) if one.joined]
            if joined:
                globex.forum = joined[0].id
                return
            await asyncio.sleep(0.1)
    raise SystemExit("Globex could not join the forum within two minutes.")


async def write(client: aiohttp.ClientSession, who: Organisation, dice: random.Random, until: float) -> None:
    """Post ideas and replies until a moment; remember the URI of each that was answered 201."""
    headers = {"Authorization": f"Bearer {who.token}"}
    mine: list[dict[str, Any]] = []
    while time.monotonic() < until:
        text = f"{who.name} thinks {''.join(dice.choices(string.ascii_lowercase, k=12))}"
        with suppress(aiohttp.ClientError, TimeoutError):
            if mine and dice.random() < 0.6:
                url, body = f"{who.inside}/api/v1/ideas/{dice.choice(mine)['id']}/replies", {"text": text}
            else:
                url, body = f"{who.inside}/api/v1/forums/{who.forum}/ideas", {"title": text, "text": text}
            async with client.post(url, json=body, headers=headers) as answer:
                if answer.status == 201:
                    mine.append(await answer.json())
                    who.accepted.add(mine[-1]["uri"])
            if mine and who.name == "Globex" and dice.random() < 0.3:
                chosen = dice.choice(mine)
                one = f"{who.inside}/api/v1/ideas/{chosen['id']}"
                await (await client.put(f"{one}/marks/support", headers=headers)).release()
                change = {"text": f"{text}, again"}
                change |= {"title": f"{text} again"} if chosen["kind"] == "idea" else {}
                await (await client.patch(one, json=change, headers=headers)).release()
        await asyncio.sleep(dice.uniform(0.01, 0.08))


def standing(who: Organisation) -> list[str]:
    """Return the URIs of all contributions in a store, one for each row."""
    with sqlite3.connect(f"file:{who.home}/inside/store.sqlite?mode=ro", uri=True) as store:
        return [row[0] for row in store.execute("SELECT uri FROM contributions WHERE NOT deleted")]


def words_of(who: Organisation) -> dict[str, tuple[str, ...]]:
    """Return URI → words, place and votes of all that stands in a store."""
    with sqlite3.connect(f"file:{who.home}/inside/store.sqlite?mode=ro", uri=True) as store:
        rows = store.execute(
            "SELECT c.uri, c.title, c.text, coalesce(p.uri, ''), c.support FROM contributions c"
            " LEFT JOIN contributions p ON p.id = c.parent_id WHERE NOT c.deleted"
        )
        return {row[0]: row[1:] for row in rows}


def unlike(organisations: list[Organisation]) -> list[tuple[object, object]]:
    """Return what does not read the same on both servers, (here, there)."""
    here, there = map(words_of, organisations)
    return [(here.get(uri), there.get(uri)) for uri in here | there if here.get(uri) != there.get(uri)]


def left(who: Organisation) -> list[object]:
    """Return what was not sent, and what came and was not let in: where to look when something is missing."""
    with sqlite3.connect(f"file:{who.home}/outside/store.sqlite?mode=ro", uri=True) as store:
        queued = "SELECT act, state, attempts, answer, count(*) FROM deliveries WHERE state != 'sent'"
        came = "SELECT kind, state, attempts, note, count(*) FROM received WHERE state != 'admitted'"
        return [row for query in (queued, came) for row in store.execute(f"{query} GROUP BY 1, 2, 3, 4")]


def ended(who: Organisation) -> list[str]:
    """Return which processes do not run any more, and what each of all said last: where to look when nothing moves."""
    return [
        f"{role} {'runs' if process.returncode is None else f'ended with {process.returncode}'}:"
        f" {(who.home / f'{role}.log').read_text('utf-8', 'replace')[-600:]}"
        for role, process in who.running.items()
    ]


async def ready(client: aiohttp.ClientSession, who: Organisation) -> None:
    """Wait until people can write at an organisation again."""
    async with asyncio.timeout(ROUND_SECONDS):
        while True:
            with suppress(aiohttp.ClientError, TimeoutError):
                async with client.get(f"{who.inside}/livez") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.05)


async def play_round(organisations: list[Organisation], dice: random.Random, client: aiohttp.ClientSession) -> str:
    for who in organisations:
        await ready(client, who)
    victim = dice.choice([(who, role) for who in organisations for role in who.roles])
    until = time.monotonic() + 1.6
    writers = [
        asyncio.create_task(write(client, who, random.Random(dice.random()), until))
        for who in organisations
        for _ in range(WRITERS)
    ]
    await asyncio.sleep(dice.uniform(0.05, 1.4))
    await victim[0].kill(victim[1])
    await asyncio.sleep(dice.uniform(0, 0.4))
    await victim[0].start(victim[1])
    async with asyncio.timeout(ROUND_SECONDS):
        await asyncio.gather(*writers)
    return f"{victim[0].name} {victim[1]}"


def faults(organisations: list[Organisation]) -> tuple[int, int]:
    """Return (lost, doubled) over both stores against all that was accepted."""
    accepted = set().union(*(who.accepted for who in organisations))
    lost = doubled = 0
    for who in organisations:
        rows = standing(who)
        lost += len(accepted - set(rows))
        doubled += len(rows) - len(set(rows))
    return lost, doubled


async def main(rounds: int, seed: int = 1) -> int:
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        acme = await found("Acme", Path(folder), ("inside", "gate", "edge"))
        globex = await found("Globex", Path(folder), ("all",))
        handle = await open_jam(acme, globex.edge.removeprefix("http://"))
        both = [acme, globex]
        try:
            for who in both:
                for role in who.roles:
                    await who.start(role)
            await join(globex, handle)
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as client:
                for number in range(1, rounds + 1):
                    killed = await play_round(both, dice, client)
                    accepted = sum(len(who.accepted) for who in both)
                    if number % ROTATE_EVERY == 0:
                        await dice.choice(both).rotate()
                    print(f"round {number:>3}: killed {killed:<14} accepted so far {accepted}", flush=True)
                await asyncio.sleep(3)
            lost, doubled, other = await settle(both)
            for one in unlike(both)[:5]:
                print("unlike", *one)
            for who in both if other or lost else ():
                print(who.name, "left:", *left(who))
                print(who.name, *ended(who), sep="\n")
        finally:
            for who in both:
                for process in who.running.values():
                    with suppress(ProcessLookupError):
                        process.kill()
                    await process.wait()
    accepted = sum(len(who.accepted) for who in both)
    print(f"{rounds} rounds, {accepted} accepted, {lost} lost, {doubled} doubled, {other} unlike")
    return 1 if lost or doubled or other or not accepted else 0


async def settle(organisations: list[Organisation]) -> tuple[int, int, int]:
    """Wait until both stores hold the same, and everything, or until nothing moves any more."""
    at_most = time.monotonic() + SETTLE_AT_MOST
    until, before = 0.0, (-1, -1, -1)
    while before != (0, 0, 0) and (until == 0.0 or time.monotonic() < min(until, at_most)):
        found = *faults(organisations), len(unlike(organisations))
        if found != before:
            until, before = time.monotonic() + SETTLE_SECONDS, found
        await asyncio.sleep(0.5)
    return before


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)))
