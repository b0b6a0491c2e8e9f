"""How quickly search answers: `python -m tests.bench.bench_search [CONTRIBUTIONS [FOLDER]]`, 100,000 unless given.

The store stands in a temporary folder, or is kept in FOLDER and asked again the next time.

Texts are made of words with the frequencies of a language (Zipf's law), by 500 people of 20 units and 3 servers in 12
forums. Printed for each kind of question: p50 and p95 in milliseconds of the whole service (permission, matches,
counts of each facet, snippets), as waited for and as used of the processors, beside the floor: the same words asked
of the bare full-text index in this run.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from server.database import Database
from server.domain.jams import Forum
from server.domain.search import Sought, match_of
from server.services import finding, forums, people, resembling, rules
from server.services.experts import who_knows
from server.services.house import House
from server.services.ranking import Spreads, rank_forum
from tests.server.services_world import ADDRESSES, World
from tests.server.services_world import Time as Clock

ROUNDS = 60
CHUNK = 20_000
# With room for the logs beside the store.
BYTES_EACH = 6_000
LETTERS = str.maketrans("0123456789", "ghijklmnop")
UNITS = [f"Unit {number}" for number in range(20)]
HOSTS = ["", "jam.globex.example", "jam.initech.example"]
COLUMNS = (
    "id, kind, uri, jam_id, forum_id, thread_id, parent_id, author_id, title, text, html, label, intent, builds_on,"
    " version, deleted, activity_uri, support, replies, emerging, best, created_at"
)
INDEX = (
    "INSERT INTO contribution_words (rowid, id, title, text, place) SELECT c.rowid, c.id, c.title, c.text,"
    " '0f' || c.forum_id || ' 0a' || c.author_id FROM contributions c",
    "INSERT INTO search_rows (contribution_id, number) SELECT c.id, c.rowid FROM contributions c",
    "INSERT INTO search_places (number, contribution_id, jam_id, forum_id, author_id, kind, intent, label, made_at)"
    " SELECT c.rowid, c.id, c.jam_id, c.forum_id, c.author_id, c.kind, c.intent, c.label, c.created_at"
    " FROM contributions c",
)


def words_of(chance: random.Random, number: int) -> str:
    return " ".join(word(min(int(chance.paretovariate(0.9)), 40_000)) for _ in range(number))


@cache
def word(rank: int) -> str:
    """The word of a rank in frequency: three to eight letters that tell nothing of it."""
    return hashlib.md5(str(rank).encode()).hexdigest().translate(LETTERS)[: 3 + rank % 6]


async def fill(world: World, size: int) -> None:
    """Write contributions straight into the tables, as the services would."""
    chance = random.Random(7)
    made = [await world.forum(f"forum-{number}") for number in range(12)]
    await world.person("reader")
    now = world.time.now.timestamp() - size / 1000
    members = [
        (f"{number:032x}", f"p{number}", chance.choice(HOSTS), f"Person {number}", chance.choice(UNITS), "member", 1,
         f"https://p.example/{number}", "", 1, "", now)
        for number in range(500)
    ]  # fmt: skip
    columns = ", ".join(f"r.value ->> {at}" for at in range(len(COLUMNS.split(","))))
    threads = list[str]()
    async with world.house.store.transaction() as change:
        await change.executemany("INSERT INTO members VALUES (?,?,?,?,?,?,?,?,?,?,?,?,0)", members, in_thread=True)
    for first in range(0, size, CHUNK):
        rows = [_row(chance, number, threads, made, members, now) for number in range(first, min(size, first + CHUNK))]
        async with world.house.store.transaction() as change:
            # In one statement: each of many keeps pages for its savepoint, and goes through all that were kept before.
            await change.execute(
                f"INSERT INTO contributions ({COLUMNS}) SELECT {columns} FROM json_each(?) r",
                (json.dumps(rows),),
                in_thread=True,
            )
            for index in INDEX:
                await change.execute(f"{index} WHERE c.rowid > ?", (first,), in_thread=True)


def _row(
    chance: random.Random, number: int, threads: list[str], made: Sequence[Forum], members: Sequence[tuple[Any, ...]],
    now: float,
) -> tuple[Any, ...]:  # fmt: skip
    idea = number % 10 == 0
    id_ = f"c{number:031x}"
    if idea:
        threads.append(id_)
    root = threads[-1] if idea else chance.choice(threads[-500:])
    forum = made[int(root[1:], 16) // 10 % len(made)]
    text = words_of(chance, 60)
    return (
        id_, "idea" if idea else "reply", f"https://acme.example/{id_}", forum.jam_id, forum.id, root,
        "" if idea else root, chance.choice(members)[0], words_of(chance, 6) if idea else "",
        text, f"<p>{text}</p>",
        "GREEN", chance.choice(("", "", "answer", "question", "concern")), "", 1, 0, "", chance.randrange(5), 0, 0,
        0, now + number / 1000,
    )  # fmt: skip


async def measure(name: str, ask: Callable[[int], Awaitable[object]], rounds: int = ROUNDS) -> None:
    took, used = [], []
    for number in range(rounds):
        began, before = time.perf_counter(), time.process_time()
        await ask(number)
        took.append(1000 * (time.perf_counter() - began))
        used.append(1000 * (time.process_time() - before))
    told = "   ".join(
        f"{what} p50 {statistics.median(some):6.1f} p95 {sorted(some)[int(0.95 * len(some))]:6.1f} ms"
        for what, some in (("waited", took), ("processor", used))
    )
    print(f"{name:58} {told}", flush=True)


async def run(world: World) -> None:
    house = world.house
    reader = await people.person(house, "reader")
    known = [forum for forum in await forums.list_forums(house, reader) if forum.slug.startswith("forum-")]
    forum_ids = [forum.id for forum in known]
    kinds: dict[str, Callable[[int], Sought]] = {
        "a rare word": lambda n: Sought(query=word(9_000 + n)),
        "two words": lambda n: Sought(query=f"{word(40 + n)} {word(300 + n)}"),
        "three words, the first in every text": lambda n: Sought(query=f"{word(1)} {word(30 + n)} {word(200 + n)}"),
        "the beginning of a word, three letters": lambda n: Sought(query=word(20 + n)[:3]),
        "a word in half of the texts": lambda n: Sought(query=word(8 + n % 5)),
        "the most common word": lambda n: Sought(query=word(1)),
        "the same in one forum, by unit, newest first": lambda n: Sought(
            query=word(1), forum=forum_ids[n % 12], unit=UNITS[n % 20], order="newest"
        ),
        "the same from one server, that is in reply to a question": lambda n: Sought(
            query=word(1), server=HOSTS[1 + n % 2], intent="answer"
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
                5,
            )
    began, spreads = time.perf_counter(), Spreads(house)
    while await spreads.run_once():
        pass
    print(f"{'who stands behind each idea, counted once':58} {time.perf_counter() - began:.1f} s", flush=True)
    chance = random.Random(3)
    await measure("similar ideas to 60 words", lambda n: resembling.similar(house, reader, words_of(chance, 60), None))
    await measure("answered already, 10 words", lambda n: resembling.answered(house, reader, words_of(chance, 10)))
    await measure("who knows, 3 words", lambda n: who_knows(house, reader, words_of(chance, 3)))
    await measure("a forum in fair order, its first page", lambda n: rank_forum(house, reader, known[n % 12]))


async def main(size: int, kept_in: Path | None) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = kept_in or Path(temporary)
        is_new = not (folder / "store.sqlite").exists()
        if is_new and shutil.disk_usage(folder).free < size * BYTES_EACH:
            sys.exit(f"{size:,} contributions need {size * BYTES_EACH / 1e9:.1f} GB in {folder}: there is less.")
        store = await Database.open(
            folder / "store.sqlite", "server.storage.rows", migrations="server.storage.migrations"
        )
        clock = Clock()
        house = House(store, "Acme", ADDRESSES, clock)
        world = World(house, clock)
        if is_new:
            began = time.perf_counter()
            await rules.found_rules(house)
            await fill(world, size)
            megabytes = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
            took = time.perf_counter() - began
            print(f"{size:,} contributions, written in {took:.0f} s, {megabytes:,.0f} MB", flush=True)
        await run(world)
        await store.close()


if __name__ == "__main__":
    given = sys.argv[1:]
    asyncio.run(main(int(given[0]) if given else 100_000, Path(given[1]) if given[1:] else None))
