"""How quickly search answers: `python -m tests.bench.bench_search [CONTRIBUTIONS]`, 100,000 unless given.

Texts are made of words with the frequencies of a language (Zipf's law), by 500 people of 20 units and 3 servers in 12
forums. Printed for each kind of question: p50 and p95 in milliseconds of the whole service (permission, matches,
counts of each facet, snippets), beside the floor: the same words asked of the bare full-text index in this run.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from server.database import Database
from server.domain.actors import Member
from server.domain.search import Sought, match_of
from server.services import finding, forums, resembling, rules
from server.services.experts import who_knows
from server.services.house import House
from server.services.ranking import rank_forum
from tests.server.services_world import ADDRESSES, World
from tests.server.services_world import Time as Clock

ROUNDS = 60
LETTERS = str.maketrans("0123456789", "ghijklmnop")
UNITS = [f"Unit {number}" for number in range(20)]
HOSTS = ["", "jam.globex.example", "jam.initech.example"]
COLUMNS = (
    "id, kind, uri, jam_id, forum_id, thread_id, parent_id, author_id, title, text, html, label, intent, builds_on,"
    " version, deleted, activity_uri, support, replies, emerging, best, created_at"
)


def words_of(chance: random.Random, number: int) -> str:
    return " ".join(word(min(int(chance.paretovariate(0.9)), 40_000)) for _ in range(number))


def word(rank: int) -> str:
    """The word of a rank in frequency: three to eight letters that tell nothing of it."""
    return hashlib.md5(str(rank).encode()).hexdigest().translate(LETTERS)[: 3 + rank % 6]


async def fill(world: World, size: int) -> tuple[Member, list[str]]:
    """Write contributions straight into the tables, as the services would."""
    chance = random.Random(7)
    made = [await world.forum(f"forum-{number}") for number in range(12)]
    reader = await world.person("reader")
    now = world.time.now.timestamp()
    members = [
        (f"{number:032x}", f"p{number}", chance.choice(HOSTS), f"Person {number}", chance.choice(UNITS), "member", 1,
         f"https://p.example/{number}", "", 1, "", now)
        for number in range(500)
    ]  # fmt: skip
    rows, threads = [], list[str]()
    for number in range(size):
        idea = number % 10 == 0
        id_ = f"c{number:031x}"
        if idea:
            threads.append(id_)
        root = threads[-1] if idea else chance.choice(threads[-500:])
        forum = made[int(root[1:], 16) // 10 % len(made)]
        text = words_of(chance, 60)
        rows.append((
            id_, "idea" if idea else "reply", f"https://acme.example/{id_}", forum.jam_id, forum.id, root,
            "" if idea else root, chance.choice(members)[0], words_of(chance, 6) if idea else "",
            text, f"<p>{text}</p>",
            "GREEN", chance.choice(("", "", "answer", "question", "concern")), "", 1, 0, "", chance.randrange(5), 0, 0,
            0, now + number / 1000,
        ))  # fmt: skip
    async with world.house.store.transaction() as change:
        await change.executemany("INSERT INTO members VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", members, in_thread=True)
        marks = ",".join("?" * 22)
        await change.executemany(f"INSERT INTO contributions ({COLUMNS}) VALUES ({marks})", rows, in_thread=True)
        await change.execute(
            "INSERT INTO contribution_words (rowid, id, title, text) SELECT rowid, id, title, text FROM contributions",
            in_thread=True,
        )
        await change.execute(
            "INSERT INTO search_rows (contribution_id, number) SELECT id, rowid FROM contribution_words", in_thread=True
        )
        await change.execute(
            "INSERT INTO search_places (number, contribution_id, jam_id, forum_id, author_id, kind, intent, label,"
            " made_at) SELECT rowid, id, jam_id, forum_id, author_id, kind, intent, label, created_at"
            " FROM contributions",
            in_thread=True,
        )
    return reader, [forum.id for forum in made]


async def measure(name: str, ask: Callable[[int], Awaitable[object]], rounds: int = ROUNDS) -> None:
    took = []
    for number in range(rounds):
        began = time.perf_counter()
        await ask(number)
        took.append(1000 * (time.perf_counter() - began))
    took.sort()
    print(f"{name:58} p50 {statistics.median(took):7.1f} ms   p95 {took[int(0.95 * len(took))]:7.1f} ms", flush=True)


async def run(world: World, size: int) -> None:
    began = time.perf_counter()
    reader, forum_ids = await fill(world, size)
    print(f"{size:,} contributions, written in {time.perf_counter() - began:.0f} s", flush=True)
    house = world.house
    kinds: dict[str, Callable[[int], Sought]] = {
        "a rare word": lambda n: Sought(query=word(9_000 + n)),
        "two words": lambda n: Sought(query=f"{word(40 + n)} {word(300 + n)}"),
        "a word in one of ten texts": lambda n: Sought(query=word(8 + n % 5)),
        "the most common word": lambda n: Sought(query=word(1)),
        "the same in one forum, by unit, newest first": lambda n: Sought(
            query=word(1), forum=forum_ids[n % 12], unit=UNITS[n % 20], order="newest"
        ),
        "facets alone": lambda n: Sought(forum=forum_ids[n % 12], intent="question"),
    }
    for name, make in kinds.items():
        await measure(name, lambda n, make=make: finding.search(house, reader, make(n)))  # type: ignore[misc]
        if match_of(make(0).query):
            await measure(
                "    floor: bare index, 20 best",
                lambda n, make=make: house.store.fetch(  # type: ignore[misc]
                    "SELECT rowid FROM contribution_words WHERE contribution_words MATCH ? ORDER BY rank LIMIT 20",
                    (match_of(make(n).query),),
                ),
                20,
            )
    chance = random.Random(3)
    await measure("similar ideas to 60 words", lambda n: resembling.similar(house, reader, words_of(chance, 60), None))
    await measure("answered already, 10 words", lambda n: resembling.answered(house, reader, words_of(chance, 10)))
    await measure("who knows, 3 words", lambda n: who_knows(house, reader, words_of(chance, 3)))
    known = await forums.list_forums(house, reader)
    await measure("a forum in fair order, its first page", lambda n: rank_forum(house, reader, known[n % 12]), 20)


async def main(size: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = await Database.open(
            Path(folder) / "store.sqlite", "server.storage.rows", migrations="server.storage.migrations"
        )
        house = House(store, "Acme", ADDRESSES)
        await rules.found_rules(house)
        await run(World(house, Clock()), size)
        await store.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
