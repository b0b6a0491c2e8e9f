"""Does one more idea cost more where a million stand? `python -m tests.bench.bench_growth [STORED]`.

An organisation with both stores on disk, in a forum that ten servers follow. Measured for some ideas in a row, at 1,000
stored ideas and at STORED: posting, letting out (facts, verdicts, scan, bytes, seals), delivering to the ten; processor
time, medians. The stores are filled by SQL with numbered copies of real ideas: rows of contributions, events and
verdicts inside, of crossings and four deliveries outside. Not copied are the tables of the search (bench_search
measures them at a million), prints of words (bench_gate), and bytes, of which all copies share a few.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import re
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from federation.edge.deliver import Deliverer
from federation.gate.plan import Gateway
from federation.gate.release import CONSUMER, Release
from federation.outside import errands
from federation.transport import Transport
from server.domain.actors import Member
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import ideas, log
from tests.bench.bench_gate import drain, furnish, opened, words
from tests.bench.bench_slow_peers import helper
from tests.federation.crowd import join
from tests.federation.organisation import LOOPBACK

PEERS, MEASURED, SAMPLES = 10, 40, 8
# Of one idea's rows in a table; it has four crossings, and a delivery for each server.
MOST_OF_ONE = 4
INSIDE = {
    "contributions": "id",
    "events": "subject_id",
    "verdicts": "contribution_id",
    "printed": "contribution_id",
}
OUTSIDE = {"crossings": "subject_uri", "deliveries": "object_uri"}
TOKEN = re.compile(r"[0-9a-f]{32}")
NUMBERS = "WITH RECURSIVE up (n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM up WHERE n < {last})"


class Copies:
    """Copies of an idea's rows, as many as are asked for. Ids that are its own are numbered; others stay."""

    def __init__(self, store: sqlite3.Connection, own: set[str]) -> None:
        self._store = store
        self._own = own

    def add(self, table: str, where: str, value: str, first: int, last: int) -> None:
        names = [
            row[1] for row in self._store.execute(f"PRAGMA table_info({table})")
            if not (row[5] and row[2].upper().startswith("INTEGER"))
        ]  # fmt: skip
        columns, head = ", ".join(names), NUMBERS.format(first=first, last=last)
        rows = f"SELECT {columns} FROM {table} WHERE {where} = ? LIMIT {MOST_OF_ONE}"
        for row in self._store.execute(rows, (value,)).fetchall():
            given = [self._term(one) for one in row]
            terms = ", ".join(term for term, _ in given)
            values = [one for _, many in given for one in many]
            self._store.execute(f"{head} INSERT OR IGNORE INTO {table} ({columns}) SELECT {terms} FROM up", values)

    def _term(self, value: object) -> tuple[str, list[object]]:
        """Return the expression of one column with its values."""
        tokens = [one for one in TOKEN.findall(value) if one in self._own] if isinstance(value, str) else []
        term: str = "?"
        values: list[object] = [value]
        for token in dict.fromkeys(tokens):
            term = f"replace({term}, ?, ? || printf('%020x', n))"
            values += [token, token[:12]]
        return term, values


def own_tokens(store: sqlite3.Connection, tables: dict[str, str], mine: str, other: str) -> set[str]:
    """Return the ids that stand in one idea's rows and not in another's."""
    def of(value: str) -> set[str]:
        return {
            token
            for table, key in tables.items()
            for row in store.execute(f"SELECT * FROM {table} WHERE {key} = ?", (value,))
            for one in row if isinstance(one, str)
            for token in TOKEN.findall(one)
        }  # fmt: skip

    return of(mine) - of(other)


def without_indexes(store: sqlite3.Connection, tables: Sequence[str]) -> list[str]:
    """Drop the indexes of some tables, to be made again once these are full; return how."""
    made = [
        (name, sql) for name, table, sql in store.execute("SELECT name, tbl_name, sql FROM sqlite_master"
        " WHERE type = 'index' AND sql IS NOT NULL") if table in tables
    ]  # fmt: skip
    for name, _ in made:
        store.execute(f'DROP INDEX "{name}"')
    return [sql for _, sql in made]


