"""How quickly the gate lets contributions out: `python -m tests.bench.bench_gate [CONTRIBUTIONS] [PEERS]`.

Two measurements in one run. *Through*: half ideas, half replies to one idea, in a public forum with three partners;
contributions a second for posting them and for letting them out. *Wide*: single ideas in a forum for PEERS partners
who follow it; the gate's own work (facts, verdicts, words, redaction, scan, bytes and seals for each) and what it
then writes to disk, beside a floor: the same rows put into the same tables by plain sqlite3, with the same commit.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from federation.gate.actors import show_server
from federation.gate.contributions_out import release
from federation.gate.plan import Gateway, Plan
from federation.gate.release import Release
from federation.outside import peers
from federation.outside.peers import Follower
from server.app import make_house, open_inside, open_outside
from server.demo.statements import read_statements
from server.domain.actors import Member
from server.domain.jams import Audience, Charter, Forum
from server.domain.uris import Addresses
from server.services import forums, ideas, jams, partners, people, rules
from server.services.house import House
from server.settings import Organisation, Settings, secret

STATEMENTS = [one.text for one in read_statements()]
WARM_UP = 20


@asynccontextmanager
async def opened(folder: str) -> AsyncIterator[Gateway]:
    """An organisation with both stores on disk."""
    organisation = Organisation("Acme", Addresses("http://127.0.0.1:1", "http://127.0.0.1:2"))
    settings = Settings.from_env(Path(folder), {"PATH": ""})
    for name in ("release.key", "seal.key"):
        secret(settings.secrets_path, name, make=True)
    async with open_outside(settings, organisation) as outside, open_inside(settings, create=True) as store:
        house = make_house(store, organisation)
        await rules.found_rules(house)
        gate = Gateway(house, outside)
        await show_server(gate)
        yield gate


def words(number: int) -> str:
    """Real words, of a usual length, that no two contributions of a run share."""
    return " ".join(STATEMENTS[(3 * number + step) % len(STATEMENTS)] for step in range(3))


async def drain(release: Release) -> None:
    while await release.run_once():
        pass


async def furnish(gate: Gateway, audience: Audience, count: int) -> tuple[Member, Forum, Release]:
    """Open a jam with one forum and some partners."""
    house = gate.house
    ada = await people.add_member(house, "ada", "Ada", "R&D", "admin")
    now = datetime.now(UTC)
    charter = Charter(question="Why?", promise="We answer.", off_limits="Nothing.", decide_by="Today")
    jam = await jams.create_jam(house, ada, "bench", "Bench", charter, now, now + timedelta(days=1))
    forum = await forums.create_forum(house, ada, jam, "open", "Open", "Why?", audience)
    for number in range(count):
        await partners.add_partner(house, ada, f"partner{number}.example", "partner")
    await jams.open_jam(house, ada, jam)
    out = Release(gate, lambda event, error: print(event, error))
    await drain(out)
    return ada, forum, out


async def through(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with opened(folder) as gate:
            ada, forum, out = await furnish(gate, "public", 3)
            posting = await write(gate.house, ada, forum, out, count)
            began = time.perf_counter()
            await drain(out)
            crossing = time.perf_counter() - began
    print(f"through: posted {count / posting:,.0f}/s; let out to three partners and the public", end=" ")
    print(f"{count / crossing:,.0f}/s, {posting / crossing:.2f} of the posting rate")


async def write(house: House, ada: Member, forum: Forum, out: Release, count: int) -> float:
    """Post, half ideas and half replies; return the seconds that it took."""
    first = await ideas.post_idea(house, ada, forum, "First", "The idea that everybody answers.")
    await drain(out)
    began = time.perf_counter()
    half = count // 2
    await asyncio.gather(*(ideas.reply(house, ada, first, words(n)) for n in range(half)))
    await asyncio.gather(*(ideas.post_idea(house, ada, forum, "Idea", words(n + half)) for n in range(half)))
    return time.perf_counter() - began


async def wide(count: int, width: int) -> None:
    own: list[float] = []
    taken: list[float] = []
    disk: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        async with opened(folder) as gate:
            ada, forum, _ = await furnish(gate, "partners", width)
            async with gate.outside.store.transaction() as change:
                for number in range(width):
                    host = f"partner{number}.example"
                    follower = Follower(forum.uri, f"https://{host}/actor", host, f"https://{host}/inbox")
                    await peers.follow(change, follower, 0.0)
            for number in range(width):
                await peers.describe(gate.outside, f"partner{number}.example", "marmalade", "marmalade")
            for number in range(count + WARM_UP):
                made = await ideas.post_idea(gate.house, ada, forum, "Idea", words(number))
                plan = Plan(gate)
                spent, began = time.process_time(), time.perf_counter()
                await release(gate, plan, made, "Create")
                own.append(time.process_time() - spent)
                decided = time.perf_counter()
                taken.append(decided - began)
                await plan.write()
                disk.append(time.perf_counter() - decided)
            path = gate.outside.store.path
            await gate.outside.store.checkpoint()
        floor = rows_alone(path, count)
    tell(f"wide: the gate's own work for an idea to {width} peers, processor time", own[WARM_UP:])
    tell("  the same, as it passes", taken[WARM_UP:])
    tell("  writing it and what was decided", disk[WARM_UP:])
    tell("  floor: the same outside rows by plain sqlite3", floor)
    print(f"  writing = {middle(disk[WARM_UP:]) / middle(floor):.1f} × the floor")


def rows_alone(path: Path, count: int) -> list[float]:
    """Put the rows of the last ideas again into emptied tables, an idea a commit; return the seconds of each."""
    store = sqlite3.connect(path, isolation_level=None)
    store.execute("PRAGMA synchronous=FULL")
    subjects = [row[0] for row in store.execute(
        "SELECT uri FROM crossings WHERE kind = 'object' GROUP BY uri ORDER BY max(id) DESC LIMIT ?", (count,)
    )]  # fmt: skip
    tables = {"crossings": "subject_uri", "deliveries": "object_uri"}
    rows = [
        [(table, store.execute(f"SELECT * FROM {table} WHERE {key} = ?", (one,)).fetchall())
         for table, key in tables.items()]
        for one in subjects
    ]  # fmt: skip
    for table in tables:
        store.execute(f"DELETE FROM {table}")
    taken = []
    for idea in rows:
        began = time.perf_counter()
        store.execute("BEGIN IMMEDIATE")
        for table, found in idea:
            marks = ",".join("?" * len(found[0]))
            store.executemany(f"INSERT INTO {table} VALUES ({marks})", found)
        store.execute("COMMIT")
        taken.append(time.perf_counter() - began)
    store.close()
    return taken


def middle(seconds: list[float]) -> float:
    return sorted(seconds)[len(seconds) // 2]


def tell(what: str, seconds: list[float]) -> None:
    worst = sorted(seconds)[int(len(seconds) * 0.99)]
    print(f"{what}: median {middle(seconds) * 1e3:.2f} ms, p99 {worst * 1e3:.2f} ms")


async def main(count: int = 600, width: int = 40) -> None:
    await through(count)
    await wide(min(count, len(STATEMENTS) // 3 - WARM_UP), width)


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:3])))