def fill(path: Path, tables: dict[str, str], samples: Sequence[tuple[str, str]], first: int, last: int) -> None:
    """Put numbered copies of sample ideas into one store; `samples` are (this idea's key, another's)."""
    store = sqlite3.connect(path, isolation_level=None)
    store.execute("PRAGMA synchronous = OFF")
    store.execute("PRAGMA cache_size = -800000")
    store.execute("PRAGMA temp_store = MEMORY")
    store.execute("PRAGMA threads = 2")
    store.execute("BEGIN")
    again = without_indexes(store, list(tables))
    each = (last - first) // len(samples)
    for number, (mine, other) in enumerate(samples):
        copies = Copies(store, own_tokens(store, tables, mine, other))
        for table, key in tables.items():
            copies.add(table, key, mine, first + number * each, first + (number + 1) * each - 1)
    for sql in again:
        store.execute(sql)
    store.execute("COMMIT")
    store.execute("ANALYZE")
    store.close()


async def fill_both(gate: Gateway, made: Sequence[Contribution], first: int, last: int) -> None:
    for store, tables, key in (
        (gate.house.store, INSIDE, "id"),
        (gate.outside.store, OUTSIDE, "uri"),
    ):
        await store.wait_idle()
        pairs = [(getattr(one, key), getattr(made[n - 1], key)) for n, one in enumerate(made)]
        await asyncio.to_thread(fill, store.path, tables, pairs, first, last)
    async with gate.outside.store.transaction() as change:
        await errands.advance(change, CONSUMER, await log.newest_event(gate.house))


async def measure(
    gate: Gateway, transport: Transport, ada: Member, forum: Forum, out: Release, first: int
) -> tuple[float, float, float]:
    """Return the processor seconds of posting, letting out and delivering one idea: medians."""
    deliverer = Deliverer(gate.outside, transport)
    taken: list[tuple[float, float, float]] = []
    for number in range(first, first + MEASURED):
        marks = [time.process_time()]
        await ideas.post_idea(gate.house, ada, forum, "Idea", words(number))
        marks.append(time.process_time())
        await drain(out)
        marks.append(time.process_time())
        while await deliverer.run_once():
            await deliverer.settle()
        marks.append(time.process_time())
        taken.append((marks[1] - marks[0], marks[2] - marks[1], marks[3] - marks[2]))
    await deliverer.close()
    posting, letting, sending = (median(part) for part in zip(*taken[MEASURED // 4 :], strict=True))
    return posting, letting, sending


async def main(most: int = 100_000) -> None:
    """Print what one more idea costs at both sizes, and the ratio."""
    with helper() as sink, tempfile.TemporaryDirectory() as folder:
        async with opened(folder) as gate, Transport(LOOPBACK) as transport:
            ada, forum, out = await furnish(gate, "public", 0)
            await join(gate.outside, forum.uri, sink.hosts(PEERS))
            made = [await ideas.post_idea(gate.house, ada, forum, "Idea", words(900 + n)) for n in range(SAMPLES)]
            await drain(out)
            deliverer = Deliverer(gate.outside, transport)
            while await deliverer.run_once():
                await deliverer.settle()
            costs: list[float] = []
            for size, before in ((1_000, 0), (most, 1_000)):
                began = time.perf_counter()
                await fill_both(gate, made, before + 1, size)
                stands = await gate.house.store.fetch_value("SELECT count(*) FROM contributions")
                filled = time.perf_counter() - began
                posting, letting, sending = await measure(gate, transport, ada, forum, out, len(costs) * MEASURED)
                costs.append(posting + letting + sending)
                print(f"{stands:,} ideas (filled in {filled:.0f} s): posting {posting * 1e3:.1f} ms,", end=" ")
                print(f"letting out {letting * 1e3:.1f} ms, delivering to {PEERS} {sending * 1e3:.1f} ms;", end=" ")
                print(f"one more idea {costs[-1] * 1e3:.1f} ms")
    print(f"one more idea at {most:,} costs {costs[1] / costs[0]:.2f} × what it costs at 1,000")


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    asyncio.run(main(*map(int, sys.argv[1:2])))
